//! Double-entry bookkeeping: balanced, immutable journal entries (SPEC MON-2).
//!
//! The database refuses an unbalanced entry, a changed one, and one dated in a locked period; this
//! module only shapes them.

use crate::batch::{Batch, placeholders};
use crate::money::Rupiah;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Value;
use serde::Serialize;
use uuid::Uuid;

/// One side of an entry: debit positive, credit negative, never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posting {
    pub account: &'static str,
    /// Whose account inside the ledger account, e.g. the payer.
    pub party_id: Option<Uuid>,
    pub amount: Rupiah,
}

/// A balanced entry. `natural_key` makes a second posting of the same event impossible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    pub natural_key: String,
    pub kind: &'static str,
    /// The local date of the event itself.
    pub occurred_on: NaiveDate,
    /// The local date it is booked on; decides the period.
    pub posted_on: NaiveDate,
    pub reverses_id: Option<Uuid>,
    pub postings: Vec<Posting>,
}

impl JournalEntry {
    /// An entry on one date with no postings yet.
    pub fn new(kind: &'static str, natural_key: String, on: NaiveDate) -> Self {
        Self { natural_key, kind, occurred_on: on, posted_on: on, reverses_id: None, postings: vec![] }
    }

    /// Moves `amount` from `credit` to `debit`; nothing when the amount is zero.
    #[must_use]
    pub fn transfer(mut self, debit: (&'static str, Option<Uuid>), credit: (&'static str, Option<Uuid>), amount: Rupiah) -> Self {
        if amount != Rupiah::ZERO {
            self.postings.push(Posting { account: debit.0, party_id: debit.1, amount });
            self.postings.push(Posting { account: credit.0, party_id: credit.1, amount: -amount });
        }
        self
    }

    /// Whether the postings are non-empty, non-zero and sum to zero.
    pub fn balances(&self) -> bool {
        let sum = self.postings.iter().try_fold(0_i64, |sum, posting| sum.checked_add(posting.amount.0));
        self.postings.len() >= 2 && sum == Some(0) && self.postings.iter().all(|posting| posting.amount != Rupiah::ZERO)
    }
}

/// How many rows go into one statement: a statement holds only so many values.
const ROWS: usize = 1_000;

/// The caused-by of an entry: which step of which instance.
#[derive(Clone, Copy)]
pub(crate) struct Cause {
    pub instance_id: Uuid,
    pub seq: i64,
    pub at: DateTime<Utc>,
}

/// Postings come before their entry: SQLite checks the balance when the entry arrives.
pub(crate) fn write(entries: &[(Uuid, &JournalEntry)], cause: Cause, batch: &mut Batch) {
    if entries.is_empty() {
        return;
    }
    let postings: Vec<Vec<Value>> = entries
        .iter()
        .flat_map(|(id, entry)| {
            (1_i64..)
                .zip(&entry.postings)
                .map(|(line, posting)| vec![(*id).into(), line.into(), posting.account.into(), posting.party_id.into(), posting.amount.0.into()])
        })
        .collect();
    for rows in postings.chunks(ROWS) {
        let sql = format!("INSERT INTO posting (entry_id, line, account, party_id, amount_rp) VALUES {}", placeholders(rows.len(), 5));
        batch.push(sql, rows.concat());
    }
    for entries in entries.chunks(ROWS) {
        let heads: Vec<Value> = entries
            .iter()
            .flat_map(|(id, entry)| -> Vec<Value> {
                vec![
                    (*id).into(),
                    entry.natural_key.clone().into(),
                    entry.kind.into(),
                    cause.instance_id.into(),
                    cause.seq.into(),
                    entry.occurred_on.into(),
                    entry.posted_on.into(),
                    entry.reverses_id.into(),
                    cause.at.into(),
                ]
            })
            .collect();
        let sql = format!(
            "INSERT INTO journal_entry (id, natural_key, kind, instance_id, seq, occurred_on, posted_on, reverses_id, at) VALUES {}",
            placeholders(entries.len(), 9)
        );
        batch.push(sql, heads);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(amounts: &[i64]) -> JournalEntry {
        let date = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let postings = amounts.iter().map(|amount| Posting { account: "1100", party_id: None, amount: Rupiah(*amount) }).collect();
        JournalEntry { postings, ..JournalEntry::new("test", "k".into(), date) }
    }

    #[test]
    fn an_entry_balances_only_with_two_or_more_postings_that_sum_to_zero() {
        for (amounts, balanced) in [(&[5, -5][..], true), (&[5, -2, -3], true), (&[], false), (&[0, 0], false), (&[5, -4], false), (&[i64::MAX, 1], false)] {
            assert_eq!(entry(amounts).balances(), balanced, "{amounts:?}");
        }
    }
}
