//! The third strike, confirmed by HR, ends the work; when that strike falls, a person looks at it (SPEC HR-2).

use super::story::*;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

async fn strikes(app: &TestApp) -> Vec<Uuid> {
    let rows = app.company.db.rows("SELECT id FROM strike ORDER BY at, id", vec![]).await;
    rows.iter().map(|row| row.try_get("", "id").unwrap()).collect()
}

both_databases! {
    async fn a_third_strike_that_is_confirmed_ends_the_work(app: TestApp) {
        for day in 0..3 {
            left(app, day).await;
        }
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let all = strikes(app).await;
        let shown = hr.post(&format!("/api/v1/workflows/strike/{}/commands/confirm_sanction/preview", all[2]), &json!({})).await.well();
        assert_eq!((&shown["nested"][0]["workflow"], &shown["nested"][0]["command"]), (&json!("termination"), &json!("decide")));
        ask(&hr, "strike", all[2], "confirm_sanction", json!({})).await.well();
        assert_eq!(tutor_status(app).await, "TERMINATED");
        let id: Uuid = app.company.db.rows("SELECT id FROM termination", vec![]).await[0].try_get("", "id").unwrap();
        assert_eq!(shown_strike(&hr, id).await, all[2].to_string());
        let proposals = "SELECT count(*) FROM task WHERE workflow = 'strike' AND state = 'OPEN'";
        assert_eq!(app.company.db.count(proposals, vec![]).await, 0, "nothing is proposed of somebody who has left");
        app.drain().await;
        assert_eq!(revisions(&hr, id).await, [revision(1, 0, 135_000, "OWED")]);

        // The strike falls: the decision stands until a person has looked at it.
        ask(&hr, "strike", all[2], "revoke", json!({ "reason": "Salah catat" })).await.well();
        assert!(steps(&hr, id).await.contains(&"review_ground OPEN".to_owned()));
        tell(&finance, id, "record_receipt", transfer("2026-11-25")).await.well();
        tell(&hr, id, "confirm_documents", json!({})).await.well();
        assert!(blocking(&tell(&hr, id, "archive", json!({})).await).contains(&"termination_step review_ground".to_owned()));
        assert_eq!(fault(&tell(&hr, id, "note_ground", json!({})).await), "422 invalid reason required");
        tell(&hr, id, "note_ground", json!({ "reason": "Dua pembatalan lain tetap berlaku" })).await.well();
        assert_eq!(tell(&hr, id, "note_ground", json!({ "reason": "x" })).await.code(), "ground_stands");
        assert!(steps(&hr, id).await.contains(&"review_ground DONE".to_owned()));
        app.drain().await;
        sound(app).await;
    }

    async fn a_pending_claim_keeps_a_confirmed_third_strike_from_ending_the_work(app: TestApp) {
        let mut sesi = vec![];
        for day in 0..3 {
            sesi.push(left(app, day).await);
        }
        let (hr, operator) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let all = strikes(app).await;
        // A claim holds its strike; rejected and appealed, the strike counts again and the claim waits for the second review.
        let claim = claim(app, &operator, sesi[0]).await;
        ask(&operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
        ask(&operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
        let proposed = "SELECT id FROM strike WHERE proposed = 'TERMINATION' AND decision IS NULL";
        let rows = app.company.db.rows(proposed, vec![]).await;
        assert!(!rows.is_empty(), "{all:?}");
        let third: Uuid = rows[0].try_get("", "id").unwrap();
        let refused = ask(&hr, "strike", third, "confirm_sanction", json!({})).await;
        assert_eq!((refused.problem().as_str(), refused.body["blocking"][0]["id"].as_str()), ("422 claim_pending", Some(claim.to_string().as_str())));
        assert_eq!(tutor_status(app).await, "ACTIVE");
        let undecided = "SELECT count(*) FROM strike WHERE decision IS NOT NULL";
        assert_eq!(app.company.db.count(undecided, vec![]).await, 0, "nothing of it has happened");
        sound(app).await;
    }
}

async fn shown_strike(browser: &tests::browser::Browser, id: Uuid) -> String {
    shown(browser, id).await["strike"]["id"].as_str().unwrap().to_owned()
}
