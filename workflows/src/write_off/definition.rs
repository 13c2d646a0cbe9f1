//! The shape of the write-off workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const REQUEST: Permission = Permission("writeoff.request");
pub const APPROVE: Permission = Permission("writeoff.approve");

pub fn definition() -> Definition {
    Definition {
        name: "write_off",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST).starts(Requested).reason(ReasonRule::Required).form(vec![
                Field::reference("tagihan_id", "tagihan").required(),
                Field::new("tax_compliant", FieldKind::Boolean).required(),
                Field::new("tax_note", FieldKind::LongText).required(),
            ]),
            CommandSpec::by_person("approve", APPROVE).edge(Requested, WrittenOff).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![],
    }
}
