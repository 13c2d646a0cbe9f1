//! Nobody is erased while money is open between them and the company; what was noted about their payments goes with them.

use super::{PAYMENTS, one_month, paid, to, with};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

fn kinds(answer: &Value) -> Vec<&str> {
    answer["blocking"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

both_databases! {
    async fn an_open_tagihan_a_titipan_and_an_unpaid_honorarium_keep_people(app: TestApp) {
        one_month(app).await;
        let (owner, finance) = (app.signed_in_as("OWNER").await, app.signed_in_as("FINANCE").await);
        let asks = |kind: &str, id: uuid::Uuid| json!({ "person_kind": kind, "person_id": id, "ground": "REQUEST_OF_PERSON", "reason": "surat" });
        let (siswa, tutor) = (asks("SISWA", app.company.siswa_id), asks("TUTOR", app.company.tutor_id));
        let refused = owner.post("/api/v1/erasures", &siswa).await;
        assert!(kinds(&refused.body).contains(&"tagihan"), "{refused:?}");
        let refused = owner.post("/api/v1/erasures", &tutor).await;
        assert!(kinds(&refused.body).contains(&"honorarium"), "{refused:?}");
        let reference = json!({ "reference": "dari Rina" });
        let over = finance.post(&to("record"), &with(paid(app, 200_000, "2026-12-01"), &reference)).await.well();
        assert_eq!(kinds(&owner.post("/api/v1/erasures", &siswa).await.body), ["deposit"]);
        finance.post(&to("reverse"), &json!({ "payment_id": over["id"], "reason": "Rina salah ketik" })).await.well();
        let exact = finance.post(&to("record"), &with(paid(app, 150_000, "2026-12-01"), &reference)).await.well();

        // The report photo of this company has no bytes in the store, so it could never leave it.
        app.company.db.run("UPDATE sesi SET photo_document_id = NULL", vec![]).await;
        let asked = owner.post("/api/v1/erasures", &siswa).await.well();
        let approve = format!("/api/v1/workflows/erasure/{}/commands/approve", asked["id"].as_str().unwrap());
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        senior.post(&approve, &json!({ "confirmed": true })).await.well();
        app.drain().await;
        for payment in [&over, &exact] {
            let view = finance.get(&format!("{PAYMENTS}/{}", payment["id"].as_str().unwrap())).await.well();
            assert_eq!((&view["reference"], &view["reversed_by"]["reason"]), (&Value::Null, &Value::Null), "{view}");
        }
        let open = app.company.db.texts("SELECT CAST(after AS TEXT) || COALESCE(reason, '') AS text FROM audit_record WHERE action LIKE 'payment.%'", vec![]).await;
        assert!(open.iter().all(|row| !row.contains("Rina")), "{open:?}");
    }
}
