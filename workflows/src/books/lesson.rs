//! What a lesson is worth in the books: taught, missed by the siswa, or charged though it was cancelled or moved.

use super::kind::{self, Holders, Kind};
use crate::sesi::change::SettlementKind;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// Whose accounts are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parties {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
}

/// What a lesson is worth to both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worth {
    pub siswa_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
}

/// The kind of the entry of a lesson that ended like this.
pub(crate) const fn lesson_kind(kind: SettlementKind) -> &'static Kind {
    match kind {
        SettlementKind::Completed => &kind::SESI_COMPLETED,
        SettlementKind::NoShowStudent => &kind::SESI_NO_SHOW_STUDENT,
        SettlementKind::Cancellation => &kind::SESI_CANCELLED,
        SettlementKind::Reschedule => &kind::SESI_RESCHEDULED,
    }
}

/// The entry of a lesson; without postings when it is worth nothing.
pub(crate) fn lesson(natural_key: String, on: NaiveDate, kind: SettlementKind, of: Parties, worth: Worth) -> JournalEntry {
    let holders = Holders { siswa: Some(of.siswa_id), tutor: Some(of.tutor_id) };
    lesson_kind(kind).entry(natural_key, on, holders, [worth.siswa_rp, worth.honorarium_rp, worth.transport_rp])
}
