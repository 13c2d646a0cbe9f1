//! Which entries a step of a termination posts, under which natural keys and on which day; [`books`] knows what they move.

use super::facts::Calendar;
use super::ledger::Previous;
use super::record::{Model, Payment};
use super::settlement::Settlement;
use crate::books::{self, kind};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use engine::ledger::JournalEntry;
use uuid::Uuid;

/// An adjustment that somebody decided.
pub(super) fn adjustment(record: &Model, amount_rp: i64, calendar: &Calendar) -> JournalEntry {
    let key = format!("termination:{}:adjustment:{}", record.id, record.settlement_revision + 1);
    posted(books::adjustment(key, calendar.today, record.tutor_id, amount_rp), calendar)
}

/// What a revision moves besides: what the tutor owes, and what they are let off. An earlier revision's is reversed.
pub(super) fn settlement(record: &Model, settlement: &Settlement, previous: Option<&Previous>, calendar: &Calendar) -> Vec<JournalEntry> {
    let (tutor, today) = (record.tutor_id, calendar.today);
    let mut entries = vec![];
    if let Some(previous) = previous {
        let key = |what: &str| format!("termination:{}:{what}:{}", record.id, settlement.revision);
        let back = |entry: JournalEntry, id: Uuid| books::undone(entry, &kind::FINAL_SETTLEMENT_REVERSAL, Some(id));
        let stood = (previous.receivable_rp, previous.waived_rp);
        entries.extend(previous.entry_id.map(|id| back(books::settlement(key("settlement_reversal"), today, tutor, stood), id)));
        entries.extend(previous.write_off_id.map(|id| back(books::forgiven(key("write_off_reversal"), today, tutor, previous.claim_rp), id)));
    }
    let key = settlement_key(record.id, settlement.revision);
    entries.push(books::settlement(key, today, tutor, (settlement.receivable_rp(), settlement.waived_rp)));
    entries.into_iter().filter(|entry| !entry.postings.is_empty()).map(|entry| posted(entry, calendar)).collect()
}

/// What Honorarium carried over is settled here: it leaves what the tutor owes, and what they are owed.
pub(super) fn carried(record: &Model, settlement: &Settlement, standing_rp: i64, calendar: &Calendar) -> Option<JournalEntry> {
    let key = format!("termination:{}:carry_over:{}", record.id, settlement.revision);
    let entry = books::carried_back(key, calendar.today, record.tutor_id, standing_rp);
    (standing_rp != 0).then(|| posted(entry, calendar))
}

pub(super) fn settlement_key(termination: Uuid, revision: i64) -> String {
    format!("termination:{termination}:settlement:{revision}")
}

pub(super) fn write_off_key(termination: Uuid, revision: i64) -> String {
    format!("termination:{termination}:write_off:{revision}")
}

/// What the tutor is paid.
pub(super) fn payout(record: &Model, payment: &Payment) -> JournalEntry {
    let key = format!("termination:{}:payout:{}", record.id, record.settlement_revision);
    books::payout(key, payment.moved_on, record.tutor_id, payment.amount_rp)
}

/// What the tutor has paid back.
pub(super) fn receipt(record: &Model, payment: &Payment) -> JournalEntry {
    let key = format!("termination:{}:receipt:{}", record.id, record.settlement_revision);
    books::receipt(key, payment.moved_on, record.tutor_id, payment.amount_rp)
}

/// What the company lets go.
pub(super) fn write_off(record: &Model, calendar: &Calendar) -> JournalEntry {
    let key = write_off_key(record.id, record.settlement_revision);
    posted(books::forgiven(key, calendar.today, record.tutor_id, record.claim_rp), calendar)
}

fn posted(entry: JournalEntry, calendar: &Calendar) -> JournalEntry {
    JournalEntry { posted_on: calendar.open_day(), ..entry }
}

impl Calendar {
    /// The day of an instant at the tutor's office.
    pub(super) fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

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
        let calendar = |today: &str, locked: &[&str]| Calendar {
            today: day(today),
            zone: chrono_tz::Tz::Asia__Jakarta,
            locked_months: locked.iter().map(|month| (*month).to_owned()).collect(),
        };
        assert_eq!(calendar("2026-11-21", &["2026-10"]).open_day(), day("2026-11-21"));
        assert_eq!(calendar("2026-11-21", &["2026-11", "2026-12"]).open_day(), day("2027-01-01"));
    }
}
