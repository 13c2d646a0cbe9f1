//! The shape of the workflow of a claim: edges, permissions, forms, tasks, timers.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec, TimerSpec};

pub const FILE: Permission = Permission("fm.file");
pub const REVIEW_L1: Permission = Permission("fm.review_l1");
pub const REVIEW_L2: Permission = Permission("fm.review_l2");

pub const CATEGORIES: &[&str] = &["SAKIT", "DUKA", "DARURAT", "BENCANA", "LAINNYA"];

pub fn definition() -> Definition {
    Definition {
        name: "fm_claim",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: by_the_tutors_side().into_iter().chain(reviews()).chain(by_the_system()).collect(),
        tasks: vec![
            TaskSpec { name: "review_l1", permission: REVIEW_L1, commands: &["approve", "reject"] },
            TaskSpec { name: "review_l2", permission: REVIEW_L2, commands: &["overturn", "uphold"] },
        ],
        timers: vec![TimerSpec { name: "review_sla", command: "flag_review" }, TimerSpec { name: "appeal_closes", command: "close_window" }],
        jobs: vec![],
    }
}

/// Entered by an admin for the tutor.
fn by_the_tutors_side() -> Vec<CommandSpec> {
    let evidence = || Field::new("evidence", FieldKind::Json);
    vec![
        CommandSpec::by_person("file", FILE)
            .starts(PendingL1)
            .form(vec![
                Field::reference("sesi_id", "sesi").required(),
                Field::reference("tutor_id", "tutor").required(),
                Field::choice("category", CATEGORIES).required(),
                Field::new("story", FieldKind::LongText).required(),
                evidence(),
            ])
            .recorded_when_refused_under("sesi", "sesi_id"),
        CommandSpec::by_person("add_evidence", FILE)
            .edge(PendingL1, PendingL1)
            .edge(Rejected, Rejected)
            .edge(PendingL2, PendingL2)
            .form(vec![evidence().required()]),
        CommandSpec::by_person("note", FILE)
            .edge(PendingL1, PendingL1)
            .edge(Rejected, Rejected)
            .edge(PendingL2, PendingL2)
            .form(vec![Field::new("comp_notes", FieldKind::LongText).required()]),
        CommandSpec::by_person("withdraw", FILE).edge(PendingL1, Withdrawn).reason(ReasonRule::Required),
        CommandSpec::by_person("appeal", FILE).edge(Rejected, PendingL2).reason(ReasonRule::Required).recorded_when_refused(),
    ]
}

fn reviews() -> Vec<CommandSpec> {
    let second = |name, to| CommandSpec::by_person(name, REVIEW_L2).edge(PendingL2, to).reason(ReasonRule::Required).not_by_actor_of("reject");
    vec![
        CommandSpec::by_person("approve", REVIEW_L1).edge(PendingL1, Approved).reason(ReasonRule::Required),
        // Final at once where there is one level only.
        CommandSpec::by_person("reject", REVIEW_L1).edge(PendingL1, Rejected).edge(PendingL1, Final).reason(ReasonRule::Required),
        second("overturn", Overturned),
        second("uphold", Upheld),
    ]
}

fn by_the_system() -> Vec<CommandSpec> {
    vec![
        CommandSpec::by_system("close_window").edge(Rejected, Final),
        CommandSpec::by_system("flag_review").edge(PendingL1, PendingL1).edge(PendingL2, PendingL2),
    ]
}
