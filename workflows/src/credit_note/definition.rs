//! The shape of the credit note workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const REQUEST: Permission = Permission("credit.request");
pub const APPROVE: Permission = Permission("credit.approve");

pub fn definition() -> Definition {
    Definition {
        name: "credit_note",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST).starts(Requested).starts(Issued).reason(ReasonRule::Required).form(vec![
                Field::reference("tagihan_id", "tagihan").required(),
                Field::new("lines", FieldKind::Json).required(),
                Field::choice("keep", &["REFUND", "DEPOSIT"]),
            ]),
            CommandSpec::by_person("approve", APPROVE).edge(Requested, Issued).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![],
    }
}
