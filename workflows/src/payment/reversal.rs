//! A payment that was entered wrongly, taken back: the documents are as they were before it. Pure.
//!
//! It is booked on the day of the payment while that month is open, otherwise today.

use super::Payment;
use super::decide::{Decision, begun, calendar, missing, notice, post, recorded, reject, sum};
use super::facts::month;
use super::payout;
use super::record::{BillMoved, Kind, Model, SlipMoved};
use super::rejection::Rejection;
use super::standing::{self, Standing};
use crate::books::{self, kind};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::plan::Amount;
use engine::workflow::{Case, Verdict};
use serde_json::json;

pub(super) fn reverse(case: &Case<'_, Payment>) -> Decision {
    let Some(standing) = &case.facts.standing else { return reject(Rejection::UnknownPayment) };
    if let Some(rejection) = in_the_way(standing) {
        return reject(rejection);
    }
    let paid_on = standing.payment.paid_on;
    let calendar = calendar(case.facts)?;
    let on = books::posted_on(standing.payment.posted_on, calendar.today, &calendar.locked_months)
        .map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { field: "payment_id", month }))?;
    let (bills, slip) = (bills(standing), slip(standing));
    let payment = Model { posted_on: on, ..taken_back(case, &standing.payment, on)? };
    let entry = JournalEntry { occurred_on: paid_on, ..entry(case, standing, on)? };
    let late =
        (on != standing.payment.posted_on).then(|| notice("reversal_dated_today", json!({ "month": month(standing.payment.posted_on), "on": on.to_string() })));
    let amounts = [Amount::rp("payment_reversed", standing.payment.amount_rp), Amount::rp("payment_allocated", sum(&bills))];
    Ok(post(recorded(payment, bills, slip, None), entry).amounts(amounts).warnings(late))
}

fn in_the_way(standing: &Standing) -> Option<Rejection> {
    let payment = &standing.payment;
    if payment.kind == Kind::Reversal {
        return Some(Rejection::IsReversal);
    }
    if let Some(by) = &standing.reversed_by {
        return Some(Rejection::AlreadyReversed(by.clone()));
    }
    if payment.deposit_rp > standing.deposit_rp {
        return Some(Rejection::DepositUsed { left_rp: standing.deposit_rp });
    }
    if payment.pph_withheld_rp > standing.withheld_rp {
        return Some(Rejection::PphRemitted { month: month(payment.paid_on) });
    }
    let closed = |status: &str| matches!(status, "VOID" | "WRITTEN_OFF");
    if let Some((bill, _)) = standing.bills.iter().find(|(bill, _)| closed(&bill.status)) {
        return Some(Rejection::TagihanWrittenOff { number: bill.number.clone() });
    }
    let slip = standing.slip.as_ref()?;
    if slip.tutor_left {
        return Some(Rejection::TutorLeft { code: slip.tutor_code.clone() });
    }
    (slip.status != "PAID").then(|| Rejection::DocumentMoved { number: slip.number.clone() })
}

/// What the payment was, by somebody else's hand and for a reason.
fn taken_back(case: &Case<'_, Payment>, payment: &Model, on: NaiveDate) -> Result<Model, Verdict<Rejection>> {
    Ok(Model {
        siswa_id: payment.siswa_id,
        tutor_id: payment.tutor_id,
        honorarium_id: payment.honorarium_id,
        pph_month: payment.pph_month.clone(),
        amount_rp: payment.amount_rp,
        allocated_rp: payment.allocated_rp,
        deposit_rp: payment.deposit_rp,
        pph_withheld_rp: payment.pph_withheld_rp,
        reverses_id: Some(payment.id),
        reason: case.ctx.reason.map(str::to_owned),
        method: payment.method,
        ..begun(case, Kind::Reversal, on, None)?
    })
}

fn bills(standing: &Standing) -> Vec<BillMoved> {
    standing.bills.iter().map(|(bill, paid_rp)| bill.moved(-paid_rp)).collect()
}

fn slip(standing: &Standing) -> Option<SlipMoved> {
    standing.slip.as_ref().map(|slip| payout::moved(slip, "ISSUED", (0, 0)))
}

/// The entry of the payment the other way round.
fn entry(case: &Case<'_, Payment>, standing: &Standing, on: NaiveDate) -> Result<JournalEntry, Verdict<Rejection>> {
    let payment = &standing.payment;
    let key = standing::natural_key(case.ctx.id);
    let siswa = || payment.siswa_id.ok_or_else(|| missing("siswa"));
    let (entry, kind) = match payment.kind {
        Kind::Siswa => (books::siswa_payment(key, on, siswa()?, (payment.allocated_rp, payment.deposit_rp)), &kind::SISWA_PAYMENT_REVERSAL),
        Kind::Deposit => (books::deposit_applied(key, on, siswa()?, payment.amount_rp), &kind::DEPOSIT_APPLIED_REVERSAL),
        Kind::Honorarium => {
            let tutor = payment.tutor_id.ok_or_else(|| missing("tutor"))?;
            (books::honorarium_payment(key, on, tutor, (payment.amount_rp, payment.pph_withheld_rp)), &kind::HONORARIUM_PAYMENT_REVERSAL)
        }
        Kind::Pph => (books::pph_remitted(key, on, payment.amount_rp), &kind::PPH_REMITTED_REVERSAL),
        Kind::Reversal => return Err(Verdict::Rejected(Rejection::IsReversal)),
    };
    Ok(books::undone(entry, kind, standing.entry_id))
}
