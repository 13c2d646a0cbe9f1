//! The shape of the adjustment workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const RECORD: Permission = Permission("adjustment.record");
pub const APPROVE: Permission = Permission("adjustment.approve");

/// No adjustment is larger; a slip of the hand is.
const MOST_RP: i64 = 1_000_000_000;
const MONTH_LENGTH: usize = 7;

pub fn definition() -> Definition {
    Definition {
        name: "money_adjustment",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", RECORD).starts(Waiting).starts(Posted).reason(ReasonRule::Required).form(vec![
                Field::choice("side", &["SISWA", "TUTOR"]).required(),
                Field::reference("siswa_id", "siswa"),
                Field::reference("tutor_id", "tutor"),
                Field::reference("sesi_id", "sesi"),
                Field::new("amount_rp", FieldKind::Money).required().between(-MOST_RP, MOST_RP),
                Field::new("month", FieldKind::Text).at_most(MONTH_LENGTH),
            ]),
            CommandSpec::by_person("approve", APPROVE).edge(Waiting, Posted).reason(ReasonRule::Optional).not_by_actor_of("request"),
            CommandSpec::by_person("reject", APPROVE).edge(Waiting, Rejected).reason(ReasonRule::Required).not_by_actor_of("request"),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![],
    }
}
