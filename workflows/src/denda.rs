//! A denda: what a tutor owes who left a sesi, from the cancellation until nobody can contest it (SPEC 7, FM-2, FM-3).
//!
//! ```text
//! ○ → APPLIED ⇄ HELD          (held while a force majeure claim is open)
//!        ↓  ↘     ↓ ↘
//!     FINAL  REVERSED FINAL
//! ```
//! All but REVERSED are in the books; HELD is booked and not deducted. Every command is sent by another workflow or
//! by the timer: the sesi imposes, the claim holds, releases, finalises and reverses, an override amends.
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

pub use definition::GRACE;

use crate::records::denda::{Entity, Model};
use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::Change;

/// The workflow's marker type.
#[derive(Debug)]
pub struct Denda;

impl Workflow for Denda {
    const NAME: &'static str = "denda";
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
        Table::of::<Entity>()
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

    /// Of which sesi; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (&facts.lesson, before) {
            (_, Some(before)) => before.label.clone(),
            (Some(lesson), None) => format!("Denda · {}", lesson.code),
            (None, None) => "Denda".into(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.amount_rp) }
    }

    fn personal() -> Vec<Personal> {
        vec![Personal::new(Part::Reason, "", &["tutor_id"])]
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(before, after, change, batch);
    }
}
