//! Which strikes count: to the second, not while a claim is open, and not once they have decayed (SPEC HR-1).

use super::story::{Plan, hr, planned, planned_at, sent, sound, strike, tutor_status, waits};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::Company;
use uuid::Uuid;
use workflows::records::strike::{Sanction, Status};

/// Three sesi, the third left when the first strike is so old.
async fn third_when_the_first_is(company: &Company, old: TimeDelta) -> (Plan, Uuid) {
    let first = company.lesson().starts_at;
    let plan = planned_at(company, &[first, first + TimeDelta::days(30), first + old]).await;
    plan.left(company, 0).await;
    plan.left(company, 1).await;
    let third = plan.left(company, 2).await;
    (plan, third.id)
}

both_databases! {
    async fn a_third_strike_when_the_first_is_ninety_days_old_to_the_second_is_the_second(company: Company) {
        let (_, third) = third_when_the_first_is(company, TimeDelta::days(90)).await;
        assert_eq!(waits(company, third).await, (true, Sanction::FinalWarning));
        sound(company).await;
    }

    async fn a_third_strike_one_second_before_that_is_the_third(company: Company) {
        let (_, third) = third_when_the_first_is(company, TimeDelta::days(90) - TimeDelta::seconds(1)).await;
        assert_eq!(waits(company, third).await, (true, Sanction::Termination));
        sound(company).await;
    }

    async fn a_strike_decays_by_itself_and_open_proposals_are_asked_anew(company: Company) {
        let (_, third) = third_when_the_first_is(company, TimeDelta::days(90) - TimeDelta::seconds(1)).await;
        assert_eq!(waits(company, third).await, (true, Sanction::Termination));
        company.clock.advance(TimeDelta::seconds(1));
        company.drain().await;
        assert_eq!(waits(company, third).await, (true, Sanction::FinalWarning));
        assert_eq!(strike(company, third).await.proposed_days, 7);
        let decayed = company.db.count("SELECT count(*) FROM strike WHERE status = 'DECAYED'", vec![]).await;
        assert_eq!(decayed, 1);
        company.clock.advance(TimeDelta::days(30));
        company.drain().await;
        assert_eq!(waits(company, third).await, (false, Sanction::Warning));
        company.clock.advance(TimeDelta::days(60));
        company.drain().await;
        assert_eq!(strike(company, third).await.status, Status::Decayed);
        assert_eq!(tutor_status(company).await, "ACTIVE");
        sound(company).await;
    }

    async fn a_strike_on_hold_does_not_count_and_proposes_anew_when_it_is_released(company: Company) {
        let plan = planned(company, &[0, 1]).await;
        let (first, second) = (plan.left(company, 0).await, plan.left(company, 1).await);
        assert_eq!(waits(company, second.id).await, (true, Sanction::FinalWarning));
        let claim = json!({ "fm_claim_id": company.new_id() });
        sent(company, "strike", first.id, "hold", claim.clone()).await;
        assert_eq!(strike(company, first.id).await.status, Status::Held);
        assert_eq!(waits(company, second.id).await, (false, Sanction::Warning), "only one is left that counts");
        sent(company, "strike", first.id, "release", json!({})).await;
        assert_eq!(waits(company, first.id).await, (true, Sanction::FinalWarning), "two count again");

        sent(company, "strike", first.id, "hold", claim.clone()).await;
        assert_eq!(waits(company, first.id).await, (false, Sanction::None), "its own proposal is withdrawn");
        sent(company, "strike", first.id, "revoke_by_fm", claim).await;
        let first = strike(company, first.id).await;
        assert_eq!((first.status, first.fm_claim_id.is_some(), first.revoked_at), (Status::Revoked, true, Some(company.now())));
        sound(company).await;
    }

    async fn a_decided_strike_that_is_released_among_more_of_them_asks_for_more(company: Company) {
        let plan = planned(company, &[0, 1, 2]).await;
        plan.left(company, 0).await;
        let second = plan.left(company, 1).await;
        hr(company, second.id, "confirm_sanction", json!({})).await;
        let claim = json!({ "fm_claim_id": company.new_id() });
        sent(company, "strike", second.id, "hold", claim.clone()).await;
        let third = plan.left(company, 2).await;
        assert_eq!(waits(company, third.id).await, (true, Sanction::FinalWarning), "two count");
        sent(company, "strike", second.id, "release", json!({})).await;
        assert_eq!(waits(company, third.id).await, (true, Sanction::Termination), "three count: the open proposal is asked anew");
        assert_eq!(waits(company, second.id).await, (false, Sanction::FinalWarning), "and one asks for it");

        sent(company, "strike", second.id, "hold", claim).await;
        assert_eq!(waits(company, third.id).await, (true, Sanction::FinalWarning));
        hr(company, third.id, "dismiss_sanction", json!({})).await;
        sent(company, "strike", second.id, "release", json!({})).await;
        assert_eq!(waits(company, second.id).await, (true, Sanction::Termination), "nobody else asks for it");
        assert_eq!(strike(company, second.id).await.decision, None);
        sound(company).await;
    }

    async fn a_held_strike_decays_too(company: Company) {
        let plan = planned(company, &[0]).await;
        let first = plan.left(company, 0).await;
        sent(company, "strike", first.id, "hold", json!({ "fm_claim_id": company.new_id() })).await;
        company.clock.advance(TimeDelta::days(90));
        company.drain().await;
        assert_eq!(strike(company, first.id).await.status, Status::Decayed);
        sound(company).await;
    }

    /// One transaction: when the last case cannot be begun, the sesi is not cancelled.
    async fn a_sesi_is_left_with_its_denda_and_its_strike_or_not_at_all(company: Company) {
        let plan = planned(company, &[0]).await;
        let (id, starts_at) = plan.sesi[0];
        company.clock.set(starts_at - TimeDelta::hours(1));
        // The strike looks there for its text, after sesi and denda have been written.
        company.db.run("ALTER TABLE notification_log RENAME TO notification_log_away", vec![]).await;
        let cancel = || AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan");
        assert!(company.send(id, cancel()).await.is_err());
        company.db.run("ALTER TABLE notification_log_away RENAME TO notification_log", vec![]).await;
        assert_eq!(company.state(id).await, "APPROVED");
        for sql in ["SELECT count(*) FROM denda", "SELECT count(*) FROM strike", "SELECT count(*) FROM journal_entry", "SELECT count(*) FROM workflow_instance WHERE workflow <> 'sesi'"] {
            assert_eq!(company.db.count(sql, vec![]).await, 0, "{sql}");
        }
        let done = company.done(id, cancel()).await;
        assert_eq!(done.started.iter().map(|one| one.workflow.as_str()).collect::<Vec<_>>(), ["denda", "strike", "notification"]);
        sound(company).await;
    }
}
