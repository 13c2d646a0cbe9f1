//! What a command would do to other instances along the way.

use super::entry::Entry;
use super::outcome::{Amount, Armed, Decision, Warning};
use engine::view as kernel;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a command sent along would do to its instance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NestedPreview {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
    pub label: String,
    pub command: String,
    /// 1 for what the command itself sends, 2 for what that sends, and so on.
    pub depth: u32,
    /// Null when the instance would be started.
    #[schema(required)]
    pub from: Option<String>,
    pub to: String,
    pub amounts: Vec<Amount>,
    pub decisions: Vec<Decision>,
    pub entries: Vec<Entry>,
    pub tasks_opened: Vec<String>,
    pub tasks_closed: Vec<String>,
    pub timers_armed: Vec<Armed>,
    pub timers_disarmed: Vec<String>,
    pub jobs: Vec<String>,
    pub warnings: Vec<Warning>,
}

impl NestedPreview {
    /// `accounts` are the names of ledger accounts by code.
    pub fn new(nested: kernel::NestedPreview, accounts: &HashMap<String, String>) -> Self {
        Self {
            id: nested.id,
            workflow: nested.workflow,
            code: nested.code,
            label: nested.label,
            command: nested.command,
            depth: nested.depth,
            from: nested.from,
            to: nested.to,
            amounts: nested.amounts.into_iter().map(Into::into).collect(),
            decisions: nested.decisions.into_iter().map(Into::into).collect(),
            entries: nested.entries.into_iter().map(|entry| Entry::new(entry, accounts)).collect(),
            tasks_opened: nested.tasks_opened,
            tasks_closed: nested.tasks_closed,
            timers_armed: nested.timers_armed.into_iter().map(Into::into).collect(),
            timers_disarmed: nested.timers_disarmed,
            jobs: nested.jobs,
            warnings: nested.warnings.into_iter().map(Into::into).collect(),
        }
    }
}
