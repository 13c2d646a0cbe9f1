//! The shape of a reminder: one command by a person, and it is over.

use super::State;
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind};

pub const SEND: Permission = Permission("reminder.send");

pub fn definition() -> Definition {
    let form = vec![Field::choice("kind", &["LATE_PAYMENT", "LOW_COMPLETION"]).required(), Field::new("parties", FieldKind::Json).required()];
    Definition {
        name: "reminder",
        version: 1,
        states: Definition::states_of(&[State::Logged]),
        commands: vec![CommandSpec::by_person("log", SEND).starts(State::Logged).form(form)],
        tasks: vec![],
        timers: vec![],
        jobs: vec![],
    }
}
