//! A tutor suspended for a time, what becomes of the sesi in it, and how it ends: by itself, by a senior, with its
//! strike (HR-3, HR-6, SES-4).

use super::users::{patch, recorded};
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};
use uuid::Uuid;

const SUSPENSIONS: &str = "/api/v1/suspensions";
const REACTIVATIONS: &str = "/api/v1/reactivations";

fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

fn wish(app: &TestApp, days: Option<i64>) -> Value {
    json!({ "tutor_id": app.company.tutor_id, "days": days, "reason": "Tidak datang tiga kali" })
}

async fn suspended(app: &TestApp, hr: &Browser, days: Option<i64>) -> Value {
    hr.post(SUSPENSIONS, &wish(app, days)).await.well()
}

async fn asked(app: &TestApp, hr: &Browser) -> Answer {
    hr.post(REACTIVATIONS, &json!({ "tutor_id": app.company.tutor_id, "reason": "Sudah berubah" })).await
}

fn command(workflow: &str, instance: &Value, name: &str) -> String {
    format!("/api/v1/workflows/{workflow}/{}/commands/{name}", instance["id"].as_str().unwrap())
}

async fn shown(browser: &Browser, base: &str, instance: &Value) -> Value {
    browser.get(&format!("{base}/{}", instance["id"].as_str().unwrap())).await.well()
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// Status of the tutor, and until when, as their page tells it.
async fn tutor(app: &TestApp, browser: &Browser) -> (String, Option<DateTime<Utc>>) {
    let tutor = browser.get(&format!("/api/v1/people/tutor/{}", app.company.tutor_id)).await.well();
    let until = tutor["suspended_until"].as_str().map(|until| until.parse().unwrap());
    (tutor["status"].as_str().unwrap().to_owned(), until)
}

/// The names of the open tasks of a workflow, by when they are due.
async fn tasks(browser: &Browser, workflow: &str) -> Vec<String> {
    let page = browser.get(&format!("/api/v1/tasks?filter[workflow]={workflow}&sort=due_at")).await.well();
    page["items"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap().to_owned()).collect()
}

async fn due(browser: &Browser) -> DateTime<Utc> {
    instant(&browser.get("/api/v1/tasks?filter[workflow]=suspension").await.well()["items"][0]["due_at"])
}

fn amount(answer: &Value, key: &str) -> Option<i64> {
    answer["amounts"].as_array().unwrap().iter().find(|amount| amount["key"] == key)?["count"].as_i64()
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// Cancelled by the company: nobody pays for it.
async fn cancelled(app: &TestApp, id: Uuid) {
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("tutor ditangguhkan")).await;
}

async fn sound(app: &TestApp) {
    assert_eq!(app.company.faults().await, Vec::<String>::new());
}

both_databases! {
    async fn twelve_sesi_of_a_suspended_tutor_and_who_teaches_those_inside(app: TestApp) {
        let (company, hr, operator) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let end = company.now() + days(7);
        // Six inside, the last of them only asked for; one exactly at the end; five after it.
        let mut sesi = vec![];
        for day in 1..=12 {
            let starts_at = if day == 7 { end } else { company.now() + days(day) + TimeDelta::hours(1) };
            let lesson = company.lesson().at(starts_at);
            sesi.push(if day == 6 { company.requested(&lesson).await } else { company.approved(&lesson).await });
        }
        let would = hr.post(&format!("{SUSPENSIONS}/preview"), &wish(app, Some(7))).await.well();
        assert_eq!((amount(&would, "affected_sesi"), amount(&would, "suspension_days")), (Some(6), Some(7)));
        assert_eq!((&would["tasks_opened"], &would["timers_armed"][0]["name"]), (&json!(["affected"]), &json!("ends")));
        assert_eq!(tutor(app, &hr).await.0, "ACTIVE", "a preview changes nothing");

        let suspension = suspended(app, &hr, Some(7)).await;
        assert_eq!((&suspension["state"], tutor(app, &hr).await), (&json!("ACTIVE"), ("SUSPENDED".into(), Some(end))));
        let view = shown(&operator, SUSPENSIONS, &suspension).await;
        let affected: Vec<Uuid> = view["affected"].as_array().unwrap().iter().map(|sesi| sesi["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!((affected.as_slice(), &view["sesi_left"], &view["imposed_by"]["name"]), (&sesi[..6], &json!(6), &json!("HR")));
        assert_eq!(tasks(&hr, "suspension").await, ["affected"]);

        // All six must have gone elsewhere before anybody may say so.
        let cleared = command("suspension", &suspension, "confirm_cleared");
        let refused = hr.post(&cleared, &json!({})).await;
        assert_eq!((refused.problem(), &refused.body["params"]["count"], refused.body["blocking"].as_array().unwrap().len()), ("422 sesi_remain".into(), &json!(6), 6));
        assert_eq!(operator.post(&cleared, &json!({})).await.problem(), "403 forbidden");
        for id in &sesi[..3] {
            cancelled(app, *id).await;
        }
        company.done(sesi[3], AnyCommand::with("reschedule", &json!({ "initiator": "ADMIN", "starts_at": end + TimeDelta::hours(5) })).because("tutor ditangguhkan")).await;
        let other = company.new_tutor("JKT").await;
        let moved = company.sesi(sesi[4]).await.starts_at;
        company.done(sesi[4], AnyCommand::with("reschedule", &json!({ "initiator": "ADMIN", "starts_at": moved, "tutor_id": other })).because("tutor ditangguhkan")).await;
        assert_eq!(hr.post(&cleared, &json!({})).await.body["blocking"].as_array().unwrap().len(), 1);
        company.done(sesi[5], AnyCommand::new("reject").because("tutor ditangguhkan")).await;
        hr.post(&cleared, &json!({})).await.well();
        assert_eq!((tasks(&hr, "suspension").await, hr.post(&cleared, &json!({})).await.problem()), (vec![], "422 already_cleared".into()));

        // What lay in it is still told, with what became of each.
        let view = shown(&hr, SUSPENSIONS, &suspension).await;
        let became: Vec<&str> = view["affected"].as_array().unwrap().iter().map(|sesi| sesi["state"].as_str().unwrap()).collect();
        assert_eq!(became, ["CANCELLED", "CANCELLED", "CANCELLED", "RESCHEDULED", "RESCHEDULED", "REJECTED"]);
        assert_eq!((&view["sesi"], &view["sesi_left"], &view["cleared_by"]["name"]), (&json!(6), &json!(0), &json!("HR")));
        sound(app).await;
    }

    async fn nobody_is_booked_while_suspended_and_everybody_from_the_second_it_ends(app: TestApp) {
        let (company, hr, owner) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        let end = company.now() + days(7);
        let second = TimeDelta::seconds(1);
        let waiting = company.requested(&company.lesson().at(end - second)).await;
        let elsewhere = company.approved(&company.lesson().at(end + days(1))).await;
        let suspension = suspended(app, &hr, Some(7)).await;

        // Asked for, approved, edited and moved: not a second too early, and exactly at the end.
        assert_eq!(owner.command(waiting, "approve", &json!({})).await.problem(), "422 tutor_suspended");
        let new = async |starts_at: DateTime<Utc>| owner.post("/api/v1/sesi", &company.lesson().at(starts_at).body()).await;
        assert_eq!(fault(&new(end - second).await), "422 tutor_suspended tutor_id tutor_suspended");
        let at_the_end = new(end).await.well()["id"].as_str().unwrap().parse::<Uuid>().unwrap();
        owner.command(at_the_end, "approve", &json!({})).await.well();
        let move_to = |starts_at: DateTime<Utc>| json!({ "initiator": "ADMIN", "starts_at": starts_at, "reason": "diminta" });
        assert_eq!(owner.command(elsewhere, "reschedule", &move_to(end - second)).await.problem(), "422 tutor_suspended");
        owner.command(elsewhere, "reschedule", &move_to(end + TimeDelta::hours(2))).await.well();
        assert_eq!(owner.command(waiting, "edit", &json!({ "duration_minutes": 60 })).await.problem(), "422 tutor_suspended");
        owner.command(waiting, "edit", &json!({ "starts_at": end + TimeDelta::hours(4) })).await.well();
        owner.command(waiting, "approve", &json!({})).await.well();

        // One second before the end nothing happens; at the end they teach again, and the audit says both.
        company.clock.set(end - second);
        app.drain().await;
        let (hr, owner) = (app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        assert_eq!(tutor(app, &hr).await, ("SUSPENDED".into(), Some(end)));
        company.clock.set(end);
        app.drain().await;
        assert_eq!(tutor(app, &hr).await, ("ACTIVE".into(), None));
        let view = shown(&hr, SUSPENSIONS, &suspension).await;
        assert_eq!((&view["state"], &view["end_cause"], instant(&view["ended_at"]), &view["ended_by"]), (&json!("ENDED"), &json!("EXPIRED"), end, &Value::Null));
        let begun = recorded(&owner, "tutor.suspend").await;
        assert_eq!((&begun["before"]["status"], &begun["after"]["status"], &begun["reason"]), (&json!("ACTIVE"), &json!("SUSPENDED"), &json!("Tidak datang tiga kali")));
        assert_eq!((&begun["entity_id"], instant(&begun["after"]["suspended_until"])), (&json!(company.tutor_id), end));
        assert_eq!(recorded(&owner, "tutor.suspension_end").await["after"]["status"], "ACTIVE");
        assert!(tasks(&hr, "suspension").await.is_empty());
        owner.post("/api/v1/sesi", &company.lesson().at(end + TimeDelta::hours(10)).body()).await.well();
        sound(app).await;
    }

    async fn an_edit_and_a_file_leave_the_suspension_as_it_is(app: TestApp) {
        let (company, hr, operator) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let page = format!("/api/v1/people/tutor/{}", company.tutor_id);
        company.db.run("UPDATE tutor SET phone = '+6281311112222' WHERE id = ?", vec![company.tutor_id.into()]).await;
        let seen = operator.get(&page).await.well();
        suspended(app, &hr, Some(7)).await;
        let turn = async |to: &str| patch(&operator, &format!("{page}/status"), &json!({ "status": to, "reason": "dicoba" })).await.problem();
        assert_eq!((turn("ACTIVE").await, turn("ARCHIVED").await, turn("TERMINATED").await), ("409 not_allowed".into(), "409 not_allowed".into(), "409 not_allowed".into()));
        let form = json!({ "tutor": { "name": "Dewi Baru", "phone": seen["phone"], "email": null, "golongan_id": seen["golongan"]["id"], "office_id": seen["office"]["id"],
            "address": null, "lat": null, "long": null, "bio": null, "contract_signed": true } });
        // Who opened the form before is told; who opened it after changes the name and nothing else.
        let write = async |etag: &Value| {
            let request = operator.request(reqwest::Method::PATCH, &page).header("X-CSRF-Token", &operator.csrf).header("If-Match", format!("\"{}\"", etag.as_str().unwrap()));
            tests::browser::send(request.json(&form)).await
        };
        assert_eq!(write(&seen["etag"]).await.status, 412);
        assert_eq!(write(&operator.get(&page).await.well()["etag"]).await.well()["name"], "Dewi Baru");
        let file = "name,phone,golongan,office\nDewi File,+6281311112222,GOL_2,JKT\n";
        let imported = operator.post_raw("/api/v1/imports/tutor", "text/csv", file).await.well();
        assert_eq!((&imported["updated"], operator.get(&page).await.well()["name"].as_str()), (&json!(1), Some("Dewi File")));
        assert_eq!(tutor(app, &hr).await, ("SUSPENDED".into(), Some(company.now() + days(7))));
    }

    async fn one_without_an_end_is_looked_at_each_month_and_ended_by_a_senior_who_did_not_ask(app: TestApp) {
        let (company, hr) = (&app.company, app.signed_in_as("HR").await);
        let (senior, owner) = (app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OWNER").await);
        let suspension = suspended(app, &senior, None).await;
        let begun = company.now();
        assert_eq!((tutor(app, &hr).await, tasks(&hr, "suspension").await), (("SUSPENDED".into(), None), vec!["review".to_owned()]));
        assert_eq!(due(&hr).await, begun + days(30));
        let years_on = company.lesson().at(company.now() + days(300)).body();
        assert_eq!(owner.post("/api/v1/sesi", &years_on).await.problem(), "422 tutor_suspended");
        assert_eq!(fault(&hr.post(&command("suspension", &suspension, "extend"), &json!({ "days": 7, "reason": "cukup" })).await), "422 suspension_indefinite days suspension_indefinite");
        company.clock.advance(days(29));
        app.drain().await;
        let (hr, senior, owner) = (app.signed_in_as("HR").await, app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OWNER").await);
        assert_eq!(fault(&hr.post(&command("suspension", &suspension, "keep"), &json!({})).await), "422 invalid reason required");
        hr.post(&command("suspension", &suspension, "keep"), &json!({ "reason": "Belum ada perubahan" })).await.well();
        assert_eq!(due(&hr).await, begun + days(59));
        assert_eq!(hr.post(&command("suspension", &suspension, "lift"), &json!({ "cause": "REACTIVATED" })).await.problem(), "403 wrong_actor");

        // Who asks does not approve, and whoever works in HR never does.
        let request = asked(app, &senior).await.well();
        assert_eq!(asked(app, &hr).await.problem(), "422 reactivation_requested");
        let approve = command("reactivation", &request, "approve");
        assert_eq!((hr.post(&approve, &json!({})).await.problem(), senior.post(&approve, &json!({})).await.code().to_owned()), ("403 forbidden".into(), "four_eyes".into()));
        assert_eq!(tasks(&owner, "reactivation").await, ["approve"]);
        let would = owner.post(&format!("{approve}/preview"), &json!({})).await.well();
        assert_eq!((&would["nested"][0]["workflow"], &would["nested"][0]["to"]), (&json!("suspension"), &json!("LIFTED")));
        owner.post(&approve, &json!({ "reason": "Setuju" })).await.well();
        assert_eq!(tutor(app, &hr).await, ("ACTIVE".into(), None));
        let view = shown(&hr, REACTIVATIONS, &request).await;
        assert_eq!((&view["state"], &view["decided_by"]["name"], &view["reason"]), (&json!("APPROVED"), &json!("OWNER"), &json!("Sudah berubah")));
        assert_eq!((&view["suspension"]["state"], &view["suspension"]["end_cause"], &view["suspension"]["ended_by"]["name"]), (&json!("LIFTED"), &json!("REACTIVATED"), &json!("OWNER")));
        assert_eq!(recorded(&owner, "tutor.reactivate").await["reason"], "Setuju");
        owner.post("/api/v1/sesi", &years_on).await.well();
        sound(app).await;
    }

    async fn an_early_end_is_refused_or_withdrawn_and_the_time_goes_on(app: TestApp) {
        let (company, hr, owner) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        assert_eq!(fault(&asked(app, &hr).await), "422 not_suspended tutor_id not_suspended");
        let suspension = suspended(app, &hr, Some(14)).await;
        let first = asked(app, &hr).await.well();
        assert_eq!(fault(&owner.post(&command("reactivation", &first, "reject"), &json!({})).await), "422 invalid reason required");
        owner.post(&command("reactivation", &first, "reject"), &json!({ "reason": "Terlalu cepat" })).await.well();
        let second = asked(app, &hr).await.well();
        hr.post(&command("reactivation", &second, "withdraw"), &json!({})).await.well();
        assert_eq!(tutor(app, &hr).await.0, "SUSPENDED");
        // The third is still open when the time is over: there is nothing left to approve.
        let third = asked(app, &hr).await.well();
        company.clock.advance(days(14));
        app.drain().await;
        let (hr, owner) = (app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        let view = shown(&hr, SUSPENSIONS, &suspension).await;
        let states: Vec<&str> = view["reactivations"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!((&view["end_cause"], states.as_slice()), (&json!("EXPIRED"), &["MOOT", "WITHDRAWN", "REJECTED"][..]));
        assert_eq!(owner.post(&command("reactivation", &third, "approve"), &json!({})).await.problem(), "409 not_allowed");
        assert!(tasks(&owner, "reactivation").await.is_empty());
        sound(app).await;
    }

    async fn a_longer_one_takes_in_more_sesi_and_has_no_earlier_end(app: TestApp) {
        let (company, hr) = (&app.company, app.signed_in_as("HR").await);
        let begun = company.now();
        let later = company.approved(&company.lesson().at(begun + days(10))).await;
        let last = company.approved(&company.lesson().at(begun + days(40))).await;
        let suspension = suspended(app, &hr, Some(7)).await;
        assert!(tasks(&hr, "suspension").await.is_empty(), "nothing lies in it");
        hr.post(&command("suspension", &suspension, "confirm_cleared"), &json!({})).await.well();
        let extend = command("suspension", &suspension, "extend");
        for (body, expected) in [(json!({ "days": 0, "reason": "x" }), "days out_of_range"), (json!({ "days": 367, "reason": "x" }), "days out_of_range"), (json!({ "days": 7 }), "reason required")] {
            assert_eq!(fault(&hr.post(&extend, &body).await), format!("422 invalid {expected}"));
        }
        let longer = hr.post(&extend, &json!({ "days": 7, "reason": "Belum cukup" })).await.well();
        assert_eq!((amount(&longer, "affected_sesi"), tutor(app, &hr).await.1), (Some(1), Some(begun + days(14))));
        assert_eq!((tasks(&hr, "suspension").await, shown(&hr, SUSPENSIONS, &suspension).await["affected"][0]["id"].clone()), (vec!["affected".to_owned()], json!(later)));
        company.clock.set(begun + days(7));
        app.drain().await;
        let hr = app.signed_in_as("HR").await;
        assert_eq!(tutor(app, &hr).await.0, "SUSPENDED", "the first end is past");
        assert_eq!(hr.post(&command("suspension", &suspension, "keep"), &json!({ "reason": "x" })).await.problem(), "422 suspension_has_end");
        hr.post(&extend, &json!({ "days": null, "reason": "Sampai selesai diperiksa" })).await.well();
        assert_eq!((tutor(app, &hr).await, tasks(&hr, "suspension").await), (("SUSPENDED".into(), None), vec!["affected".to_owned(), "review".to_owned()]));
        company.clock.set(begun + days(14));
        app.drain().await;
        let hr = app.signed_in_as("HR").await;
        let view = shown(&hr, SUSPENSIONS, &suspension).await;
        assert_eq!((&view["state"], &view["ends_at"], &view["affected"][1]["id"]), (&json!("ACTIVE"), &Value::Null, &json!(last)));
        sound(app).await;
    }

    async fn nobody_is_suspended_twice_nor_before_or_after_they_work(app: TestApp) {
        let (company, hr, owner, operator) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OWNER").await, app.signed_in_as("OPERATOR").await);
        assert_eq!(operator.post(SUSPENSIONS, &wish(app, Some(7))).await.problem(), "403 forbidden");
        let (one, other) = (wish(app, Some(7)), wish(app, Some(30)));
        let (one, other) = tokio::join!(hr.post(SUSPENSIONS, &one), owner.post(SUSPENSIONS, &other));
        let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
        let won = won.well();
        assert_eq!((fault(&lost), &lost.body["blocking"][0]["id"]), ("422 already_suspended tutor_id already_suspended".into(), &won["id"]));
        let nobody = json!({ "tutor_id": Uuid::now_v7(), "days": 7, "reason": "x" });
        assert_eq!(fault(&hr.post(SUSPENSIONS, &nobody).await), "422 invalid tutor_id unknown");
        for status in ["DRAFT", "TERMINATED", "ARCHIVED"] {
            let tutor = company.new_tutor("JKT").await;
            company.db.run("UPDATE tutor SET status = ? WHERE id = ?", vec![status.into(), tutor.into()]).await;
            let refused = hr.post(SUSPENSIONS, &json!({ "tutor_id": tutor, "days": 7, "reason": "x" })).await;
            assert_eq!((fault(&refused).as_str(), &refused.body["params"]["status"]), ("422 tutor_not_active tutor_id tutor_not_active", &json!(status)));
        }
        let list = operator.get(&format!("{SUSPENSIONS}?filter[state]=ACTIVE&filter[tutor_id]={}&q=dewi&sort=ends_at", company.tutor_id)).await.well();
        assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &won["id"]));
    }

    async fn what_was_imposed_for_a_strike_falls_with_it(app: TestApp) {
        let company = &app.company;
        for day in [1, 2] {
            let lesson = company.lesson().at(company.now() + days(day));
            let id = company.approved(&lesson).await;
            company.clock.set(lesson.starts_at - TimeDelta::hours(1));
            company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
        }
        let hr = app.signed_in_as("HR").await;
        let id = if company.db.is_postgres() { "id::text" } else { "lower(hex(id))" };
        let sql = format!("SELECT {id} AS text FROM strike WHERE proposed = 'FINAL_WARNING'");
        let strike: Uuid = company.db.texts(&sql, vec![]).await[0].parse().unwrap();
        let of_strike = json!({ "id": strike });
        hr.post(&command("strike", &of_strike, "confirm_sanction"), &json!({})).await.well();
        assert_eq!(tutor(app, &hr).await, ("SUSPENDED".into(), Some(company.now() + days(7))));
        let list = hr.get(&format!("{SUSPENSIONS}?filter[state]=ACTIVE")).await.well();
        let suspension = shown(&hr, SUSPENSIONS, &list["items"][0]).await;
        assert_eq!(suspension["strike"]["id"], json!(strike));
        let request = asked(app, &hr).await.well();
        hr.post(&command("strike", &of_strike, "revoke"), &json!({ "reason": "Salah catat" })).await.well();
        assert_eq!(tutor(app, &hr).await, ("ACTIVE".into(), None));
        let view = shown(&hr, REACTIVATIONS, &request).await;
        assert_eq!((&view["state"], &view["suspension"]["end_cause"], &view["strikes"][0]["status"]), (&json!("MOOT"), &json!("STRIKE_REVOKED"), &json!("REVOKED")));
        assert_eq!(view["denda"].as_array().unwrap().len(), 2);
        app.drain().await;
        sound(app).await;
    }

    async fn a_termination_closes_the_suspension_and_tells_whoever_asked_to_end_it(app: TestApp) {
        let (company, hr, owner) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        let suspension = suspended(app, &hr, Some(7)).await;
        let request = asked(app, &hr).await.well();
        owner.post("/api/v1/terminations", &json!({ "tutor_id": company.tutor_id, "reason": "Tidak dapat dihubungi" })).await.well();
        let view = shown(&hr, REACTIVATIONS, &request).await;
        assert_eq!((&view["state"], &view["suspension"]["state"], &view["suspension"]["end_cause"]), (&json!("MOOT"), &json!("CLOSED"), &json!("TERMINATED")));
        company.clock.advance(days(7));
        app.drain().await;
        let hr = app.signed_in_as("HR").await;
        assert_eq!(tutor(app, &hr).await, ("TERMINATED".into(), None), "its old end does not bring them back");
        assert_eq!(shown(&hr, SUSPENSIONS, &suspension).await["state"], "CLOSED");
        assert_eq!(hr.post(SUSPENSIONS, &wish(app, Some(7))).await.problem(), "422 tutor_not_active");
        sound(app).await;
    }

    async fn nobody_is_erased_while_suspended_and_why_they_were_goes_with_them(app: TestApp) {
        let (company, hr, owner, senior) = (&app.company, app.signed_in_as("HR").await, app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let erase = json!({ "person_kind": "TUTOR", "person_id": company.tutor_id, "ground": "REQUEST_OF_PERSON", "reason": "diminta" });
        let suspension = suspended(app, &hr, Some(7)).await;
        let request = asked(app, &hr).await.well();
        let blocked = owner.post("/api/v1/erasures", &erase).await;
        let kinds: Vec<&str> = blocked.body["blocking"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!((blocked.problem().as_str(), kinds), ("422 erasure_blocked", vec!["suspension", "reactivation"]));
        owner.post(&command("reactivation", &request, "approve"), &json!({})).await.well();
        let erasure = owner.post("/api/v1/erasures", &erase).await.well();
        senior.post(&command("erasure", &erasure, "approve"), &json!({ "confirmed": true })).await.well();
        app.drain().await;
        assert_eq!(shown(&hr, SUSPENSIONS, &suspension).await["reason"], Value::Null);
        assert_eq!(shown(&hr, REACTIVATIONS, &request).await["reason"], Value::Null);
        assert_eq!(fault(&hr.post(SUSPENSIONS, &wish(app, Some(7))).await), "422 invalid tutor_id unknown");
        sound(app).await;
    }
}
