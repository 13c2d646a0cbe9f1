//! The shape of the backtest workflow: edges, permissions, forms and its job.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule};
use engine::policy::MAX_SCRIPT_BYTES;

pub const START: Permission = Permission("policy.backtest");
/// Decides the next part anew.
pub const JOB: &str = "backtest";

const SUBJECTS: &[&str] = &["POLICY", "PRICE"];
/// `2026-11-21`
const DAY_LENGTH: usize = 10;

pub fn definition() -> Definition {
    Definition {
        name: "backtest",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("start", START).starts(Running).form(vec![
                Field::choice("subject", SUBJECTS).required(),
                Field::new("kind", FieldKind::Text),
                Field::reference("publication_id", "policy_publication"),
                Field::new("script", FieldKind::LongText).at_most(MAX_SCRIPT_BYTES),
                Field::new("params", FieldKind::Json),
                Field::new("cells", FieldKind::Json),
                Field::new("bump", FieldKind::Json),
                Field::new("from_on", FieldKind::Text).required().at_most(DAY_LENGTH),
                Field::new("to_on", FieldKind::Text).required().at_most(DAY_LENGTH),
            ]),
            CommandSpec::by_system("progress").edge(Running, Running).edge(Running, Done).form(vec![
                Field::new("part", FieldKind::Integer).required(),
                Field::new("place", FieldKind::Json),
                Field::new("report", FieldKind::Json).required(),
                Field::new("ended", FieldKind::Boolean).required(),
            ]),
            CommandSpec::by_system("fail").edge(Running, Failed).form(vec![Field::new("message", FieldKind::LongText).required()]),
            CommandSpec::by_person("cancel", START).edge(Running, Cancelled).reason(ReasonRule::Optional),
        ],
        tasks: vec![],
        timers: vec![],
        jobs: vec![JOB],
    }
}
