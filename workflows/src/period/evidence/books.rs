//! The books as a whole. They take a while to check, so a worker does and reports.

use super::{Check, Evidence, Item};
use chrono::{DateTime, Utc};
use engine::plan::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the check of the books found, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    pub at: DateTime<Utc>,
    pub entries: i64,
    /// Documents of the month that were made again from their sources.
    pub documents: i64,
    /// The first of them.
    pub faults: Vec<Fault>,
    pub fault_count: i64,
}

/// What is wrong, and with what; for operators, in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub subject: String,
    pub fault: String,
}

pub(super) fn look(books: Option<&Books>) -> Evidence {
    let evidence = Evidence::new(Check::Books);
    let Some(books) = books else { return evidence.blocked(vec![Item::new("books", Uuid::nil(), "", "NOT_CHECKED")]) };
    let faults = books.faults.iter().map(|fault| Item::new("fault", Uuid::nil(), fault.subject.clone(), fault.fault.clone())).collect();
    let evidence = evidence.figure(Amount::count("entries", books.entries)).figure(Amount::count("documents", books.documents)).blocked(faults);
    Evidence { blocking_count: books.fault_count, ..evidence }
}
