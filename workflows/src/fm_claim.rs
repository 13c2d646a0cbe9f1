//! A claim that a cancellation was force majeure, with its appeal (*banding*; SPEC 8).
//!
//! ```text
//! ○ → PENDING_L1 → APPROVED                          (no denda, no strike)
//!       ↓     ↓ ↘ WITHDRAWN
//!     FINAL  REJECTED → PENDING_L2 → UPHELD          (the penalty stays)
//!               ↓           ↘ OVERTURNED             (denda paid back, strike revoked)
//!             FINAL         (nobody appealed in time)
//! ```
//! The penalty is the denda and the strike of one event; they are instances of their own and are told what the claim
//! means for them in the same transaction: held while the first review is open, in force again after a rejection,
//! reversed and revoked by an approval or an overturn. A deadline is kept by the instant the program took the request in.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections ([`rejection`]),
//! definition ([`definition`]), facts ([`facts`]), decide ([`decide`], what a penalty is told in [`penalty`]),
//! record ([`record`], [`evidence`]), what is personal ([`personal`]).

pub mod command;
mod decide;
pub mod definition;
pub mod evidence;
pub mod facts;
pub mod penalty;
mod personal;
pub mod record;
pub mod rejection;
pub mod state;

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::Personal;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct FmClaim;

impl Workflow for FmClaim {
    const NAME: &'static str = "fm_claim";
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

    /// Of which sesi; nobody's name, and not what happened to them.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (&facts.sesi, before) {
            (_, Some(before)) => before.label.clone(),
            (Some(sesi), None) => sesi.code.clone(),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: record.denda_rp }
    }

    fn personal() -> Vec<Personal> {
        personal::declared()
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
