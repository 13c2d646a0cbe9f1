//! The shape of the denda workflow: edges, forms, its timer. Nobody types these commands.

use super::state::State::{self, *};
use chrono::TimeDelta;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, TimerSpec};

/// How long after the last second a request that came in time may still be on its way.
pub const GRACE: TimeDelta = TimeDelta::seconds(60);

pub(super) const TIMER: &str = "contest_closes";

pub fn definition() -> Definition {
    Definition {
        name: "denda",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_system("impose").starts(Applied).form(imposed()),
            CommandSpec::by_system("impose_by_override").starts(Applied).form(imposed()),
            CommandSpec::by_system("adopt").starts(Applied).starts(Reversed),
            CommandSpec::by_system("hold").edge(Applied, Held).form(vec![claim().required()]),
            CommandSpec::by_system("release").edge(Held, Applied).edge(Held, Final).form(vec![Field::new("contest_until", FieldKind::Instant)]),
            CommandSpec::by_system("contest").edge(Applied, Applied).form(vec![claim().required()]),
            CommandSpec::by_system("finalise").edge(Applied, Final),
            CommandSpec::by_system("close").edge(Applied, Final),
            CommandSpec::by_system("amend").edge(Applied, Applied).form(vec![Field::new("amount_rp", FieldKind::Money).required()]),
            CommandSpec::by_system("reverse").edge(Held, Reversed).edge(Applied, Reversed).form(vec![claim()]),
        ],
        tasks: vec![],
        timers: vec![TimerSpec { name: TIMER, command: "close" }],
        jobs: vec![],
    }
}

fn claim() -> Field {
    Field::reference("fm_claim_id", "fm_claim")
}

fn imposed() -> Vec<Field> {
    vec![
        Field::reference("sesi_id", "sesi").required(),
        Field::reference("tutor_id", "tutor").required(),
        Field::new("number", FieldKind::Integer).required(),
        Field::new("amount_rp", FieldKind::Money).required(),
        Field::new("contest_until", FieldKind::Instant).required(),
    ]
}
