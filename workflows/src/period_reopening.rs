//! Opening a closed month again (SPEC FIN-9): somebody asks with a reason and until when, a senior who is somebody else approves,
//! and the month is open until then or until it is closed again.
//!
//! ```text
//! ○ → REQUESTED → REOPENED → CLOSED_AGAIN  (the month was closed anew: another closing beside the first)
//!        ↓ ↘         ↓ ↘        ↑
//!  REJECTED WITHDRAWN EXPIRED  OVERDUE → SUPERSEDED  (it was opened once more)
//! ```
//! When the time is over the month is locked whatever happens. If nothing was posted or made in it, the closing before still says
//! what is there (EXPIRED); otherwise it is OVERDUE, and a task asks for closing it anew. A month is only opened while no later
//! one is closed: from the last to the first.
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
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The longest a month stays open again.
pub const MOST_DAYS: i64 = 14;

/// The workflow's marker type.
#[derive(Debug)]
pub struct PeriodReopening;

impl Workflow for PeriodReopening {
    const NAME: &'static str = "period_reopening";
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
