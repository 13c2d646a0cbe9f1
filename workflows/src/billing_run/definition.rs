//! The shape of the billing workflow: edges, permissions, forms, its task, its timer and its jobs.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const RUN: Permission = Permission("billing.run");
/// Looks ahead before anything is billed.
pub const PREFLIGHT_JOB: &str = "billing_preflight";
/// Bills the next range of siswa or tutors.
pub const PART_JOB: &str = "billing_part";
/// Issues what was billed.
pub const FINISH_JOB: &str = "billing_finish";

/// `2026-11`
const MONTH: usize = 7;
/// `2026-11-21`
const DAY: usize = 10;

pub fn definition() -> Definition {
    Definition {
        name: "billing_run",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: commands(),
        tasks: vec![TaskSpec { name: "look_over", permission: RUN, commands: &["proceed", "cancel"] }],
        timers: vec![TimerSpec { name: "wake", command: "wake" }],
        jobs: vec![PREFLIGHT_JOB, PART_JOB, FINISH_JOB],
    }
}

fn commands() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_system("schedule").starts(Scheduled).form(vec![Field::new("period_month", FieldKind::Text).required().at_most(MONTH)]),
        CommandSpec::by_system("wake").edge(Scheduled, Scheduled).edge(Scheduled, Preflight).edge(Scheduled, Cancelled),
        CommandSpec::by_person("begin", RUN)
            .starts(Preflight)
            .edge(Scheduled, Preflight)
            .form(vec![Field::new("period_month", FieldKind::Text).at_most(MONTH), Field::new("due_on", FieldKind::Text).at_most(DAY)]),
        CommandSpec::by_system("preflighted")
            .edge(Preflight, Halted)
            .edge(Preflight, Running)
            .form(vec![Field::new("report", FieldKind::Json).required(), Field::new("ranges", FieldKind::Json).required()]),
        CommandSpec::by_person("proceed", RUN).edge(Halted, Running).reason(ReasonRule::Required),
        CommandSpec::by_system("progress").edge(Running, Running).form(vec![Field::new("part", FieldKind::Integer).required()]),
        CommandSpec::by_system("finish").edge(Running, Done),
        CommandSpec::by_system("fail").edge(Preflight, Failed).edge(Running, Failed).form(vec![Field::new("message", FieldKind::LongText).required()]),
        CommandSpec::by_person("cancel", RUN).edge(Preflight, Cancelled).edge(Halted, Cancelled).edge(Running, Cancelled).reason(ReasonRule::Required),
    ]
}
