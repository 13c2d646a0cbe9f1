//! The sesi: one lesson, from request to settlement (SPEC 6 and 7).
//!
//! ```text
//! REQUESTED → APPROVED → IN_PROGRESS → AWAITING_VALIDATION → COMPLETED
//!     ↓           ↓ ↘ ↘       ↘
//! REJECTED  CANCELLED RESCHEDULED NO_SHOW_STUDENT / NO_SHOW_TUTOR
//! ```
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]),
//! rejections ([`rejection`]), definition ([`definition`]), facts ([`facts`]), decide ([`decide`] and
//! its parts [`booking`], [`approval`], [`closing`], [`penalty`], [`substitution`]), record ([`change`], [`record`]), what of it is personal
//! ([`personal`]).

pub mod anomaly;
pub mod approval;
mod booking;
pub mod change;
mod closing;
pub mod command;
mod decide;
pub mod definition;
pub mod facts;
pub mod finder;
pub mod penalty;
mod personal;
pub mod quote;
mod record;
pub mod rejection;
pub mod state;
mod substitution;

use crate::records::sesi::Model;
use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::Personal;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Sesi;

impl Workflow for Sesi {
    const NAME: &'static str = "sesi";
    const VERSION: i64 = 1;
    type State = state::State;
    type Command = command::Command;
    type Rejection = rejection::Rejection;
    type Record = Model;
    type Facts = facts::Facts;
    type Change = change::Change;

    fn definition() -> Definition {
        definition::definition()
    }

    fn table() -> Table {
        Table::of::<crate::records::sesi::Entity>()
    }

    async fn facts<'a>(tx: &'a Tx, record: Option<&'a Model>, command: &'a Self::Command, ctx: Ctx<'a>) -> Result<Self::Facts, Halt> {
        facts::gather(tx, record, command, ctx).await
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Self::Change) -> Result<Model, Failure> {
        change::apply(record, change)
    }

    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = facts.booking.as_ref().map(facts::Booking::label);
        Subject {
            code: record.code.clone(),
            label: label.or_else(|| before.map(|subject| subject.label.clone())).unwrap_or_default(),
            amount_rp: record.tagihan_rp,
        }
    }

    fn personal() -> Vec<Personal> {
        personal::declared()
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Self::Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
