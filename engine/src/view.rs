//! What a caller is told: the outcome of a command, or a preview of it.

use crate::plan::{Amount, Notice};
use crate::policy::PolicyDecision;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instance started or commanded along the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
    pub state: String,
    pub revision: i64,
    pub amounts: Vec<Amount>,
    /// Digest of next state and amounts, to compare with the preview's.
    pub outcome: String,
    pub started: Vec<Started>,
    /// Whether this is the answer of an earlier request with the same idempotency key.
    pub repeated: bool,
}

/// A timer that would be armed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Armed {
    pub name: String,
    pub due_at: DateTime<Utc>,
}

/// One line of a journal entry, as bookkeepers write it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryLine {
    pub account: String,
    pub party_id: Option<Uuid>,
    pub debit_rp: i64,
    pub credit_rp: i64,
}

/// A journal entry, posted or about to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryView {
    pub id: Option<Uuid>,
    pub kind: String,
    pub occurred_on: NaiveDate,
    pub posted_on: NaiveDate,
    pub lines: Vec<EntryLine>,
}

/// What a command would do; nothing was written.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Preview {
    pub from: Option<String>,
    pub to: String,
    pub amounts: Vec<Amount>,
    pub outcome: String,
    pub decisions: Vec<PolicyDecision>,
    pub entries: Vec<EntryView>,
    pub tasks_opened: Vec<String>,
    pub tasks_closed: Vec<String>,
    pub timers_armed: Vec<Armed>,
    pub timers_disarmed: Vec<String>,
    pub jobs: Vec<String>,
    pub starts: Vec<String>,
    pub warnings: Vec<Notice>,
    pub on_behalf_of: Option<String>,
}

impl From<&crate::ledger::JournalEntry> for EntryView {
    fn from(entry: &crate::ledger::JournalEntry) -> Self {
        let lines = entry
            .postings
            .iter()
            .map(|posting| EntryLine {
                account: posting.account.into(),
                party_id: posting.party_id,
                debit_rp: posting.amount.0.max(0),
                credit_rp: posting.amount.0.min(0).saturating_neg(),
            })
            .collect();
        Self { id: None, kind: entry.kind.into(), occurred_on: entry.occurred_on, posted_on: entry.posted_on, lines }
    }
}
