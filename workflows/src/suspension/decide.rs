//! The business of a suspension: who may be suspended, for how long, and what the tutor is meanwhile and after. Pure.

use super::Suspension;
use super::command::Command;
use super::facts::{Tutor, end_after};
use super::record::{Change, EndCause, Imposed, Model, Standing};
use super::rejection::Rejection;
use super::state::State;
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::{Amount, AnyCommand, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<Suspension>, Verdict<Rejection>>;

/// How often somebody looks whether a suspension without an end is still right.
const REVIEW_AFTER: TimeDelta = TimeDelta::days(30);

pub(super) fn decide(case: &Case<'_, Suspension>) -> Decision {
    match case.command {
        Command::Impose { tutor_id, days, strike_id } => impose(case, (*tutor_id, *strike_id), *days),
        Command::Extend { days } => extend(case, *days),
        Command::Keep => keep(case),
        Command::ConfirmCleared => confirm_cleared(case),
        Command::Lift { cause } => ended(case, State::Lifted, *cause),
        Command::Close => ended(case, State::Closed, EndCause::Terminated),
        Command::End => ended(case, State::Ended, EndCause::Expired),
    }
}

fn impose(case: &Case<'_, Suspension>, (tutor_id, strike_id): (Uuid, Option<Uuid>), days: Option<i64>) -> Decision {
    let (tutor, now) = (tutor(case)?, case.ctx.now);
    match tutor.status.as_str() {
        "ACTIVE" => {}
        "SUSPENDED" => return no(Rejection::AlreadySuspended { until: tutor.suspended_until, other: case.facts.other.clone() }),
        status => return no(Rejection::NotActive { status: status.into() }),
    }
    let ends_at = end_after(now, days);
    let imposed = Imposed {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        tutor_id,
        strike_id,
        reason: case.ctx.reason.map(str::to_owned),
        begun_at: now,
        ends_at,
        by: case.ctx.actor.id,
    };
    let standing = Standing { code: tutor.code.clone(), from: told(tutor), to: ("SUSPENDED".into(), ends_at) };
    let plan = Plan::new(State::Active, Change::Imposed { imposed, standing }).effect(until(ends_at, now)).effects(affected(case));
    Ok(plan.amounts(amounts(case, days)))
}

fn extend(case: &Case<'_, Suspension>, days: Option<i64>) -> Decision {
    let (record, tutor, now) = (record(case)?, tutor(case)?, case.ctx.now);
    let end = record.ends_at.ok_or(Verdict::Rejected(Rejection::Indefinite))?;
    if end <= now {
        return no(Rejection::Over);
    }
    let ends_at = end_after(end, days);
    let standing = Standing { code: tutor.code.clone(), from: told(tutor), to: (tutor.status.clone(), ends_at) };
    let reopened = case.facts.affected.count > 0;
    let change = Change::Extended { ends_at, looked_from: now.max(record.begun_at), reopened, standing };
    let plan = Plan::new(State::Active, change).effects(ends_at.is_none().then_some(Effect::DisarmTimer("ends"))).effect(until(ends_at, now));
    Ok(plan.effects(affected(case)).amounts(amounts(case, days)))
}

fn keep(case: &Case<'_, Suspension>) -> Decision {
    if let Some(until) = record(case)?.ends_at {
        return no(Rejection::HasEnd { until });
    }
    Ok(Plan::new(State::Active, Change::Kept).effect(until(None, case.ctx.now)))
}

fn confirm_cleared(case: &Case<'_, Suspension>) -> Decision {
    if record(case)?.cleared_at.is_some() {
        return no(Rejection::AlreadyCleared);
    }
    let left = &case.facts.affected;
    if left.count > 0 {
        return no(Rejection::SesiRemain { count: left.count, named: left.named.clone() });
    }
    let change = Change::Cleared { by: case.ctx.actor.id, at: case.ctx.now };
    Ok(Plan::new(State::Active, change).effect(Effect::CloseTask("affected")))
}

/// The tutor teaches again, unless they were terminated: then the termination says what they are.
fn ended(case: &Case<'_, Suspension>, next: State, cause: EndCause) -> Decision {
    let tutor = tutor(case)?;
    let again = (cause != EndCause::Terminated && tutor.status == "SUSPENDED").then(|| Standing {
        code: tutor.code.clone(),
        from: told(tutor),
        to: ("ACTIVE".into(), None),
    });
    let change = Change::Ended { state: next, cause, by: case.ctx.actor.id, at: case.ctx.now, standing: again };
    let moot = case.facts.reactivation_id.map(|id| Effect::Send { workflow: "reactivation", id, command: AnyCommand::new("moot") });
    Ok(Plan::new(next, change).effects(moot))
}

/// A timer for the end; without one somebody looks at it from time to time.
fn until(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Effect {
    match ends_at {
        Some(due_at) => Effect::ArmTimer { name: "ends", due_at },
        None => Effect::OpenTask { name: "review", due_at: Some(now + REVIEW_AFTER) },
    }
}

/// What lies in it is to be moved or cancelled, before the first of it begins.
fn affected(case: &Case<'_, Suspension>) -> Option<Effect> {
    let first = case.facts.affected.first_starts_at?;
    let promised = case.ctx.now + TimeDelta::hours(case.facts.sla_request_hours);
    Some(Effect::OpenTask { name: "affected", due_at: Some(promised.min(first)) })
}

fn amounts(case: &Case<'_, Suspension>, days: Option<i64>) -> Vec<Amount> {
    let days = days.map(|days| Amount::count("suspension_days", days));
    days.into_iter().chain([Amount::count("affected_sesi", case.facts.affected.count)]).collect()
}

fn told(tutor: &Tutor) -> (String, Option<DateTime<Utc>>) {
    (tutor.status.clone(), tutor.suspended_until)
}

fn no(rejection: Rejection) -> Decision {
    Err(Verdict::Rejected(rejection))
}

fn tutor<'a>(case: &Case<'a, Suspension>) -> Result<&'a Tutor, Verdict<Rejection>> {
    case.facts.tutor.as_ref().ok_or_else(|| missing("tutor"))
}

fn record<'a>(case: &Case<'a, Suspension>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "suspension".into(), rule: format!("no {what} among the facts") })
}
