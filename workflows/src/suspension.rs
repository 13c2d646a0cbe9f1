//! Suspending a tutor for some days, or until a senior lets them teach again (SPEC HR-3).
//!
//! ```text
//! ○ → ACTIVE → ENDED    (its time is over, by a timer, to the second)
//!         ↓ ↘
//!      CLOSED LIFTED    (the strike behind it was revoked, or a senior approved a reactivation)
//!  (the tutor was terminated)
//! ```
//! While it lasts the tutor's row says SUSPENDED, and until when; both change in the transaction of the command, with an
//! audit record of the tutor. So nobody books them for a time within it. The sesi that lie in it already stay where they
//! are and are kept as a list ([`window`]): the task `affected` asks for each to be moved or cancelled.
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
pub mod window;

pub use definition::SUSPEND;

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Suspension;

impl Workflow for Suspension {
    const NAME: &'static str = "suspension";
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

    /// Who, by their code; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.tutor) {
            (Some(before), _) => before.label.clone(),
            (None, Some(tutor)) => tutor.code.clone(),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: None }
    }

    fn personal() -> Vec<Personal> {
        const TUTOR: &[&str] = &["tutor_id"];
        vec![Personal::new(Part::Record, "reason", TUTOR), Personal::new(Part::Change, "imposed.reason", TUTOR), Personal::new(Part::Reason, "", TUTOR)]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
