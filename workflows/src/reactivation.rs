//! Asking to end a suspension early, or at all when it has no end (SPEC HR-6): a senior approves, not whoever asks.
//!
//! ```text
//! ○ → REQUESTED → APPROVED  (the suspension is lifted in the same transaction)
//!         ↓ ↘ ↘
//!  REJECTED WITHDRAWN MOOT  (the suspension ended otherwise)
//! ```
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

/// The workflow's marker type.
#[derive(Debug)]
pub struct Reactivation;

impl Workflow for Reactivation {
    const NAME: &'static str = "reactivation";
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

    fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
        record::apply(record, change)
    }

    /// Who, by their code, and of which suspension; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.suspension) {
            (Some(before), _) => before.label.clone(),
            (None, Some(suspension)) => format!("{} · {}", suspension.label, suspension.code),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: None }
    }

    fn personal() -> Vec<Personal> {
        const TUTOR: &[&str] = &["tutor_id"];
        vec![Personal::new(Part::Record, "reason", TUTOR), Personal::new(Part::Change, "asked.reason", TUTOR), Personal::new(Part::Reason, "", TUTOR)]
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, _: &Change, batch: &mut Batch) {
        record::store(before, after, batch);
    }
}
