//! The whole way, from the decision to a tutor who is read only.

use super::story::*;
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;

/// A settled and paid termination with one denda that may still be contested.
async fn paid(app: &TestApp) -> Uuid {
    earned(app, 0).await;
    left(app, 1).await;
    let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
    let id = decided(app, &hr).await;
    app.drain().await;
    tell(&finance, id, "record_payout", transfer("2026-11-24")).await.well();
    tell(&hr, id, "confirm_documents", json!({ "note": "Modul dan kartu tanda pengenal" })).await.well();
    id
}

both_databases! {
    async fn a_termination_goes_its_whole_way_to_the_archive(app: TestApp) {
        earned(app, 0).await;
        left(app, 1).await;
        let later = app.company.lesson().starts_at + TimeDelta::days(8);
        let open = app.company.approved(&app.company.lesson().at(later)).await;
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);

        // What it would come to, before anybody decides.
        let shown = hr.post(&format!("{TERMINATIONS}/preview"), &wish(app)).await.well();
        let amount = |key: &str| shown["amounts"].as_array().unwrap().iter().find(|one| one["key"] == key).map(|one| one["rp"].clone()).unwrap_or_default();
        assert_eq!((amount("settlement_gross"), amount("settlement_denda"), amount("settlement_due")), (json!(90_000), json!(45_000), json!(45_000)));
        assert_eq!(shown["warnings"][0], json!({ "code": "sesi_to_clear", "params": { "count": 1 } }));
        assert_eq!(tutor_status(app).await, "ACTIVE", "a preview changes nothing");

        let id = decided(app, &hr).await;
        assert_eq!(tutor_status(app).await, "TERMINATED");
        app.drain().await;
        assert_eq!(steps(&hr, id).await, ["access DONE", "clear_sesi OPEN", "settle WAITING", "pay_out WAITING", "return_documents OPEN", "archive WAITING"]);
        let refused = tell(&hr, id, "confirm_cleared", json!({})).await;
        assert_eq!((refused.problem().as_str(), blocking(&refused)), ("422 live_sesi", vec![format!("sesi {}", app.company.sesi(open).await.code)]));

        app.company.done(open, AnyCommand::with("cancel", &json!({ "party": "ADMIN" })).because("tutor tidak lagi bekerja")).await;
        tell(&hr, id, "confirm_cleared", json!({})).await.well();
        assert_eq!(tell(&hr, id, "confirm_cleared", json!({})).await.code(), "already_cleared");
        app.drain().await;
        assert_eq!(revisions(&hr, id).await, [revision(1, 45_000, 0, "DUE")]);
        assert_eq!(steps(&hr, id).await, ["access DONE", "clear_sesi DONE", "settle DONE", "pay_out OPEN", "return_documents OPEN", "archive WAITING"]);

        // Whoever decided about the tutor does not pay them.
        assert_eq!(tell(&hr, id, "record_payout", transfer("2026-11-24")).await.problem(), "403 forbidden");
        tell(&finance, id, "record_payout", transfer("2026-11-24")).await.well();
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, 0));
        tell(&hr, id, "confirm_documents", json!({ "note": "Modul dan kartu tanda pengenal" })).await.well();

        // The denda may still be contested; the archive waits for that, and says so.
        let refused = tell(&hr, id, "archive", json!({})).await;
        assert_eq!(refused.problem(), "422 archive_blocked");
        assert_eq!(blocking(&refused).iter().map(|text| text[..5].to_owned()).collect::<Vec<_>>(), ["denda"]);
        assert_eq!(shown_blocking(&hr, id, "archive").await, blocking(&refused));
        app.company.clock.advance(TimeDelta::days(7) + TimeDelta::minutes(1));
        app.drain().await;
        let hr = app.signed_in_as("HR").await;
        tell(&hr, id, "archive", json!({})).await.well();
        assert_eq!(tutor_status(app).await, "ARCHIVED");
        let view = hr.get(&format!("{TERMINATIONS}/{id}")).await.well();
        assert_eq!((&view["state"], &view["open"], &view["tutor_status"]), (&json!("ARCHIVED"), &json!([]), &json!("ARCHIVED")));
        let signed: Vec<String> = view["checklist"].as_array().unwrap().iter().map(|step| format!("{} {}", step["name"].as_str().unwrap(), step["by"]["name"].as_str().unwrap_or("-"))).collect();
        assert_eq!(signed, ["access -", "clear_sesi HR", "settle -", "pay_out FINANCE", "return_documents HR", "archive HR"]);
        sound(app).await;
    }

    async fn an_archived_tutor_is_read_only(app: TestApp) {
        let id = paid(app).await;
        app.company.clock.advance(TimeDelta::days(8));
        app.drain().await;
        let (hr, owner) = (app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        tell(&hr, id, "archive", json!({})).await.well();

        let tutor = app.company.tutor_id;
        let person = owner.get(&format!("/api/v1/people/tutor/{tutor}")).await.well();
        let before = app.company.db.rows("SELECT * FROM tutor WHERE id = ?", vec![tutor.into()]).await.len();
        let request = app.company.lesson().at(app.company.now() + TimeDelta::days(2)).body();
        assert_eq!(owner.post("/api/v1/sesi", &request).await.code(), "tutor_inactive");
        assert_eq!(owner.post("/api/v1/suspensions", &json!({ "tutor_id": tutor, "days": 7, "reason": "x" })).await.code(), "tutor_not_active");
        assert_eq!(fault(&owner.post(TERMINATIONS, &wish(app)).await), "422 tutor_not_employed tutor_id tutor_not_employed");
        for (method, path, body) in writes(tutor, &person) {
            let answer = tests::browser::send(owner.request(method.clone(), &path).header("X-CSRF-Token", &owner.csrf).json(&body)).await;
            assert_eq!(answer.code(), "not_allowed", "{method} {path}: {answer:?}");
        }
        assert_eq!(app.company.db.rows("SELECT * FROM tutor WHERE id = ?", vec![tutor.into()]).await.len(), before);
        assert_eq!(person["status"], "ARCHIVED");
        let file = format!("name;phone;golongan;office;status\n{};{};GOL_1;JKT;ACTIVE\n", person["name"].as_str().unwrap(), person["phone"].as_str().unwrap());
        let imported = owner.post_raw("/api/v1/imports/tutor", "text/csv", file).await;
        let report = if imported.body["errors"].is_array() { &imported.body } else { &imported.body["params"] };
        assert!(report.to_string().contains("\"archived\""), "{imported:?}");
        assert_eq!(tutor_status(app).await, "ARCHIVED");
        // What there was to see before is still there.
        assert_eq!(revisions(&hr, id).await, [revision(1, 45_000, 0, "PAID")]);
    }

    async fn what_was_said_of_somebody_who_left_goes_with_them_and_nobody_is_erased_before(app: TestApp) {
        earned(app, 0).await;
        let (hr, finance, owner, senior) =
            (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await, app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        tell(&finance, id, "record_payout", transfer("2026-11-23")).await.well();
        tell(&hr, id, "confirm_documents", json!({ "note": "Kartu dan modul" })).await.well();
        let wish = json!({ "person_kind": "TUTOR", "person_id": app.company.tutor_id, "ground": "REQUEST_OF_PERSON", "reason": "Permintaan tutor" });
        let early = owner.post("/api/v1/erasures", &wish).await;
        assert!(blocking(&early).iter().any(|one| one.starts_with("termination ")), "{early:?}");
        tell(&hr, id, "archive", json!({})).await.well();
        let erasure = crate::terminations::story::id(&owner.post("/api/v1/erasures", &wish).await.well());
        ask(&senior, "erasure", erasure, "approve", json!({ "confirmed": true })).await.well();
        app.drain().await;
        let view = shown(&hr, id).await;
        assert_eq!((&view["reason"], &view["settlements"][0]["moved"]["reference"], &view["settlements"][0]["moved"]["amount_rp"]), (&json!(null), &json!(null), &json!(90_000)));
        let history = hr.get(&format!("/api/v1/workflows/termination/{id}/history")).await.well().to_string();
        for gone in ["Berulang kali", "Kartu dan modul", "TRX-1"] {
            assert!(!history.contains(gone), "{gone}: {history}");
        }
        sound(app).await;
    }

    async fn nothing_is_archived_while_a_step_is_open(app: TestApp) {
        let hr = app.signed_in_as("HR").await;
        let id = decided(app, &hr).await;
        let refused = tell(&hr, id, "archive", json!({})).await;
        assert_eq!(blocking(&refused), ["termination_step return_documents", "termination_step settle"]);
        app.drain().await;
        assert_eq!(blocking(&tell(&hr, id, "archive", json!({})).await), ["termination_step return_documents"]);
        tell(&hr, id, "confirm_documents", json!({})).await.well();
        let tasks = hr.get("/api/v1/tasks?filter[workflow]=termination").await.well();
        assert_eq!((&tasks["total"], &tasks["items"][0]["name"]), (&json!(1), &json!("archive")));
        tell(&hr, id, "archive", json!({})).await.well();
        sound(app).await;
    }
}

async fn shown_blocking(browser: &Browser, id: Uuid, step: &str) -> Vec<String> {
    let view = shown(browser, id).await;
    let step = view["checklist"].as_array().unwrap().iter().find(|one| one["name"] == step).unwrap().clone();
    step["blocking"].as_array().unwrap().iter().map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

/// Every way to change somebody, with a body that fits.
fn writes(tutor: Uuid, person: &Value) -> Vec<(reqwest::Method, String, Value)> {
    let at = |end: &str| format!("/api/v1/people/tutor/{tutor}{end}");
    let form = json!({
        "name": person["name"], "phone": person["phone"], "golongan_id": person["golongan"]["id"], "office_id": person["office"]["id"], "contract_signed": true,
    });
    vec![
        (reqwest::Method::PATCH, at(""), json!({ "tutor": form, "reason": "x" })),
        (reqwest::Method::PATCH, at("/slots"), json!({ "slots": [] })),
        (reqwest::Method::PATCH, at("/subjects"), json!({ "subjects": [] })),
    ]
}
