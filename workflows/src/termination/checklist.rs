//! Which steps of the checklist are open: read from the record alone, so that tasks always follow it.

use super::record::{Model, SettlementStatus};
use chrono::{DateTime, Utc};
use engine::plan::Effect;

/// The tasks in the order of the checklist.
pub const TASKS: [&str; 6] = ["clear_sesi", "pay_out", "collect", "return_documents", "review_ground", "archive"];

/// What is still to be done before the tutor is archived, as far as the record tells.
pub fn open_tasks(record: &Model) -> Vec<&'static str> {
    let steps = [
        ("clear_sesi", record.sesi_cleared_at.is_none()),
        ("pay_out", record.settlement_status == Some(SettlementStatus::Due)),
        ("collect", record.settlement_status == Some(SettlementStatus::Owed)),
        ("return_documents", record.documents_returned_at.is_none()),
        ("review_ground", ground_open(record)),
    ];
    let open: Vec<&'static str> = steps.into_iter().filter(|(_, open)| *open).map(|(name, _)| name).collect();
    let settled = record.settlement_revision > 0;
    if open.is_empty() && settled { vec!["archive"] } else { open }
}

/// Whether the strike it rests on has fallen and nobody has looked at it since.
pub fn ground_open(record: &Model) -> bool {
    record.ground_fell_at.is_some_and(|fell| record.ground_noted_at.is_none_or(|noted| noted < fell))
}

/// The tasks to open and close on the way from one record to the next.
pub(super) fn effects(before: Option<&Model>, after: &Model, due_at: DateTime<Utc>) -> Vec<Effect> {
    let (was, is) = (before.map(open_tasks).unwrap_or_default(), open_tasks(after));
    let change = |name: &'static str| match (was.contains(&name), is.contains(&name)) {
        (false, true) => Some(Effect::OpenTask { name, due_at: Some(due_at) }),
        (true, false) => Some(Effect::CloseTask(name)),
        (true, true) | (false, false) => None,
    };
    TASKS.into_iter().filter_map(change).collect()
}
