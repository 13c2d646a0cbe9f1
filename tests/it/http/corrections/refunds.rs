//! Refunds: owed since a credit note or a Titipan, noted on their way, sent or kept.

use super::{CREDIT_NOTES, REFUNDS, account, billed, command, fault, paid, sound};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

fn wish(app: &TestApp, amount_rp: i64) -> Value {
    json!({ "siswa_id": app.company.siswa_id, "amount_rp": amount_rp, "reason": "Siswa pindah kota" })
}

fn sent(on: &str) -> Value {
    json!({ "paid_on": on, "method": "TRANSFER", "reference": "BCA 12" })
}

both_databases! {
    async fn a_refund_of_a_credit_note_waits_in_the_inbox_until_it_is_sent(app: TestApp) {
        let id = billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        paid(&finance, app, 300_000).await;
        finance.post(CREDIT_NOTES, &json!({ "tagihan_id": id, "lines": [{ "number": 1, "amount_rp": 60_000 }], "reason": "Salah tagih" })).await.well();
        let refund = finance.get(&format!("{REFUNDS}?filter[state]=DUE")).await.well()["items"][0].clone();
        assert_eq!((&refund["amount_rp"], &refund["document"]["id"]), (&json!(60_000), &json!(id)));
        let tasks = finance.get("/api/v1/tasks?filter[workflow]=refund").await.well();
        assert_eq!((&tasks["total"], &tasks["items"][0]["name"]), (&json!(1), &json!("refund")));

        finance.post(&command("refund", &refund["id"], "note"), &json!({ "text": "Rekening diminta lewat WA" })).await.well();
        finance.post(&command("refund", &refund["id"], "note"), &json!({ "text": "Rekening diterima" })).await.well();
        let send = command("refund", &refund["id"], "send");
        assert_eq!(fault(&finance.post(&send, &sent("2026-12-02")).await), "422 in_the_future paid_on in_the_future");
        assert_eq!(fault(&finance.post(&send, &sent("2026-11-30")).await), "422 before_refund paid_on before_refund");
        assert_eq!(fault(&finance.post(&send, &sent("besok")).await), "422 not_a_day paid_on not_a_day");
        let mut unknown = sent("2026-12-01");
        unknown["proof_document_id"] = refund["id"].clone();
        assert_eq!(fault(&finance.post(&send, &unknown).await), "422 unknown proof_document_id unknown");
        finance.post(&send, &sent("2026-12-01")).await.well();
        assert_eq!((account(app, "2400").await, account(app, "1000").await), (0, 240_000));
        let view = finance.get(&format!("{REFUNDS}/{}", refund["id"].as_str().unwrap())).await.well();
        let notes: Vec<&Value> = view["notes"].as_array().unwrap().iter().map(|note| &note["text"]).collect();
        assert_eq!((notes, &view["reference"], &view["state"]), (vec![&json!("Rekening diminta lewat WA"), &json!("Rekening diterima")], &json!("BCA 12"), &json!("SENT")));
        assert_eq!(finance.get("/api/v1/tasks?filter[workflow]=refund").await.well()["total"], 0);
        sound(app).await;
    }

    async fn a_titipan_goes_back_up_to_what_there_is_or_is_kept_after_all(app: TestApp) {
        billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        paid(&finance, app, 350_000).await;
        assert_eq!(fault(&finance.post(REFUNDS, &wish(app, 50_001)).await), "422 above_titipan amount_rp above_titipan");
        let shown = finance.post(&format!("{REFUNDS}/preview"), &wish(app, 30_000)).await.well();
        let made = finance.post(REFUNDS, &wish(app, 30_000)).await.well();
        assert_eq!((&made["state"], &made["amounts"]), (&json!("DUE"), &shown["amounts"]));
        assert_eq!((account(app, "2300").await, account(app, "2400").await), (-20_000, -30_000));
        assert_eq!(fault(&finance.post(REFUNDS, &wish(app, 20_001)).await), "422 above_titipan amount_rp above_titipan");
        finance.post(&command("refund", &made["id"], "keep"), &json!({ "reason": "Untuk bulan depan" })).await.well();
        assert_eq!((account(app, "2300").await, account(app, "2400").await), (-50_000, 0));
        sound(app).await;
    }

    async fn two_at_once_never_take_more_than_the_titipan(app: TestApp) {
        billed(app).await;
        let (one, other) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        paid(&one, app, 350_000).await;
        let body = wish(app, 40_000);
        let (first, second) = tokio::join!(one.post(REFUNDS, &body), other.post(REFUNDS, &body));
        let made = [&first, &second].iter().filter(|answer| answer.status == 201).count();
        assert_eq!((made, account(app, "2300").await), (1, -10_000), "{:?} {:?}", first.body, second.body);
        sound(app).await;
    }
}
