//! Many sesi of a tutor at once (SPEC SES-9): a dry run, then each on its own.

use super::{NONE, at, dearer_tutor};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::company::{Company, Lesson};
use uuid::Uuid;

const TRY: &str = "/api/v1/sesi/reassign/preview";
const MOVE: &str = "/api/v1/sesi/reassign";

fn by_id<'a>(answer: &'a Value, list: &str, id: Uuid) -> &'a Value {
    answer[list].as_array().unwrap().iter().find(|row| row["id"] == json!(id)).unwrap_or_else(|| panic!("{id} is not in {answer}"))
}

/// What the dry run allows, as it is sent back.
fn items(tried: &Value) -> Vec<Value> {
    let rows = tried["rows"].as_array().unwrap().iter().filter(|row| row["ok"] == json!(true));
    rows.map(|row| json!({ "id": row["id"], "command": row["command"], "starts_at": row["starts_at"], "expected_outcome": row["outcome"] })).collect()
}

async fn twelve(company: &Company) -> Vec<Uuid> {
    let mut ids = vec![];
    for day in 0..12 {
        let lesson = company.lesson();
        let lesson = lesson.clone().at(lesson.starts_at + TimeDelta::days(day));
        ids.push(if day == 11 { company.requested(&lesson).await } else { company.approved(&lesson).await });
    }
    ids
}

both_databases! {
    async fn twelve_sesi_of_a_suspended_tutor_go_to_another_but_for_the_one_in_the_way(app: TestApp) {
        let (company, ids) = (&app.company, twelve(&app.company).await);
        let other = company.new_tutor("JKT").await;
        let lesson = company.lesson();
        let busy = Lesson { siswa_id: company.new_siswa("JKT").await, tutor_id: other, ..lesson.clone() };
        let taken = company.approved(&busy.at(lesson.starts_at + TimeDelta::days(3))).await;
        company.db.run("UPDATE tutor SET status = 'SUSPENDED' WHERE id = ?", vec![lesson.tutor_id.into()]).await;
        let admin = at(app, company.now()).await;
        let tried = admin.post(TRY, &json!({ "ids": ids, "tutor_id": other })).await.well();
        let refused = by_id(&tried, "rows", ids[3]);
        assert_eq!((&refused["ok"], &refused["problem"]["code"], &refused["problem"]["blocking"][0]["id"]), (&json!(false), &json!("slot_taken"), &json!(taken)));
        assert_eq!((&by_id(&tried, "rows", ids[0])["command"], &by_id(&tried, "rows", ids[11])["command"]), (&json!("substitute"), &json!("edit")));
        assert_eq!(company.db.count("SELECT count(*) FROM sesi_substitution", vec![]).await, 0, "a dry run writes nothing");
        let asked = json!({ "items": items(&tried), "tutor_id": other, "reason": "tutor diskors" });
        let key = Uuid::new_v4().to_string();
        let moved = admin.post_keyed(MOVE, &asked, &key).await.well();
        assert_eq!(moved["results"].as_array().unwrap().iter().filter(|row| row["ok"] == json!(true)).count(), 11);
        let again = admin.post_keyed(MOVE, &asked, &key).await.well();
        assert!(again["results"].as_array().unwrap().iter().all(|row| row["outcome"]["repeated"] == json!(true)), "{again}");
        assert_eq!(company.db.count("SELECT count(*) FROM sesi WHERE tutor_id = ?", vec![other.into()]).await, 12);
        assert_eq!(company.sesi(ids[3]).await.tutor_id, lesson.tutor_id);
        assert_eq!(company.db.count("SELECT count(*) FROM denda", vec![]).await, 0, "on the company's account");
        assert_eq!(company.faults().await, NONE);
    }

    async fn lessons_move_to_another_time_and_the_dry_run_tells_what_stands_there(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let approved = company.approved(&lesson).await;
        let requested = company.requested(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await;
        let there = company.approved(&Lesson { siswa_id: company.new_siswa("JKT").await, ..lesson.clone() }.at(lesson.starts_at + TimeDelta::days(7))).await;
        let admin = at(app, company.now()).await;
        let tried = admin.post(TRY, &json!({ "ids": [approved, requested], "shift_minutes": 7 * 24 * 60 })).await.well();
        let row = by_id(&tried, "rows", approved);
        assert_eq!((&row["command"], &row["conflicts"][0]["id"]), (&json!("reschedule"), &json!(there)));
        assert_eq!(by_id(&tried, "rows", requested)["conflicts"], json!([]));
        // Half an hour later the two of a day are not in each other's way: both move.
        let beside = admin.post(TRY, &json!({ "ids": [approved], "shift_minutes": 30 })).await.well();
        assert_eq!(by_id(&beside, "rows", approved)["conflicts"], json!([]), "nothing is in its own way");
        let (asked, key) = (json!({ "items": items(&tried), "reason": "libur nasional" }), Uuid::new_v4().to_string());
        let moved = admin.post_keyed(MOVE, &asked, &key).await.well();
        assert!(moved["results"].as_array().unwrap().iter().all(|row| row["ok"] == json!(true)), "{moved}");
        let next = company.sesi(approved).await.rescheduled_to_id.unwrap();
        assert_eq!((company.sesi(next).await.starts_at, company.state(next).await.as_str()), (lesson.starts_at + TimeDelta::days(7), "REQUESTED"));
        assert_eq!(company.sesi(requested).await.starts_at, lesson.starts_at + TimeDelta::days(8));
        let again = admin.post_keyed(MOVE, &asked, &key).await.well();
        assert!(again["results"].as_array().unwrap().iter().all(|row| row["outcome"]["repeated"] == json!(true)), "{again}");
        assert_eq!(company.faults().await, NONE);
    }

    async fn what_changed_since_the_dry_run_is_told_and_what_cannot_be_moved_says_so(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (id, other) = (company.approved(&lesson).await, company.new_tutor("JKT").await);
        let over = company.approved(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await;
        let admin = at(app, company.now()).await;
        admin.command(over, "cancel", &json!({ "party": "ADMIN", "reason": "libur" })).await.well();
        let tried = admin.post(TRY, &json!({ "ids": [id, over, Uuid::from_u128(3)], "tutor_id": other })).await.well();
        let codes: Vec<_> = tried["rows"].as_array().unwrap().iter().map(|row| row["problem"]["code"].as_str().unwrap_or("-").to_owned()).collect();
        assert_eq!(codes, ["-", "sesi_not_open", "not_found"]);
        dearer_tutor(company).await;
        company.db.run("UPDATE tutor SET golongan_id = ? WHERE id = ?", vec![company.catalog("golongan", "GOL_1").await.into(), other.into()]).await;
        let moved = admin.post(MOVE, &json!({ "items": items(&tried), "tutor_id": other, "reason": "cuti" })).await.well();
        assert_eq!(moved["results"][0]["problem"]["code"], json!("outcome_changed"));
        assert_eq!(company.sesi(id).await.tutor_id, lesson.tutor_id);
        let outside = Uuid::from_u128(9);
        for (body, path) in [(json!({ "ids": [], "tutor_id": other }), TRY), (json!({ "ids": [id] }), TRY), (json!({ "ids": [id], "shift_minutes": 527_041 }), TRY), (json!({ "items": [], "tutor_id": outside, "reason": "x" }), MOVE)] {
            assert_eq!(admin.post(path, &body).await.problem(), "422 invalid", "{body}");
        }
        let silent = json!({ "items": [{ "id": id, "command": "substitute" }], "tutor_id": other, "reason": " " });
        assert_eq!(admin.post(MOVE, &silent).await.well()["results"][0]["problem"]["code"], json!("invalid"));
    }

    async fn whoever_only_reads_moves_nothing_and_each_command_asks_for_its_own_permission(app: TestApp) {
        let (company, lesson) = (&app.company, app.company.lesson());
        let (approved, requested) = (company.approved(&lesson).await, company.requested(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await);
        let other = company.new_tutor("JKT").await;
        assert_eq!(app.signed_in_as("AUDITOR").await.post(TRY, &json!({ "ids": [approved], "tutor_id": other })).await.problem(), "403 forbidden");
        let hr = app.signed_in_as("HR").await;
        let tried = hr.post(TRY, &json!({ "ids": [approved, requested], "tutor_id": other })).await.well();
        assert_eq!((&by_id(&tried, "rows", approved)["ok"], &by_id(&tried, "rows", requested)["problem"]["code"]), (&json!(true), &json!("forbidden")));
    }
}
