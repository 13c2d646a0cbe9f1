//! A strike: a disciplinary point for leaving a sesi, until it decays or is revoked (SPEC HR-1, HR-2).
//!
//! ```text
//! ○ → LIVE ⇄ HELD        (held while a force majeure claim is open)
//!       ↓ ↘   ↓ ↘
//! DECAYED REVOKED DECAYED
//! ```
//! What the tutor's live points call for is asked of the policy `strike.sanction`: a warning is recorded and its text
//! made ready; anything harder is a proposal that HR confirms, changes or dismisses. Points count by their instants,
//! whether or not the timer has fired. When a point goes, open proposals of the tutor's other strikes are asked anew.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`]), decide ([`decide`] and its part [`sanction`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod record;
pub mod rejection;
mod sanction;
pub mod state;

pub use definition::{REVOKE, SANCTION};

use crate::records::strike::{Entity, Model};
use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::Change;

/// The workflow's marker type.
#[derive(Debug)]
pub struct Strike;

impl Workflow for Strike {
    const NAME: &'static str = "strike";
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
        let label = match (&facts.sesi_code, before) {
            (_, Some(before)) => before.label.clone(),
            (Some(code), None) => format!("Strike · {code}"),
            (None, None) => "Strike".into(),
        };
        Subject { code: record.code.clone(), label, amount_rp: None }
    }

    fn personal() -> Vec<Personal> {
        const TUTOR: &[&str] = &["tutor_id"];
        let said = [
            (Part::Record, "decision_reason"),
            (Part::Record, "revoked_reason"),
            (Part::Change, "decided.reason"),
            (Part::Change, "reason"),
            (Part::Reason, ""),
        ];
        said.into_iter().map(|(part, path)| Personal::new(part, path, TUTOR)).collect()
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(before, after, change, batch);
    }
}
