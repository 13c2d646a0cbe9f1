//! What strikes call for, and what HR makes of it (SPEC HR-2).

use super::story::{by, hana, hr, planned, sound, strike, tutor_status, waits};
use chrono::TimeDelta;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::json;
use tests::both_databases;
use tests::company::{Company, person, refused, rejected};
use workflows::records::strike::{Decision, Sanction, Status};

/// The texts made ready about a strike.
async fn texts(company: &Company, id: uuid::Uuid) -> Vec<String> {
    let sql = "SELECT n.template || ' ' || n.channel || ' ' || i.state AS text FROM notification_log n JOIN workflow_instance i ON i.id = n.id \
               WHERE n.reference_id = ? ORDER BY n.requested_at, n.template";
    company.db.texts(sql, vec![id.into()]).await
}

both_databases! {
    async fn three_strikes_lead_from_a_warning_over_a_suspension_to_a_termination_and_a_person_decides_each_hard_step(company: Company) {
        let plan = planned(company, &[0, 1, 2]).await;
        let first = plan.left(company, 0).await;
        assert_eq!((first.proposed, first.sanction, first.decision), (Sanction::Warning, Some(Sanction::Warning), None));
        assert_eq!(waits(company, first.id).await, (false, Sanction::Warning), "a warning needs nobody");
        assert_eq!(texts(company, first.id).await, ["strike_warning WHATSAPP_TEXT TO_COPY"]);

        let second = plan.left(company, 1).await;
        assert_eq!((second.proposed_days, second.sanction), (7, None));
        assert_eq!(waits(company, second.id).await, (true, Sanction::FinalWarning));
        assert_eq!(tutor_status(company).await, "ACTIVE", "nothing happens without a person");
        let due = company.db.count("SELECT count(*) FROM task WHERE instance_id = ? AND due_at = ?", vec![second.id.into(), (company.now() + TimeDelta::hours(24)).into()]).await;
        assert_eq!(due, 1);
        let request = Request::new("strike", Target::Existing(second.id), AnyCommand::new("confirm_sanction"), hana());
        let shown = company.engine.preview(&request).await.unwrap();
        assert_eq!(shown.nested.iter().map(|one| one.workflow.as_str()).collect::<Vec<_>>(), ["notification", "suspension"]);
        company.engine.execute(&request).await.unwrap();
        let second = strike(company, second.id).await;
        assert_eq!((second.decision, second.sanction, second.sanction_days, second.decided_by), (Some(Decision::Confirmed), Some(Sanction::FinalWarning), Some(7), Some(hana().id)));
        assert_eq!(texts(company, second.id).await, ["strike_final_warning WHATSAPP_TEXT TO_COPY"]);
        assert_eq!(tutor_status(company).await, "SUSPENDED");

        let third = plan.left(company, 2).await;
        assert_eq!(waits(company, third.id).await, (true, Sanction::Termination));
        hr(company, third.id, "confirm_sanction", json!({})).await;
        assert_eq!(tutor_status(company).await, "TERMINATED");
        let ended = "SELECT count(*) FROM termination WHERE strike_id = ? AND state = 'DECIDED'";
        assert_eq!(company.db.count(ended, vec![third.id.into()]).await, 1);
        assert!(!waits(company, third.id).await.0);
        sound(company).await;
    }

    async fn hr_changes_a_sanction_or_dismisses_it_with_a_reason_and_only_while_it_is_proposed(company: Company) {
        let plan = planned(company, &[0, 1, 2]).await;
        let first = plan.left(company, 0).await;
        assert_eq!(rejected(by(company, hana(), "strike", first.id, AnyCommand::new("confirm_sanction")).await).code, "nothing_proposed");

        let second = plan.left(company, 1).await;
        let say = async |name: &str, body: serde_json::Value| by(company, hana(), "strike", second.id, AnyCommand::with(name, &body).because("pertama kali")).await;
        assert_eq!(rejected(say("change_sanction", json!({ "sanction": "FINAL_WARNING", "suspension_days": 7 })).await).code, "sanction_unchanged");
        let both = rejected(say("change_sanction", json!({ "sanction": "TERMINATION", "suspension_days": 1 })).await);
        assert_eq!((both.code.as_str(), both.fields[0].field.as_str()), ("days_with_termination", "suspension_days"));
        assert_eq!(refused(by(company, hana(), "strike", second.id, AnyCommand::new("dismiss_sanction")).await).code(), "invalid", "without a reason");
        let operator = person(8, "Oki", &["hr.read"]);
        assert_eq!(refused(by(company, operator, "strike", second.id, AnyCommand::new("confirm_sanction")).await).code(), "forbidden");
        say("change_sanction", json!({ "sanction": "WARNING" })).await.unwrap();
        let second = strike(company, second.id).await;
        assert_eq!((second.decision, second.sanction, second.sanction_days, second.status), (Some(Decision::Changed), Some(Sanction::Warning), Some(0), Status::Live));
        assert_eq!((second.decision_reason.as_deref(), tutor_status(company).await.as_str()), (Some("pertama kali"), "ACTIVE"));
        assert_eq!(texts(company, second.id).await, ["strike_warning WHATSAPP_TEXT TO_COPY"]);

        let third = plan.left(company, 2).await;
        assert_eq!(waits(company, third.id).await, (true, Sanction::Termination));
        hr(company, third.id, "dismiss_sanction", json!({})).await;
        let third = strike(company, third.id).await;
        assert_eq!((third.decision, third.sanction, third.status), (Some(Decision::Dismissed), Some(Sanction::None), Status::Live), "the strike itself stays");
        assert_eq!((tutor_status(company).await.as_str(), texts(company, third.id).await), ("ACTIVE", vec![]));
        sound(company).await;
    }

    async fn a_sanction_nobody_decides_about_in_time_is_flagged(company: Company) {
        let plan = planned(company, &[0, 1]).await;
        plan.left(company, 0).await;
        let second = plan.left(company, 1).await;
        company.clock.advance(TimeDelta::hours(24));
        company.drain().await;
        let flagged = "SELECT count(*) FROM task WHERE instance_id = ? AND name = 'sanction' AND state = 'OPEN' AND sla_flagged_at IS NOT NULL";
        assert_eq!(company.db.count(flagged, vec![second.id.into()]).await, 1);
        sound(company).await;
    }

    async fn a_revoked_strike_takes_its_suspension_with_it_and_what_it_counted_for_elsewhere(company: Company) {
        let plan = planned(company, &[0, 1, 2]).await;
        let (first, second) = (plan.left(company, 0).await, plan.left(company, 1).await);
        hr(company, second.id, "confirm_sanction", json!({})).await;
        let third = plan.left(company, 2).await;
        assert_eq!((tutor_status(company).await.as_str(), waits(company, third.id).await), ("SUSPENDED", (true, Sanction::Termination)));

        assert_eq!(refused(by(company, hana(), "strike", second.id, AnyCommand::new("revoke")).await).code(), "invalid", "without a reason");
        hr(company, second.id, "revoke", json!({})).await;
        let second = strike(company, second.id).await;
        assert_eq!((second.status, second.revoked_by, second.revoked_reason.as_deref()), (Status::Revoked, Some(hana().id), Some("sudah dibicarakan")));
        assert_eq!(tutor_status(company).await, "ACTIVE", "the suspension rested on it");
        assert_eq!(waits(company, third.id).await, (true, Sanction::FinalWarning), "two are left");
        hr(company, first.id, "revoke", json!({})).await;
        assert_eq!(waits(company, third.id).await, (false, Sanction::Warning));
        assert_eq!(texts(company, third.id).await, ["strike_warning WHATSAPP_TEXT TO_COPY"]);
        sound(company).await;
    }

    async fn a_revoked_strike_has_somebody_look_at_the_termination_that_rests_on_it(company: Company) {
        let plan = planned(company, &[0, 1, 2]).await;
        plan.left(company, 0).await;
        plan.left(company, 1).await;
        let third = plan.left(company, 2).await;
        hr(company, third.id, "confirm_sanction", json!({})).await;
        hr(company, third.id, "revoke", json!({})).await;
        let look = "SELECT count(*) FROM task WHERE workflow = 'termination' AND name = 'review_ground' AND state = 'OPEN'";
        assert_eq!((company.db.count(look, vec![]).await, tutor_status(company).await.as_str()), (1, "TERMINATED"));
        sound(company).await;
    }

    async fn what_hr_says_about_somebody_is_kept_sealed(company: Company) {
        let plan = planned(company, &[0, 1]).await;
        plan.left(company, 0).await;
        let second = plan.left(company, 1).await;
        let say = async |name: &str, body: serde_json::Value| {
            by(company, hana(), "strike", second.id, AnyCommand::with(name, &body).because("Dewi Lestari sakit")).await.unwrap()
        };
        say("change_sanction", json!({ "sanction": "WARNING" })).await;
        say("revoke", json!({})).await;
        let row = strike(company, second.id).await;
        assert_eq!((row.decision_reason.as_deref(), row.revoked_reason.as_deref()), (Some("Dewi Lestari sakit"), Some("Dewi Lestari sakit")));
        for sql in [
            "SELECT CAST(change AS TEXT) || COALESCE(reason, '') || CAST(facts AS TEXT) || CAST(payload AS TEXT) AS text FROM workflow_history WHERE instance_id = ?",
            "SELECT COALESCE(CAST(before AS TEXT), '') || CAST(after AS TEXT) || COALESCE(reason, '') AS text FROM audit_record WHERE entity_id = ?",
        ] {
            let told = company.db.texts(sql, vec![second.id.into()]).await;
            assert_eq!((told.len(), told.iter().any(|text| text.contains("Lestari"))), (3, false), "{told:?}");
        }
        sound(company).await;
    }
}
