//! What a tutor is fined: taken from what they are owed, and earned by the company (SPEC CAN-6).

use super::kind::{self, Holders};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// The entry of a denda; without postings when there is none.
pub(crate) fn denda(natural_key: String, on: NaiveDate, tutor_id: Uuid, rp: i64) -> JournalEntry {
    kind::DENDA.entry(natural_key, on, Holders { tutor: Some(tutor_id), ..Holders::default() }, [rp])
}
