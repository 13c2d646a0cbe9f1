//! Publishing a policy: from a draft to the version in force (SPEC POL-2, AUTH-6).
//!
//! ```text
//! DRAFT ⇄ IN_REVIEW → SCHEDULED → PUBLISHED
//!   ↓         ↓     ↘_____________↗
//! WITHDRAWN  REJECTED / WITHDRAWN
//! ```
//! A draft is edited freely; submitting makes an immutable `policy_version` of it, which somebody who had no part in it
//! approves. From its `effective_from` on it is the newest active version and so the one in force, to the instant and
//! whether or not a worker runs; the timer only tidies up behind it: the version before becomes SUPERSEDED.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections
//! ([`rejection`]), definition ([`definition`]), facts ([`facts`]), decide ([`decide`]), record ([`record`]). What a
//! draft must be is said by [`check`], for its parameters by [`params`]; both are pure and serve the studio while
//! somebody types, too.

pub mod check;
pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod params;
pub mod record;
pub mod rejection;
pub mod state;

pub use definition::{DRAFT, PUBLISH};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct PolicyPublication;

impl Workflow for PolicyPublication {
    const NAME: &'static str = "policy_publication";
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

    /// Which policy, and from which version to which.
    fn describe(record: &Model, _: &Self::Facts, _: Option<&Subject>) -> Subject {
        let label = match record.number {
            Some(number) => format!("{} · v{} → v{number}", record.kind, record.base_number),
            None => format!("{} · v{}", record.kind, record.base_number),
        };
        Subject { code: record.code.clone(), label, amount_rp: None }
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(before, after, change, batch);
    }
}
