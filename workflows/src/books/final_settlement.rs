//! What a final settlement adds to the books (SPEC HR-5). Its sesi and denda are booked already; what is left is what an
//! adjustment is worth, what the tutor owes or is let off, and the money that moves. After the last payment the tutor's Hutang
//! Honorarium is zero.

use super::kind::{self, Holders};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// An adjustment that somebody decided; below zero it takes from the tutor.
pub(crate) fn adjustment(natural_key: String, on: NaiveDate, tutor: Uuid, rp: i64) -> JournalEntry {
    kind::FINAL_SETTLEMENT_ADJUSTMENT.entry(natural_key, on, of(tutor), [rp])
}

/// What the tutor owes, and what they are let off.
pub(crate) fn settlement(natural_key: String, on: NaiveDate, tutor: Uuid, (receivable_rp, waived_rp): (i64, i64)) -> JournalEntry {
    kind::FINAL_SETTLEMENT.entry(natural_key, on, of(tutor), [receivable_rp, waived_rp])
}

/// What Honorarium carried over, taken up by the settlement: the carry-over the other way round.
pub(crate) fn carried_back(natural_key: String, on: NaiveDate, tutor: Uuid, standing_rp: i64) -> JournalEntry {
    kind::CARRY_OVER.entry(natural_key, on, of(tutor), [-standing_rp])
}

/// What the company lets go of what the tutor owes.
pub(crate) fn forgiven(natural_key: String, on: NaiveDate, tutor: Uuid, rp: i64) -> JournalEntry {
    kind::FINAL_SETTLEMENT_WRITE_OFF.entry(natural_key, on, of(tutor), [rp])
}

/// What the tutor is paid.
pub(crate) fn payout(natural_key: String, on: NaiveDate, tutor: Uuid, rp: i64) -> JournalEntry {
    kind::FINAL_SETTLEMENT_PAYOUT.entry(natural_key, on, of(tutor), [rp])
}

/// What the tutor has paid back.
pub(crate) fn receipt(natural_key: String, on: NaiveDate, tutor: Uuid, rp: i64) -> JournalEntry {
    kind::FINAL_SETTLEMENT_RECEIPT.entry(natural_key, on, of(tutor), [rp])
}

fn of(tutor: Uuid) -> Holders {
    Holders { tutor: Some(tutor), ..Holders::default() }
}
