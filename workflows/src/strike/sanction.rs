//! From the tutor's points to a proposal, and from a decision to what follows. Pure.

use super::Strike;
use super::decide::{missing, row};
use super::definition::{SLA, TASK};
use super::facts::{Facts, POLICY, Tutor};
use super::record::Proposal;
use super::rejection::Rejection;
use crate::notification::Mail;
use crate::notification::log::{Channel, RecipientKind};
use crate::records::strike::Sanction;
use crate::records::tutor::Status;
use chrono::TimeDelta;
use engine::plan::{AnyCommand, Effect, Notice};
use engine::policy::{self, PolicyDecision};
use engine::refusal::{Failure, Params};
use engine::workflow::{Case, Verdict};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

const WARNING: &str = "strike_warning";
const FINAL_WARNING: &str = "strike_final_warning";

#[derive(Deserialize)]
struct Answer {
    sanction: Sanction,
    suspension_days: i64,
}

/// What so many points call for. Whoever has left is called to nothing.
pub(super) fn propose(case: &Case<'_, Strike>, points: i64) -> Result<(Proposal, Option<PolicyDecision>), Verdict<Rejection>> {
    let policy_version = case.facts.policy_version.ok_or_else(|| missing("policy version"))?;
    if matches!(tutor(case)?.status, Status::Terminated | Status::Archived) {
        return Ok((Proposal { sanction: Sanction::None, days: 0, policy_version }, None));
    }
    let decision = policy::evaluate(&case.ctx.policies.get(POLICY, policy_version)?, &json!({ "active_strikes": points }))?;
    let answer: Answer = serde_json::from_value(decision.output.clone())
        .map_err(|source| Verdict::Failed(Failure::Stored { what: format!("output of policy {POLICY} v{policy_version}"), source }))?;
    Ok((Proposal { sanction: answer.sanction, days: answer.suspension_days, policy_version }, Some(decision)))
}

/// The task that a proposal opens, or the warning that it is. One that is open already keeps its time.
pub(super) fn follow(case: &Case<'_, Strike>, strike: Uuid, tutor_id: Uuid, proposal: Proposal) -> Result<Vec<Effect>, Verdict<Rejection>> {
    if proposal.needs_a_person() {
        let due_at = case.ctx.now + TimeDelta::hours(case.facts.sla_request_hours);
        let opened = [Effect::OpenTask { name: TASK, due_at: Some(due_at) }, Effect::ArmTimer { name: SLA, due_at }];
        return Ok(if case.facts.open { vec![] } else { opened.to_vec() });
    }
    let mut effects = closed();
    if proposal.sanction == Sanction::Warning {
        effects.extend(message(case, WARNING, (strike, tutor_id))?);
    }
    Ok(effects)
}

/// The proposal is no more.
pub(super) fn closed() -> Vec<Effect> {
    vec![Effect::CloseTask(TASK), Effect::DisarmTimer(SLA)]
}

/// What a sanction sets going: the text for the tutor, a suspension, the end.
pub(super) fn carry_out(case: &Case<'_, Strike>, sanction: Sanction, days: i64) -> Result<Vec<Effect>, Verdict<Rejection>> {
    let strike = row(case)?;
    let fresh = case.facts.fresh.ok_or_else(|| missing("fresh ids"))?;
    // Those commands ask for a reason; a confirmation need not have one of its own.
    let because = case.ctx.reason.map_or_else(|| strike.code.clone(), |reason| format!("{}: {reason}", strike.code));
    let start = |workflow: &'static str, command: &str, body: serde_json::Value| Effect::Start {
        workflow,
        id: fresh.case_id,
        command: AnyCommand::with(command, &body).because(because.clone()),
    };
    let subject = (strike.id, strike.tutor_id);
    let mut effects = match sanction {
        Sanction::None => vec![],
        Sanction::Warning => message(case, WARNING, subject)?,
        Sanction::FinalWarning => message(case, FINAL_WARNING, subject)?,
        Sanction::Termination => vec![start("termination", "decide", json!({ "tutor_id": strike.tutor_id, "strike_id": strike.id }))],
    };
    if days > 0 && sanction != Sanction::Termination {
        effects.push(start("suspension", "impose", json!({ "tutor_id": strike.tutor_id, "days": days, "strike_id": strike.id })));
    }
    Ok(effects)
}

/// A text for WhatsApp made ready to copy, once for each strike; for a tutor who can still be written to.
fn message(case: &Case<'_, Strike>, template: &str, (strike, tutor_id): (Uuid, Uuid)) -> Result<Vec<Effect>, Verdict<Rejection>> {
    if case.facts.written.iter().any(|written| written == template) || !reachable(tutor(case)?.status) {
        return Ok(vec![]);
    }
    let fresh = case.facts.fresh.ok_or_else(|| missing("fresh ids"))?;
    let mail = Mail {
        template: template.into(),
        recipient_kind: RecipientKind::Tutor,
        recipient_id: tutor_id,
        reference_id: strike,
        locale: None,
        channel: Some(Channel::WhatsappText),
        expires_at: None,
        sample: false,
    };
    Ok(vec![Effect::Start { workflow: "notification", id: fresh.message_id, command: AnyCommand::with("request_by_system", &mail) }])
}

fn reachable(status: Status) -> bool {
    match status {
        Status::Draft | Status::Active | Status::Suspended => true,
        Status::Terminated | Status::Archived => false,
    }
}

/// What the strike led to falls with it, and what it counted for in other proposals.
pub(super) fn undone(facts: &Facts, code: &str) -> Vec<Effect> {
    let because = |command: AnyCommand| command.because(code.to_owned());
    let lifted = facts.suspension_id.map(|id| Effect::Send {
        workflow: "suspension",
        id,
        command: because(AnyCommand::with("lift", &json!({ "cause": "STRIKE_REVOKED" }))),
    });
    let fell = facts.termination_id.map(|id| Effect::Send { workflow: "termination", id, command: because(AnyCommand::new("ground_fell")) });
    lifted.into_iter().chain(fell).collect()
}

/// Every other proposal of the tutor is asked anew.
pub(super) fn reconsidered(facts: &Facts) -> Vec<Effect> {
    let others = facts.tutor.iter().flat_map(|tutor| &tutor.other_proposals);
    others.map(|id| Effect::Send { workflow: "strike", id: *id, command: AnyCommand::new("reconsider") }).collect()
}

/// What a person should know of a warning that nobody can be sent.
pub(super) fn has_left(case: &Case<'_, Strike>) -> Option<Notice> {
    let status = case.facts.tutor.as_ref()?.status;
    (!reachable(status)).then(|| Notice { code: "tutor_has_left".into(), params: Params::new() })
}

pub(super) fn tutor<'a>(case: &Case<'a, Strike>) -> Result<&'a Tutor, Verdict<Rejection>> {
    case.facts.tutor.as_ref().ok_or_else(|| missing("tutor"))
}
