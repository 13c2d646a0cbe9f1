//! Money that moves on a final settlement: to the tutor, from them, or let go. Pure.

use super::Termination;
use super::books;
use super::command::Transfer;
use super::decide::{Decision, changed, go_on, ledger, missing, reject, row, tutor, unpaid};
use super::record::{Change, Payment, SettlementStatus};
use super::rejection::Rejection;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::plan::{Amount, Effect};
use engine::workflow::{Case, Verdict};

/// The field of the day money moved on.
const MOVED_ON: &str = "moved_on";

pub(super) fn pay_out(case: &Case<'_, Termination>, transfer: &Transfer) -> Decision {
    let record = row(case)?;
    if record.settlement_status != Some(SettlementStatus::Due) {
        return reject(Rejection::NothingDue);
    }
    let payment = payment(case, transfer, record.due_rp)?;
    let entry = books::payout(record, &payment);
    moved(case, Change::Paid { payment, sesi: unpaid(ledger(case)?) }, entry)
}

pub(super) fn receive(case: &Case<'_, Termination>, transfer: &Transfer) -> Decision {
    let record = row(case)?;
    if record.settlement_status != Some(SettlementStatus::Owed) {
        return reject(Rejection::NothingOwed);
    }
    let payment = payment(case, transfer, record.claim_rp)?;
    let entry = books::receipt(record, &payment);
    moved(case, Change::Received { payment }, entry)
}

/// Money moves only on a settlement that nothing is about to change.
fn payment(case: &Case<'_, Termination>, transfer: &Transfer, amount_rp: i64) -> Result<Payment, Verdict<Rejection>> {
    let no = |rejection| Err(Verdict::Rejected(rejection));
    if !case.facts.claims.is_empty() {
        return no(Rejection::ClaimPending(case.facts.claims.clone()));
    }
    if changed(case)? {
        return no(Rejection::SettlementChanged);
    }
    if !case.facts.document_known {
        return no(Rejection::UnknownDocument);
    }
    Ok(Payment {
        settlement_id: row(case)?.settlement_id.ok_or_else(|| missing("settlement"))?,
        amount_rp,
        moved_on: moved_on(case, &transfer.moved_on)?,
        method: transfer.method,
        reference: transfer.reference.clone(),
        proof_document_id: transfer.proof_document_id,
        by: case.ctx.actor.id,
        at: case.ctx.now,
    })
}

/// A day between the decision and today, in a month that can be booked in.
fn moved_on(case: &Case<'_, Termination>, text: &str) -> Result<NaiveDate, Verdict<Rejection>> {
    let calendar = &tutor(case)?.calendar;
    let Ok(day) = text.parse::<NaiveDate>() else { return Err(Verdict::Rejected(Rejection::NotADay { field: MOVED_ON })) };
    let from = calendar.day_of(row(case)?.decided_at);
    let rejection = match day {
        day if day > calendar.today => Rejection::InTheFuture { field: MOVED_ON, today: calendar.today },
        day if day < from => Rejection::BeforeSettlement { field: MOVED_ON, from },
        day if calendar.is_locked(day) => Rejection::PeriodLocked { field: MOVED_ON, month: day.format("%Y-%m").to_string() },
        day => return Ok(day),
    };
    Err(Verdict::Rejected(rejection))
}

fn moved(case: &Case<'_, Termination>, change: Change, entry: JournalEntry) -> Decision {
    let amount: i64 = entry.postings.first().map_or(0, |posting| posting.amount.0);
    Ok(go_on(case, change)?.effect(Effect::Post(entry)).amounts([Amount::rp("settlement_moved", amount)]))
}

pub(super) fn write_off(case: &Case<'_, Termination>) -> Decision {
    let record = row(case)?;
    if record.settlement_status != Some(SettlementStatus::Owed) {
        return reject(Rejection::NothingOwed);
    }
    let settlement_id = record.settlement_id.ok_or_else(|| missing("settlement"))?;
    let entry = books::write_off(record, &tutor(case)?.calendar);
    moved(case, Change::WrittenOff { settlement_id, by: case.ctx.actor.id, at: case.ctx.now }, entry)
}
