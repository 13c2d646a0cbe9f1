//! The shape of the period close: edges, permissions, forms, tasks and jobs.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const CLOSE: Permission = Permission("period.close");
pub const SIGN: Permission = Permission("period.sign");
/// Checks the books, and every document of the month against its sources.
pub const BOOKS_JOB: &str = "period_books";
/// Hashes the next documents.
pub const SEAL_JOB: &str = "period_seal";

/// Those of [`crate::period::evidence::Check::SIGNED`].
const SIGNED: &[&str] = &["tagihan", "honorarium", "payments", "force_majeure", "corrections"];
/// `2026-11`
const MONTH_LENGTH: usize = 7;
const SHA256_LENGTH: usize = 64;

pub fn definition() -> Definition {
    let check = || Field::choice("check", SIGNED).required();
    Definition {
        name: "period_close",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            CommandSpec::by_person("begin", CLOSE).starts(Open).form(vec![Field::new("month", FieldKind::Text).required().at_most(MONTH_LENGTH)]),
            CommandSpec::by_person("check", SIGN).edge(Open, Open),
            CommandSpec::by_system("books_checked").edge(Open, Open).form(vec![
                Field::new("entries", FieldKind::Integer).required(),
                Field::new("documents", FieldKind::Integer).required(),
                Field::new("faults", FieldKind::Json).required(),
                Field::new("fault_count", FieldKind::Integer).required(),
            ]),
            CommandSpec::by_person("sign", SIGN).edge(Open, Open).form(vec![
                check(),
                Field::new("note", FieldKind::LongText),
                Field::new("evidence", FieldKind::Text).at_most(SHA256_LENGTH),
            ]),
            CommandSpec::by_person("unsign", SIGN).edge(Open, Open).reason(ReasonRule::Optional).form(vec![check()]),
            CommandSpec::by_person("close", CLOSE).edge(Open, Sealing).form(vec![Field::new("note", FieldKind::LongText)]),
            CommandSpec::by_system("progress").edge(Sealing, Sealing).form(vec![
                Field::new("part", FieldKind::Integer).required(),
                Field::new("hashes", FieldKind::Json).required(),
                Field::new("place", FieldKind::Json).required(),
            ]),
            CommandSpec::by_system("seal").edge(Sealing, Closed).edge(Sealing, Open),
            CommandSpec::by_system("stop").edge(Sealing, Open).form(vec![Field::new("faults", FieldKind::Json).required()]),
            CommandSpec::by_person("abandon", CLOSE).edge(Open, Abandoned).edge(Sealing, Abandoned).reason(ReasonRule::Optional),
        ],
        tasks: vec![
            TaskSpec { name: "sign", permission: SIGN, commands: &["sign"] },
            TaskSpec { name: "close", permission: CLOSE, commands: &["close", "abandon"] },
        ],
        timers: vec![],
        jobs: vec![BOOKS_JOB, SEAL_JOB],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::evidence::Check;
    use engine::tag::Tag;

    #[test]
    fn what_may_be_signed_is_what_needs_a_signature() {
        assert_eq!(SIGNED, Check::SIGNED.map(Check::as_str));
    }
}
