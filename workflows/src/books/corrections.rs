//! What is put right after the fact: adjustments, credit notes, refunds, write-offs, and settlements that are taken back
//! (SPEC FIN-5, FIN-6, FIN-10).

use super::kind::{self, Holders};
use crate::records::settlement::Kind;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// What a credit note is worth: what was open, and of what was paid what goes back or is kept as Titipan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credited {
    pub open_rp: i64,
    pub refund_rp: i64,
    pub deposit_rp: i64,
}

/// Above zero the siswa owes more.
pub(crate) fn siswa_adjustment(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::SISWA_ADJUSTMENT.entry(natural_key, on, of_siswa(siswa), [rp])
}

/// Above zero the tutor is owed more.
pub(crate) fn tutor_adjustment(natural_key: String, on: NaiveDate, tutor: Uuid, rp: i64) -> JournalEntry {
    kind::TUTOR_ADJUSTMENT.entry(natural_key, on, of_tutor(tutor), [rp])
}

pub(crate) fn credit_note(natural_key: String, on: NaiveDate, siswa: Uuid, worth: Credited) -> JournalEntry {
    kind::CREDIT_NOTE.entry(natural_key, on, of_siswa(siswa), [worth.open_rp, worth.refund_rp, worth.deposit_rp])
}

/// A Titipan that is to be paid back.
pub(crate) fn refund_requested(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::REFUND_REQUESTED.entry(natural_key, on, of_siswa(siswa), [rp])
}

pub(crate) fn refund_paid(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::REFUND_PAID.entry(natural_key, on, of_siswa(siswa), [rp])
}

/// A refund that is kept as Titipan after all.
pub(crate) fn refund_kept(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::REFUND_KEPT.entry(natural_key, on, of_siswa(siswa), [rp])
}

pub(crate) fn write_off(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::WRITE_OFF.entry(natural_key, on, of_siswa(siswa), [rp])
}

/// What a sesi was worth to the siswa, the other way.
pub(crate) fn siswa_settlement_reversal(natural_key: String, on: NaiveDate, siswa: Uuid, settled: Kind, rp: i64) -> JournalEntry {
    let (taught, charged) = match settled {
        Kind::Completed | Kind::NoShowStudent => (rp, 0),
        Kind::Cancellation | Kind::Reschedule => (0, rp),
    };
    kind::SETTLEMENT_REVERSAL.entry(natural_key, on, of_siswa(siswa), [taught, charged, 0, 0])
}

/// What a sesi was worth to the tutor, the other way.
pub(crate) fn tutor_settlement_reversal(natural_key: String, on: NaiveDate, tutor: Uuid, (honorarium, transport): (i64, i64)) -> JournalEntry {
    kind::SETTLEMENT_REVERSAL.entry(natural_key, on, of_tutor(tutor), [0, 0, honorarium, transport])
}

fn of_siswa(siswa: Uuid) -> Holders {
    Holders { siswa: Some(siswa), ..Holders::default() }
}

fn of_tutor(tutor: Uuid) -> Holders {
    Holders { tutor: Some(tutor), ..Holders::default() }
}
