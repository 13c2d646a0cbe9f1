//! The business of a reactivation: a suspended tutor, one request at a time, and a suspension lifted by its approval. Pure.

use super::Reactivation;
use super::command::Command;
use super::record::{Asked, Change};
use super::rejection::Rejection;
use super::state::State;
use chrono::TimeDelta;
use engine::plan::{AnyCommand, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

type Decision = Result<PlanOf<Reactivation>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, Reactivation>) -> Decision {
    match case.command {
        Command::Request { tutor_id } => request(case, *tutor_id),
        Command::Approve => approve(case),
        Command::Reject => Ok(decided(case, State::Rejected)),
        Command::Withdraw => Ok(Plan::new(State::Withdrawn, Change::Closed { state: State::Withdrawn, by: None, at: None })),
        Command::Moot => Ok(Plan::new(State::Moot, Change::Closed { state: State::Moot, by: None, at: None })),
    }
}

fn request(case: &Case<'_, Reactivation>, tutor_id: Uuid) -> Decision {
    let facts = case.facts;
    let suspension = facts.suspension.as_ref().ok_or(Verdict::Rejected(Rejection::NotSuspended))?;
    if let Some(open) = &facts.open {
        return Err(Verdict::Rejected(Rejection::AlreadyRequested(open.clone())));
    }
    let asked = Asked {
        id: case.ctx.id,
        code: facts.code.clone().ok_or_else(|| missing("code"))?,
        suspension_id: suspension.id,
        tutor_id,
        reason: case.ctx.reason.map(str::to_owned),
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    let due_at = case.ctx.now + TimeDelta::hours(facts.sla_request_hours);
    Ok(Plan::new(State::Requested, Change::Asked { asked }).effect(Effect::OpenTask { name: "approve", due_at: Some(due_at) }))
}

fn approve(case: &Case<'_, Reactivation>) -> Decision {
    let id = case.record.ok_or_else(|| missing("record"))?.suspension_id;
    let mut command = AnyCommand::with("lift", &json!({ "cause": "REACTIVATED" }));
    command.reason = case.ctx.reason.map(str::to_owned);
    Ok(decided(case, State::Approved).effect(Effect::Send { workflow: "suspension", id, command }))
}

fn decided(case: &Case<'_, Reactivation>, next: State) -> PlanOf<Reactivation> {
    Plan::new(next, Change::Closed { state: next, by: Some(case.ctx.actor.id), at: Some(case.ctx.now) })
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "reactivation".into(), rule: format!("no {what} among the facts") })
}
