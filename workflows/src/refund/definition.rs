//! The shape of the refund workflow: edges, permissions, forms, its task.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const HANDLE: Permission = Permission("refund.handle");

const MOST_RP: i64 = 1_000_000_000;
const DAY_LENGTH: usize = 10;

pub fn definition() -> Definition {
    Definition {
        name: "refund",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("request", HANDLE)
                .starts(Due)
                .reason(ReasonRule::Required)
                .form(vec![Field::reference("siswa_id", "siswa").required(), Field::new("amount_rp", FieldKind::Money).required().between(1, MOST_RP)]),
            CommandSpec::by_system("open").starts(Due).reason(ReasonRule::Optional).form(vec![
                Field::reference("siswa_id", "siswa").required(),
                Field::reference("credit_note_id", "credit_note").required(),
                Field::new("amount_rp", FieldKind::Money).required(),
            ]),
            CommandSpec::by_person("send", HANDLE).edge(Due, Sent).form(vec![
                Field::new("paid_on", FieldKind::Text).required().at_most(DAY_LENGTH),
                Field::choice("method", &["TRANSFER", "CASH", "OTHER"]).required(),
                Field::new("reference", FieldKind::Text),
                Field::new("proof_document_id", FieldKind::Document),
            ]),
            CommandSpec::by_person("keep", HANDLE).edge(Due, Kept).reason(ReasonRule::Required),
            CommandSpec::by_person("note", HANDLE).edge(Due, Due).form(vec![Field::new("text", FieldKind::LongText).required()]),
        ],
        tasks: vec![TaskSpec { name: "refund", permission: HANDLE, commands: &["send", "keep", "note"] }],
        timers: vec![],
        jobs: vec![],
    }
}
