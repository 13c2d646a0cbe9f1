//! What happens next on the way to a closed month, or why not. Pure.

use super::PeriodClose;
use super::command::Command;
use super::definition::{BOOKS_JOB, SEAL_JOB};
use super::record::{Begun, Change, Model};
use super::rejection::Rejection;
use super::seal;
use super::state::State;
use crate::period::evidence::{Books, Check, Evidence};
use crate::period::{Signature, Signatures};
use engine::plan::{Amount, Effect, JobSpec, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;

pub(super) type Decision = Result<PlanOf<PeriodClose>, Verdict<Rejection>>;

/// The database may be out of reach for a while.
const JOB_ATTEMPTS: i64 = 10;

pub(super) fn decide(case: &Case<'_, PeriodClose>) -> Decision {
    match case.command {
        Command::Begin { .. } => begin(case),
        Command::Check => {
            let round = record(case)?.books_round + 1;
            Ok(Plan::new(State::Open, Change::Rechecked { round }).effect(check_books(case, round)))
        }
        Command::BooksChecked { entries, documents, faults, fault_count } => {
            let books = Books { at: case.ctx.now, entries: *entries, documents: *documents, faults: faults.clone(), fault_count: *fault_count };
            Ok(Plan::new(State::Open, Change::BooksChecked { books }))
        }
        Command::Sign { check, note, evidence } => sign(case, *check, note.clone(), evidence.as_deref()),
        Command::Unsign { check } => unsign(case, *check),
        Command::Close { note } => close(case, note.clone()),
        Command::Progress { part, hashes, place } => seal::progress(case, *part, hashes, *place),
        Command::Seal => seal::seal(case),
        Command::Stop { faults } => {
            Ok(seal::stopped(record(case)?, Change::Stopped { blocked: vec![], changed: false, faults: faults.clone(), at: case.ctx.now }))
        }
        Command::Abandon => Ok(Plan::new(State::Abandoned, Change::Abandoned { at: case.ctx.now })),
    }
}

fn begin(case: &Case<'_, PeriodClose>) -> Decision {
    let facts = case.facts;
    let no = |rejection| Err(Verdict::Rejected(rejection));
    let Some(month) = facts.month.clone() else { return no(Rejection::NotAMonth) };
    if !facts.begun {
        return no(Rejection::MonthNotBegun);
    }
    if let Some(running) = &facts.running {
        return no(Rejection::AlreadyRunning(running.clone()));
    }
    if facts.locked && facts.reopenings.is_empty() {
        return no(Rejection::PeriodLocked { month });
    }
    let code = facts.code.clone().ok_or_else(|| missing("code"))?;
    let begun = Begun { id: case.ctx.id, code, month, by: case.ctx.actor.id, at: case.ctx.now };
    let task = |name| Effect::OpenTask { name, due_at: None };
    Ok(Plan::new(State::Open, Change::Begun { begun }).effects([task("sign"), task("close"), check_books(case, 1)]))
}

fn check_books(case: &Case<'_, PeriodClose>, round: i64) -> Effect {
    let id = case.ctx.id;
    Effect::Enqueue(JobSpec { kind: BOOKS_JOB, key: format!("{id}:{round}"), payload: json!({ "close_id": id }), max_attempts: JOB_ATTEMPTS })
}

pub(super) fn hash_next(model: &Model, attempt: i64, part: i64) -> Effect {
    let payload = json!({ "close_id": model.id, "attempt": attempt, "part": part });
    Effect::Enqueue(JobSpec { kind: SEAL_JOB, key: format!("{}:{attempt}:{part}", model.id), payload, max_attempts: JOB_ATTEMPTS })
}

fn sign(case: &Case<'_, PeriodClose>, check: Check, note: Option<String>, seen: Option<&str>) -> Decision {
    let evidence = case.facts.evidence.iter().find(|evidence| evidence.check == check).ok_or_else(|| missing("evidence"))?;
    let digest = evidence.digest();
    if seen.is_some_and(|seen| seen != digest) {
        return Err(Verdict::Rejected(Rejection::EvidenceChanged(check)));
    }
    if !evidence.is_clear() {
        return Err(Verdict::Rejected(Rejection::CheckBlocked(Box::new(evidence.clone()))));
    }
    let signature = Signature { by: case.ctx.actor.id, at: case.ctx.now, note, digest };
    let all = record(case)?.signatures().map_err(Verdict::Failed)?.with(check, signature.clone()).all_given();
    let plan = Plan::new(State::Open, Change::Signed { check, signature });
    Ok(if all { plan.effect(Effect::CloseTask("sign")) } else { plan })
}

fn unsign(case: &Case<'_, PeriodClose>, check: Check) -> Decision {
    if record(case)?.signatures().map_err(Verdict::Failed)?.of(check).is_none() {
        return Err(Verdict::Rejected(Rejection::NotSigned(check)));
    }
    Ok(Plan::new(State::Open, Change::Unsigned { check }).effect(Effect::OpenTask { name: "sign", due_at: None }))
}

fn close(case: &Case<'_, PeriodClose>, note: Option<String>) -> Decision {
    let (model, facts) = (record(case)?, case.facts);
    let signatures = model.signatures().map_err(Verdict::Failed)?;
    ready(&facts.evidence, &signatures).map_err(Verdict::Rejected)?;
    if signatures.only_by(case.ctx.actor.id) {
        return Err(Verdict::Rejected(Rejection::SecondPersonNeeded));
    }
    let attempt = model.attempt + 1;
    let change = Change::SealingBegun { by: case.ctx.actor.id, note, attempt };
    let plan = Plan::new(State::Sealing, change).effects([Effect::CloseTask("sign"), Effect::CloseTask("close"), hash_next(model, attempt, 0)]);
    Ok(plan.amounts(amounts(case)))
}

/// What a person decides by.
pub(super) fn amounts(case: &Case<'_, PeriodClose>) -> Vec<Amount> {
    let contents = &case.facts.contents;
    vec![
        Amount::count("closing_number", case.facts.closings + 1),
        Amount::count("tagihan_count", contents.tagihan.count),
        Amount::rp("tagihan_rp", contents.tagihan.amount_rp),
        Amount::count("honorarium_count", contents.honorarium.count),
        Amount::rp("honorarium_rp", contents.honorarium.amount_rp),
        Amount::count("entry_count", contents.entries),
    ]
}

fn ready(evidence: &[Evidence], signatures: &Signatures) -> Result<(), Rejection> {
    let blocked: Vec<Evidence> = evidence.iter().filter(|evidence| !evidence.is_clear()).cloned().collect();
    if !blocked.is_empty() {
        return Err(Rejection::ChecksBlocked(blocked));
    }
    let signed = || evidence.iter().filter(|evidence| evidence.check.is_signed());
    let missing: Vec<Check> = signed().filter(|evidence| signatures.of(evidence.check).is_none()).map(|evidence| evidence.check).collect();
    if !missing.is_empty() {
        return Err(Rejection::SignaturesMissing(missing));
    }
    let stale: Vec<Check> = signed().filter(|evidence| !signatures.holds(evidence)).map(|evidence| evidence.check).collect();
    if stale.is_empty() { Ok(()) } else { Err(Rejection::SignaturesStale(stale)) }
}

pub(super) fn record<'a>(case: &Case<'a, PeriodClose>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

pub(super) fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "period_close".into(), rule: format!("decided without its {what}") })
}
