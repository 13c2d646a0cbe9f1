//! Billing a month over HTTP (SPEC FIN-1): begun once, followed, stopped and let go on, by those who may.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

const RUNS: &str = "/api/v1/billing-runs";

both_databases! {
    async fn a_month_is_begun_followed_and_read(app: TestApp) {
        let company = &app.company;
        company.completed(&company.lesson()).await;
        let finance = app.signed_in_as("FINANCE").await;
        let ready = finance.get(&format!("{RUNS}?filter[state]=SCHEDULED")).await;
        assert_eq!((ready.body["items"][0]["code"].as_str(), ready.body["items"][0]["looks_at"].as_str()), (Some("RUN-2026-11-01"), Some("2026-11-30T18:00:00Z")));
        let early = finance.post(RUNS, &json!({ "period_month": "2026-11" })).await;
        assert_eq!((early.status, early.problem().as_str(), &early.body["fields"][0]["field"]), (422, "422 month_not_over", &json!("period_month")));
        company.after("2026-11");
        let finance = app.signed_in_as("FINANCE").await;
        let begun = finance.post(RUNS, &json!({ "period_month": "2026-11", "due_on": "2026-12-20" })).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        let again = finance.post(RUNS, &json!({ "period_month": "2026-11" })).await;
        assert_eq!((again.problem().as_str(), &again.body["blocking"][0]["id"]), ("422 billing_running", &begun.body["id"]));
        app.drain().await;
        let run = finance.get(&format!("{RUNS}/{}", begun.body["id"].as_str().unwrap())).await.body;
        assert_eq!((run["state"].as_str(), &run["tagihan_rp"], &run["honorarium_rp"], &run["due_on"]), (Some("DONE"), &json!(150_000), &json!(90_000), &json!("2026-12-20")));
        assert_eq!((&run["preflight"]["siswa"]["parties"], &run["preflight"]["siswa"]["before_rp"], run["part_list"].as_array().unwrap().len()), (&json!(1), &Value::Null, 2));
        let past = finance.post(RUNS, &json!({ "period_month": "2026-11", "due_on": "2026-11-30" })).await;
        assert_eq!((past.problem().as_str(), &past.body["fields"][0]["field"]), ("422 in_past", &json!("due_on")));
        let list = finance.get(&format!("{RUNS}?sort=code")).await;
        let codes: Vec<&str> = list.body["items"].as_array().unwrap().iter().filter_map(|run| run["code"].as_str()).collect();
        assert_eq!(codes, ["RUN-2026-11-01", "RUN-2026-12-01"]);
    }

    async fn only_those_who_may_bill_begin_and_only_those_who_may_look_see(app: TestApp) {
        app.company.after("2026-11");
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.get(RUNS).await.status, 403);
        let auditor = app.signed_in_as("AUDITOR").await;
        assert_eq!(auditor.get(RUNS).await.status, 200);
        assert_eq!(auditor.post(RUNS, &json!({ "period_month": "2026-11" })).await.status, 403);
    }
}
