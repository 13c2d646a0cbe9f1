//! Settlements that are taken back, and results that may no longer be overridden once a document says them.

use super::{account, billed, fault, id_of, sound};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

const REVERSALS: &str = "/api/v1/reversals";

fn wish(side: &str, settlement: Uuid) -> Value {
    json!({ "side": side, "settlement_id": settlement, "reason": "Sesi ini tidak pernah ada" })
}

both_databases! {
    async fn what_is_not_billed_goes_back_on_either_side_once(app: TestApp) {
        app.company.completed(&app.company.lesson()).await;
        let finance = app.signed_in_as("FINANCE").await;
        let (siswa, tutor) = (id_of(app, "siswa_settlement").await, id_of(app, "tutor_settlement").await);
        let shown = finance.post(&format!("{REVERSALS}/preview"), &wish("SISWA", siswa)).await.well();
        assert_eq!(shown["entries"][0]["lines"][0]["debit_rp"], 150_000);
        assert_eq!(finance.post(REVERSALS, &wish("SISWA", siswa)).await.well()["state"], "DONE");
        assert_eq!((account(app, "1100").await, account(app, "4100").await, account(app, "2100").await), (0, 0, -90_000));
        assert_eq!(app.company.faults().await, Vec::<String>::new());
        finance.post(REVERSALS, &wish("TUTOR", tutor)).await.well();
        assert_eq!((account(app, "2100").await, account(app, "5100").await), (0, 0));
        for side in [("SISWA", siswa), ("TUTOR", tutor)] {
            assert_eq!(fault(&finance.post(REVERSALS, &wish(side.0, side.1)).await), "422 settlement_reversed settlement_id settlement_reversed");
        }
        assert_eq!(fault(&finance.post(REVERSALS, &wish("TUTOR", siswa)).await), "422 invalid settlement_id unknown");
        assert_eq!(finance.get(REVERSALS).await.well()["total"], 2);
        app.company.bill("2026-11").await;
        assert_eq!((app.company.tagihan().await, app.company.honorarium().await), (vec![], vec![]));
        sound(app).await;
    }

    async fn what_a_siswa_was_billed_is_credited_and_what_a_tutor_was_given_is_taken_back_by_the_next_honorarium(app: TestApp) {
        let tagihan = billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let (siswa, tutor) = (id_of(app, "siswa_settlement").await, id_of(app, "tutor_settlement").await);
        let refused = finance.post(REVERSALS, &wish("SISWA", siswa)).await;
        assert_eq!((fault(&refused).as_str(), &refused.body["blocking"][0]["id"]), ("422 settlement_billed settlement_id settlement_billed", &json!(tagihan)));
        let shown = finance.post(&format!("{REVERSALS}/preview"), &wish("TUTOR", tutor)).await.well();
        assert_eq!((&shown["warnings"][0]["code"], &shown["warnings"][0]["params"]["number"]), (&json!("taken_back_next"), &json!("HON-2026-11-00001")));
        finance.post(REVERSALS, &wish("TUTOR", tutor)).await.well();
        assert_eq!(app.company.faults().await, Vec::<String>::new());
        let lesson = app.company.lesson();
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(14))).await;
        app.company.bill("2026-12").await;
        let slips = app.company.honorarium().await;
        assert_eq!(slips, ["HON-2026-11-00001 ISSUED 180000 in 0 out 0", "HON-2026-12-00001 PAID 0 in 0 out 0"], "90.000 of November goes off the 90.000 of December");
        sound(app).await;
    }

    async fn a_result_that_stands_on_a_document_is_not_overridden_any_more(app: TestApp) {
        billed(app).await;
        let (sesi, operator) = (id_of(app, "sesi").await, app.signed_in_as("OPERATOR").await);
        for (result, code, kind) in [("TAGIHAN", "settlement_billed", "tagihan"), ("HONORARIUM", "honorarium_made", "honorarium")] {
            let body = json!({ "sesi_id": sesi, "result": result, "final_rp": 1_000, "reason": "Salah hitung" });
            let refused = operator.post("/api/v1/overrides", &body).await;
            assert_eq!((fault(&refused), &refused.body["blocking"][0]["kind"]), (format!("422 {code} result {code}"), &json!(kind)));
        }
        sound(app).await;
    }
}
