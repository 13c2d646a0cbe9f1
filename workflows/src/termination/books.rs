//! How a final settlement stands in the books. Its sesi and denda are booked already; what a settlement adds is what an
//! adjustment is worth, what the tutor owes or is let off, and the money that moves. After the last payment the tutor's
//! Hutang Honorarium is zero.

use super::facts::Calendar;
use super::ledger::Previous;
use super::record::{Model, Payment};
use super::settlement::Settlement;
use chrono::{Datelike, NaiveDate};
use engine::ledger::JournalEntry;
use engine::money::Rupiah;
use uuid::Uuid;

mod account {
    pub const KAS_DAN_BANK: &str = "1000";
    pub const PIUTANG_TUTOR: &str = "1200";
    pub const HUTANG_HONORARIUM: &str = "2100";
    pub const PENYESUAIAN_HONORARIUM: &str = "5300";
}

/// An adjustment that somebody decided.
pub(super) fn adjustment(record: &Model, amount_rp: i64, calendar: &Calendar) -> JournalEntry {
    let key = format!("termination:{}:adjustment:{}", record.id, record.settlement_revision + 1);
    posted("final_settlement_adjustment", key, calendar).transfer(
        (account::PENYESUAIAN_HONORARIUM, None),
        (account::HUTANG_HONORARIUM, Some(record.tutor_id)),
        Rupiah(amount_rp),
    )
}

/// What a revision moves besides: what the tutor owes, and what they are let off. An earlier revision's is reversed.
pub(super) fn settlement(record: &Model, settlement: &Settlement, previous: Option<&Previous>, calendar: &Calendar) -> Vec<JournalEntry> {
    let tutor = record.tutor_id;
    let mut entries = vec![];
    if let Some(previous) = previous {
        let key = |what: &str| format!("termination:{}:{what}:{}", record.id, settlement.revision);
        entries.extend(previous.entry_id.map(|id| JournalEntry {
            reverses_id: Some(id),
            ..standing(posted("final_settlement_reversal", key("settlement_reversal"), calendar), tutor, -previous.receivable_rp, -previous.waived_rp)
        }));
        entries.extend(previous.write_off_id.map(|id| JournalEntry {
            reverses_id: Some(id),
            ..forgiven(posted("final_settlement_reversal", key("write_off_reversal"), calendar), tutor, -previous.claim_rp)
        }));
    }
    let key = settlement_key(record.id, settlement.revision);
    entries.push(standing(posted("final_settlement", key, calendar), tutor, settlement.receivable_rp(), settlement.waived_rp));
    entries.into_iter().filter(|entry| !entry.postings.is_empty()).collect()
}

pub(super) fn settlement_key(termination: Uuid, revision: i64) -> String {
    format!("termination:{termination}:settlement:{revision}")
}

pub(super) fn write_off_key(termination: Uuid, revision: i64) -> String {
    format!("termination:{termination}:write_off:{revision}")
}

fn standing(entry: JournalEntry, tutor: Uuid, receivable_rp: i64, waived_rp: i64) -> JournalEntry {
    let owed = (account::HUTANG_HONORARIUM, Some(tutor));
    entry.transfer((account::PIUTANG_TUTOR, Some(tutor)), owed, Rupiah(receivable_rp)).transfer(
        (account::PENYESUAIAN_HONORARIUM, None),
        owed,
        Rupiah(waived_rp),
    )
}

fn forgiven(entry: JournalEntry, tutor: Uuid, rp: i64) -> JournalEntry {
    entry.transfer((account::PENYESUAIAN_HONORARIUM, None), (account::PIUTANG_TUTOR, Some(tutor)), Rupiah(rp))
}

/// What the tutor is paid.
pub(super) fn payout(record: &Model, payment: &Payment) -> JournalEntry {
    let key = format!("termination:{}:payout:{}", record.id, record.settlement_revision);
    JournalEntry::new("final_settlement_payout", key, payment.moved_on).transfer(
        (account::HUTANG_HONORARIUM, Some(record.tutor_id)),
        (account::KAS_DAN_BANK, None),
        Rupiah(payment.amount_rp),
    )
}

/// What the tutor has paid back.
pub(super) fn receipt(record: &Model, payment: &Payment) -> JournalEntry {
    let key = format!("termination:{}:receipt:{}", record.id, record.settlement_revision);
    JournalEntry::new("final_settlement_receipt", key, payment.moved_on).transfer(
        (account::KAS_DAN_BANK, None),
        (account::PIUTANG_TUTOR, Some(record.tutor_id)),
        Rupiah(payment.amount_rp),
    )
}

/// What the company lets go.
pub(super) fn write_off(record: &Model, calendar: &Calendar) -> JournalEntry {
    let key = write_off_key(record.id, record.settlement_revision);
    forgiven(posted("final_settlement_write_off", key, calendar), record.tutor_id, record.claim_rp)
}

fn posted(kind: &'static str, natural_key: String, calendar: &Calendar) -> JournalEntry {
    JournalEntry { posted_on: calendar.open_day(), ..JournalEntry::new(kind, natural_key, calendar.today) }
}

impl Calendar {
    /// Today, or the first day after it in a month that is open.
    pub(super) fn open_day(&self) -> NaiveDate {
        let mut day = self.today;
        while self.is_locked(day) {
            let next = if day.month() == 12 { NaiveDate::from_ymd_opt(day.year() + 1, 1, 1) } else { NaiveDate::from_ymd_opt(day.year(), day.month() + 1, 1) };
            let Some(next) = next else { break };
            day = next;
        }
        day
    }

    pub(super) fn is_locked(&self, day: NaiveDate) -> bool {
        self.locked_months.contains(&day.format("%Y-%m").to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_booked_today_is_booked_on_the_first_day_of_an_open_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let calendar = |today: &str, locked: &[&str]| Calendar { today: day(today), locked_months: locked.iter().map(|month| (*month).to_owned()).collect() };
        assert_eq!(calendar("2026-11-21", &["2026-10"]).open_day(), day("2026-11-21"));
        assert_eq!(calendar("2026-11-21", &["2026-11", "2026-12"]).open_day(), day("2027-01-01"));
    }
}
