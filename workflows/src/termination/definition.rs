//! The shape of the termination workflow: edges, permissions, forms, the tasks of its checklist.

use super::state::State::{self, *};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule, TaskSpec};

pub const TERMINATE: Permission = Permission("hr.terminate");
pub const PAY_OUT: Permission = Permission("hr.payout");
/// Calculates the first settlement.
pub const JOB: &str = "final_settlement";

const METHODS: &[&str] = &["TRANSFER", "CASH", "OTHER"];
/// `YYYY-MM-DD`.
const DAY: usize = 10;
/// No adjustment is worth more; a slip of the hand is.
const MOST_RP: i64 = 1_000_000_000;

pub fn definition() -> Definition {
    Definition {
        name: "termination",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: commands(),
        tasks: tasks(),
        timers: vec![],
        jobs: vec![JOB],
    }
}

fn commands() -> Vec<CommandSpec> {
    let stays = |spec: CommandSpec| spec.edge(Decided, Decided);
    vec![
        CommandSpec::by_person("decide", TERMINATE)
            .starts(Decided)
            .reason(ReasonRule::Required)
            .form(vec![Field::reference("tutor_id", "tutor").required(), Field::reference("strike_id", "strike")]),
        stays(CommandSpec::by_person("confirm_cleared", TERMINATE)),
        stays(CommandSpec::by_system("settle")),
        stays(CommandSpec::by_person("record_payout", PAY_OUT)).form(transfer()),
        stays(CommandSpec::by_person("adjust", PAY_OUT))
            .reason(ReasonRule::Required)
            .form(vec![Field::new("amount_rp", FieldKind::Money).required().between(-MOST_RP, MOST_RP)]),
        stays(CommandSpec::by_person("recalculate", PAY_OUT)),
        stays(CommandSpec::by_person("record_receipt", PAY_OUT)).form(transfer()),
        stays(CommandSpec::by_person("write_off", PAY_OUT)).reason(ReasonRule::Required),
        stays(CommandSpec::by_person("confirm_documents", TERMINATE)).form(vec![Field::new("note", FieldKind::LongText)]),
        stays(CommandSpec::by_person("note_ground", TERMINATE)).reason(ReasonRule::Required),
        CommandSpec::by_person("archive", TERMINATE).edge(Decided, Archived).reason(ReasonRule::Optional),
        stays(CommandSpec::by_system("revise_settlement")),
        stays(CommandSpec::by_system("ground_fell")).reason(ReasonRule::Optional),
    ]
}

fn transfer() -> Vec<Field> {
    vec![
        Field::new("moved_on", FieldKind::Text).required().at_most(DAY),
        Field::choice("method", METHODS).required(),
        Field::new("reference", FieldKind::Text),
        Field::new("proof_document_id", FieldKind::Document),
    ]
}

fn tasks() -> Vec<TaskSpec> {
    let task = |name, permission, commands| TaskSpec { name, permission, commands };
    vec![
        task("clear_sesi", TERMINATE, &["confirm_cleared"]),
        task("pay_out", PAY_OUT, &["record_payout", "adjust", "recalculate"]),
        task("collect", PAY_OUT, &["record_receipt", "write_off", "adjust", "recalculate"]),
        task("return_documents", TERMINATE, &["confirm_documents"]),
        task("review_ground", TERMINATE, &["note_ground"]),
        task("archive", TERMINATE, &["archive"]),
    ]
}
