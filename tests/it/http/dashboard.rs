//! The first page over HTTP (SPEC REP-6): figures worked out by hand, and to each only what they may open.

use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

const OVERVIEW: &str = "/api/v1/overview";
const MONEY: &str = "/api/v1/overview/money";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A lesson held and one called off in November, billed; a request of December that nobody has approved for two days.
async fn december(app: &TestApp) {
    let company = &app.company;
    let lesson = company.lesson();
    company.completed(&lesson).await;
    let left = company.approved(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await;
    company.done(left, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("libur")).await;
    company.bill("2026-11").await;
    company.clock.set(at("2026-12-18T02:00:00Z"));
    company.requested(&lesson.clone().at(at("2026-12-20T03:00:00Z"))).await;
    company.clock.set(at("2026-12-20T02:00:00Z"));
    app.drain().await;
}

both_databases! {
    async fn the_morning_after_a_billed_month_shows_what_is_late_owed_and_still_to_do(app: TestApp) {
        december(app).await;
        let owner = app.signed_in_as("OWNER").await;
        let shown = owner.get(OVERVIEW).await.well();
        assert_eq!((&shown["sesi_today"], &shown["approvals_late"]), (&json!({ "REQUESTED": 1 }), &json!(1)));
        assert!(shown["tasks_late"].as_i64() >= shown["approvals_late"].as_i64() && shown["tasks_open"].as_i64() >= shown["tasks_late"].as_i64(), "{shown}");
        assert_eq!(shown["overdue"], json!({ "documents": 1, "siswa": 1, "open_rp": 150_000 }));
        let c = &shown["cancellations"];
        assert_eq!((&c["month"], &c["planned"], &c["before_month"], &c["before_planned"], &c["before_cancelled"]), (&json!("2026-12"), &json!(0), &json!("2026-11"), &json!(2), &json!(1)));
        assert_eq!(shown["fm"], json!({ "pending_l1": 0, "pending_l2": 0, "late": 0 }));
        let month = &shown["month"];
        assert_eq!((&month["month"], &month["over"], &month["locked"], &month["run"]["state"]), (&json!("2026-11"), &json!(true), &json!(false), &json!("DONE")));
        assert_eq!(month["tagihan"], json!({ "issued": 1, "settled": 0, "total_rp": 150_000, "open_rp": 150_000 }));
        assert_eq!(month["honorarium"], json!({ "issued": 1, "settled": 0, "total_rp": 90_000, "open_rp": 90_000 }));

        let money = owner.get(MONEY).await.well();
        let months: Vec<&Value> = money["months"].as_array().unwrap().iter().collect();
        assert_eq!((months.len(), &months[0]["month"], &months[5]["month"]), (6, &json!("2026-07"), &json!("2026-12")));
        assert_eq!(months[4], &json!({ "month": "2026-11", "revenue_rp": 150_000, "expense_rp": 90_000 }));
        assert_eq!((&money["receivable_rp"], &money["receivable_before_rp"]), (&json!(150_000), &json!(150_000)));

        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-11','LOCKED')", vec![]).await;
        assert_eq!(owner.get(OVERVIEW).await.well()["month"]["month"], "2026-12", "what is closed is no longer in hand");
    }

    async fn to_each_only_the_figures_of_what_they_may_open(app: TestApp) {
        december(app).await;
        for (role, overdue, fm, month, money) in
            [("OPERATOR", true, true, false, false), ("HR", false, true, false, false), ("FINANCE", true, true, true, true), ("AUDITOR", true, true, true, true)]
        {
            let browser = app.signed_in_as(role).await;
            let shown = browser.get(OVERVIEW).await.well();
            assert_eq!((!shown["overdue"].is_null(), !shown["fm"].is_null(), !shown["month"].is_null()), (overdue, fm, month), "{role} {shown}");
            assert_eq!(browser.get(MONEY).await.status == 200, money, "{role}");
        }
    }
}
