//! The shape of the suspension workflow: edges, permissions, forms, its tasks and timer.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const SUSPEND: Permission = Permission("hr.suspend");

/// A year and a day: whoever is to stay away longer is suspended without an end, or leaves.
const MOST_DAYS: i64 = 366;
const LIFTS: &[&str] = &["STRIKE_REVOKED", "REACTIVATED"];

pub fn definition() -> Definition {
    let days = || Field::new("days", FieldKind::Integer).between(1, MOST_DAYS);
    Definition {
        name: "suspension",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("impose", SUSPEND).starts(Active).reason(ReasonRule::Required).form(vec![
                Field::reference("tutor_id", "tutor").required(),
                days(),
                Field::reference("strike_id", "strike"),
            ]),
            CommandSpec::by_person("extend", SUSPEND).edge(Active, Active).reason(ReasonRule::Required).form(vec![days()]),
            CommandSpec::by_person("keep", SUSPEND).edge(Active, Active).reason(ReasonRule::Required),
            CommandSpec::by_person("confirm_cleared", SUSPEND).edge(Active, Active).reason(ReasonRule::Optional),
            CommandSpec::by_system("lift").edge(Active, Lifted).reason(ReasonRule::Optional).form(vec![Field::choice("cause", LIFTS).required()]),
            CommandSpec::by_system("close").edge(Active, Closed).reason(ReasonRule::Optional),
            CommandSpec::by_system("end").edge(Active, Ended),
        ],
        tasks: vec![
            TaskSpec { name: "affected", permission: SUSPEND, commands: &["confirm_cleared"] },
            TaskSpec { name: "review", permission: SUSPEND, commands: &["keep"] },
        ],
        timers: vec![TimerSpec { name: "ends", command: "end" }],
        jobs: vec![],
    }
}
