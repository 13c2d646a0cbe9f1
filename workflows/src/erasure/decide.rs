//! The business of an erasure: nobody is erased who is still needed, nor by their own word alone. Pure.

use super::Erasure;
use super::command::Command;
use super::definition::JOB;
use super::facts::Person;
use super::record::Change;
use super::rejection::Rejection;
use super::state::State;
use engine::plan::{Amount, Effect, JobSpec, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

type Decision = Result<PlanOf<Erasure>, Verdict<Rejection>>;

/// A store may be out of reach for hours.
const JOB_ATTEMPTS: i64 = 12;

pub(super) fn decide(case: &Case<'_, Erasure>) -> Decision {
    let (by, at) = (case.ctx.actor.id, case.ctx.now);
    match case.command {
        Command::Request { person_kind, person_id, ground } => {
            check(case, known(case)?)?;
            let code = case.facts.code.clone().ok_or_else(|| missing("code"))?;
            let change = Change::Requested { id: case.ctx.id, code, person_kind: *person_kind, person_id: *person_id, ground: *ground, by, at };
            let plan = Plan::new(State::Requested, change).effect(Effect::OpenTask { name: "approve", due_at: None });
            Ok(plan.amounts(amounts(case)))
        }
        Command::Approve { confirmed: false } => Err(Verdict::Rejected(Rejection::NotConfirmed)),
        Command::Approve { confirmed: true } => approve(case),
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { by, at })),
        Command::Cancel => Ok(Plan::new(State::Cancelled, Change::Cancelled { by, at })),
        Command::DocumentsRemoved { removed } => Ok(Plan::new(State::Erased, Change::DocumentsRemoved { removed: *removed })),
    }
}

fn approve(case: &Case<'_, Erasure>) -> Decision {
    let record = case.record.ok_or_else(|| missing("record"))?;
    if case.ctx.actor.id == record.person_id {
        return Err(Verdict::Rejected(Rejection::Oneself));
    }
    check(case, known(case)?)?;
    let documents: Vec<Uuid> = case.facts.holdings.documents.clone();
    let job =
        JobSpec { kind: JOB, key: record.id.to_string(), payload: json!({ "erasure_id": record.id, "documents": documents }), max_attempts: JOB_ATTEMPTS };
    let change = Change::Approved { by: case.ctx.actor.id, at: case.ctx.now, documents };
    Ok(Plan::new(State::Erasing, change).effect(Effect::CloseTask("approve")).effect(Effect::Enqueue(job)).amounts(amounts(case)))
}

fn check(case: &Case<'_, Erasure>, person: &Person) -> Result<(), Verdict<Rejection>> {
    if person.erased {
        return Err(Verdict::Rejected(Rejection::AlreadyErased));
    }
    if !case.facts.in_the_way.is_empty() {
        return Err(Verdict::Rejected(Rejection::InTheWay(case.facts.in_the_way.clone())));
    }
    Ok(())
}

/// What goes, then what stays.
fn amounts(case: &Case<'_, Erasure>) -> Vec<Amount> {
    let holdings = &case.facts.holdings;
    let documents = i64::try_from(holdings.documents.len()).unwrap_or(i64::MAX);
    vec![
        Amount::count("erased_records", holdings.records),
        Amount::count("erased_sesi_details", holdings.sesi),
        Amount::count("erased_documents", documents),
        Amount::count("erased_mails", holdings.mails),
        Amount::count("kept_settlements", holdings.settlements),
        Amount::rp("kept_rp", holdings.settled_rp),
    ]
}

fn known<'a>(case: &Case<'a, Erasure>) -> Result<&'a Person, Verdict<Rejection>> {
    case.facts.person.as_ref().ok_or_else(|| missing("person"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "erasure".into(), rule: format!("no {what} among the facts") })
}
