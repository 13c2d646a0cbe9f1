//! Whether a month is opened again, and what becomes of it when its time is over. Pure.

use super::command::Command;
use super::record::{Asked, Change, Model};
use super::rejection::Rejection;
use super::state::State;
use super::{MOST_DAYS, PeriodReopening};
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::{Amount, AnyCommand, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;

type Decision = Result<PlanOf<PeriodReopening>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, PeriodReopening>) -> Decision {
    match case.command {
        Command::Request { until, .. } => request(case, *until),
        Command::Approve => approve(case),
        Command::Reject => Ok(decided(case, State::Rejected)),
        Command::Withdraw => Ok(Plan::new(State::Withdrawn, Change::Ended { state: State::Withdrawn, at: case.ctx.now })),
        Command::Expire => expire(case),
        Command::CloseAnew => {
            let id = case.facts.new_id.ok_or_else(|| missing("new id"))?;
            let command = AnyCommand::with("begin", &json!({ "month": record(case)?.period_month }));
            Ok(Plan::new(State::Overdue, Change::CloseBegun).effect(Effect::Start { workflow: "period_close", id, command }))
        }
        Command::Closed => Ok(Plan::new(State::ClosedAgain, Change::Ended { state: State::ClosedAgain, at: case.ctx.now })),
        Command::Supersede => Ok(Plan::new(State::Superseded, Change::Ended { state: State::Superseded, at: case.ctx.now })),
    }
}

fn request(case: &Case<'_, PeriodReopening>, until: DateTime<Utc>) -> Decision {
    let facts = case.facts;
    let no = |rejection| Err(Verdict::Rejected(rejection));
    let Some(month) = facts.month.clone() else { return no(Rejection::NotAMonth) };
    possible(case, until).map_err(Verdict::Rejected)?;
    if until > case.ctx.now + TimeDelta::days(MOST_DAYS) {
        return no(Rejection::UntilTooFar { most_days: MOST_DAYS });
    }
    let asked = Asked {
        id: case.ctx.id,
        code: facts.code.clone().ok_or_else(|| missing("code"))?,
        month,
        reason: case.ctx.reason.unwrap_or_default().to_owned(),
        until,
        closing_number: facts.closing_number,
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    Ok(Plan::new(State::Requested, Change::Asked { asked }).effect(Effect::OpenTask { name: "approve", due_at: None }))
}

fn possible(case: &Case<'_, PeriodReopening>, until: DateTime<Utc>) -> Result<(), Rejection> {
    let facts = case.facts;
    if until <= case.ctx.now {
        return Err(Rejection::UntilPassed);
    }
    if let Some(open) = &facts.open {
        return Err(Rejection::AlreadyRequested(open.clone()));
    }
    if !facts.locked || facts.closing_number == 0 {
        return Err(Rejection::NotClosed);
    }
    if facts.later_locked.is_empty() { Ok(()) } else { Err(Rejection::LaterClosed(facts.later_locked.clone())) }
}

fn approve(case: &Case<'_, PeriodReopening>) -> Decision {
    let (model, facts) = (record(case)?, case.facts);
    possible(case, model.until).map_err(Verdict::Rejected)?;
    let contents = facts.contents.clone().ok_or_else(|| missing("contents"))?;
    let amounts = [
        Amount::count("closing_number", facts.closing_number),
        Amount::count("tagihan_count", contents.tagihan.count),
        Amount::rp("tagihan_rp", contents.tagihan.amount_rp),
        Amount::count("honorarium_count", contents.honorarium.count),
        Amount::rp("honorarium_rp", contents.honorarium.amount_rp),
    ];
    // What an earlier opening left behind is closed together with what comes now.
    let supersede = |id| Effect::Send { workflow: "period_reopening", id, command: AnyCommand::new("supersede") };
    let contents = facts.overdue.is_empty().then(|| contents.to_string());
    let change = Change::Approved { by: case.ctx.actor.id, at: case.ctx.now, contents };
    let plan = Plan::new(State::Reopened, change).amounts(amounts).effect(Effect::CloseTask("approve"));
    let plan = plan.effect(Effect::ArmTimer { name: "expire", due_at: model.until });
    Ok(plan.effects(facts.overdue.iter().copied().map(supersede)))
}

/// Locked in any case; whether the closing before still says what is there decides what is left to do.
fn expire(case: &Case<'_, PeriodReopening>) -> Decision {
    let contents = case.facts.contents.as_ref().map(ToString::to_string);
    let at = case.ctx.now;
    if contents.is_some() && contents == record(case)?.contents {
        return Ok(Plan::new(State::Expired, Change::Locked { state: State::Expired, at }));
    }
    let plan = Plan::new(State::Overdue, Change::Locked { state: State::Overdue, at });
    Ok(plan.effect(Effect::OpenTask { name: "close_anew", due_at: None }))
}

fn decided(case: &Case<'_, PeriodReopening>, next: State) -> PlanOf<PeriodReopening> {
    Plan::new(next, Change::Refused { by: case.ctx.actor.id, at: case.ctx.now })
}

fn record<'a>(case: &Case<'a, PeriodReopening>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "period_reopening".into(), rule: format!("decided without its {what}") })
}
