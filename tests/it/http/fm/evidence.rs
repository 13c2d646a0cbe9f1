//! Evidence: what may be handed in, who opens it, and what is left of it when the tutor is erased.

use super::super::documents::{PNG, upload};
use super::{CLAIMS, decide, filed, path, penalised, refusals, rejected, sound, stands, wish};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;

async fn file(browser: &Browser, name: &str) -> Value {
    upload(browser, name, PNG.to_vec()).await.well()["id"].clone()
}

both_databases! {
    async fn evidence_is_shown_with_its_hash_and_opened_on_its_claim_only(app: TestApp) {
        let sesi = penalised(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let letter = file(&operator, "surat dokter.png").await;
        let mut body = wish(app, sesi);
        body["evidence"] = json!([letter]);
        let claim = operator.post(CLAIMS, &body).await.well()["id"].as_str().unwrap().parse().unwrap();
        let photo = file(&operator, "foto.png").await;
        operator.post(&path(claim, "add_evidence"), &json!({ "evidence": [photo] })).await.well();
        operator.post(&path(claim, "note"), &json!({ "comp_notes": "Siswa diberi sesi pengganti" })).await.well();
        let view = operator.get(&format!("{CLAIMS}/{claim}")).await.well();
        let stored = app.company.db.texts("SELECT sha256 AS text FROM document WHERE name = 'surat dokter.png'", vec![]).await.remove(0);
        let first = &view["evidence"][0];
        assert_eq!((&first["name"], &first["sha256"], &first["added_by"]["name"]), (&json!("surat dokter.png"), &json!(stored), &json!("OPERATOR")));
        assert_eq!((view["evidence"].as_array().unwrap().len(), &view["comp_notes"]), (2, &json!("Siswa diberi sesi pengganti")));

        assert_eq!(operator.get(&format!("/api/v1/documents/{}", letter.as_str().unwrap())).await.status, 404, "not like any document");
        let opened = operator.get(&format!("{CLAIMS}/{claim}/evidence/{}", letter.as_str().unwrap())).await.well();
        app.drain().await;
        let bytes = operator.request(Method::GET, opened["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!((bytes.status().as_u16(), bytes.bytes().await.unwrap().as_ref()), (200, PNG));
        assert_eq!(refusals(app, "fm_claim.evidence_open").await, 1);
        sound(app).await;
    }

    async fn what_cannot_be_evidence_is_refused_at_its_field_and_nothing_is_held(app: TestApp) {
        let sesi = penalised(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let letter = file(&operator, "surat.png").await;
        let mut body = wish(app, sesi);
        let refused = async |body: &Value| {
            let answer = operator.post(CLAIMS, body).await;
            format!("{} {}", answer.body["fields"][0]["field"].as_str().unwrap_or_default(), answer.body["fields"][0]["code"].as_str().unwrap_or_default())
        };
        for (evidence, code) in [(json!(["x"]), "not_id"), (json!([uuid::Uuid::new_v4()]), "unknown"), (json!({ "a": 1 }), "not_id"), (json!(vec![letter.clone(); 21]), "too_many")] {
            body["evidence"] = evidence;
            assert_eq!(refused(&body).await, format!("evidence {code}"));
        }
        body["evidence"] = json!([letter]);
        app.company.db.run("UPDATE document SET scan_state = 'INFECTED' WHERE name = 'surat.png'", vec![]).await;
        assert_eq!(refused(&body).await, "evidence evidence_infected");
        app.company.db.run("UPDATE document SET scan_state = 'CLEAN' WHERE name = 'surat.png'", vec![]).await;
        let ktp = "INSERT INTO person_document (document_id, person_kind, person_id, role, attached_at) SELECT id, 'TUTOR', ?, 'KTP', uploaded_at FROM document WHERE name = 'surat.png'";
        app.company.db.run(ktp, vec![app.company.tutor_id.into()]).await;
        assert_eq!(refused(&body).await, "evidence evidence_of_person");
        body["evidence"] = Value::Null;
        body["story"] = json!("  ");
        assert_eq!(refused(&body).await, "story required");
        body["category"] = json!("MALAS");
        assert!(refused(&body).await.starts_with("category not_a_choice"));
        assert_eq!(app.company.db.count("SELECT count(*) FROM denda WHERE status = 'APPLIED'", vec![]).await, 1);
        let other = app.company.new_tutor("JKT").await;
        let nobodys = json!({ "sesi_id": sesi, "tutor_id": other, "category": "DUKA", "story": "Tidak ada" });
        assert_eq!(refused(&nobodys).await, "sesi_id nothing_to_claim");
        assert_eq!(app.signed_in_as("FINANCE").await.post(CLAIMS, &wish(app, sesi)).await.problem(), "403 forbidden");
        app.drain().await;
        sound(app).await;
    }

    async fn nobody_is_erased_with_a_claim_open_and_afterwards_nothing_of_it_can_be_read(app: TestApp) {
        let sesi = penalised(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let letter = file(&operator, "surat.png").await;
        let claim = filed(app, sesi).await;
        operator.post(&path(claim, "add_evidence"), &json!({ "evidence": [letter] })).await.well();
        let erase = json!({ "person_kind": "TUTOR", "person_id": app.company.tutor_id, "ground": "REQUEST_OF_PERSON", "reason": "Diminta" });
        let owner = app.signed_in_as("OWNER").await;
        let blocked = owner.post("/api/v1/erasures", &erase).await;
        assert!(blocked.body["blocking"].as_array().unwrap().iter().any(|one| one["kind"] == "fm_claim" && one["id"] == json!(claim)), "{blocked:?}");
        decide(&operator, claim, "approve").await.well();
        app.drain().await;
        // What the strike had to say to the tutor is not sent any more.
        for row in app.company.db.rows("SELECT id FROM workflow_instance WHERE workflow = 'notification' AND NOT terminal", vec![]).await {
            let id: uuid::Uuid = row.try_get("", "id").unwrap();
            owner.post(&format!("/api/v1/workflows/notification/{id}/commands/cancel"), &json!({ "reason": "Selesai" })).await.well();
        }
        app.company.clock.advance(TimeDelta::days(91));
        app.drain().await;
        let owner = app.signed_in_as("OWNER").await;
        let asked = owner.post("/api/v1/erasures", &erase).await.well()["id"].as_str().unwrap().to_owned();
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        senior.post(&format!("/api/v1/workflows/erasure/{asked}/commands/approve"), &json!({ "confirmed": true })).await.well();
        app.drain().await;
        let view = owner.get(&format!("{CLAIMS}/{claim}")).await.well();
        assert_eq!((&view["story"], &view["first_review"]["reason"], &view["evidence"][0]["erased"]), (&Value::Null, &Value::Null, &json!(true)));
        assert_eq!(owner.get(&format!("{CLAIMS}/{claim}/evidence/{}", letter.as_str().unwrap())).await.status, 404);
        assert_eq!(stands(app, claim).await, "APPROVED REVERSED REVOKED");
        sound(app).await;
    }

    async fn a_claim_is_read_and_listed_by_whoever_may(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let auditor = app.signed_in_as("AUDITOR").await;
        assert_eq!(auditor.get(CLAIMS).await.well()["total"], 1);
        assert_eq!(auditor.get(&format!("{CLAIMS}/{claim}")).await.well()["state"], "REJECTED");
        assert_eq!(auditor.get(&format!("{CLAIMS}/{}", uuid::Uuid::new_v4())).await.problem(), "404 not_found");
        assert_eq!(auditor.get(&format!("{CLAIMS}/claimable")).await.body["fields"][0]["field"], "sesi_id");
        sound(app).await;
    }
}
