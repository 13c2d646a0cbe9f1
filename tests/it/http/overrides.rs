//! A computed result overridden with a reason: who may, what the books and the explanation say of it (POL-8).

use super::users::recorded;
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};
use tests::program::Home;
use uuid::Uuid;

const OVERRIDES: &str = "/api/v1/overrides";

/// A sesi that its party has cancelled two hours before: a denda of 45.000, or half of 150.000 and of 90.000.
async fn cancelled(app: &TestApp, party: &str) -> Uuid {
    let lesson = app.company.lesson();
    let id = app.company.approved(&lesson).await;
    app.company.clock.set(lesson.starts_at - TimeDelta::hours(2) + TimeDelta::seconds(i64::from(party == "SISWA")));
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": party })).because("berhalangan")).await;
    id
}

fn wish(sesi: Uuid, result: &str, final_rp: i64) -> Value {
    json!({ "sesi_id": sesi, "result": result, "final_rp": final_rp, "reason": "Disepakati dengan tutor" })
}

fn command(id: &Value, name: &str) -> String {
    format!("/api/v1/workflows/override/{}/commands/{name}", id.as_str().unwrap())
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// What counts: siswa, honorarium, transport, denda.
async fn counts(app: &TestApp, sesi: Uuid) -> (i64, i64, i64, i64) {
    let one = async |sql: &str| app.company.db.count(sql, vec![sesi.into()]).await;
    (
        one("SELECT sum(amount_rp) FROM siswa_settlement WHERE sesi_id = ?").await,
        one("SELECT sum(honorarium_rp) FROM tutor_settlement WHERE sesi_id = ?").await,
        one("SELECT sum(transport_rp) FROM tutor_settlement WHERE sesi_id = ?").await,
        one("SELECT sum(amount_rp) FROM denda WHERE sesi_id = ?").await,
    )
}

/// An amount of the explanation: what counts, what was computed, and the states of its overrides.
async fn explained(browser: &Browser, sesi: Uuid, key: &str) -> (i64, i64, Vec<String>) {
    let shown = browser.get(&format!("/api/v1/explain/sesi/{sesi}")).await.well();
    let amount = shown["amounts"].as_array().unwrap().iter().find(|amount| amount["key"] == key).unwrap().clone();
    let made = amount["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == "override");
    let states = made.map(|step| step["override"]["state"].as_str().unwrap().to_owned()).collect();
    (amount["rp"].as_i64().unwrap(), amount["computed_rp"].as_i64().unwrap(), states)
}

/// Books, documents and histories agree, and the program's own checks say so.
async fn sound(app: &TestApp) {
    assert_eq!(app.company.faults().await, Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&app.company.db.url, folder.path());
    for check in [["ledger", "check", "--json"], ["workflow", "verify", "--json"]] {
        let output = home.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

both_databases! {
    async fn a_small_difference_counts_at_once_and_both_amounts_are_kept(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        let operator = app.signed_in_as("OPERATOR").await;
        let body = wish(sesi, "DENDA", 20_000);
        let shown = operator.post(&format!("{OVERRIDES}/preview"), &body).await.well();
        assert_eq!((&shown["to"], shown["entries"].as_array().unwrap().len(), &shown["tasks_opened"]), (&json!("APPLIED"), 2, &json!([])));
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 45_000), "a preview changes nothing");
        let made = operator.post(OVERRIDES, &body).await.well();
        assert_eq!((&made["state"], &made["amounts"]), (&json!("APPLIED"), &shown["amounts"]));
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 20_000));

        // What was shown is what is booked: the entry of the sesi reversed, and the one in its place.
        let view = operator.get(&format!("{OVERRIDES}/{}", made["id"].as_str().unwrap())).await.well();
        let without_id = |entry: &Value| (entry["kind"].clone(), entry["lines"].clone(), entry["posted_on"].clone());
        let told = |entries: &Value| entries.as_array().unwrap().iter().map(without_id).collect::<Vec<_>>();
        assert_eq!(told(&view["entries"]), told(&shown["entries"]));
        let reversed = "SELECT o.kind AS text FROM journal_entry r JOIN journal_entry o ON o.id = r.reverses_id WHERE r.kind = 'override_reversal'";
        assert_eq!(app.company.db.texts(reversed, vec![]).await, ["tutor_denda"]);
        assert_eq!((&view["computed_rp"], &view["final_rp"], &view["reason"]), (&json!(45_000), &json!(20_000), &json!("Disepakati dengan tutor")));
        assert_eq!((&view["requested_by"]["name"], &view["decided_by"]), (&json!("OPERATOR"), &Value::Null));
        assert_eq!(explained(&operator, sesi, "denda").await, (20_000, 45_000, vec!["APPLIED".to_owned()]));
        let owner = app.signed_in_as("OWNER").await;
        let record = recorded(&owner, "override.request").await;
        assert_eq!((&record["after"]["final_rp"], &record["after"]["computed_rp"], &record["actor"]["name"]), (&json!(20_000), &json!(45_000), &json!("OPERATOR")));
        sound(app).await;
    }

    async fn a_large_one_waits_for_a_senior_who_is_not_the_requester(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        let (senior, owner, operator) = (app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OWNER").await, app.signed_in_as("OPERATOR").await);
        let waiting = senior.post(OVERRIDES, &wish(sesi, "DENDA", 145_001)).await.well();
        assert_eq!(waiting["state"], "REQUESTED");
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 45_000));
        assert_eq!(explained(&operator, sesi, "denda").await, (45_000, 45_000, vec!["REQUESTED".to_owned()]));
        let second = operator.post(OVERRIDES, &wish(sesi, "DENDA", 0)).await;
        assert_eq!((fault(&second).as_str(), &second.body["blocking"][0]["id"]), ("422 override_requested result override_requested", &waiting["id"]));

        let approve = command(&waiting["id"], "approve");
        assert_eq!(operator.post(&approve, &json!({})).await.problem(), "403 forbidden");
        assert_eq!(senior.post(&approve, &json!({})).await.code(), "four_eyes");
        assert_eq!(senior.post("/api/v1/workflows/override/commands/approve/bulk", &json!({ "ids": [waiting["id"]] })).await.well()["results"][0]["problem"]["code"], "four_eyes");
        let tasks = owner.get("/api/v1/tasks?filter[workflow]=override").await.well();
        assert_eq!((&tasks["total"], &tasks["items"][0]["name"]), (&json!(1), &json!("approve")));
        owner.post(&approve, &json!({})).await.well();
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 145_001));
        let view = operator.get(&format!("{OVERRIDES}/{}", waiting["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["decided_by"]["name"], view["entries"].as_array().unwrap().len()), (&json!("OWNER"), 2));
        assert_eq!(explained(&operator, sesi, "denda").await, (145_001, 45_000, vec!["APPLIED".to_owned()]));
        sound(app).await;
    }

    async fn small_steps_do_not_get_around_the_senior_and_what_is_refused_changes_nothing(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        let (operator, owner) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("OWNER").await);
        assert_eq!(operator.post(OVERRIDES, &wish(sesi, "DENDA", 145_000)).await.well()["state"], "APPLIED");
        // 40.000 more, but 140.000 from what was computed; and back, 100.001 from what counts.
        let further = operator.post(OVERRIDES, &wish(sesi, "DENDA", 185_000)).await.well();
        assert_eq!(further["state"], "REQUESTED");
        operator.post(&command(&further["id"], "withdraw"), &json!({})).await.well();
        let back = operator.post(OVERRIDES, &wish(sesi, "DENDA", 44_999)).await.well();
        assert_eq!(back["state"], "REQUESTED");
        owner.post(&command(&back["id"], "reject"), &json!({ "reason": "Tidak beralasan" })).await.well();
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 145_000));
        // The second one reverses the first one's entry, not the sesi's.
        assert_eq!(operator.post(OVERRIDES, &wish(sesi, "DENDA", 50_000)).await.well()["state"], "APPLIED");
        assert_eq!(app.company.db.count("SELECT count(*) FROM journal_entry WHERE reverses_id IS NOT NULL", vec![]).await, 2);
        assert_eq!(app.company.db.count("SELECT count(DISTINCT reverses_id) FROM journal_entry", vec![]).await, 2);
        assert_eq!(explained(&operator, sesi, "denda").await, (50_000, 45_000, ["APPLIED", "WITHDRAWN", "REJECTED", "APPLIED"].map(str::to_owned).to_vec()));
        sound(app).await;
    }

    async fn each_side_of_a_lesson_is_overridden_by_itself_to_nothing_and_from_nothing(app: TestApp) {
        let sesi = cancelled(app, "SISWA").await;
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(counts(app, sesi).await, (75_000, 45_000, 0, 0));
        for (result, rp, after) in [("TAGIHAN", 0, (0, 45_000, 0, 0)), ("HONORARIUM", 90_000, (0, 90_000, 0, 0)), ("DENDA", 10_000, (0, 90_000, 0, 10_000)), ("DENDA", 0, (0, 90_000, 0, 0)), ("TAGIHAN", 5_000, (5_000, 90_000, 0, 0))] {
            assert_eq!(operator.post(OVERRIDES, &wish(sesi, result, rp)).await.well()["state"], "APPLIED", "{result} {rp}");
            assert_eq!(counts(app, sesi).await, after, "{result} {rp}");
            assert_eq!(app.company.faults().await, Vec::<String>::new(), "{result} {rp}");
        }
        assert_eq!(explained(&operator, sesi, "siswa_charge").await, (5_000, 75_000, vec!["APPLIED".to_owned(); 2]));
        sound(app).await;
    }

    async fn what_cannot_be_overridden_is_refused_at_its_field(app: TestApp) {
        let live = app.company.approved(&app.company.lesson().at(app.company.lesson().starts_at + TimeDelta::days(3))).await;
        let sesi = cancelled(app, "TUTOR").await;
        let operator = app.signed_in_as("OPERATOR").await;
        for (body, told) in [
            (wish(live, "TAGIHAN", 1), "422 sesi_not_closed sesi_id sesi_not_closed"),
            (wish(Uuid::from_u128(4), "TAGIHAN", 1), "422 invalid sesi_id unknown"),
            (wish(sesi, "TRANSPORT", 1), "422 not_computed result not_computed"),
            (wish(sesi, "DENDA", 45_000), "422 override_unchanged final_rp override_unchanged"),
            (wish(sesi, "DENDA", -1), "422 invalid final_rp out_of_range"),
            (wish(sesi, "DENDA", 1_000_000_001), "422 invalid final_rp out_of_range"),
            (json!({ "sesi_id": sesi, "result": "DENDA", "final_rp": 1.5, "reason": "x" }), "422 invalid final_rp not_whole_number"),
            (json!({ "sesi_id": sesi, "result": "STRIKE", "final_rp": 1, "reason": "x" }), "422 invalid result not_a_choice"),
            (json!({ "sesi_id": sesi, "result": "DENDA", "final_rp": 1, "reason": "  " }), "422 invalid reason required"),
        ] {
            assert_eq!(fault(&operator.post(OVERRIDES, &body).await), told);
            assert_eq!(fault(&operator.post(&format!("{OVERRIDES}/preview"), &body).await), told);
        }
        assert_eq!(app.signed_in_as("HR").await.post(OVERRIDES, &wish(sesi, "DENDA", 1)).await.problem(), "403 forbidden");
        for (status, told) in [("HELD", "422 denda_on_hold result denda_on_hold"), ("REVERSED", "422 settlement_reversed result settlement_reversed")] {
            app.company.db.run("UPDATE denda SET status = ? WHERE sesi_id = ?", vec![status.into(), sesi.into()]).await;
            assert_eq!(fault(&operator.post(OVERRIDES, &wish(sesi, "DENDA", 1)).await), told);
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM result_override", vec![]).await, 0);
    }

    async fn what_was_paid_meanwhile_is_not_overridden_by_an_approval(app: TestApp) {
        let sesi = cancelled(app, "SISWA").await;
        let (operator, owner) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("OWNER").await);
        let waiting = operator.post(OVERRIDES, &wish(sesi, "TAGIHAN", 500_000)).await.well();
        app.company.db.run("UPDATE siswa_settlement SET status = 'PAID' WHERE sesi_id = ?", vec![sesi.into()]).await;
        assert_eq!(owner.post(&command(&waiting["id"], "approve"), &json!({})).await.problem(), "422 settlement_paid");
        assert_eq!(fault(&operator.post(OVERRIDES, &wish(sesi, "TAGIHAN", 1)).await), "422 settlement_paid result settlement_paid");
        // The other side is not paid yet. It stands in the same entry, which changes for it and for nothing else.
        operator.post(OVERRIDES, &wish(sesi, "HONORARIUM", 30_000)).await.well();
        assert_eq!(counts(app, sesi).await, (75_000, 30_000, 0, 0));
        sound(app).await;
    }

    async fn a_locked_month_stays_as_it_is_and_the_entries_are_booked_today(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        app.company.clock.set("2026-12-10T03:00:00Z".parse().unwrap());
        let lock = |month: &str| app.company.db.run("INSERT INTO period (month, state) VALUES (?,'LOCKED')", vec![month.into()]);
        lock("2026-11").await;
        let operator = app.signed_in_as("OPERATOR").await;
        let shown = operator.post(&format!("{OVERRIDES}/preview"), &wish(sesi, "DENDA", 0)).await.well();
        assert_eq!((&shown["entries"][0]["occurred_on"], &shown["entries"][0]["posted_on"]), (&json!("2026-11-23"), &json!("2026-12-10")));
        operator.post(OVERRIDES, &wish(sesi, "DENDA", 1_000)).await.well();
        lock("2026-12").await;
        assert_eq!(operator.post(OVERRIDES, &wish(sesi, "DENDA", 2_000)).await.problem(), "422 period_locked");
        assert_eq!(counts(app, sesi).await, (0, 0, 0, 1_000));
        sound(app).await;
    }

    async fn of_two_who_ask_at_once_for_a_large_one_one_is_told_and_a_repeated_one_is_the_same(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        let operator = app.signed_in_as("OPERATOR").await;
        let (one, two) = (wish(sesi, "DENDA", 300_000), wish(sesi, "DENDA", 400_000));
        let (one, two) = tokio::join!(operator.post(OVERRIDES, &one), operator.post(OVERRIDES, &two));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{one:?} {two:?}");
        let other = cancelled_tomorrow(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let key = Uuid::new_v4().to_string();
        let first = operator.post_keyed(OVERRIDES, &wish(other, "DENDA", 1), &key).await.well();
        assert_eq!(operator.post_keyed(OVERRIDES, &wish(other, "DENDA", 1), &key).await.well()["id"], first["id"]);
        assert_eq!(app.company.db.count("SELECT count(*) FROM result_override WHERE sesi_id = ?", vec![other.into()]).await, 1);
        sound(app).await;
    }
}

/// As [`cancelled`] by the tutor, a day later.
async fn cancelled_tomorrow(app: &TestApp) -> Uuid {
    let lesson = app.company.lesson();
    let starts_at = lesson.starts_at + TimeDelta::days(1);
    let id = app.company.approved(&lesson.at(starts_at)).await;
    app.company.clock.set(starts_at - TimeDelta::hours(2));
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
    id
}

both_databases! {
    async fn why_somebodys_result_was_overridden_goes_with_them_and_one_that_waits_is_in_the_way(app: TestApp) {
        let sesi = cancelled(app, "TUTOR").await;
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let small = owner.post(OVERRIDES, &json!({ "sesi_id": sesi, "result": "DENDA", "final_rp": 1_000, "reason": "Zahra memaafkan" })).await.well();
        let waiting = owner.post(OVERRIDES, &wish(sesi, "DENDA", 900_000)).await.well();
        let stored = "SELECT CAST(change AS TEXT) || CAST(COALESCE(reason, '') AS TEXT) AS text FROM workflow_history";
        assert!(!app.company.db.texts(stored, vec![]).await.concat().contains("memaafkan"), "the history holds it sealed");
        let erase = json!({ "person_kind": "SISWA", "person_id": app.company.siswa_id, "ground": "REQUEST_OF_PERSON", "reason": "diminta" });
        let blocked = owner.post("/api/v1/erasures", &erase).await;
        assert_eq!((blocked.problem().as_str(), &blocked.body["blocking"][0]["kind"]), ("422 erasure_blocked", &json!("override")));
        owner.post(&command(&waiting["id"], "withdraw"), &json!({})).await.well();
        let erasure = owner.post("/api/v1/erasures", &erase).await.well();
        let approve = format!("/api/v1/workflows/erasure/{}/commands/approve", erasure["id"].as_str().unwrap());
        senior.post(&approve, &json!({ "confirmed": true })).await.well();
        app.drain().await;
        let view = owner.get(&format!("{OVERRIDES}/{}", small["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["reason"], &view["final_rp"]), (&Value::Null, &json!(1_000)));
        assert_eq!(app.company.db.count("SELECT count(*) FROM result_override WHERE reason IS NOT NULL", vec![]).await, 0);
        sound(app).await;
    }
}
