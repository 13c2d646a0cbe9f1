//! Closing a month (SPEC FIN-7, FIN-8): a step-through of checks with their evidence and signatures, then the lock.
//!
//! ```text
//! OPEN ⇄ SEALING → CLOSED
//!    ↓      ↓
//!    ABANDONED
//! ```
//! `close` asks for the hashes of all documents, which a worker makes part by part; with the last of them the month is looked at
//! once more, behind the lock that keeps everybody out, and closed in the same transaction. If something has come in between, the
//! step-through is open again and says what. Evidence is gathered in [`crate::period::evidence`]; whoever closes is never the only
//! one who has signed.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`]), decide ([`decide`], sealing in [`seal`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod record;
pub mod rejection;
mod seal;
pub mod state;

pub use definition::{BOOKS_JOB, CLOSE, SEAL_JOB, SIGN};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct PeriodClose;

impl Workflow for PeriodClose {
    const NAME: &'static str = "period_close";
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
        Ok(facts::gather(tx, record, command, ctx).await?)
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
        record::apply(record, change)
    }

    fn describe(record: &Model, _: &Self::Facts, _: Option<&Subject>) -> Subject {
        Subject { code: record.code.clone(), label: record.period_month.clone(), amount_rp: None }
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
