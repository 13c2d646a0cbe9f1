//! The billing of a month (SPEC FIN-1): one Tagihan for each siswa and one Honorarium for each tutor who has something on none.
//!
//! ```text
//! SCHEDULED → PREFLIGHT → RUNNING → DONE
//!                 ↓  ↘      ↑ ↘
//!             FAILED  HALTED   CANCELLED
//! ```
//! A run for the next month always lies ready; its timer begins it once the month is over and the day of billing has come, or
//! somebody does. A job looks ahead ([`preflight`]); then one job after the other takes a range of siswa or tutors, and its
//! `progress` writes their documents as DRAFT by a few statements ([`store`]) in its own transaction. The last step issues
//! all of them at once. What is billed is told by [`items`] alone: whatever is due and on no live line of a document. So
//! a run that is killed goes on, and a second run makes documents only for what came later.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections
//! ([`rejection`]), definition ([`definition`]), facts ([`facts`], [`calendar`], [`part`], [`closing`]), decide ([`decide`]),
//! record ([`record`], [`store`]).

pub mod calendar;
pub mod closing;
pub mod command;
mod decide;
pub mod definition;
pub mod facts;
pub mod items;
pub mod part;
pub mod preflight;
pub mod record;
pub mod rejection;
pub mod schedule;
pub mod state;
mod store;
mod zones;

pub use definition::{FINISH_JOB, PART_JOB, PREFLIGHT_JOB, RUN};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// How many siswa, or tutors, a job bills: some thousand sesi of either, so that others wait for some tens of milliseconds only.
pub const SISWA_PART: usize = 400;
pub const TUTOR_PART: usize = 120;

/// The workflow's marker type.
#[derive(Debug)]
pub struct BillingRun;

impl Workflow for BillingRun {
    const NAME: &'static str = "billing_run";
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
        let billed = record.tagihan_count + record.honorarium_count > 0;
        Subject { code: record.code.clone(), label: record.period_month.clone(), amount_rp: billed.then_some(record.tagihan_rp) }
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        store::store(before, after, change, batch);
    }
}
