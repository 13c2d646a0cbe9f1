//! Money that has moved (SPEC FIN-3, FIN-4): from a siswa, to a tutor, to the state; and one entered wrongly taken back.
//!
//! ```text
//! ○ → RECORDED    record · apply_deposit · pay_honorarium · remit_pph · reverse
//! ```
//! A payment is a fact: it is recorded once and never changed, and a wrong one is reversed by another. What it pays (a Tagihan, an
//! Honorarium, their settlements) follows in the same transaction.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`]; [`bill`] and [`standing`] are what they hold), decide ([`decide`]: the siswa's
//! side; [`payout`]: the tutor's and the state's; [`reversal`]), record ([`record`], [`store`]).

pub mod bill;
pub mod command;
mod decide;
mod definition;
pub mod facts;
mod payout;
pub mod record;
pub mod rejection;
mod reversal;
pub mod standing;
pub mod state;
mod store;

pub use definition::{PAY_HONORARIUM, RECORD};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Payment;

impl Workflow for Payment {
    const NAME: &'static str = "payment";
    const VERSION: i64 = 1;
    type State = state::State;
    type Command = command::Command;
    type Rejection = rejection::Rejection;
    type Record = Model;
    type Facts = facts::Facts;
    type Change = Change;

    fn definition() -> Definition {
        definition::definition()
    }

    fn table() -> Table {
        Table::of::<record::Entity>()
    }

    async fn facts<'a>(tx: &'a Tx, _: Option<&'a Model>, command: &'a Self::Command, ctx: Ctx<'a>) -> Result<Self::Facts, Halt> {
        facts::gather(tx, command, ctx).await
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(_: Option<Model>, change: &Change) -> Result<Model, Failure> {
        Ok(change.payment.clone())
    }

    /// Of whom, by their code; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, _: Option<&Subject>) -> Subject {
        Subject { code: record.code.clone(), label: facts.of_whom.clone().unwrap_or_default(), amount_rp: Some(record.amount_rp) }
    }

    fn personal() -> Vec<Personal> {
        const WHO: &[&str] = &["siswa_id", "tutor_id"];
        let of = |part, path| Personal::new(part, path, WHO);
        vec![
            of(Part::Record, "reference"),
            of(Part::Record, "reason"),
            of(Part::Command, "reference"),
            of(Part::Change, "payment.reference"),
            of(Part::Change, "payment.reason"),
            of(Part::Reason, ""),
        ]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, _: Option<&Model>, _: &Model, change: &Change, batch: &mut Batch) {
        store::store(ctx, change, batch);
    }
}
