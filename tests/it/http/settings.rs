//! Settings (MD-8): shown with their limits, changed with a reason, in force at the next command.

use super::users::{patch, recorded, somebody_with};
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};

const SLA: &str = "sla.request_hours";

pub async fn patch_seen(browser: &Browser, path: &str, etag: &Value, body: &Value) -> Answer {
    let tag = format!("\"{}\"", etag.as_str().unwrap());
    send(browser.request(Method::PATCH, path).header("X-CSRF-Token", &browser.csrf).header("If-Match", tag).json(body)).await
}

pub(super) async fn setting(browser: &Browser, key: &str) -> Value {
    let all = browser.get("/api/v1/settings").await.well();
    all.as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap().clone()
}

both_databases! {
    async fn a_changed_setting_is_in_force_at_the_next_command_and_kept_with_its_reason(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let before = setting(&owner, SLA).await;
        assert_eq!((&before["value"], &before["default"], &before["in_use"], &before["updated_by"]), (&json!(24), &json!(24), &json!(true), &Value::Null));
        let path = format!("/api/v1/settings/{SLA}");
        let after = patch_seen(&owner, &path, &before["etag"], &json!({ "value": 48, "reason": "Akhir tahun" })).await.well();
        assert_eq!((&after["value"], &after["updated_by"]["name"]), (&json!(48), &json!("OWNER")));
        let id = app.company.requested(&app.company.lesson()).await;
        let in_two_days = "SELECT count(*) FROM task WHERE instance_id = ? AND due_at = ?";
        let due = vec![id.into(), (app.company.now() + chrono::TimeDelta::hours(48)).into()];
        assert_eq!(app.company.db.count(in_two_days, due).await, 1, "the approval is due in 48 hours");
        let record = recorded(&owner, "setting.change").await;
        assert_eq!((&record["before"], &record["after"], &record["reason"]), (&json!({ "value": 24 }), &json!({ "value": 48 }), &json!("Akhir tahun")));
        assert_eq!((&record["entity_code"], &record["entity_id"]), (&json!(SLA), &after["audit_id"]));
        let history = owner.get(&format!("{path}/history")).await.well();
        assert_eq!((&history[0]["old"], &history[0]["new"], &history[0]["by"], &history[0]["reason"]), (&json!(24), &json!(48), &json!("OWNER"), &json!("Akhir tahun")));
    }

    async fn of_two_who_change_one_setting_the_second_is_told(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = "/api/v1/settings/strike_decay_days";
        let seen = setting(&owner, "strike_decay_days").await;
        patch_seen(&owner, path, &seen["etag"], &json!({ "value": 60, "reason": "A" })).await.well();
        let late = patch_seen(&owner, path, &seen["etag"], &json!({ "value": 30, "reason": "B" })).await;
        assert_eq!(late.problem(), "412 stale_revision");
        assert_eq!((&late.body["params"]["now"]["value"], &late.body["params"]["now"]["updated_by"]["name"]), (&json!(60), &json!("OWNER")));
        let now = &late.body["params"]["now"]["etag"];
        let twice = ["C", "D"].map(|reason| (reason, now.clone()));
        let [one, other] = twice.map(|(reason, etag)| {
            let owner = owner.clone();
            async move { patch_seen(&owner, path, &etag, &json!({ "value": 45, "reason": reason })).await.status }
        });
        let (one, other) = tokio::join!(one, other);
        let mut both = [one, other];
        both.sort_unstable();
        assert_eq!(both, [200, 412]);
    }

    async fn a_value_past_its_limits_and_a_missing_reason_are_told_at_their_fields(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = format!("/api/v1/settings/{SLA}");
        for (body, faults) in [
            (json!({ "value": 0, "reason": "x" }), vec!["value out_of_range"]),
            (json!({ "value": 721, "reason": " " }), vec!["reason required", "value out_of_range"]),
            (json!({ "value": 1.5, "reason": "x" }), vec!["value not_whole"]),
            (json!({ "value": "24", "reason": "x" }), vec!["value not_whole"]),
        ] {
            let answer = patch(&owner, &path, &body).await;
            assert_eq!(answer.problem(), "422 invalid");
            let told: Vec<String> =
                answer.body["fields"].as_array().unwrap().iter().map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
            assert_eq!(told, faults);
        }
        assert_eq!(patch(&owner, "/api/v1/settings/secret.document_link_key", &json!({ "value": 1, "reason": "x" })).await.problem(), "404 not_found");
        let reader = somebody_with(app, &owner, &["config.read"]).await;
        assert_eq!(patch(&reader, &path, &json!({ "value": 48, "reason": "x" })).await.problem(), "403 forbidden");
        assert_eq!(setting(&reader, SLA).await["value"], 24);
    }
}
