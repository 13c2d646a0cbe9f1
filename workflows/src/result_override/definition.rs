//! The shape of the override workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const REQUEST: Permission = Permission("override.request");
pub const APPROVE: Permission = Permission("override.approve");

const RESULTS: &[&str] = &["TAGIHAN", "HONORARIUM", "TRANSPORT", "DENDA"];
/// No sesi is worth more; a slip of the hand is.
const MOST_RP: i64 = 1_000_000_000;

pub fn definition() -> Definition {
    Definition {
        name: "override",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST).starts(Requested).starts(Applied).reason(ReasonRule::Required).form(vec![
                Field::reference("sesi_id", "sesi").required(),
                Field::choice("result", RESULTS).required(),
                Field::new("final_rp", FieldKind::Money).required().between(0, MOST_RP),
            ]),
            CommandSpec::by_person("approve", APPROVE).edge(Requested, Applied).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
            CommandSpec::by_person("withdraw", REQUEST).edge(Requested, Withdrawn).reason(ReasonRule::Optional),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![],
    }
}
