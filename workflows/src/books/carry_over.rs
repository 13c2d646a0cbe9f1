//! What a Honorarium leaves to the next one: the tutor owes it until then (SPEC CAN-6).

use super::kind::{self, Holders};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// What the tutor owes more than before this Honorarium; below zero when it takes up what an earlier one left.
pub(crate) fn carry_over(honorarium: Uuid, on: NaiveDate, tutor: Uuid, owed_rp: i64) -> JournalEntry {
    kind::CARRY_OVER.entry(format!("honorarium:{honorarium}:carry_over"), on, Holders { tutor: Some(tutor), ..Holders::default() }, [owed_rp])
}
