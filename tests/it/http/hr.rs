//! Strikes, denda and the HR board over HTTP: who sees them, what they tell, and that a sanction is HR's (SPEC HR-1, HR-7).

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

/// Sesi that are approved first and then left an hour before each; their ids.
async fn left(app: &TestApp, count: i64) -> Vec<Uuid> {
    let lesson = app.company.lesson();
    let mut sesi = vec![];
    for day in 0..count {
        let starts_at = lesson.starts_at + TimeDelta::days(day);
        sesi.push((app.company.approved(&lesson.clone().at(starts_at)).await, starts_at));
    }
    for (id, starts_at) in &sesi {
        app.company.clock.set(*starts_at - TimeDelta::hours(1));
        app.company.done(*id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
    }
    sesi.into_iter().map(|(id, _)| id).collect()
}

fn command(id: &Value, name: &str) -> String {
    format!("/api/v1/workflows/strike/{}/commands/{name}", id.as_str().unwrap())
}

both_databases! {
    async fn the_board_shows_who_stands_where_and_what_waits_and_hr_decides_there(app: TestApp) {
        left(app, 2).await;
        let (hr, operator) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let board = operator.get("/api/v1/hr/board").await.well();
        let (standing, due) = (&board["standing"][0], &board["due"]);
        assert_eq!((&standing["points"], &standing["tutor"]["name"], standing["strikes"].as_array().unwrap().len()), (&json!(2), &json!("Dewi Lestari"), 2));
        assert_eq!((due.as_array().unwrap().len(), &due[0]["name"], &due[0]["tutor"]["name"], &due[0]["late"]), (1, &json!("sanction"), &json!("Dewi Lestari"), &json!(false)));
        let id = &due[0]["instance_id"];

        assert_eq!(operator.post(&command(id, "confirm_sanction"), &json!({})).await.problem(), "403 forbidden");
        let preview = hr.post(&format!("{}/preview", command(id, "confirm_sanction")), &json!({})).await.well();
        let nested: Vec<&str> = preview["nested"].as_array().unwrap().iter().map(|one| one["workflow"].as_str().unwrap()).collect();
        assert_eq!(nested, ["notification", "suspension"]);
        hr.post(&command(id, "confirm_sanction"), &json!({})).await.well();
        let strike = operator.get(&format!("/api/v1/strikes/{}", id.as_str().unwrap())).await.well();
        assert_eq!((&strike["decision"], &strike["sanction"], &strike["decided_by"]["name"], &strike["waits_until"]), (&json!("CONFIRMED"), &json!("FINAL_WARNING"), &json!("HR"), &Value::Null));
        assert_eq!((&strike["consequences"][0]["workflow"], &strike["consequences"][0]["state"]), (&json!("suspension"), &json!("ACTIVE")));
        let board = hr.get("/api/v1/hr/board").await.well();
        assert_eq!(board["standing"][0]["status"], "SUSPENDED");
        assert!(board["due"].as_array().unwrap().iter().all(|task| task["workflow"] != "strike"));
    }

    async fn the_conduct_of_a_tutor_is_told_to_the_office_with_every_denda_explained(app: TestApp) {
        let sesi = left(app, 1).await[0];
        let operator = app.signed_in_as("OPERATOR").await;
        let path = format!("/api/v1/tutor/{}/conduct", app.company.tutor_id);
        let conduct = operator.get(&path).await.well();
        let (strike, denda, reliability) = (&conduct["strikes"][0], &conduct["denda"][0], &conduct["reliability"]);
        assert_eq!((&conduct["points"], &strike["cause"], &strike["counts"], &strike["sanction"]), (&json!(1), &json!("CANCELLATION"), &json!(true), &json!("WARNING")));
        assert_eq!((&strike["sesi"]["id"], &denda["amount_rp"], &denda["status"]), (&json!(sesi), &json!(90_000), &json!("APPLIED")));
        assert_eq!((&reliability["sesi"], &reliability["left"], &reliability["held"], &reliability["disputes"]), (&json!(1), &json!(1), &json!(0), &json!(0)));

        let id = denda["id"].as_str().unwrap();
        let explained = operator.get(&format!("/api/v1/explain/denda/{id}")).await.well();
        let amount = &explained["amounts"][0];
        let kinds: Vec<&str> = amount["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
        assert_eq!((&amount["rp"], &amount["computed_rp"], kinds), (&json!(90_000), &json!(90_000), vec!["policy", "entry"]));
        let shown = operator.get(&format!("/api/v1/denda/{id}")).await.well();
        assert_eq!((&shown["entries"][0]["kind"], &shown["sesi"]["id"]), (&json!("tutor_denda"), &json!(sesi)));
        let of_sesi = operator.get(&format!("/api/v1/sesi/{sesi}")).await.well();
        assert_eq!((&of_sesi["denda"][0]["id"], &of_sesi["denda"][0]["tutor"]["name"], &of_sesi["strikes"]), (&json!(id), &json!("Dewi Lestari"), &json!(1)));

        for path in ["/api/v1/hr/board".to_owned(), path, format!("/api/v1/strikes/{}", strike["id"].as_str().unwrap()), format!("/api/v1/denda/{id}")] {
            assert_eq!(app.signed_in_as("AUDITOR").await.get(&path).await.status, 200, "{path}");
        }
        let nobody = Uuid::from_u128(5);
        assert_eq!(operator.get(&format!("/api/v1/strikes/{nobody}")).await.problem(), "404 not_found");
        assert_eq!(operator.get(&format!("/api/v1/denda/{nobody}")).await.problem(), "404 not_found");
        assert_eq!(operator.get(&format!("/api/v1/tutor/{nobody}/conduct")).await.well()["strikes"], json!([]));
    }

    async fn the_text_of_a_warning_says_which_sesi_and_until_when_it_counts(app: TestApp) {
        let sesi = left(app, 1).await[0];
        let hr = app.signed_in_as("HR").await;
        let log = hr.get("/api/v1/notifications?filter[template]=strike_warning").await.well();
        assert_eq!((&log["total"], &log["items"][0]["state"], &log["items"][0]["channel"]), (&json!(1), &json!("TO_COPY"), &json!("WHATSAPP_TEXT")));
        let message = hr.get(&format!("/api/v1/notifications/{}", log["items"][0]["id"].as_str().unwrap())).await.well();
        let text = message["letter"]["text"].as_str().unwrap();
        let code = app.company.sesi(sesi).await.code;
        for said in ["Dewi Lestari", code.as_str(), "23-11-2026 10.00 WIB", "21-02-2027 09.00 WIB", "STR-2026-000001"] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
}
