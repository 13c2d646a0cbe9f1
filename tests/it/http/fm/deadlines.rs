//! Windows to the second: of a claim, of an appeal, and against the timer that closes them.

use super::{CLAIMS, decide, penalised, refusals, rejected, sound, stands, wish};
use chrono::{DateTime, TimeDelta, Utc};
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::company::person;
use uuid::Uuid;

/// An appeal that came in at an instant, carried out now.
fn appeal(claim: Uuid, received_at: DateTime<Utc>) -> Request {
    let command = AnyCommand::new("appeal").because("Ada bukti baru");
    Request { received_at: Some(received_at), ..Request::new("fm_claim", Target::Existing(claim), command, person(9, "Rina", &["fm.file"])) }
}

both_databases! {
    async fn a_claim_is_taken_to_the_last_second_of_the_seventh_day_and_a_late_one_is_recorded(app: TestApp) {
        let sesi = penalised(app).await;
        let until = app.company.now() + TimeDelta::days(7);
        app.company.clock.set(until);
        let operator = app.signed_in_as("OPERATOR").await;
        app.company.clock.set(until + TimeDelta::seconds(1));
        let late = operator.post(CLAIMS, &wish(app, sesi)).await;
        assert_eq!((late.problem().as_str(), &late.body["fields"][0]["field"]), ("422 claim_window_closed", &json!("sesi_id")));
        let kept = "SELECT count(*) FROM audit_record WHERE action = 'fm_claim.file.refused' AND entity_type = 'sesi' AND entity_id = ?";
        assert_eq!(app.company.db.count(kept, vec![sesi.into()]).await, 1);
        app.company.clock.set(until);
        let claim = operator.post(CLAIMS, &wish(app, sesi)).await.well()["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(stands(app, claim).await, "PENDING_L1 HELD HELD");
        sound(app).await;
    }

    async fn a_claim_filed_one_day_late_changes_nothing(app: TestApp) {
        let sesi = penalised(app).await;
        app.company.clock.advance(TimeDelta::days(8));
        app.drain().await;
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.post(CLAIMS, &wish(app, sesi)).await.code(), "claim_window_closed");
        assert_eq!(operator.get(&format!("{CLAIMS}/claimable?sesi_id={sesi}")).await.well()["items"][0]["refused"], "claim_window_closed");
        assert_eq!(app.company.db.count("SELECT count(*) FROM fm_claim", vec![]).await, 0);
        assert_eq!(app.company.db.texts("SELECT status AS text FROM denda", vec![]).await, ["FINAL"]);
        sound(app).await;
    }

    async fn an_appeal_is_taken_fourteen_days_after_the_decision_and_not_a_second_later(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let until = app.company.now() + TimeDelta::days(14);
        app.company.clock.set(until);
        let operator = app.signed_in_as("OPERATOR").await;
        app.company.clock.set(until + TimeDelta::seconds(1));
        let late = decide(&operator, claim, "appeal").await;
        assert_eq!(late.problem(), "422 appeal_window_closed");
        assert_eq!((refusals(app, "fm_claim.appeal.refused").await, stands(app, claim).await.as_str()), (1, "REJECTED APPLIED LIVE"));
        app.company.clock.set(until);
        decide(&operator, claim, "appeal").await.well();
        assert_eq!(stands(app, claim).await, "PENDING_L2 APPLIED LIVE");
        app.company.clock.advance(TimeDelta::days(1));
        app.drain().await;
        assert_eq!(stands(app, claim).await, "PENDING_L2 APPLIED LIVE", "no timer closes what was appealed");
        sound(app).await;
    }

    async fn an_appeal_that_came_in_time_counts_though_it_is_carried_out_when_the_timer_is_due(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let until = app.company.now() + TimeDelta::days(14);
        app.company.clock.set(until + TimeDelta::seconds(60));
        app.app.engine.execute(&appeal(claim, until)).await.unwrap();
        app.drain().await;
        assert_eq!((stands(app, claim).await.as_str(), refusals(app, "fm_claim.appeal.refused").await), ("PENDING_L2 APPLIED LIVE", 0));
        sound(app).await;
    }

    async fn once_the_timer_has_closed_the_window_the_appeal_is_refused_and_recorded(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let until = app.company.now() + TimeDelta::days(14);
        app.company.clock.set(until + TimeDelta::seconds(60));
        app.drain().await;
        app.app.engine.execute(&appeal(claim, until)).await.unwrap_err();
        assert_eq!((stands(app, claim).await.as_str(), refusals(app, "fm_claim.appeal.refused").await), ("FINAL FINAL LIVE", 1));
        sound(app).await;
    }

    async fn of_an_appeal_and_the_timer_at_one_instant_one_wins_and_the_other_leaves_a_trace(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let until = app.company.now() + TimeDelta::days(14);
        app.company.clock.set(until + TimeDelta::seconds(60));
        let request = appeal(claim, until);
        let (appealed, _) = tokio::join!(app.app.engine.execute(&request), app.drain());
        app.drain().await;
        let seen = (stands(app, claim).await, refusals(app, "fm_claim.appeal.refused").await);
        let expected = if appealed.is_ok() { ("PENDING_L2 APPLIED LIVE", 0) } else { ("FINAL FINAL LIVE", 1) };
        assert_eq!((seen.0.as_str(), seen.1), expected);
        sound(app).await;
    }

    async fn there_is_one_claim_for_one_cancellation_whoever_files_at_once(app: TestApp) {
        let sesi = penalised(app).await;
        let (operator, hr) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("HR").await);
        let body = wish(app, sesi);
        let (one, other) = tokio::join!(operator.post(CLAIMS, &body), hr.post(CLAIMS, &body));
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [201, 422]);
        let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
        assert_eq!((lost.code(), &lost.body["blocking"][0]["id"]), ("already_claimed", &won.body["id"]));
        let claim: Uuid = won.body["id"].as_str().unwrap().parse().unwrap();
        decide(&hr, claim, "reject").await.well();
        let again = operator.post(CLAIMS, &body).await;
        assert_eq!((again.code(), &again.body["blocking"][0]["id"]), ("already_claimed", &won.body["id"]), "a rejected one is not filed anew: there is the appeal");
        sound(app).await;
    }
}
