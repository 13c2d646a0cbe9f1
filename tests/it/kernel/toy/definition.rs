//! The shape of the toy.

use super::State::{self, Done, Dropped, Open, Review, Waiting};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const WORK: Permission = Permission("toy.work");
pub const REVIEW: Permission = Permission("toy.review");
pub const HANDLE: Permission = engine::job::HANDLE;

pub fn definition() -> Definition {
    Definition {
        name: "toy",
        version: 1,
        states: Definition::states_of(&[Done, Dropped]),
        commands: [starting(), working(), reviewing(), by_the_system()].concat(),
        tasks: vec![
            TaskSpec { name: "work", permission: WORK, commands: &["finish", "hand_over", "drop"] },
            TaskSpec { name: "review", permission: REVIEW, commands: &["accept", "refuse"] },
        ],
        timers: vec![TimerSpec { name: "reminder", command: "remind" }, TimerSpec { name: "pulse", command: "beat" }],
        jobs: vec!["look"],
    }
}

fn starting() -> Vec<CommandSpec> {
    let title = || Field { max_length: Some(40), ..Field::new("title", FieldKind::Text).required() };
    vec![
        CommandSpec::by_person("open", WORK).starts(Open).form(vec![
            title(),
            Field::new("nest", FieldKind::Integer).between(0, 20),
            Field::new("place", FieldKind::Place),
        ]),
        CommandSpec::by_person("open_done", WORK).starts(Done).form(vec![title()]),
    ]
}

fn working() -> Vec<CommandSpec> {
    let text = |name| Field::new(name, FieldKind::Text).required();
    vec![
        CommandSpec::by_person("pay", WORK).edge(Open, Open).form(vec![Field::new("amount_rp", FieldKind::Money).required()]),
        CommandSpec::by_person("finish", WORK).edge(Open, Done).reason(ReasonRule::Optional),
        CommandSpec::by_person("hand_over", WORK).edge(Open, Review),
        CommandSpec::by_person("drop", WORK).edge(Open, Dropped).edge(Review, Dropped).edge(Waiting, Dropped).reason(ReasonRule::Required),
        CommandSpec::by_person("snooze", WORK).edge(Open, Open).form(vec![Field::new("hours", FieldKind::Integer).between(1, 100).required()]),
        CommandSpec::by_person("quiet", WORK).edge(Open, Open),
        CommandSpec::by_person("enlist", WORK).edge(Open, Open).form(vec![text("key")]),
        CommandSpec::by_person("spawn", WORK).edge(Open, Open).form(vec![text("title")]),
        CommandSpec::by_person("wait_for", WORK).edge(Open, Waiting).form(vec![Field::reference("other", "toy").required()]),
        CommandSpec::by_person("arrive", WORK).edge(Open, Open).form(vec![Field::new("by", FieldKind::Instant).required()]).recorded_when_refused(),
        CommandSpec::by_person("wait", WORK).edge(Open, Waiting).form(vec![Field::new("born_done", FieldKind::Boolean)]),
        CommandSpec::by_person("tell", WORK).edge(Open, Open).form(vec![Field::reference("to", "toy").required(), text("text")]),
        CommandSpec::by_person("hear", WORK).edge(Open, Open).edge(Waiting, Open).form(vec![text("text")]),
        CommandSpec::by_person("break", WORK).edge(Open, Open).form(vec![text("rule")]),
    ]
}

fn reviewing() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_person("accept", REVIEW).edge(Review, Done).not_by_actor_of("hand_over"),
        CommandSpec::by_person("refuse", REVIEW).edge(Review, State::Open).reason(ReasonRule::Required),
    ]
}

fn by_the_system() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_system("remind").edge(Open, Open),
        CommandSpec::by_system("beat").edge(Open, Open),
        CommandSpec::by_system("find").edge(Review, Review).edge(Open, Open).form(vec![Field::new("finding", FieldKind::Text).required()]),
    ]
}
