//! Another tutor in the place of the first, over HTTP (SPEC CAN-2, CAN-3, CAN-6, CAN-7): found by the tutor, sent by the
//! company, and who could be at all.

mod finding;
mod moving;

use chrono::{DateTime, TimeDelta, Utc};
use engine::id::new_id;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, command_path, send};
use tests::company::{Company, Lesson};
use uuid::Uuid;
use workflows::records::price;

const NONE: [String; 0] = [];

/// A tutor of Golongan 1, who costs 120.000.
async fn dearer_tutor(company: &Company) -> Uuid {
    let tutor = company.new_tutor("JKT").await;
    let golongan = company.catalog("golongan", "GOL_1").await;
    company.db.run("UPDATE tutor SET golongan_id = ?, name = 'Bagus Pratama' WHERE id = ?", vec![golongan.into(), tutor.into()]).await;
    let rows = price::Entity::find().all(company.db.db.reader()).await.unwrap();
    if !rows.iter().any(|row| row.golongan_id == Some(golongan)) {
        let row = rows.into_iter().find(|row| row.audience == price::Audience::Tutor && row.subject_id == company.subject_id).unwrap();
        company.insert::<price::Entity>(price::Model { id: new_id(company.now()), golongan_id: Some(golongan), amount_rp: 120_000, ..row }).await;
    }
    tutor
}

fn substitute(tutor: Uuid, way: &str) -> Value {
    json!({ "tutor_id": tutor, "way": way, "reason": "sakit" })
}

/// Denda and strike points of a tutor for a sesi, with the number of the penalty.
async fn penalties(company: &Company, sesi: Uuid, tutor: Uuid) -> (i64, i64, i64) {
    let one = async |sql: &str| company.db.count(sql, vec![sesi.into(), tutor.into()]).await;
    (
        one("SELECT sum(amount_rp) FROM denda WHERE sesi_id = ? AND tutor_id = ?").await,
        one("SELECT sum(points) FROM strike WHERE sesi_id = ? AND tutor_id = ?").await,
        one("SELECT max(number) FROM denda WHERE sesi_id = ? AND tutor_id = ?").await,
    )
}

async fn at(app: &TestApp, instant: DateTime<Utc>) -> Browser {
    app.company.clock.set(instant);
    app.signed_in_as("SENIOR_ADMIN").await
}

/// From an approved sesi to its settlement.
async fn taught(app: &TestApp, id: Uuid, lesson: &Lesson) {
    let admin = at(app, lesson.starts_at).await;
    admin.command(id, "start", &json!({})).await.well();
    admin.command(id, "report", &Value::Object(app.company.report().body)).await.well();
    app.company.clock.set(lesson.ends_at());
    admin.command(id, "confirm", &json!({})).await.well();
    admin.command(id, "validate", &json!({})).await.well();
}

both_databases! {
    /// CAN-2.
    async fn a_substitute_the_tutor_finds_in_time_is_paid_by_his_own_golongan_and_the_first_tutor_owes_nothing(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson().offline(0.01));
        let (id, other) = (company.approved(&lesson).await, dearer_tutor(company).await);
        let admin = at(app, lesson.starts_at - TimeDelta::hours(10)).await;
        admin.command(id, "seek_substitute", &json!({ "reason": "anak sakit" })).await.well();
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.announced_at, sesi.seeking_until), (Some(company.now()), Some(lesson.starts_at - TimeDelta::hours(6))));
        assert_eq!(admin.command(id, "seek_substitute", &json!({ "reason": "lagi" })).await.problem(), "422 already_seeking");
        let shown = admin.post(&format!("{}/preview", command_path(id, "substitute")), &substitute(other, "SELF")).await.well();
        assert_eq!(shown["amounts"], json!([{ "key": "honorarium", "rp": 120_000 }, { "key": "transport", "rp": 10_000 }, { "key": "honorarium_difference", "rp": 30_000 }]));
        let done = admin.command(id, "substitute", &substitute(other, "SELF")).await.well();
        assert_eq!((&done["outcome"], &done["state"]), (&shown["outcome"], &json!("APPROVED")));
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.tutor_id, sesi.substituted_from_id, sesi.substitutions, sesi.announced_at), (other, Some(lesson.tutor_id), 1, None));
        assert_eq!((sesi.tagihan_rp, sesi.honorarium_rp, sesi.matrix_tutor_rp), (Some(150_000), Some(120_000), Some(120_000)));
        let history = admin.get(&format!("/api/v1/workflows/sesi/{id}/history")).await.well();
        assert_eq!(history["items"][3]["on_behalf_of"], json!("Tutor Dewi Lestari"));
        taught(app, id, &lesson).await;
        assert_eq!(company.db.count("SELECT honorarium_rp FROM tutor_settlement WHERE tutor_id = ?", vec![other.into()]).await, 120_000);
        assert_eq!(company.db.count("SELECT count(*) FROM denda", vec![]).await + company.db.count("SELECT count(*) FROM strike", vec![]).await, 0);
        let explained = at(app, company.now()).await.get(&format!("/api/v1/explain/sesi/{id}")).await.well();
        let honorarium = explained["amounts"].as_array().unwrap().iter().find(|amount| amount["key"] == "honorarium").unwrap();
        assert_eq!(honorarium["rp"], json!(120_000));
        let kinds: Vec<_> = honorarium["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["matrix", "policy", "approval", "substitution", "matrix", "policy", "entry"], "{honorarium}");
        app.drain().await;
        assert_eq!(company.faults().await, NONE);
    }

    /// CAN-2: the window, to the second.
    async fn after_the_window_a_substitute_of_the_tutors_own_finding_is_refused_and_the_task_is_flagged(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, late, other) = (company.approved(&lesson).await, company.approved(&company.lesson().at(lesson.starts_at + TimeDelta::days(1))).await, dearer_tutor(company).await);
        let announced = lesson.starts_at - TimeDelta::hours(10);
        let admin = at(app, announced).await;
        for sesi in [id, late] {
            admin.command(sesi, "seek_substitute", &json!({ "reason": "sakit" })).await.well();
        }
        company.clock.set(announced + TimeDelta::hours(4));
        admin.command(id, "substitute", &substitute(other, "SELF")).await.well();
        company.clock.set(announced + TimeDelta::hours(4) + TimeDelta::seconds(1));
        let refused = admin.command(late, "substitute", &substitute(other, "SELF")).await;
        assert_eq!((refused.problem().as_str(), &refused.body["fields"][0]["field"]), ("422 substitute_window_over", &json!("way")));
        app.drain().await;
        let task = admin.get(&format!("/api/v1/workflows/sesi/{late}")).await.well()["tasks"].as_array().unwrap().iter().find(|task| task["name"] == "find_substitute").cloned().unwrap();
        assert_eq!(task["sla_flagged"], json!(true));
        admin.command(late, "substitute", &substitute(other, "DISPATCH")).await.well();
        assert_eq!(company.faults().await, NONE);
    }

    /// CAN-3: the bracket of the announcement, not of the moment somebody acts on it.
    async fn a_search_that_failed_is_judged_by_when_it_was_announced_however_it_ends(app: TestApp) {
        let (company, other) = (&app.company, dearer_tutor(&app.company).await);
        let day = |days| company.lesson().at(company.lesson().starts_at + TimeDelta::days(days));
        for (number, announced_hours, way, denda) in [(0, Some(3), "DISPATCH", 22_500), (1, Some(3), "CANCEL", 22_500), (2, None, "DISPATCH", 90_000), (3, Some(9), "CANCEL", 0)] {
            let lesson = day(number);
            let id = company.approved(&lesson).await;
            if let Some(hours) = announced_hours {
                let admin = at(app, lesson.starts_at - TimeDelta::hours(hours)).await;
                admin.command(id, "seek_substitute", &json!({ "reason": "sakit" })).await.well();
            }
            let admin = at(app, lesson.starts_at - TimeDelta::minutes(30)).await;
            let answer = match way {
                "CANCEL" => admin.command(id, "cancel", &json!({ "party": "TUTOR", "reason": "sakit" })).await,
                way => admin.command(id, "substitute", &substitute(other, way)).await,
            };
            answer.well();
            let strikes = i64::from(denda > 0);
            assert_eq!(penalties(company, id, lesson.tutor_id).await, (denda, strikes, strikes), "{number}");
            app.drain().await;
        }
        assert_eq!(company.faults().await, NONE);
    }

    /// CAN-3, CAN-6: who did not come pays by his own honorarium, who stood in is paid by his.
    async fn two_tutors_who_leave_one_sesi_are_each_charged_by_their_own_honorarium(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, second, third) = (company.approved(&lesson).await, dearer_tutor(company).await, company.new_tutor("JKT").await);
        let admin = at(app, lesson.starts_at - TimeDelta::minutes(100)).await;
        admin.command(id, "substitute", &substitute(second, "DISPATCH")).await.well();
        company.clock.set(lesson.starts_at - TimeDelta::minutes(50));
        admin.command(id, "substitute", &substitute(third, "DISPATCH")).await.well();
        assert_eq!(penalties(company, id, lesson.tutor_id).await, (45_000, 1, 1));
        assert_eq!(penalties(company, id, second).await, (120_000, 1, 2));
        taught(app, id, &lesson).await;
        assert_eq!(company.db.count("SELECT honorarium_rp FROM tutor_settlement WHERE tutor_id = ?", vec![third.into()]).await, 90_000);
        let shown = at(app, company.now()).await.get(&format!("/api/v1/sesi/{id}")).await.well();
        let chain: Vec<_> = shown["substitutions"].as_array().unwrap().iter().map(|one| (one["from"]["id"].clone(), one["to"]["id"].clone(), one["way"].clone())).collect();
        assert_eq!(chain, [(json!(lesson.tutor_id), json!(second), json!("DISPATCH")), (json!(second), json!(third), json!("DISPATCH"))]);
        app.drain().await;
        assert_eq!(company.faults().await, NONE);
    }

    async fn a_substitute_who_cancels_after_standing_in_owes_by_the_instant_of_that(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, second) = (company.approved(&lesson).await, dearer_tutor(company).await);
        let admin = at(app, lesson.starts_at - TimeDelta::hours(9)).await;
        admin.command(id, "substitute", &substitute(second, "SELF")).await.well();
        let admin = at(app, lesson.starts_at - TimeDelta::hours(1)).await;
        admin.command(id, "cancel", &json!({ "party": "TUTOR", "reason": "ban bocor" })).await.well();
        assert_eq!((penalties(company, id, lesson.tutor_id).await, penalties(company, id, second).await), ((0, 0, 0), (120_000, 1, 1)));
        app.drain().await;
        assert_eq!(company.faults().await, NONE);
    }

    /// What approval asks of a tutor, asked of whoever stands in.
    async fn whoever_may_not_teach_then_is_refused_and_nothing_changes(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, other) = (company.approved(&lesson).await, company.new_tutor("JKT").await);
        let admin = at(app, company.now()).await;
        let suspended = async |until: DateTime<Utc>| company.db.run("UPDATE tutor SET status = 'SUSPENDED', suspended_until = ? WHERE id = ?", vec![until.into(), other.into()]).await;
        let refusal = async |way: &str| admin.command(id, "substitute", &substitute(other, way)).await.problem();
        assert_eq!(admin.command(id, "substitute", &substitute(lesson.tutor_id, "REASSIGN")).await.problem(), "422 same_tutor");
        suspended(lesson.starts_at + TimeDelta::seconds(1)).await;
        assert_eq!(refusal("REASSIGN").await, "422 tutor_suspended");
        suspended(lesson.starts_at).await;
        company.db.run("DELETE FROM tutor_subject WHERE tutor_id = ?", vec![other.into()]).await;
        assert_eq!(refusal("REASSIGN").await, "422 tutor_does_not_teach");
        company.teaches(other, company.subject_id).await;
        company.db.run("DELETE FROM slot WHERE tutor_id = ?", vec![other.into()]).await;
        assert_eq!(refusal("REASSIGN").await, "422 outside_slots");
        company.db.run("UPDATE tutor SET golongan_id = ? WHERE id = ?", vec![company.catalog("golongan", "GOL_4").await.into(), other.into()]).await;
        let reasoned = json!({ "tutor_id": other, "way": "REASSIGN", "reason": "sakit", "outside_slots_reason": "bisa" });
        assert_eq!(admin.command(id, "substitute", &reasoned).await.problem(), "422 price_missing");
        assert_eq!((company.sesi(id).await.tutor_id, company.db.count("SELECT count(*) FROM sesi_substitution", vec![]).await), (lesson.tutor_id, 0));
        company.db.run("UPDATE tutor SET golongan_id = ? WHERE id = ?", vec![company.catalog("golongan", "GOL_2").await.into(), other.into()]).await;
        admin.command(id, "substitute", &reasoned).await.well();
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.tutor_id, sesi.outside_slots_reason.as_deref()), (other, Some("bisa")));
        assert_eq!(company.faults().await, NONE);
    }

    async fn two_admins_who_pick_at_once_do_not_overrule_each_other(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, one, two) = (company.approved(&lesson).await, company.new_tutor("JKT").await, company.new_tutor("JKT").await);
        let (sari, budi) = (app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OWNER").await);
        let pick = |who: &Browser, tutor: Uuid| {
            let request = who.request(Method::POST, &command_path(id, "substitute")).header("X-CSRF-Token", &who.csrf).header("If-Match", "\"2\"");
            send(request.header("Idempotency-Key", Uuid::new_v4().to_string()).json(&substitute(tutor, "REASSIGN")))
        };
        let (first, second) = tokio::join!(pick(&sari, one), pick(&budi, two));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{first:?} {second:?}");
        let winner = if first.status == 200 { one } else { two };
        assert_eq!((company.sesi(id).await.tutor_id, company.sesi(id).await.substitutions), (winner, 1));
        assert_eq!(company.faults().await, NONE);
    }

    async fn one_tutor_is_picked_for_two_lessons_at_one_time_only_once(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (other, busy) = (company.new_tutor("JKT").await, company.new_tutor("JKT").await);
        let first = company.approved(&lesson).await;
        let second = company.approved(&Lesson { siswa_id: company.new_siswa("JKT").await, tutor_id: busy, ..lesson.clone() }).await;
        let (sari, budi) = (app.signed_in_as("SENIOR_ADMIN").await, app.signed_in_as("OWNER").await);
        let body = substitute(other, "REASSIGN");
        let (one, two) = tokio::join!(sari.command(first, "substitute", &body), budi.command(second, "substitute", &body));
        let (well, refused) = if one.status == 200 { (one, two) } else { (two, one) };
        assert_eq!((well.status, refused.problem().as_str()), (200, "422 slot_taken"));
        assert_eq!(refused.body["blocking"].as_array().unwrap().len(), 1);
        assert_eq!(company.faults().await, NONE);
    }

    async fn a_lesson_its_tutor_begins_after_all_is_looked_for_no_longer(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let id = company.approved(&lesson).await;
        let admin = at(app, lesson.starts_at - TimeDelta::hours(2)).await;
        admin.command(id, "seek_substitute", &json!({ "reason": "sakit" })).await.well();
        company.clock.set(lesson.starts_at - TimeDelta::minutes(5));
        admin.command(id, "start", &json!({})).await.well();
        let open: Vec<_> = admin.get(&format!("/api/v1/workflows/sesi/{id}")).await.well()["tasks"].as_array().unwrap().iter().map(|task| task["name"].clone()).collect();
        assert_eq!(open, [json!("report")]);
        app.drain().await;
        assert_eq!(company.faults().await, NONE);
    }
}
