//! From the last signature to the lock: documents are hashed part by part, then the month is looked at once more. Pure.

use super::PeriodClose;
use super::command::Hashed;
use super::decide::{Decision, amounts, hash_next, missing, record};
use super::record::{Change, Model};
use super::rejection::Rejection;
use super::state::State;
use crate::period::evidence::Check;
use crate::period::paper::Place;
use crate::period::receipt::{self, Receipt};
use engine::plan::{AnyCommand, Effect, Plan};
use engine::workflow::{Case, PlanOf, Verdict};

/// Keeps the hashes of a part and asks for the next.
pub(super) fn progress(case: &Case<'_, PeriodClose>, part: i64, hashes: &[Hashed], place: Place) -> Decision {
    let model = record(case)?;
    if part != model.parts {
        return Err(Verdict::Rejected(Rejection::PartOutOfOrder));
    }
    let chain = model.chain.clone().unwrap_or_else(receipt::no_chain);
    let chain = hashes.iter().fold(chain, |chain, hashed| receipt::chained(&chain, &hashed.sha256));
    let change = Change::Progressed { part, hashes: hashes.to_vec(), place, chain };
    Ok(Plan::new(State::Sealing, change).effect(hash_next(model, model.attempt, part + 1)))
}

/// Closes the month, unless something has come in between.
pub(super) fn seal(case: &Case<'_, PeriodClose>) -> Decision {
    let (model, facts) = (record(case)?, case.facts);
    let blocked: Vec<Check> = facts.evidence.iter().filter(|evidence| !evidence.is_clear()).map(|evidence| evidence.check).collect();
    let changed = facts.hashed_there != model.hashed || facts.contents.documents() != model.hashed;
    if changed || !blocked.is_empty() {
        return Ok(stopped(model, Change::Stopped { blocked, changed, faults: vec![], at: case.ctx.now }));
    }
    let receipt = Receipt {
        id: model.id,
        month: model.period_month.clone(),
        number: facts.closings + 1,
        attempt: model.attempt,
        closed_at: case.ctx.now,
        closed_by: model.closed_by.ok_or_else(|| missing("closer"))?,
        note: model.note.clone(),
        contents: facts.contents.clone(),
        ledger: facts.ledger.clone(),
        signatures: model.signatures().map_err(Verdict::Failed)?,
        chain: model.chain.clone().unwrap_or_else(receipt::no_chain),
        previous_sha256: facts.previous_sha256.clone(),
    };
    let closed_again = |id| Effect::Send { workflow: "period_reopening", id, command: AnyCommand::new("closed") };
    let plan = Plan::new(State::Closed, Change::Closed { receipt: Box::new(receipt) }).amounts(amounts(case));
    Ok(plan.effects(facts.reopenings.iter().copied().map(closed_again)))
}

/// The step-through is open again; signatures stay as long as what they are made on does.
pub(super) fn stopped(model: &Model, change: Change) -> PlanOf<PeriodClose> {
    let plan = Plan::new(State::Open, change).effect(Effect::OpenTask { name: "close", due_at: None });
    let all = model.signatures().is_ok_and(|signatures| signatures.all_given());
    if all { plan } else { plan.effect(Effect::OpenTask { name: "sign", due_at: None }) }
}
