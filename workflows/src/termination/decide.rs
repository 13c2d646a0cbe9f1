//! The business of a termination: when it may be decided, what follows from it, and when everything is done. Pure.

use super::Termination;
use super::books;
use super::checklist;
use super::command::Command;
use super::definition::JOB;
use super::facts::Tutor;
use super::ledger::Ledger;
use super::payment;
use super::record::{Begun, Change, Model, SettlementStatus, apply};
use super::rejection::Rejection;
use super::settlement::{self, Basis, POLICY, Settlement};
use super::state::State;
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::{Amount, AnyCommand, Effect, JobSpec, Notice, Plan};
use engine::policy::PolicyDecision;
use engine::refusal::{Blocking, Failure, Params};
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

pub(super) type Decision = Result<PlanOf<Termination>, Verdict<Rejection>>;

/// The database may be away for hours.
const JOB_ATTEMPTS: i64 = 12;

pub(super) fn decide(case: &Case<'_, Termination>) -> Decision {
    let (by, at) = (case.ctx.actor.id, case.ctx.now);
    match case.command {
        Command::Decide { tutor_id, strike_id } => begin(case, *tutor_id, *strike_id),
        Command::ConfirmCleared => clear(case),
        Command::Settle => settle(case),
        Command::Adjust { amount_rp } => adjust(case, *amount_rp),
        Command::Recalculate => recalculate(case),
        Command::ReviseSettlement => revise(case),
        Command::RecordPayout(transfer) => payment::pay_out(case, transfer),
        Command::RecordReceipt(transfer) => payment::receive(case, transfer),
        Command::WriteOff => payment::write_off(case),
        Command::ConfirmDocuments { note } => match row(case)?.documents_returned_at {
            Some(_) => reject(Rejection::AlreadyReturned),
            None => go_on(case, Change::DocumentsReturned { note: note.clone(), by, at }),
        },
        Command::GroundFell => go_on(case, Change::GroundFell { at }),
        Command::NoteGround if !checklist::ground_open(row(case)?) => reject(Rejection::GroundStands),
        Command::NoteGround => go_on(case, Change::GroundNoted { note: case.ctx.reason.map(str::to_owned), by, at }),
        Command::Archive => archive(case),
    }
}

fn begin(case: &Case<'_, Termination>, tutor_id: Uuid, strike_id: Option<Uuid>) -> Decision {
    let (tutor, facts) = (tutor(case)?, case.facts);
    may_end(case, tutor)?;
    let begun = Begun {
        id: case.ctx.id,
        code: facts.code.clone().ok_or_else(|| missing("code"))?,
        tutor_id,
        strike_id,
        reason: case.ctx.reason.map(str::to_owned),
        by: case.ctx.actor.id,
        at: case.ctx.now,
        status: tutor.status.clone(),
        suspended_until: tutor.suspended_until,
        tutor_code: tutor.code.clone(),
        accounts: facts.accounts.clone(),
        sesi_to_clear: facts.sesi_count,
    };
    let (estimate, _) = calculate(case, 0)?;
    let plan = go_on(case, Change::Decided { begun })?;
    let job = (facts.sesi_count == 0).then(|| job(case.ctx.id));
    let sessions: i64 = facts.accounts.iter().map(|account| account.sessions).sum();
    let mut amounts = vec![Amount::count("sesi_to_clear", facts.sesi_count), Amount::count("sessions_ended", sessions)];
    amounts.extend(figures(&estimate));
    let to_clear =
        (facts.sesi_count > 0).then(|| Notice { code: "sesi_to_clear".into(), params: Params::from_iter([("count".to_owned(), json!(facts.sesi_count))]) });
    Ok(plan.effects(job).effects(sent(case)).amounts(amounts).warnings(to_clear))
}

fn may_end(case: &Case<'_, Termination>, tutor: &Tutor) -> Result<(), Verdict<Rejection>> {
    let facts = case.facts;
    let no = |rejection| Err(Verdict::Rejected(rejection));
    match tutor.status.as_str() {
        _ if !facts.terminations.is_empty() || tutor.status == "TERMINATED" => no(Rejection::AlreadyTerminated(facts.terminations.clone())),
        "ACTIVE" | "SUSPENDED" if !facts.claims.is_empty() => no(Rejection::ClaimPending(facts.claims.clone())),
        "ACTIVE" | "SUSPENDED" if !facts.strike_known => no(Rejection::UnknownStrike),
        "ACTIVE" | "SUSPENDED" if facts.no_owner_left => no(Rejection::LastOwner),
        "ACTIVE" | "SUSPENDED" => Ok(()),
        status => no(Rejection::NotEmployed { status: status.into() }),
    }
}

/// A suspension is over, which tells whoever asked for that, and no strike proposes anything any more.
fn sent(case: &Case<'_, Termination>) -> Vec<Effect> {
    let facts = case.facts;
    let send = |workflow: &'static str, ids: &[Uuid], command: AnyCommand| -> Vec<Effect> {
        ids.iter().map(|id| Effect::Send { workflow, id: *id, command: command.clone() }).collect()
    };
    let mut effects = send("suspension", &facts.suspensions, AnyCommand::new("close"));
    effects.extend(send("strike", &facts.strikes, AnyCommand::new("reconsider")));
    effects
}

fn clear(case: &Case<'_, Termination>) -> Decision {
    if row(case)?.sesi_cleared_at.is_some() {
        return reject(Rejection::AlreadyCleared);
    }
    if case.facts.sesi_count > 0 {
        return reject(Rejection::LiveSesi { count: case.facts.sesi_count, named: case.facts.sesi.clone() });
    }
    let plan = go_on(case, Change::Cleared { by: case.ctx.actor.id, at: case.ctx.now })?;
    Ok(plan.effect(job(case.ctx.id)))
}

/// The first settlement: however often the job asks, there is one.
fn settle(case: &Case<'_, Termination>) -> Decision {
    let record = row(case)?;
    match record.settlement_revision {
        0 if record.sesi_cleared_at.is_none() => reject(Rejection::NotCleared),
        0 => next_revision(case, 0),
        _ => reject(Rejection::AlreadySettled),
    }
}

fn adjust(case: &Case<'_, Termination>, amount_rp: i64) -> Decision {
    let record = row(case)?;
    match record.settlement_status {
        None => return reject(Rejection::NotSettled),
        Some(SettlementStatus::Paid | SettlementStatus::Received | SettlementStatus::WrittenOff) => return reject(Rejection::AlreadyPaid),
        Some(SettlementStatus::Due | SettlementStatus::Owed | SettlementStatus::Balanced) => {}
    }
    if amount_rp == 0 {
        return reject(Rejection::AdjustmentZero);
    }
    let entry = books::adjustment(record, amount_rp, &tutor(case)?.calendar);
    Ok(next_revision(case, amount_rp)?.effect(Effect::Post(entry)))
}

fn recalculate(case: &Case<'_, Termination>) -> Decision {
    if row(case)?.settlement_revision == 0 {
        return reject(Rejection::NotSettled);
    }
    if changed(case)? { next_revision(case, 0) } else { reject(Rejection::SettlementUnchanged) }
}

/// A denda among the lines was taken back in this transaction.
fn revise(case: &Case<'_, Termination>) -> Decision {
    match row(case)?.settlement_revision {
        0 => reject(Rejection::NotSettled),
        _ => next_revision(case, 0),
    }
}

/// The next revision with its entries; adjustments add up.
fn next_revision(case: &Case<'_, Termination>, adjustment_rp: i64) -> Decision {
    let (record, ledger) = (row(case)?, ledger(case)?);
    let (settlement, decision) = calculate(case, record.adjustment_rp + adjustment_rp)?;
    let calendar = &tutor(case)?.calendar;
    let mut entries = books::settlement(record, &settlement, ledger.previous.as_ref(), calendar);
    entries.extend(books::carried(record, &settlement, ledger.billed.carried_rp, calendar));
    let offset = if settlement.due_rp == 0 { unpaid(ledger) } else { vec![] };
    let voided = ledger.billed.unpaid.clone();
    let mut amounts = figures(&settlement);
    amounts.extend((!voided.is_empty()).then(|| Amount::count("honorarium_voided", i64::try_from(voided.len()).unwrap_or(i64::MAX))));
    let plan = go_on(case, Change::Settled { settlement, offset, voided })?;
    Ok(plan.effect(Effect::Decided(decision)).effects(entries.into_iter().map(Effect::Post)).amounts(amounts))
}

fn calculate(case: &Case<'_, Termination>, adjustment_rp: i64) -> Result<(Settlement, PolicyDecision), Verdict<Rejection>> {
    let ledger = ledger(case)?;
    let policy = case.ctx.policies.get(POLICY, ledger.policy_version)?;
    settlement::calculate(&policy, &basis(case, ledger, adjustment_rp)).map_err(Verdict::Failed)
}

fn basis<'a>(case: &Case<'a, Termination>, ledger: &'a Ledger, adjustment_rp: i64) -> Basis<'a> {
    Basis {
        id: ledger.fresh_id,
        at: case.ctx.now,
        earned: &ledger.earned,
        taken: &ledger.taken,
        corrections: &ledger.billed.corrections,
        adjustment_rp,
        record: case.record,
    }
}

/// Whether the settlement would come out otherwise now.
pub(super) fn changed(case: &Case<'_, Termination>) -> Result<bool, Verdict<Rejection>> {
    let (record, ledger) = (row(case)?, ledger(case)?);
    let now = settlement::lines(&basis(case, ledger, record.adjustment_rp));
    let now: Vec<_> = now.iter().map(|line| (line.kind, line.source_id, line.amount_rp)).collect();
    Ok(ledger.previous.as_ref().is_some_and(|previous| previous.lines != now))
}

pub(super) fn unpaid(ledger: &Ledger) -> Vec<Uuid> {
    ledger.earned.iter().filter(|one| !one.paid).map(|one| one.id).collect()
}

fn archive(case: &Case<'_, Termination>) -> Decision {
    let record = row(case)?;
    let step = |name: &str| Blocking { kind: "termination_step".into(), id: record.id, code: name.into(), label: record.code.clone() };
    let mut open: Vec<Blocking> = checklist::open_tasks(record).into_iter().filter(|name| *name != "archive").map(step).collect();
    if record.settlement_revision == 0 {
        open.push(step("settle"));
    } else if changed(case)? {
        open.push(step("recalculate"));
    }
    open.extend(case.facts.sesi.iter().chain(&case.facts.contestable).cloned());
    if !open.is_empty() {
        return reject(Rejection::ArchiveBlocked(open));
    }
    let change = Change::Archived { tutor_code: tutor(case)?.code.clone(), by: case.ctx.actor.id, at: case.ctx.now };
    Ok(Plan::new(State::Archived, change))
}

/// The plan of a change that leaves the termination open: its tasks follow the record.
pub(super) fn go_on(case: &Case<'_, Termination>, change: Change) -> Decision {
    let after = apply(case.record.cloned(), &change).map_err(Verdict::Failed)?;
    let tasks = checklist::effects(case.record, &after, due_at(case));
    Ok(Plan::new(State::Decided, change).effects(tasks))
}

fn due_at(case: &Case<'_, Termination>) -> DateTime<Utc> {
    case.ctx.now + TimeDelta::hours(case.facts.sla_hours)
}

fn job(id: Uuid) -> Effect {
    Effect::Enqueue(JobSpec { kind: JOB, key: format!("{id}:1"), payload: json!({ "termination_id": id }), max_attempts: JOB_ATTEMPTS })
}

/// What a settlement is made of and what it comes to.
fn figures(settlement: &Settlement) -> Vec<Amount> {
    let moved_rp = settlement.paid_before_rp - settlement.received_before_rp;
    let between = [
        Amount::rp("settlement_corrections", settlement.corrections_rp),
        Amount::rp("settlement_adjustment", settlement.adjustment_rp),
        Amount::rp("settlement_paid_before", moved_rp),
    ];
    let mut figures =
        vec![Amount::rp("settlement_gross", settlement.honorarium_rp + settlement.transport_rp), Amount::rp("settlement_denda", settlement.denda_rp)];
    figures.extend(between.into_iter().filter(|amount| amount.rp != Some(0)));
    figures.push(match settlement.claim_rp {
        0 => Amount::rp("settlement_due", settlement.due_rp),
        claim_rp => Amount::rp("settlement_claim", claim_rp),
    });
    figures
}

pub(super) fn row<'a>(case: &Case<'a, Termination>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

pub(super) fn tutor<'a>(case: &Case<'a, Termination>) -> Result<&'a Tutor, Verdict<Rejection>> {
    case.facts.tutor.as_ref().ok_or_else(|| missing("tutor"))
}

pub(super) fn ledger<'a>(case: &Case<'a, Termination>) -> Result<&'a Ledger, Verdict<Rejection>> {
    case.facts.ledger.as_ref().ok_or_else(|| missing("ledger"))
}

pub(super) fn reject<T>(rejection: Rejection) -> Result<T, Verdict<Rejection>> {
    Err(Verdict::Rejected(rejection))
}

pub(super) fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "termination".into(), rule: format!("no {what} among the facts") })
}
