//! When the work with a tutor may end, and that it ends once (SPEC HR-4).

use super::story::*;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;

both_databases! {
    async fn nobody_leaves_while_a_claim_of_theirs_waits_for_a_decision(app: TestApp) {
        let sesi = left(app, 0).await;
        let (hr, operator) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let claim = claim(app, &operator, sesi).await;
        let code = app.company.db.texts("SELECT code AS text FROM fm_claim WHERE id = ?", vec![claim.into()]).await.remove(0);
        for state in ["PENDING_L1", "PENDING_L2"] {
            for path in [format!("{TERMINATIONS}/preview"), TERMINATIONS.to_owned()] {
                let refused = hr.post(&path, &wish(app)).await;
                assert_eq!((refused.problem().as_str(), blocking(&refused)), ("422 claim_pending", vec![format!("fm_claim {code}")]), "{state}");
                assert_eq!(refused.body["blocking"][0]["label"], state);
            }
            if state == "PENDING_L1" {
                ask(&operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
                ask(&operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
            }
        }
        assert_eq!(tutor_status(app).await, "ACTIVE");
        assert_eq!(app.company.db.count("SELECT count(*) FROM termination", vec![]).await, 0);
        ask(&hr, "fm_claim", claim, "uphold", json!({ "reason": "Bukti tidak cukup" })).await.well();
        decided(app, &hr).await;
        app.drain().await;
        sound(app).await;
    }

    async fn the_work_with_somebody_ends_once_whoever_decides_at_the_same_time(app: TestApp) {
        let (hr, senior) = (app.signed_in_as("HR").await, app.signed_in_as("SENIOR_ADMIN").await);
        let body = wish(app);
        let (one, other) = tokio::join!(hr.post(TERMINATIONS, &body), senior.post(TERMINATIONS, &body));
        let (made, refused) = if one.status < 300 { (one, other) } else { (other, one) };
        let made = made.well();
        assert_eq!(fault(&refused), "422 already_terminated tutor_id already_terminated");
        assert_eq!(blocking(&refused), [format!("termination {}", made["code"].as_str().unwrap())]);
        app.drain().await;
        assert_eq!(app.company.db.count("SELECT count(*) FROM final_settlement", vec![]).await, 1);
        sound(app).await;
    }

    async fn what_is_wrong_with_the_decision_is_told_at_its_field(app: TestApp) {
        let (hr, operator) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let tutor = app.company.tutor_id;
        for (body, told) in [
            (json!({ "tutor_id": tutor, "reason": " " }), "422 invalid reason required"),
            (json!({ "reason": "x" }), "422 invalid tutor_id required"),
            (json!({ "tutor_id": uuid::Uuid::from_u128(4), "reason": "x" }), "422 invalid tutor_id unknown"),
            (json!({ "tutor_id": tutor, "strike_id": uuid::Uuid::from_u128(4), "reason": "x" }), "422 unknown strike_id unknown"),
        ] {
            assert_eq!(fault(&hr.post(TERMINATIONS, &body).await), told);
        }
        assert_eq!(operator.post(TERMINATIONS, &wish(app)).await.problem(), "403 forbidden");
        app.company.db.run("UPDATE tutor SET status = 'DRAFT' WHERE id = ?", vec![tutor.into()]).await;
        assert_eq!(fault(&hr.post(TERMINATIONS, &wish(app)).await), "422 tutor_not_employed tutor_id tutor_not_employed");
    }

    async fn a_suspension_is_over_and_its_request_moot_when_the_work_ends(app: TestApp) {
        let hr = app.signed_in_as("HR").await;
        let suspension = id(&hr.post("/api/v1/suspensions", &json!({ "tutor_id": app.company.tutor_id, "days": 7, "reason": "Ditinjau" })).await.well());
        let request = id(&hr.post("/api/v1/reactivations", &json!({ "tutor_id": app.company.tutor_id, "reason": "Dibutuhkan" })).await.well());
        decided(app, &hr).await;
        let state = async |id: uuid::Uuid| app.company.db.texts("SELECT state AS text FROM workflow_instance WHERE id = ?", vec![id.into()]).await.remove(0);
        assert_eq!((state(suspension).await.as_str(), state(request).await.as_str(), tutor_status(app).await.as_str()), ("CLOSED", "MOOT", "TERMINATED"));
        app.company.clock.advance(chrono::TimeDelta::days(8));
        app.drain().await;
        assert_eq!(tutor_status(app).await, "TERMINATED", "the end of the suspension brings nobody back");
        let owner = app.signed_in_as("OWNER").await;
        let record = owner.get("/api/v1/audit?filter[action]=tutor.terminate").await.well();
        assert_eq!((&record["items"][0]["before"]["status"], &record["items"][0]["after"]["status"]), (&json!("SUSPENDED"), &json!("TERMINATED")));
        sound(app).await;
    }
}
