//! The shape of the erasure workflow: edges, permissions, forms, its task and job.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const REQUEST: Permission = Permission("person.erase.request");
pub const APPROVE: Permission = Permission("person.erase.approve");
/// Takes the person's documents out of the store.
pub const JOB: &str = "erase_documents";

const KINDS: &[&str] = &["USER", "TUTOR", "SISWA"];
const GROUNDS: &[&str] = &["REQUEST_OF_PERSON", "RETENTION_ENDED", "LEGAL_ORDER"];

pub fn definition() -> Definition {
    Definition {
        name: "erasure",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", REQUEST).starts(Requested).reason(ReasonRule::Required).form(vec![
                Field::choice("person_kind", KINDS).required(),
                Field::reference("person_id", "person").required(),
                Field::choice("ground", GROUNDS).required(),
            ]),
            CommandSpec::by_person("approve", APPROVE)
                .edge(Requested, Erasing)
                .reason(ReasonRule::Optional)
                .not_by_actor_of("request")
                .form(vec![Field::new("confirmed", FieldKind::Boolean).required()]),
            CommandSpec::by_person("reject", APPROVE).edge(Requested, Rejected).reason(ReasonRule::Required),
            CommandSpec::by_person("cancel", REQUEST).edge(Requested, Cancelled).reason(ReasonRule::Optional),
            CommandSpec::by_system("documents_removed").edge(Erasing, Erased).form(vec![Field::new("removed", FieldKind::Integer).required()]),
        ],
        tasks: vec![TaskSpec { name: "approve", permission: APPROVE, commands: &["approve", "reject"] }],
        timers: vec![],
        jobs: vec![JOB],
    }
}
