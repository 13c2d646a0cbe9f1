//! Progress and materi of siswa over HTTP (SPEC REP-1, REP-4), against lessons counted by hand; and who sees whose.

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::Lesson;
use uuid::Uuid;

const PROGRESS: &str = "/api/v1/reports/progress";
const MATERI: &str = "/api/v1/reports/materi";

/// The company's siswa: two lessons held, one they came late to, one missed, one called off. Another siswa: one lesson.
async fn a_week(app: &TestApp) -> Uuid {
    let company = &app.company;
    let other = company.new_siswa("JKT").await;
    company.db.run("UPDATE siswa SET name = 'Xaverius Lain' WHERE id = ?", vec![other.into()]).await;
    let lesson = company.lesson();
    let on = |day: i64| lesson.clone().at(lesson.starts_at + TimeDelta::days(day));
    company.completed(&on(0)).await;
    let late = company.started(&on(1)).await;
    let said = json!({ "attendance": "LATE", "topic": "Desimal", "homework": "Halaman 50%", "photo_document_id": company.photo_id });
    company.done(late, AnyCommand::with("report", &said)).await;
    company.clock.set(on(1).ends_at());
    company.done(late, AnyCommand::new("confirm")).await;
    let missed = company.approved(&on(2)).await;
    company.clock.set(on(2).starts_at);
    company.done(missed, AnyCommand::new("no_show_student").because("tidak datang")).await;
    let left = company.approved(&on(3)).await;
    company.done(left, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("libur")).await;
    company.completed(&Lesson { siswa_id: other, ..on(4) }).await;
    other
}

async fn topics(browser: &Browser, query: &str) -> Vec<String> {
    let page = browser.get(&format!("{MATERI}?{query}")).await.well();
    page["items"].as_array().unwrap().iter().map(|one| format!("{} {}", one["topic"].as_str().unwrap(), one["attendance"].as_str().unwrap())).collect()
}

/// Somebody with every permission there is, tied to a siswa or a tutor from now on.
async fn tied(app: &TestApp, column: &str, to: Uuid) -> Browser {
    let browser = app.signed_in_as("SENIOR_ADMIN").await;
    let sql = format!("UPDATE user_account SET {column} = ? WHERE email = 'senior_admin@xprivate.education'");
    app.company.db.run(&sql, vec![to.into()]).await;
    browser
}

both_databases! {
    async fn a_month_of_lessons_is_what_one_counts_by_hand_and_no_amount_is_told(app: TestApp) {
        let other = a_week(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let list = operator.get(&format!("{PROGRESS}?filter[month]=2026-11")).await.well();
        assert_eq!(list["total"], 2);
        let of = |id: Uuid| list["items"].as_array().unwrap().iter().find(|row| row["siswa"]["id"] == json!(id)).unwrap().clone();
        let counts = json!({
            "planned": 4, "held": 2, "late": 1, "no_show": 1, "cancelled": 1, "rescheduled": 0, "ahead": 0, "minutes": 180, "with_materi": 2, "with_photo": 2
        });
        let ours = of(app.company.siswa_id);
        assert_eq!((&ours["counts"], ours["last_held_at"].as_str().unwrap().starts_with("2026-11-24T03:00:00")), (&counts, true));
        assert_eq!(of(other)["counts"]["held"], 1);
        for (query, total) in [("filter[month]=2026-12", 0), ("filter[month]=2026-11&q=xaver", 1), ("", 2)] {
            assert_eq!(operator.get(&format!("{PROGRESS}?{query}")).await.well()["total"], total, "{query}");
        }
        let shown = operator.get(&format!("{PROGRESS}/{}", app.company.siswa_id)).await.well();
        assert_eq!((&shown["total"], &shown["months"][0]["month"], &shown["months"][0]["counts"]), (&counts, &json!("2026-11"), &counts));
        assert_eq!((&shown["subjects"][0]["held"], &shown["subjects"][0]["tutor"]["name"]), (&json!(2), &json!("Dewi Lestari")));
        let materi = operator.get(MATERI).await.well();
        for answer in [&list, &shown, &materi] {
            assert!(!answer.to_string().contains("_rp"), "{answer}");
        }
        assert_eq!(operator.get(&format!("{PROGRESS}?filter[month]=11-2026")).await.body["fields"][0]["code"], "not_month");
        assert_eq!(operator.get(&format!("{PROGRESS}/{}", Uuid::from_u128(9))).await.problem(), "404 not_found");
        app.drain().await;
    }

    async fn what_was_taught_is_found_by_its_words_and_filters(app: TestApp) {
        let other = a_week(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let siswa = app.company.siswa_id;
        assert_eq!(topics(&operator, "").await, ["Pecahan PRESENT", "Desimal LATE", "Pecahan PRESENT"], "the newest first");
        for (query, expected) in [
            (format!("filter[siswa_id]={siswa}"), vec!["Desimal LATE", "Pecahan PRESENT"]),
            (format!("filter[siswa_id]={siswa}&q=DESI"), vec!["Desimal LATE"]),
            ("q=halaman%2050%25".into(), vec!["Desimal LATE"]),
            ("q=topic".into(), vec![]),
            ("q=xaverius".into(), vec!["Pecahan PRESENT"]),
            ("filter[attendance]=LATE".into(), vec!["Desimal LATE"]),
            ("filter[month]=2026-10".into(), vec![]),
            ("filter[from]=2026-11-24&filter[until]=2026-11-24".into(), vec!["Desimal LATE"]),
            ("filter[photo]=false".into(), vec![]),
            (format!("filter[siswa_id]={other}&filter[subject_id]={}", app.company.subject_id), vec!["Pecahan PRESENT"]),
            (format!("filter[tutor_id]={}", Uuid::from_u128(9)), vec![]),
        ] {
            assert_eq!(topics(&operator, &query).await, expected, "{query}");
        }
        app.drain().await;
    }

    async fn whoever_is_tied_to_a_siswa_reads_of_themselves_only_and_a_tutor_of_nobody(app: TestApp) {
        let other = a_week(app).await;
        let siswa = app.company.siswa_id;
        let browser = tied(app, "siswa_id", siswa).await;
        assert_eq!(browser.get(&format!("{PROGRESS}?filter[month]=2026-11")).await.well()["total"], 1);
        assert_eq!(browser.get(&format!("{PROGRESS}/{siswa}")).await.well()["total"]["held"], 2);
        assert_eq!(browser.get(&format!("{PROGRESS}/{other}")).await.problem(), "404 not_found");
        assert_eq!(topics(&browser, "").await.len(), 2);
        assert_eq!(topics(&browser, &format!("filter[siswa_id]={other}")).await, Vec::<String>::new());
        for address in ["/api/v1/reminders", "/api/v1/reminders/late-payers", "/api/v1/overview/money", "/api/v1/exports/reconciliation.xlsx"] {
            assert_eq!(browser.get(address).await.problem(), "403 forbidden", "{address}");
        }
        let overview = browser.get("/api/v1/overview").await.well();
        assert_eq!((&overview["sesi_today"], &overview["overdue"], &overview["fm"], &overview["month"]), (&json!({}), &Value::Null, &Value::Null, &Value::Null));

        app.company.db.run("UPDATE user_account SET siswa_id = NULL, tutor_id = ?", vec![app.company.tutor_id.into()]).await;
        assert_eq!(browser.get(&format!("{PROGRESS}?filter[month]=2026-11")).await.well()["total"], 0);
        assert_eq!(browser.get(&format!("{PROGRESS}/{siswa}")).await.problem(), "404 not_found");
        assert_eq!(topics(&browser, "").await, Vec::<String>::new());
        app.drain().await;
    }
}
