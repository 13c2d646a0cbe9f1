//! The shape of the workflow: one command, which ends it.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, ReasonRule};

pub const REVERSE: Permission = Permission("settlement.reverse");

pub fn definition() -> Definition {
    Definition {
        name: "settlement_reversal",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REVERSE)
                .starts(Done)
                .reason(ReasonRule::Required)
                .form(vec![Field::choice("side", &["SISWA", "TUTOR"]).required(), Field::reference("settlement_id", "settlement").required()]),
        ],
        tasks: vec![],
        timers: vec![],
        jobs: vec![],
    }
}
