//! An amount somebody adds to what a siswa owes or a tutor is owed, or takes from it, with a reason (SPEC FIN-5).
//!
//! ```text
//!     ↗ POSTED           (a small one, at once)
//! ○ → WAITING → POSTED   (approved by somebody senior, who is not the requester)
//!        ↓
//!     REJECTED
//! ```
//! It is booked when it is posted, in the month of its sesi while that is open, otherwise today, and goes onto the next
//! Tagihan or Honorarium of that month.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`]), decide ([`decide`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod record;
pub mod rejection;
pub mod state;

pub use definition::{APPROVE, RECORD};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct MoneyAdjustment;

impl Workflow for MoneyAdjustment {
    const NAME: &'static str = "money_adjustment";
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

    async fn facts<'a>(tx: &'a Tx, record: Option<&'a Model>, command: &'a Self::Command, ctx: Ctx<'a>) -> Result<Self::Facts, Halt> {
        facts::gather(tx, record, command, ctx).await
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
        record::apply(record, change)
    }

    /// Whose, by their code, and of which sesi; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.party) {
            (Some(before), _) => before.label.clone(),
            (None, Some(party)) => facts.sesi.as_ref().map_or_else(|| party.code.clone(), |sesi| format!("{} · {}", party.code, sesi.code)),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.amount_rp) }
    }

    fn personal() -> Vec<Personal> {
        const BOTH: &[&str] = &["siswa_id", "tutor_id"];
        vec![Personal::new(Part::Record, "reason", BOTH), Personal::new(Part::Change, "row.reason", BOTH), Personal::new(Part::Reason, "", BOTH)]
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, _: &Change, batch: &mut Batch) {
        record::store(before, after, batch);
    }
}
