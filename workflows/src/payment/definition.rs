//! The shape of the payment workflow: five ways to begin, all of which end at once.

use super::state::State::{self, Recorded};
use engine::actor::Permission;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, ReasonRule};

pub const RECORD: Permission = Permission("payment.record");
pub const PAY_HONORARIUM: Permission = Permission("honorarium.pay");

const METHODS: &[&str] = &["TRANSFER", "CASH", "OTHER"];
/// `YYYY-MM-DD`, `YYYY-MM`.
const DAY: usize = 10;
const MONTH: usize = 7;
/// No payment is larger; a slip of the hand is.
const MOST_RP: i64 = 10_000_000_000;
/// All of it, in hundredths of a percent.
const ALL_BPS: i64 = 10_000;

pub fn definition() -> Definition {
    let one = |name, permission| CommandSpec::by_person(name, permission).starts(Recorded);
    let amount = || Field::new("amount_rp", FieldKind::Money).required().between(1, MOST_RP);
    let allocations = || Field::new("allocations", FieldKind::Json);
    let record = [vec![Field::reference("siswa_id", "siswa").required(), amount()], moved(), vec![allocations(), line()]].concat();
    let pay = [
        vec![Field::reference("honorarium_id", "honorarium").required()],
        moved(),
        vec![Field::new("pph_withheld_rp", FieldKind::Money).between(0, MOST_RP), Field::new("pph_bps", FieldKind::Integer).between(0, ALL_BPS), line()],
    ];
    let remit = [vec![Field::new("month", FieldKind::Text).required().at_most(MONTH), amount()], moved(), vec![line()]];
    Definition {
        name: "payment",
        version: 1,
        states: Definition::states_of(&State::TERMINAL),
        commands: vec![
            one("record", RECORD).form(record),
            one("apply_deposit", RECORD).form(vec![Field::reference("siswa_id", "siswa").required(), allocations()]),
            one("pay_honorarium", PAY_HONORARIUM).form(pay.concat()),
            one("remit_pph", PAY_HONORARIUM).form(remit.concat()),
            one("reverse", RECORD).reason(ReasonRule::Required).form(vec![Field::reference("payment_id", "payment").required()]),
        ],
        tasks: vec![],
        timers: vec![],
        jobs: vec![],
    }
}

fn moved() -> Vec<Field> {
    vec![
        Field::new("paid_on", FieldKind::Text).required().at_most(DAY),
        Field::choice("method", METHODS).required(),
        Field::new("reference", FieldKind::Text),
        Field::new("proof_document_id", FieldKind::Document),
    ]
}

fn line() -> Field {
    Field::reference("bank_line_id", "bank_line")
}
