//! Ending the work with a tutor (SPEC HR-4, HR-5, HR-6).
//!
//! ```text
//! ○ → DECIDED → ARCHIVED
//! ```
//! The decision takes effect at once: the tutor is TERMINATED, their suspension is over, and no account of theirs can sign
//! in any more, all in its transaction. What follows is a checklist: sesi cleared, final settlement calculated (by a job,
//! when no sesi is left) and paid out, documents returned; then the tutor is archived. What is done by itself keeps its
//! evidence on the record, what a person does keeps who and when.
//!
//! A settlement is never changed. What happens after it (an adjustment, a denda taken back on appeal) makes the next
//! revision: what was paid stays, only the difference is still to be paid.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`], [`ledger`], [`billed`]), decide ([`decide`], with [`settlement`], [`payment`], [`checklist`] and [`books`]),
//! record ([`record`]).

pub mod access;
pub mod billed;
mod books;
pub mod checklist;
pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod ledger;
mod payment;
pub mod record;
pub mod rejection;
pub mod settlement;
pub mod state;
mod store;

pub use definition::{JOB, PAY_OUT, TERMINATE};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Termination;

impl Workflow for Termination {
    const NAME: &'static str = "termination";
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

    /// Of which tutor, by code; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.tutor) {
            (Some(before), _) => before.label.clone(),
            (None, Some(tutor)) => tutor.code.clone(),
            (None, None) => String::new(),
        };
        let amount_rp = (record.settlement_revision > 0).then_some(record.paid_rp - record.received_rp + record.due_rp - record.claim_rp);
        Subject { code: record.code.clone(), label, amount_rp }
    }

    fn personal() -> Vec<Personal> {
        const TUTOR: &[&str] = &["tutor_id"];
        vec![
            Personal::new(Part::Record, "reason", TUTOR),
            Personal::new(Part::Record, "documents_note", TUTOR),
            Personal::new(Part::Record, "ground_note", TUTOR),
            Personal::new(Part::Command, "note", TUTOR),
            Personal::new(Part::Command, "reference", TUTOR),
            Personal::new(Part::Change, "begun.reason", TUTOR),
            Personal::new(Part::Change, "note", TUTOR),
            Personal::new(Part::Change, "payment.reference", TUTOR),
            Personal::new(Part::Reason, "", TUTOR),
        ]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        store::store(ctx, before, after, change, batch);
    }
}
