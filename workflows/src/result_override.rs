//! Overriding a computed result of a closed sesi, with a reason (SPEC POL-8).
//!
//! ```text
//!     ↗ APPLIED            (a small difference, at once)
//! ○ → REQUESTED → APPLIED  (approved by a senior, who is not the requester)
//!         ↓
//!     REJECTED / WITHDRAWN
//! ```
//! A result is an amount that closing the sesi has computed: what the siswa pays, the tutor's honorarium and transport,
//! the denda. The computed amount stays where it is, in the history of the sesi and here; what counts from now on stands
//! in the settlement, or with the denda, which is told. In the books the standing entry is reversed and posted anew: nothing posted changes.
//! A month that is locked stays as it is: the entries are booked today and refer back by their date.
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

pub use definition::{APPROVE, REQUEST};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type. (`override` is a word of the language.)
#[derive(Debug)]
pub struct ResultOverride;

impl Workflow for ResultOverride {
    const NAME: &'static str = "override";
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

    /// What and of which sesi; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (&facts.closed, before) {
            (_, Some(before)) => before.label.clone(),
            (Some(closed), None) => format!("{} · {}", record.result.word(), closed.sesi_code),
            (None, None) => record.result.word().into(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.final_rp) }
    }

    fn personal() -> Vec<Personal> {
        const BOTH: &[&str] = &["siswa_id", "tutor_id"];
        vec![Personal::new(Part::Record, "reason", BOTH), Personal::new(Part::Change, "asked.reason", BOTH), Personal::new(Part::Reason, "", BOTH)]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, _: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, batch);
    }
}
