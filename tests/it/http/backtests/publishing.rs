//! What whoever approves a draft sees of its backtests: the newest of exactly what is to be approved, or that there is none.

use super::{BACKTESTS, HOUR, brackets, cancelled};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, send};
use uuid::Uuid;

fn path(id: &str, command: &str) -> String {
    format!("/api/v1/workflows/policy_publication/{id}/commands/{command}")
}

/// Saves these brackets with a test that they pass.
async fn saved(author: &Browser, id: &str, pct_of_4_hours: i64) {
    let shown = author.get(&format!("/api/v1/policy-publications/{id}")).await.well();
    let denda_rp = 900 * pct_of_4_hours;
    let test = json!({
        "name": "tiga jam", "input": { "lead_time_s": 3 * HOUR, "honorarium_rp": 90_000, "tagihan_rp": 150_000 },
        "output": { "denda_pct": pct_of_4_hours, "denda_rp": denda_rp, "strikes": 1, "honor_rp": 0 },
    });
    let body = json!({ "reason": "lebih murah", "script": shown["script"], "params": brackets(pct_of_4_hours, 1), "tests": [test] });
    let request = author.request(Method::POST, &path(id, "save")).header("X-CSRF-Token", &author.csrf).header("Idempotency-Key", Uuid::new_v4().to_string());
    send(request.header("If-Match", format!("\"{}\"", shown["revision"])).json(&body)).await.well();
}

fn codes(preview: &Value) -> Vec<&str> {
    preview["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

fn figure<'a>(preview: &'a Value, key: &str) -> &'a Value {
    let amounts = preview["amounts"].as_array().unwrap();
    amounts.iter().find(|amount| amount["key"] == key).map_or(&Value::Null, |amount| amount.get("rp").unwrap_or(&amount["count"]))
}

both_databases! {
    async fn whoever_approves_sees_the_newest_backtest_of_exactly_this_content(app: TestApp) {
        let company = &app.company;
        cancelled(company, "TUTOR", &[3 * HOUR, HOUR, 4 * HOUR]).await;
        company.clock.advance(TimeDelta::seconds(1));
        let (author, senior) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        let id = author.post("/api/v1/policy-publications", &json!({ "kind": "cancellation.tutor" })).await.well()["id"].as_str().unwrap().to_owned();
        saved(&author, &id, 10).await;
        let submitting = author.post(&format!("{}/preview", path(&id, "submit")), &json!({})).await.well();
        assert_eq!(codes(&submitting), ["not_backtested"]);

        let days = [company.now() - TimeDelta::days(30), company.now() + TimeDelta::days(1)].map(|at| at.date_naive().to_string());
        let asked = json!({ "publication_id": id, "from_on": days[0], "to_on": days[1] });
        let backtest = author.post(BACKTESTS, &asked).await.well();
        app.drain().await;
        let of_it = format!("{BACKTESTS}?filter[publication_id]={id}");
        let listed = senior.get(&of_it).await.well();
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["is_current"]), (&backtest["id"], &json!(true)));

        author.post(&path(&id, "submit"), &json!({})).await.well();
        let approving = senior.post(&format!("{}/preview", path(&id, "approve")), &json!({})).await.well();
        assert_eq!(codes(&approving), Vec::<&str>::new());
        let figures = ["decisions", "changed", "siswa_pays_more", "tutor_gets_more", "company_keeps_more"].map(|key| figure(&approving, key).clone());
        assert_eq!(figures, [3, 2, 0, 27_000, -27_000].map(Value::from));

        // Another content was never tested, and the report says that it is about an older one.
        senior.post(&path(&id, "send_back"), &json!({ "reason": "terlalu murah" })).await.well();
        saved(&author, &id, 20).await;
        let listed = senior.get(&of_it).await.well();
        assert_eq!((&listed["total"], &listed["items"][0]["is_current"]), (&json!(1), &json!(false)));
        author.post(&path(&id, "submit"), &json!({})).await.well();
        let approving = senior.post(&format!("{}/preview", path(&id, "approve")), &json!({})).await.well();
        assert_eq!((codes(&approving), figure(&approving, "changed")), (vec!["not_backtested"], &Value::Null));
    }
}
