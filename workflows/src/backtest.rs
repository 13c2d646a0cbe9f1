//! A backtest: what a draft of a policy or of prices would have changed in some time past (SPEC POL-7).
//!
//! ```text
//! RUNNING → DONE
//!    ↓
//! FAILED / CANCELLED
//! ```
//! A job decides some thousand recorded decisions anew and comes back with `progress`, which keeps its part of the report
//! and asks for the next; so a long one survives whatever is killed, and can be cancelled. The decisions themselves are
//! not kept: the same draft says the same to the same decision whenever somebody looks ([`draft`]). Whose money a field
//! of a decision is stands in [`parties`].
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections
//! ([`rejection`]), definition ([`definition`]), facts ([`facts`]), decide ([`decide`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod draft;
pub mod facts;
pub mod parties;
mod period;
pub mod prices;
pub mod record;
pub mod rejection;
pub mod report;
pub mod state;

pub use definition::{JOB, START};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The policy that prices a sesi.
pub const PRICING: &str = "pricing";
/// How many decisions a job decides anew before it reports.
pub const PART: i64 = 10_000;

/// The workflow's marker type.
#[derive(Debug)]
pub struct Backtest;

impl Workflow for Backtest {
    const NAME: &'static str = "backtest";
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
        Ok(facts::gather(tx, command, ctx).await?)
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
        record::apply(record, change)
    }

    fn describe(record: &Model, _: &Self::Facts, _: Option<&Subject>) -> Subject {
        Subject { code: record.code.clone(), label: format!("{} · {} – {}", record.kind, record.from_on, record.to_on), amount_rp: None }
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(before, after, change, batch);
    }
}
