//! The shape of a re-opening: edges, permissions, forms, tasks and its timer.

use super::state::State::{self, *};
use crate::period_close::CLOSE;
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const REQUEST: Permission = Permission("period.reopen.request");
pub const APPROVE: Permission = Permission("period.reopen.approve");

/// `2026-11`
const MONTH_LENGTH: usize = 7;

pub fn definition() -> Definition {
    Definition {
        name: "period_reopening",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST)
                .starts(Requested)
                .reason(ReasonRule::Required)
                .form(vec![Field::new("month", FieldKind::Text).required().at_most(MONTH_LENGTH), Field::new("until", FieldKind::Instant).required()]),
            CommandSpec::by_person("approve", APPROVE).edge(Requested, Reopened).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
            CommandSpec::by_person("withdraw", REQUEST).edge(Requested, Withdrawn).reason(ReasonRule::Optional),
            CommandSpec::by_system("expire").edge(Reopened, Expired).edge(Reopened, Overdue),
            CommandSpec::by_person("close_anew", CLOSE).edge(Overdue, Overdue),
            CommandSpec::by_system("closed").edge(Reopened, ClosedAgain).edge(Overdue, ClosedAgain),
            CommandSpec::by_system("supersede").edge(Overdue, Superseded),
        ],
        tasks: vec![
            TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] },
            TaskSpec { name: "close_anew", permission: CLOSE, commands: &["close_anew"] },
        ],
        timers: vec![TimerSpec { name: "expire", command: "expire" }],
        jobs: vec![],
    }
}
