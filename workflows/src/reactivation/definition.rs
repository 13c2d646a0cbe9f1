//! The shape of the reactivation workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, ReasonRule, TaskSpec};

pub const REQUEST: Permission = Permission("hr.reactivate.request");
pub const APPROVE: Permission = Permission("hr.reactivate.approve");

pub fn definition() -> Definition {
    Definition {
        name: "reactivation",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST)
                .starts(Requested)
                .reason(ReasonRule::Required)
                .form(vec![Field::reference("tutor_id", "tutor").required()]),
            CommandSpec::by_person("approve", APPROVE).edge(Requested, Approved).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
            CommandSpec::by_person("withdraw", REQUEST).edge(Requested, Withdrawn).reason(ReasonRule::Optional),
            CommandSpec::by_system("moot").edge(Requested, Moot),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![],
    }
}
