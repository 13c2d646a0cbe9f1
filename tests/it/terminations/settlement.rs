//! What a tutor who leaves is paid, or owes: calculated once, adjusted with a reason, paid on a day that can be booked (SPEC HR-5).

use super::story::*;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::company::rejected;

both_databases! {
    async fn the_first_settlement_is_calculated_once_however_often_the_job_runs(app: TestApp) {
        earned(app, 0).await;
        let hr = app.signed_in_as("HR").await;
        let id = decided(app, &hr).await;
        app.drain().await;
        let again = Request::new("termination", Target::Existing(id), AnyCommand::new("settle"), Actor::system());
        assert_eq!(rejected(app.app.engine.execute(&again).await).code, "already_settled");
        // Delivered once more, as after a worker that died before it could say so.
        app.company.db.run("UPDATE job SET state = 'PENDING', attempt = 0, finished_at = NULL WHERE kind = 'final_settlement'", vec![]).await;
        app.drain().await;
        assert_eq!(revisions(&hr, id).await, [revision(1, 90_000, 0, "DUE")]);
        assert_eq!(app.company.db.count("SELECT count(*) FROM policy_decision WHERE kind = 'final_settlement'", vec![]).await, 1);
        let owner = app.signed_in_as("OWNER").await;
        let settlement = shown(&hr, id).await["settlements"][0].clone();
        let explained = owner.get(&format!("/api/v1/explain/final_settlement/{}", settlement["id"].as_str().unwrap())).await.well();
        let amount = &explained["amounts"][0];
        assert_eq!((&amount["key"], &amount["rp"], &amount["steps"][0]["policy"]), (&json!("final_settlement"), &json!(90_000), &json!("final_settlement")));
        assert_eq!((&settlement["lines"][0]["kind"], &settlement["lines"][0]["amount_rp"]), (&json!("HONORARIUM"), &json!(90_000)));
        sound(app).await;
    }

    async fn nothing_to_pay_is_done_by_itself(app: TestApp) {
        let hr = app.signed_in_as("HR").await;
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(revisions(&hr, id).await, [revision(1, 0, 0, "BALANCED")]);
        let view = shown(&hr, id).await;
        let payout = view["checklist"].as_array().unwrap().iter().find(|step| step["name"] == "pay_out").unwrap().clone();
        assert_eq!((&payout["state"], &payout["automatic"], &payout["by"]), (&json!("DONE"), &json!(true), &json!(null)));
        assert_eq!(tell(&app.signed_in_as("FINANCE").await, id, "record_payout", transfer("2026-11-21")).await.code(), "nothing_due");
        sound(app).await;
    }

    async fn a_payout_is_dated_by_the_days_of_the_office(app: TestApp) {
        earned(app, 0).await;
        // One in the morning of 25 November in Jakarta, still the 24th in UTC.
        app.company.clock.set("2026-11-24T18:00:00Z".parse().unwrap());
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        let early = tell(&finance, id, "record_payout", transfer("2026-11-24")).await;
        assert_eq!(fault(&early), "422 before_settlement moved_on before_settlement");
        assert_eq!(fault(&tell(&finance, id, "record_payout", transfer("2026-11-26")).await), "422 in_future moved_on in_future");
        tell(&finance, id, "record_payout", transfer("2026-11-25")).await.well();
        assert_eq!(account(app, "2100").await, 0);
        sound(app).await;
    }

    async fn a_shortfall_is_owed_paid_back_or_let_go(app: TestApp) {
        left(app, 0).await;
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(revisions(&hr, id).await, [revision(1, 0, 45_000, "OWED")]);
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, -45_000));
        sound(app).await;

        // In the tutor's favour: less is owed. The entry of the first revision is reversed.
        tell(&finance, id, "adjust", json!({ "amount_rp": 15_000, "reason": "Buku milik tutor tetap di kantor" })).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 0, 30_000, "OWED"), revision(1, 0, 45_000, "OWED")]);
        assert_eq!(app.company.db.count("SELECT count(*) FROM journal_entry WHERE kind = 'final_settlement_reversal' AND reverses_id IS NOT NULL", vec![]).await, 1);
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, -30_000));
        sound(app).await;

        assert_eq!(tell(&finance, id, "record_payout", transfer("2026-11-23")).await.code(), "nothing_due");
        assert_eq!(tell(&hr, id, "write_off", json!({ "reason": "x" })).await.problem(), "403 forbidden");
        assert_eq!(fault(&tell(&finance, id, "write_off", json!({})).await), "422 invalid reason required");
        tell(&finance, id, "record_receipt", transfer("2026-11-23")).await.well();
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, 0));
        assert_eq!(fault(&tell(&finance, id, "adjust", json!({ "amount_rp": 1, "reason": "x" })).await), "422 already_paid amount_rp already_paid");
        sound(app).await;
    }

    async fn what_is_let_go_comes_back_when_the_settlement_changes(app: TestApp) {
        let sesi = left(app, 0).await;
        let (hr, finance, operator) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await, app.signed_in_as("OPERATOR").await);
        let claim = claim(app, &operator, sesi).await;
        ask(&operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
        let id = decided(app, &hr).await;
        app.drain().await;
        tell(&finance, id, "write_off", json!({ "reason": "Tidak tertagih" })).await.well();
        assert_eq!(account(app, "1200").await, 0);
        sound(app).await;
        ask(&operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
        ask(&hr, "fm_claim", claim, "overturn", json!({ "reason": "Surat dokter sah" })).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 0, 0, "BALANCED"), revision(1, 0, 45_000, "WRITTEN_OFF")]);
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, 0));
        let forgiven = "SELECT coalesce(sum(amount_rp), 0) FROM posting WHERE account = '5300'";
        assert_eq!(app.company.db.count(forgiven, vec![]).await, 0);
        sound(app).await;
    }

    async fn an_adjustment_counts_for_or_against_the_tutor_until_money_moves(app: TestApp) {
        earned(app, 0).await;
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        let early = tell(&finance, id, "adjust", json!({ "amount_rp": 5_000, "reason": "Lembur" })).await;
        assert_eq!(early.problem(), "422 not_settled");
        app.drain().await;
        assert_eq!(fault(&tell(&finance, id, "adjust", json!({ "amount_rp": 0, "reason": "x" })).await), "422 adjustment_zero amount_rp adjustment_zero");
        assert_eq!(tell(&hr, id, "adjust", json!({ "amount_rp": 1, "reason": "x" })).await.problem(), "403 forbidden");
        tell(&finance, id, "adjust", json!({ "amount_rp": 5_000, "reason": "Lembur" })).await.well();
        tell(&finance, id, "adjust", json!({ "amount_rp": -20_000, "reason": "Modul hilang" })).await.well();
        assert_eq!(revisions(&hr, id).await[0], revision(3, 75_000, 0, "DUE"));
        assert_eq!(account(app, "2100").await, 75_000);
        assert_eq!(tell(&finance, id, "recalculate", json!({})).await.code(), "settlement_unchanged");
        tell(&finance, id, "record_payout", transfer("2026-11-23")).await.well();
        assert_eq!(account(app, "2100").await, 0);
        sound(app).await;
    }

    async fn money_moves_on_a_day_that_can_be_booked(app: TestApp) {
        earned(app, 0).await;
        let id = decided(app, &app.signed_in_as("HR").await).await;
        app.drain().await;
        app.company.clock.set("2026-12-02T03:00:00Z".parse().unwrap());
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let lock = "INSERT INTO period (month, state) VALUES ('2026-11','LOCKED')";
        app.company.db.run(lock, vec![]).await;
        for (day, told) in [
            ("kemarin", "422 not_date moved_on not_date"),
            ("2026-12-03", "422 in_future moved_on in_future"),
            ("2026-11-22", "422 before_settlement moved_on before_settlement"),
            ("2026-11-30", "422 period_locked moved_on period_locked"),
        ] {
            assert_eq!(fault(&tell(&finance, id, "record_payout", transfer(day)).await), told);
        }
        let mut body = transfer("2026-12-01");
        body["proof_document_id"] = json!(uuid::Uuid::from_u128(4));
        assert_eq!(fault(&tell(&finance, id, "record_payout", body.clone()).await), "422 unknown proof_document_id unknown");
        body["proof_document_id"] = json!(app.company.photo_id);
        tell(&finance, id, "record_payout", body).await.well();
        let moved = shown(&hr, id).await["settlements"][0]["moved"].clone();
        assert_eq!((&moved["on"], &moved["amount_rp"], &moved["recorded_by"]["name"], &moved["reference"]), (&json!("2026-12-01"), &json!(90_000), &json!("FINANCE"), &json!("TRX-1")));
        assert_eq!(tell(&finance, id, "record_payout", transfer("2026-12-01")).await.code(), "nothing_due", "and not twice");
        sound(app).await;
    }

    async fn a_result_that_was_overridden_meanwhile_is_calculated_anew_before_it_is_paid(app: TestApp) {
        let sesi = earned(app, 0).await;
        let (hr, finance, operator) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await, app.signed_in_as("OPERATOR").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        let body = json!({ "sesi_id": sesi, "result": "HONORARIUM", "final_rp": 100_000, "reason": "Disepakati" });
        operator.post("/api/v1/overrides", &body).await.well();
        assert_eq!(tell(&finance, id, "record_payout", transfer("2026-11-23")).await.problem(), "422 settlement_changed");
        tell(&finance, id, "recalculate", json!({})).await.well();
        tell(&finance, id, "record_payout", transfer("2026-11-23")).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 100_000, 0, "PAID"), revision(1, 90_000, 0, "DUE")]);
        assert_eq!(operator.post("/api/v1/overrides", &body).await.code(), "settlement_paid");
        sound(app).await;
    }
}
