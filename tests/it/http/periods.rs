//! Months over HTTP: how far each is, its step-through, its receipt and its verification (FIN-7 to FIN-9).

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;

const PERIODS: &str = "/api/v1/periods";
const NOVEMBER: &str = "/api/v1/periods/2026-11";

/// A lesson of November, taught and billed.
async fn billed(app: &TestApp) {
    app.company.completed(&app.company.lesson()).await;
    app.company.works().await;
    app.company.bill("2026-11").await;
}

fn step<'a>(view: &'a Value, check: &str) -> &'a Value {
    view["steps"].as_array().unwrap().iter().find(|step| step["check"] == check).unwrap()
}

async fn command(browser: &Browser, close: &Value, name: &str, body: &Value) -> tests::browser::Answer {
    browser.post(&format!("/api/v1/workflows/period_close/{}/commands/{name}", close["id"].as_str().unwrap()), body).await
}

both_databases! {
    async fn a_month_is_followed_signed_closed_and_made_again(app: TestApp) {
        billed(app).await;
        let (finance, senior) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        let row = finance.get(PERIODS).await.well()["items"].as_array().unwrap().iter().find(|row| row["month"] == "2026-11").unwrap().clone();
        assert_eq!((&row["state"], &row["tagihan"], row["checks"].as_array().unwrap().len()), (&json!("OPEN"), &json!({ "count": 1, "amount_rp": 150_000 }), 7));
        let close = finance.post("/api/v1/period-closes", &json!({ "month": "2026-11" })).await.well();
        let again = senior.post("/api/v1/period-closes", &json!({ "month": "2026-11" })).await;
        assert_eq!((again.problem(), &again.body["blocking"][0]["id"]), ("422 closing_running".into(), &close["id"]));
        assert_eq!(step(&finance.get(NOVEMBER).await.well(), "books")["blocking"][0]["state"], "NOT_CHECKED");
        app.drain().await;

        let view = finance.get(NOVEMBER).await.well();
        assert_eq!((&view["state"], &view["is_over"], &step(&view, "books")["blocking_count"]), (&json!("CLOSING"), &json!(true), &json!(0)));
        for check in ["tagihan", "honorarium", "payments", "force_majeure", "corrections"] {
            let digest = step(&view, check)["digest"].clone();
            command(&finance, &close, "sign", &json!({ "check": check, "note": "sudah dilihat", "evidence": digest })).await.well();
        }
        let own = command(&finance, &close, "close", &json!({})).await;
        assert_eq!(own.problem(), "422 second_person_needed");
        command(&senior, &close, "close", &json!({ "note": "beres" })).await.well();
        app.drain().await;

        let view = finance.get(NOVEMBER).await.well();
        let receipt = &view["closings"][0];
        assert_eq!((&view["state"], &view["steps"], &view["close"]), (&json!("CLOSED"), &json!([]), &json!(null)));
        assert_eq!((&receipt["number"], &receipt["closed_by"]["name"], &receipt["note"]), (&json!(1), &json!("SENIOR_ADMIN"), &json!("beres")));
        assert_eq!((&receipt["signatures"][0]["by"]["name"], &receipt["tagihan_rp"], &receipt["documents"]), (&json!("FINANCE"), &json!(150_000), &json!(2)));
        let verified = finance.get(&format!("{NOVEMBER}/verification")).await.well();
        assert_eq!((&verified["same"], &verified["documents"], &verified["sha256"]), (&json!(true), &json!(2), &receipt["sha256"]));
        app.company.db.tamper("tagihan_line", "UPDATE tagihan_line SET amount_rp = 149999", vec![]).await;
        let verified = finance.get(&format!("{NOVEMBER}/verification")).await.well();
        let first = &verified["differences"][0];
        assert_eq!((&verified["same"], &first["what"], &first["subject"], &first["line"]), (&json!(false), &json!("DOCUMENT"), &json!("TAG-2026-11-00001"), &json!(1)));
    }

    async fn a_month_is_opened_again_by_somebody_else_than_who_asks(app: TestApp) {
        billed(app).await;
        app.company.closes("2026-11").await;
        let (finance, senior) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        let wish = |days: i64| json!({ "month": "2026-11", "until": app.company.now() + TimeDelta::days(days), "reason": "tertinggal" });
        let far = finance.post("/api/v1/period-reopenings", &wish(15)).await;
        assert_eq!((far.problem(), &far.body["fields"][0]["field"], &far.body["fields"][0]["params"]["days"]), ("422 until_too_far".into(), &json!("until"), &json!(14)));
        let silent = finance.post("/api/v1/period-reopenings", &json!({ "month": "2026-11", "until": app.company.now() + TimeDelta::days(1) })).await;
        assert_eq!((silent.problem(), &silent.body["fields"][0]["field"]), ("422 invalid".into(), &json!("reason")));
        assert_eq!(finance.post("/api/v1/period-reopenings/preview", &wish(2)).await.well()["tasks_opened"], json!(["approve"]));
        let asked = finance.post("/api/v1/period-reopenings", &wish(2)).await.well();
        let approve = format!("/api/v1/workflows/period_reopening/{}/commands/approve", asked["id"].as_str().unwrap());
        assert_eq!(finance.post(&approve, &json!({})).await.problem(), "403 forbidden");
        senior.post(&approve, &json!({})).await.well();
        let view = finance.get(NOVEMBER).await.well();
        assert_eq!((&view["state"], &view["reopenings"][0]["decided_by"]["name"], view["steps"].as_array().unwrap().len()), (&json!("REOPENED"), &json!("SENIOR_ADMIN"), 8));
    }

    async fn only_those_who_may_see_months_do(app: TestApp) {
        let (operator, auditor) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("AUDITOR").await);
        for address in [PERIODS, NOVEMBER] {
            assert_eq!(operator.get(address).await.problem(), "403 forbidden", "{address}");
            auditor.get(address).await.well();
        }
        assert_eq!(auditor.post("/api/v1/period-closes", &json!({ "month": "2026-11" })).await.problem(), "403 forbidden");
        for address in ["/api/v1/periods/2026-13", "/api/v1/periods/2026-11/verification"] {
            assert_eq!(auditor.get(address).await.problem(), "404 not_found", "{address}");
        }
    }
}
