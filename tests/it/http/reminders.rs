//! Reminders over HTTP (SPEC REP-5): who is late, what they may be sent, and that nobody is nagged twice unseen.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::company::Lesson;
use uuid::Uuid;

const REMINDERS: &str = "/api/v1/reminders";
const LATE: &str = "/api/v1/reminders/late-payers";
const LOW: &str = "/api/v1/reminders/low-completion";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// November billed, due on 15 December: two lessons of the company's siswa, one of another, and the clock on 20 December.
async fn december(app: &TestApp) -> Uuid {
    let company = &app.company;
    let other = company.new_siswa("JKT").await;
    company.db.run("UPDATE siswa SET name = 'Xaverius Lain', parent_name = 'Bapak Lain' WHERE id = ?", vec![other.into()]).await;
    let lesson = company.lesson();
    company.completed(&lesson).await;
    company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await;
    company.completed(&Lesson { siswa_id: other, ..lesson.clone() }.at(lesson.starts_at + TimeDelta::days(2))).await;
    company.bill("2026-11").await;
    company.clock.set(at("2026-12-20T02:00:00Z"));
    app.drain().await;
    other
}

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|row| format!("{} {} {}", row["siswa"]["name"].as_str().unwrap(), row["open_rp"], row["days_late"])).collect()
}

both_databases! {
    async fn late_payers_are_found_by_days_and_rupiah_each_with_a_text_that_says_what_is_open(app: TestApp) {
        december(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let list = operator.get(LATE).await.well();
        assert_eq!(names(&list), ["Zahra Amelia 300000 5", "Xaverius Lain 150000 5"], "the most rupiah first");
        assert_eq!((&list["total"], &list["open_rp"], &list["quiet_days"]), (&json!(2), &json!(450_000), &json!(7)));
        let first = &list["items"][0];
        let text = first["text"].as_str().unwrap();
        let number = first["documents"][0]["number"].as_str().unwrap();
        for part in ["Halo Rina", "Zahra Amelia", "Rp300.000", number, "15-12-2026"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("{{") && !text.contains("**"), "{text}");
        assert_eq!((&first["parent_phone"], &first["wanted"], &first["last_reminder"]), (&json!("+628120000000"), &json!(true), &Value::Null));
        for (query, n) in [("filter[days]=6", 0), ("filter[days]=5", 2), ("filter[amount_rp]=150001", 1), ("q=xaver", 1), ("q=nobody%25", 0)] {
            assert_eq!(operator.get(&format!("{LATE}?{query}")).await.well()["total"], n, "{query}");
        }
    }

    async fn on_the_day_itself_nobody_is_late_and_a_second_later_everybody_is_by_a_day(app: TestApp) {
        app.company.completed(&app.company.lesson()).await;
        app.company.bill("2026-11").await;
        app.company.clock.set(at("2026-12-15T16:59:59Z"));
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.get(LATE).await.well()["total"], 0);
        app.company.clock.set(at("2026-12-15T17:00:00Z"));
        assert_eq!(names(&operator.get(LATE).await.well()), ["Zahra Amelia 150000 1"]);
        app.drain().await;
    }

    async fn who_was_reminded_is_kept_with_what_stood_and_marked_for_as_long_as_is_set(app: TestApp) {
        let other = december(app).await;
        let siswa = app.company.siswa_id;
        let operator = app.signed_in_as("OPERATOR").await;
        let body = json!({ "kind": "LATE_PAYMENT", "parties": [siswa] });
        let key = Uuid::new_v4().to_string();
        let logged = operator.post_keyed(REMINDERS, &body, &key).await.well();
        assert_eq!((&logged["state"], logged["code"].as_str().unwrap()), (&json!("LOGGED"), "PNG-2026-000001"));
        operator.post_keyed(REMINDERS, &body, &key).await.well();
        let log = operator.get(REMINDERS).await.well();
        assert_eq!(log["total"], 1, "a repeat has one effect");
        let row = &log["items"][0];
        assert_eq!((&row["siswa"]["id"], &row["open_rp"], &row["days_late"], &row["by"]["name"]), (&json!(siswa), &json!(300_000), &json!(5), &json!("OPERATOR")));

        let reminded = operator.get(LATE).await.well()["items"][0]["last_reminder"].clone();
        assert_eq!((&reminded["recent"], &reminded["by"]["name"]), (&json!(true), &json!("OPERATOR")));
        assert_eq!(names(&operator.get(&format!("{LATE}?filter[fresh]=true")).await.well()), ["Xaverius Lain 150000 5"]);
        let both = json!({ "kind": "LATE_PAYMENT", "parties": [siswa, other] });
        let again = operator.post(&format!("{REMINDERS}/preview"), &both).await.well();
        assert_eq!((&again["warnings"][0]["code"], &again["warnings"][0]["params"]["count"]), (&json!("reminded_recently"), &json!(1)), "{again}");
        operator.post(REMINDERS, &both).await.well();
        app.company.clock.advance(TimeDelta::days(7));
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.get(LATE).await.well()["items"][0]["last_reminder"]["recent"], json!(false));
        assert_eq!(operator.get(&format!("{REMINDERS}?filter[siswa_id]={other}&filter[kind]=LATE_PAYMENT")).await.well()["total"], 1);

        let owner = app.signed_in_as("OWNER").await;
        let audit = owner.get("/api/v1/audit?filter[action]=reminder.log").await.well();
        assert_eq!((&audit["total"], &audit["items"][0]["actor"]["name"]), (&json!(2), &json!("OPERATOR")));
        let changed = app.company.db.try_run("UPDATE reminder_log SET open_rp = 0", vec![]).await.unwrap_err();
        assert!(changed.contains("append_only:reminder_log"), "{changed}");
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn whoever_does_not_want_the_text_is_shown_so_and_not_logged(app: TestApp) {
        let other = december(app).await;
        let siswa = app.company.siswa_id;
        let sql = "INSERT INTO notification_preference (recipient_kind, recipient_id, template, channel, wanted, changed_at) VALUES ('SISWA',?,'reminder_payment','WHATSAPP_TEXT',?,?)";
        app.company.db.run(sql, vec![siswa.into(), false.into(), app.company.now().into()]).await;
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.get(LATE).await.well()["items"][0]["wanted"], json!(false));
        let refused = operator.post(REMINDERS, &json!({ "kind": "LATE_PAYMENT", "parties": [other, siswa] })).await;
        assert_eq!(refused.problem(), "422 opted_out");
        assert_eq!((&refused.body["fields"][0]["field"], &refused.body["blocking"][0]["id"]), (&json!("parties"), &json!(siswa)));
        assert_eq!(operator.get(REMINDERS).await.well()["total"], 0, "all or nothing");
        for (parties, code) in [(json!([]), "required"), (json!([Uuid::from_u128(9)]), "unknown")] {
            assert_eq!(operator.post(REMINDERS, &json!({ "kind": "LATE_PAYMENT", "parties": parties })).await.code(), code);
        }
        let many: Vec<Uuid> = (1..=201).map(Uuid::from_u128).collect();
        assert_eq!(operator.post(REMINDERS, &json!({ "kind": "LATE_PAYMENT", "parties": many })).await.code(), "out_of_range");
        let hr = app.signed_in_as("HR").await;
        assert_eq!(hr.get(LATE).await.problem(), "403 forbidden");
        assert_eq!(hr.post(REMINDERS, &json!({ "kind": "LATE_PAYMENT", "parties": [other] })).await.problem(), "403 forbidden");
    }

    async fn tutors_who_report_too_little_are_found_with_what_is_missing(app: TestApp) {
        let lesson = app.company.lesson();
        app.company.completed(&lesson).await;
        let next = lesson.clone().at(lesson.starts_at + TimeDelta::days(1));
        app.company.approved(&next).await;
        app.company.clock.set(next.ends_at() + TimeDelta::minutes(1));
        let operator = app.signed_in_as("OPERATOR").await;
        let list = operator.get(LOW).await.well();
        let row = &list["items"][0];
        assert_eq!((&list["total"], &row["planned"], &row["held"], &row["unreported"]), (&json!(1), &json!(2), &json!(1), &json!(1)));
        assert!(row["text"].as_str().unwrap().contains("1 dari 2"), "{row}");
        assert_eq!(operator.get(&format!("{LOW}?filter[below_pct]=50")).await.well()["total"], 0, "half is not below half");
        assert_eq!(operator.get(&format!("{LOW}?filter[below_pct]=0")).await.body["fields"][0]["code"], "out_of_range");
        operator.post(REMINDERS, &json!({ "kind": "LOW_COMPLETION", "parties": [app.company.tutor_id] })).await.well();
        let log = operator.get(&format!("{REMINDERS}?filter[kind]=LOW_COMPLETION")).await.well()["items"][0].clone();
        assert_eq!((&log["tutor"]["id"], &log["planned"], &log["held"]), (&json!(app.company.tutor_id), &json!(2), &json!(1)));
        app.drain().await;
    }
}
