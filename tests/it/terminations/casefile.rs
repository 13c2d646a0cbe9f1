//! The case file of a termination: the disputes it settled, not every lesson it paid.

use super::story::*;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;

/// More sesi than a file takes up cases.
const PAID: i64 = 41;

async fn file(browser: &Browser, workflow: &str, id: Uuid) -> Value {
    browser.get(&format!("/api/v1/casefile/{workflow}/{id}")).await.well()
}

fn count(file: &Value, workflow: &str) -> usize {
    file["cases"].as_array().unwrap().iter().filter(|case| case["workflow"] == workflow).count()
}

both_databases! {
    async fn the_file_of_a_termination_holds_its_disputes_and_a_claim_names_the_settlement_it_changed(app: TestApp) {
        for day in 0..PAID {
            earned(app, day).await;
        }
        let sesi = left(app, PAID).await;
        let [hr, operator] = [app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await];
        let claim = claim(app, &operator, sesi).await;
        ask(&operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
        let id = decided(app, &hr).await;
        app.drain().await;
        ask(&operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
        ask(&hr, "fm_claim", claim, "overturn", json!({ "reason": "Surat dokter sah" })).await.well();

        let of_termination = file(&hr, "termination", id).await;
        assert_eq!(of_termination["left_out"], false);
        let held = ["termination", "fm_claim", "denda", "strike", "sesi"].map(|workflow| count(&of_termination, workflow));
        assert_eq!(held, [1; 5], "the sesi is the one that was left, not those that were paid");
        let of_claim = file(&hr, "fm_claim", claim).await;
        assert_eq!((count(&of_claim, "termination"), count(&of_claim, "sesi"), &of_claim["left_out"]), (1, 1, &json!(false)));
        app.drain().await;
    }
}
