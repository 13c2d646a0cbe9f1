//! The business of publishing: only what is sound goes to review, and only somebody else lets it into force. Pure.

use super::PolicyPublication;
use super::command::Command;
use super::facts::Standing;
use super::record::{Change, Model};
use super::rejection::Rejection;
use super::state::State;
use crate::backtest::report;
use chrono::SubsecRound;
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::refusal::{Failure, FieldError, Params};
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::{Value, json};

type Decision = Result<PlanOf<PolicyPublication>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, PolicyPublication>) -> Decision {
    match case.command {
        Command::Start { kind, .. } => start(case, kind),
        Command::Save { .. } => save(case),
        Command::Submit => submit(case),
        Command::Approve => approve(case),
        Command::SendBack => {
            let plan = Plan::new(State::Draft, Change::SentBack { reason: reason(case) });
            Ok(plan.effect(Effect::CloseTask("approve")).effect(Effect::OpenTask { name: "draft", due_at: None }))
        }
        Command::Reject => Ok(ended(case, State::Rejected)),
        Command::Withdraw => Ok(ended(case, State::Withdrawn)),
        Command::CallOff => call_off(case),
        Command::Activate => Ok(Plan::new(State::Published, Change::Activated)),
    }
}

fn start(case: &Case<'_, PolicyPublication>, kind: &str) -> Decision {
    let beginning = case.facts.beginning.clone().ok_or_else(|| missing("version to begin with"))?;
    let change = Change::Started {
        id: case.ctx.id,
        code: beginning.code,
        kind: kind.to_owned(),
        base_number: beginning.in_force,
        script: beginning.script,
        params: beginning.params,
        tests: beginning.tests,
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    Ok(Plan::new(State::Draft, change).effect(Effect::OpenTask { name: "draft", due_at: None }))
}

fn save(case: &Case<'_, PolicyPublication>) -> Decision {
    let Command::Save { script, params, tests, effective_from, base_number } = case.command else { return Err(missing("content")) };
    let record = known(case)?;
    let change = Change::Saved {
        script: script.clone(),
        params: params.clone(),
        tests: tests.clone(),
        reason: Some(reason(case)).filter(|reason| !reason.is_empty()),
        // Postgres keeps microseconds.
        effective_from: effective_from.map(|at| at.trunc_subsecs(6)),
        base_number: base_number.unwrap_or(record.base_number),
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    Ok(Plan::new(State::Draft, change))
}

fn submit(case: &Case<'_, PolicyPublication>) -> Decision {
    let (record, standing) = (known(case)?, standing(case)?);
    replaces(record, standing)?;
    let mut faults = standing.faults.clone();
    if record.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        faults.push(FieldError::new("reason", "required"));
    }
    if let Some(asked) = record.effective_from.filter(|asked| *asked <= case.ctx.now) {
        faults.push(FieldError::new("effective_from", "in_past").with("at", asked.to_rfc3339()));
    }
    if standing.tests == 0 {
        faults.push(FieldError::new("tests", "no_tests"));
    }
    if !faults.is_empty() {
        return Err(Verdict::Rejected(Rejection::NotReady(faults)));
    }
    let change = Change::Submitted { number: standing.next_number, version_id: standing.version_id, by: case.ctx.actor.id, at: case.ctx.now };
    let plan = Plan::new(State::InReview, change).effect(Effect::CloseTask("draft"));
    let plan = plan.effect(Effect::OpenTask { name: "approve", due_at: record.effective_from });
    Ok(plan.amounts(figures(standing)).warnings(others(standing).into_iter().chain(report::warning(standing.backtest.as_ref()))))
}

/// What is known of the draft: its own tests, and what it would have changed.
fn figures(standing: &Standing) -> Vec<Amount> {
    let mut figures = vec![Amount::count("policy_tests_passed", standing.tests)];
    figures.extend(standing.backtest.iter().flat_map(report::Backtested::amounts));
    figures
}

fn approve(case: &Case<'_, PolicyPublication>) -> Decision {
    let (record, standing, now) = (known(case)?, standing(case)?, case.ctx.now);
    if record.is_work_of(case.ctx.actor.id) {
        return Err(Verdict::Rejected(Rejection::OwnDraft));
    }
    replaces(record, standing)?;
    if !standing.faults.is_empty() {
        return Err(Verdict::Rejected(Rejection::NotReady(standing.faults.clone())));
    }
    let effective_from = record.effective_from.map_or(now, |asked| asked.max(now));
    let at_once = effective_from <= now;
    let next = if at_once { State::Published } else { State::Scheduled };
    let change = Change::Approved { effective_from, at_once, by: case.ctx.actor.id, at: now };
    let mut plan = Plan::new(next, change).effect(Effect::CloseTask("approve"));
    if !at_once {
        plan = plan.effect(Effect::ArmTimer { name: "activate", due_at: effective_from });
    }
    let late = record.effective_from.filter(|asked| *asked < now);
    let late = late.map(|asked| notice("effective_from_passed", [("asked", json!(asked))]));
    let warnings = late.into_iter().chain(others(standing)).chain(report::warning(standing.backtest.as_ref()));
    Ok(plan.amounts(figures(standing)).warnings(warnings))
}

fn call_off(case: &Case<'_, PolicyPublication>) -> Decision {
    let since = known(case)?.effective_from.ok_or_else(|| missing("day it takes effect"))?;
    if since <= case.ctx.now {
        return Err(Verdict::Rejected(Rejection::InForce { since }));
    }
    Ok(ended(case, State::Withdrawn))
}

/// A draft says which version it replaces; publishing it over another would silently undo that one.
fn replaces(record: &Model, standing: &Standing) -> Result<(), Verdict<Rejection>> {
    if record.base_number != standing.predecessor {
        return Err(Verdict::Rejected(Rejection::BaseOutdated { base: record.base_number, now: standing.predecessor }));
    }
    if standing.unchanged {
        return Err(Verdict::Rejected(Rejection::Unchanged { number: standing.predecessor }));
    }
    Ok(())
}

fn ended(case: &Case<'_, PolicyPublication>, state: State) -> PlanOf<PolicyPublication> {
    Plan::new(state, Change::Ended { state, reason: reason(case), by: case.ctx.actor.id, at: case.ctx.now })
}

fn others(standing: &Standing) -> Option<Notice> {
    (!standing.others.is_empty()).then(|| notice("other_publications", [("codes", json!(standing.others.join(", ")))]))
}

fn notice<const N: usize>(code: &str, params: [(&str, Value); N]) -> Notice {
    Notice { code: code.into(), params: params.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Params>() }
}

fn reason(case: &Case<'_, PolicyPublication>) -> String {
    case.ctx.reason.unwrap_or_default().trim().to_owned()
}

fn known<'a>(case: &Case<'a, PolicyPublication>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn standing<'a>(case: &Case<'a, PolicyPublication>) -> Result<&'a Standing, Verdict<Rejection>> {
    case.facts.standing.as_ref().ok_or_else(|| missing("standing"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "policy_publication".into(), rule: format!("no {what} among the facts") })
}
