//! How a sesi stands in the books: the accounts it moves, and the entries of a lesson and of a denda.
//!
//! Closing a sesi posts that of the lesson ([`closing`](super::closing)), a denda its own ([`denda`](crate::denda)); overriding a
//! result reverses them and posts them anew ([`result_override`](crate::result_override)).

use super::change::SettlementKind;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::money::Rupiah;
use uuid::Uuid;

/// The ledger accounts a sesi posts to.
mod account {
    pub const PIUTANG_SISWA: &str = "1100";
    pub const HUTANG_HONORARIUM: &str = "2100";
    pub const PENDAPATAN_SESI: &str = "4100";
    pub const PENDAPATAN_DENDA: &str = "4200";
    pub const PENDAPATAN_PEMBATALAN: &str = "4300";
    pub const BEBAN_HONORARIUM: &str = "5100";
    pub const BEBAN_TRANSPORT: &str = "5200";
}

/// The kind of the entry of a denda.
pub(crate) const DENDA: &str = "tutor_denda";

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
pub(crate) fn lesson_kind(kind: SettlementKind) -> &'static str {
    match kind {
        SettlementKind::Completed => "sesi_completed",
        SettlementKind::NoShowStudent => "sesi_no_show_student",
        SettlementKind::Cancellation => "sesi_cancelled",
        SettlementKind::Reschedule => "sesi_rescheduled",
    }
}

/// The entry of a lesson; without postings when it is worth nothing.
pub(crate) fn lesson(natural_key: String, on: NaiveDate, kind: SettlementKind, of: Parties, worth: Worth) -> JournalEntry {
    let (siswa, tutor) = (Some(of.siswa_id), Some(of.tutor_id));
    let revenue = match kind {
        SettlementKind::Completed | SettlementKind::NoShowStudent => account::PENDAPATAN_SESI,
        SettlementKind::Cancellation | SettlementKind::Reschedule => account::PENDAPATAN_PEMBATALAN,
    };
    JournalEntry::new(lesson_kind(kind), natural_key, on)
        .transfer((account::PIUTANG_SISWA, siswa), (revenue, None), Rupiah(worth.siswa_rp))
        .transfer((account::BEBAN_HONORARIUM, None), (account::HUTANG_HONORARIUM, tutor), Rupiah(worth.honorarium_rp))
        .transfer((account::BEBAN_TRANSPORT, None), (account::HUTANG_HONORARIUM, tutor), Rupiah(worth.transport_rp))
}

/// In the month of the sesi while that is open, otherwise today (SPEC FIN-8); or the month that is locked as well.
pub(crate) fn posted_on(held_on: NaiveDate, today: NaiveDate, locked_months: &[String]) -> Result<NaiveDate, String> {
    let month = |day: NaiveDate| day.format("%Y-%m").to_string();
    if !locked_months.contains(&month(held_on)) {
        return Ok(held_on);
    }
    let present = month(today);
    if locked_months.contains(&present) { Err(present) } else { Ok(today) }
}

/// The entry of a denda; without postings when there is none.
pub(crate) fn denda(natural_key: String, on: NaiveDate, tutor_id: Uuid, rp: i64) -> JournalEntry {
    JournalEntry::new(DENDA, natural_key, on).transfer((account::HUTANG_HONORARIUM, Some(tutor_id)), (account::PENDAPATAN_DENDA, None), Rupiah(rp))
}
