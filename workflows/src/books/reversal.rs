//! An entry that undoes another: nothing posted is ever changed (SPEC MON-2).

use super::kind::Kind;
use engine::ledger::{JournalEntry, Posting};
use uuid::Uuid;

/// The same amounts the other way, under a kind of its own and with a reference to what it undoes.
pub(crate) fn undone(entry: JournalEntry, kind: &Kind, reverses_id: Option<Uuid>) -> JournalEntry {
    let postings = entry.postings.into_iter().map(|posting| Posting { amount: -posting.amount, ..posting });
    JournalEntry { kind: kind.name, reverses_id, postings: postings.collect(), ..entry }
}
