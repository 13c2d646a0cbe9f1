//! The shape of the workflow: edges, permissions, forms, tasks, its timer.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const DRAFT: Permission = Permission("policy.draft");
pub const PUBLISH: Permission = Permission("policy.publish");

/// Not more characters than the interpreter takes bytes.
const MOST_SCRIPT: usize = engine::policy::MAX_SCRIPT_BYTES;

pub fn definition() -> Definition {
    let mut commands = of_authors();
    commands.extend(of_approvers());
    commands.push(CommandSpec::by_system("activate").edge(Scheduled, Published));
    Definition {
        name: "policy_publication",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands,
        tasks: vec![
            TaskSpec { name: "draft", permission: DRAFT, commands: &["submit", "withdraw"] },
            TaskSpec { name: "approve", permission: PUBLISH, commands: &["approve", "send_back", "reject"] },
        ],
        timers: vec![TimerSpec { name: "activate", command: "activate" }],
        jobs: vec![],
    }
}

fn of_authors() -> Vec<CommandSpec> {
    let version = || Field::new("base_number", FieldKind::Integer).between(1, i64::MAX);
    vec![
        CommandSpec::by_person("start", DRAFT)
            .starts(Draft)
            .form(vec![Field::new("kind", FieldKind::Text).required(), Field::new("from_number", FieldKind::Integer).between(1, i64::MAX)]),
        CommandSpec::by_person("save", DRAFT).edge(Draft, Draft).reason(ReasonRule::Optional).form(vec![
            Field::new("script", FieldKind::LongText).at_most(MOST_SCRIPT).required(),
            Field::new("params", FieldKind::Json).required(),
            Field::new("tests", FieldKind::Json).required(),
            Field::new("effective_from", FieldKind::Instant),
            version(),
        ]),
        CommandSpec::by_person("submit", DRAFT).edge(Draft, InReview),
        CommandSpec::by_person("withdraw", DRAFT).edge(Draft, Withdrawn).edge(InReview, Withdrawn).reason(ReasonRule::Optional),
    ]
}

/// Four-eyes: beside who began it, [`decide`](super::decide) turns away everybody who edited or submitted it.
fn of_approvers() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("approve", PUBLISH).edge(InReview, Scheduled).edge(InReview, Published).reason(ReasonRule::Optional).not_by_actor_of("start"),
        CommandSpec::by_person("send_back", PUBLISH).edge(InReview, Draft).reason(ReasonRule::Required),
        CommandSpec::by_person("reject", PUBLISH).edge(InReview, Rejected).reason(ReasonRule::Required),
        CommandSpec::by_person("call_off", PUBLISH).edge(Scheduled, Withdrawn).reason(ReasonRule::Required),
    ]
}
