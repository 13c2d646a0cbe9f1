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
    /// What it would do to other instances, each command followed by those that it sends in turn.
    pub nested: Vec<NestedPreview>,
}

/// What a command sent along would do to its instance.
#[derive(Clone, Debug, Serialize)]
pub struct NestedPreview {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
    pub label: String,
    pub command: String,
    /// 1 for what the command itself sends.
    pub depth: u32,
    /// `None` when the instance would be started.
    pub from: Option<String>,
    pub to: String,
    pub amounts: Vec<Amount>,
    pub decisions: Vec<PolicyDecision>,
    pub entries: Vec<EntryView>,
    pub tasks_opened: Vec<String>,
    pub tasks_closed: Vec<String>,
    pub timers_armed: Vec<Armed>,
    pub timers_disarmed: Vec<String>,
    pub jobs: Vec<String>,
    pub warnings: Vec<Notice>,
}

impl NestedPreview {
    /// The command and those it sends in turn, one level deeper than they were.
    pub(crate) fn list((id, workflow, code, label): (Uuid, &str, &str, String), command: &str, shown: Preview) -> Vec<Self> {
        let Preview { from, to, amounts, decisions, entries, tasks_opened, tasks_closed, timers_armed, timers_disarmed, jobs, warnings, nested, .. } = shown;
        let (workflow, code, command) = (workflow.to_owned(), code.to_owned(), command.to_owned());
        let first = Self {
            id,
            workflow,
            code,
            label,
            command,
            depth: 1,
            from,
            to,
            amounts,
            decisions,
            entries,
            tasks_opened,
            tasks_closed,
            timers_armed,
            timers_disarmed,
            jobs,
            warnings,
        };
        let deeper = nested.into_iter().map(|one| Self { depth: one.depth + 1, ..one });
        std::iter::once(first).chain(deeper).collect()
    }
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
