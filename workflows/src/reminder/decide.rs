//! The business of a reminder: somebody known, who wants the text, and a warning when it is soon after the last one. Pure.

use super::command::Command;
use super::record::{Change, Logged};
use super::rejection::Rejection;
use super::{Reminder, State, due};
use engine::plan::{Amount, Notice, Plan};
use engine::refusal::Params;
use engine::workflow::{Case, PlanOf, Verdict};

pub(super) fn decide(case: &Case<'_, Reminder>) -> Result<PlanOf<Reminder>, Verdict<Rejection>> {
    let Command::Log { kind, .. } = case.command;
    let facts = case.facts;
    if let Some(no) = refused(facts) {
        return Err(Verdict::Rejected(no));
    }
    let logged = Logged { id: case.ctx.id, code: facts.code.clone(), kind: *kind, by: case.ctx.actor.id, at: case.ctx.now, reminded: facts.reminded.clone() };
    let plan = Plan::new(State::Logged, Change::Logged { logged }).amounts([Amount::count("reminded", count(facts.reminded.len()))]);
    Ok(plan.warnings(again(facts)))
}

fn refused(facts: &super::facts::Facts) -> Option<Rejection> {
    if facts.reminded.is_empty() {
        return Some(Rejection::Nobody);
    }
    if facts.reminded.len() > due::MOST {
        return Some(Rejection::TooMany { most: due::MOST });
    }
    if facts.unknown > 0 {
        return Some(Rejection::Unknown);
    }
    (!facts.opted_out.is_empty()).then(|| Rejection::OptedOut(facts.opted_out.clone()))
}

fn again(facts: &super::facts::Facts) -> Option<Notice> {
    let params = Params::from_iter([("count".to_owned(), facts.again.into()), ("days".to_owned(), facts.quiet_days.into())]);
    (facts.again > 0).then(|| Notice { code: "reminded_recently".into(), params })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
