//! The business of a payment: a siswa's side. What is over their Tagihan stands as their Titipan, until it pays one. Pure.

use super::Payment;
use super::bill;
use super::command::{Allocation, Command, Moved, Received};
use super::facts::{Calendar, Facts, month};
use super::payout;
use super::record::{BillMoved, Change, Kind, Model, SlipMoved};
use super::rejection::Rejection;
use super::reversal;
use super::standing;
use super::state::State;
use crate::books;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

pub(super) type Decision = Result<PlanOf<Payment>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, Payment>) -> Decision {
    match case.command {
        Command::Record(received) => record(case, received),
        Command::ApplyDeposit { siswa_id, allocations } => apply_deposit(case, *siswa_id, allocations),
        Command::PayHonorarium(paid) => payout::pay(case, paid),
        Command::RemitPph(remitted) => payout::remit(case, remitted),
        Command::Reverse { .. } => reversal::reverse(case),
    }
}

fn record(case: &Case<'_, Payment>, received: &Received) -> Decision {
    let facts = case.facts;
    if !facts.siswa_known {
        return reject(Rejection::UnknownSiswa);
    }
    let on = paid_on(case, &received.moved)?;
    fits_line(facts, received.bank_line_id, received.amount_rp)?;
    let bills = bill::allocate(&facts.bills, received.siswa_id, &received.allocations, (received.amount_rp, on)).map_err(Verdict::Rejected)?;
    let allocated_rp = sum(&bills);
    let payment = Model {
        siswa_id: Some(received.siswa_id),
        amount_rp: received.amount_rp,
        allocated_rp,
        deposit_rp: received.amount_rp - allocated_rp,
        ..begun(case, Kind::Siswa, on, Some(&received.moved))?
    };
    let entry = books::siswa_payment(natural_key(case), on, received.siswa_id, (allocated_rp, payment.deposit_rp));
    let over = (payment.deposit_rp > 0).then(|| notice("payment_to_deposit", json!({ "amount_rp": payment.deposit_rp })));
    let amounts = [Amount::rp("payment_allocated", allocated_rp), Amount::rp("payment_deposit", payment.deposit_rp)];
    Ok(recorded(payment, bills, None, received.bank_line_id).effect(Effect::Post(entry)).amounts(amounts).warnings(over))
}

fn apply_deposit(case: &Case<'_, Payment>, siswa_id: Uuid, allocations: &[Allocation]) -> Decision {
    let facts = case.facts;
    if !facts.siswa_known {
        return reject(Rejection::UnknownSiswa);
    }
    if facts.deposit_rp <= 0 {
        return reject(Rejection::NoDeposit);
    }
    let on = calendar(facts)?.today;
    if calendar(facts)?.is_locked(on) {
        return reject(Rejection::PeriodLocked { field: "siswa_id", month: month(on) });
    }
    let bills = bill::allocate(&facts.bills, siswa_id, allocations, (facts.deposit_rp, on)).map_err(Verdict::Rejected)?;
    let amount_rp = sum(&bills);
    if amount_rp == 0 {
        return reject(Rejection::NothingOpen);
    }
    let payment = Model { siswa_id: Some(siswa_id), amount_rp, allocated_rp: amount_rp, ..begun(case, Kind::Deposit, on, None)? };
    let entry = books::deposit_applied(natural_key(case), on, siswa_id, amount_rp);
    let amounts = [Amount::rp("payment_allocated", amount_rp), Amount::rp("deposit_left", facts.deposit_rp - amount_rp)];
    Ok(recorded(payment, bills, None, None).effect(Effect::Post(entry)).amounts(amounts))
}

/// The plan of a payment: what it changes is told document by document.
pub(super) fn recorded(payment: Model, bills: Vec<BillMoved>, slip: Option<SlipMoved>, line_id: Option<Uuid>) -> PlanOf<Payment> {
    let of_bills = bills.iter().map(|bill| {
        let params = json!({ "number": bill.number, "amount_rp": bill.amount_rp, "status": bill.status, "before": bill.status_before });
        notice("tagihan_becomes", params)
    });
    let of_slip = slip.iter().map(|slip| notice("honorarium_becomes", json!({ "number": slip.number, "status": slip.status, "before": slip.status_before })));
    let told: Vec<Notice> = of_bills.chain(of_slip).collect();
    Plan::new(State::Recorded, Change { payment, bills, slip, line_id }).warnings(told)
}

/// A payment without what sets its kind apart.
pub(super) fn begun(case: &Case<'_, Payment>, kind: Kind, on: NaiveDate, moved: Option<&Moved>) -> Result<Model, Verdict<Rejection>> {
    if !case.facts.document_known {
        return Err(Verdict::Rejected(Rejection::UnknownDocument));
    }
    Ok(Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        kind,
        siswa_id: None,
        tutor_id: None,
        honorarium_id: None,
        pph_month: None,
        amount_rp: 0,
        allocated_rp: 0,
        deposit_rp: 0,
        pph_withheld_rp: 0,
        pph_bps: None,
        paid_on: on,
        posted_on: on,
        method: moved.map(|moved| moved.method),
        reference: moved.and_then(|moved| moved.reference.as_deref()).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        proof_document_id: moved.and_then(|moved| moved.proof_document_id),
        reverses_id: None,
        reason: None,
        recorded_by: case.ctx.actor.id,
        recorded_at: case.ctx.now,
    })
}

/// A day that is not over the present one, in a month that can be booked in.
pub(super) fn paid_on(case: &Case<'_, Payment>, moved: &Moved) -> Result<NaiveDate, Verdict<Rejection>> {
    let calendar = calendar(case.facts)?;
    let Ok(day) = moved.paid_on.parse::<NaiveDate>() else { return Err(Verdict::Rejected(Rejection::NotADay)) };
    let rejection = match day {
        day if day > calendar.today => Rejection::InTheFuture { today: calendar.today },
        day if calendar.is_locked(day) => Rejection::PeriodLocked { field: "paid_on", month: month(day) },
        day => return Ok(day),
    };
    Err(Verdict::Rejected(rejection))
}

/// The line of the bank shows this amount (what leaves is below zero), and nobody has matched or ignored it.
pub(super) fn fits_line(facts: &Facts, asked: Option<Uuid>, amount_rp: i64) -> Result<(), Verdict<Rejection>> {
    let rejection = match (asked, &facts.line) {
        (None, _) => return Ok(()),
        (Some(_), None) => Rejection::UnknownLine,
        (Some(_), Some(line)) if line.state != "OPEN" => Rejection::LineTaken,
        (Some(_), Some(line)) if line.amount_rp != amount_rp => Rejection::LineAmount { line_rp: line.amount_rp },
        (Some(_), Some(_)) => return Ok(()),
    };
    Err(Verdict::Rejected(rejection))
}

pub(super) fn notice(code: &str, params: serde_json::Value) -> Notice {
    let params = match params {
        serde_json::Value::Object(params) => params,
        _ => serde_json::Map::new(),
    };
    Notice { code: code.into(), params }
}

pub(super) fn natural_key(case: &Case<'_, Payment>) -> String {
    standing::natural_key(case.ctx.id)
}

pub(super) fn sum(bills: &[BillMoved]) -> i64 {
    bills.iter().map(|bill| bill.amount_rp).sum()
}

pub(super) fn calendar(facts: &Facts) -> Result<&Calendar, Verdict<Rejection>> {
    facts.calendar.as_ref().ok_or_else(|| missing("calendar"))
}

/// An entry without postings is none.
pub(super) fn post(plan: PlanOf<Payment>, entry: JournalEntry) -> PlanOf<Payment> {
    if entry.postings.is_empty() { plan } else { plan.effect(Effect::Post(entry)) }
}

pub(super) fn reject(rejection: Rejection) -> Decision {
    Err(Verdict::Rejected(rejection))
}

pub(super) fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "payment".into(), rule: format!("no {what} among the facts") })
}
