//! Money that has moved (SPEC FIN-3, FIN-4): from a siswa, by a Titipan, to a tutor, to the state. What is taken back is the same
//! entry the other way ([`super::undone`]).

use super::kind::{self, Holders};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// What a siswa pays: so much of Tagihan, the rest as Titipan.
pub(crate) fn siswa_payment(natural_key: String, on: NaiveDate, siswa: Uuid, (allocated_rp, deposit_rp): (i64, i64)) -> JournalEntry {
    kind::SISWA_PAYMENT.entry(natural_key, on, of_siswa(siswa), [allocated_rp, deposit_rp])
}

/// What a Titipan pays.
pub(crate) fn deposit_applied(natural_key: String, on: NaiveDate, siswa: Uuid, rp: i64) -> JournalEntry {
    kind::DEPOSIT_APPLIED.entry(natural_key, on, of_siswa(siswa), [rp])
}

/// What a tutor is paid, and what is withheld.
pub(crate) fn honorarium_payment(natural_key: String, on: NaiveDate, tutor: Uuid, (paid_rp, pph_rp): (i64, i64)) -> JournalEntry {
    kind::HONORARIUM_PAYMENT.entry(natural_key, on, Holders { tutor: Some(tutor), ..Holders::default() }, [paid_rp, pph_rp])
}

/// Withheld PPh that goes to the state.
pub(crate) fn pph_remitted(natural_key: String, on: NaiveDate, rp: i64) -> JournalEntry {
    kind::PPH_REMITTED.entry(natural_key, on, Holders::default(), [rp])
}

fn of_siswa(siswa: Uuid) -> Holders {
    Holders { siswa: Some(siswa), ..Holders::default() }
}
