//! Erasing a person: what is known of them is destroyed, what the books need stays (SPEC AUTH-6, DESIGN 5).
//!
//! ```text
//! REQUESTED → ERASING → ERASED
//!     ↓
//! REJECTED / CANCELLED
//! ```
//! Approval, by somebody else than who asked, destroys the person's key and empties their rows in one transaction
//! ([`scrub`]): from then on nobody can read what audit and history say of them. Their documents leave the store
//! afterwards, by the job `erase_documents`, which may run as often as it likes. Codes, dates and amounts stay: the
//! books and the law need them, and they lead to nobody any more.
//!
//! The sections of a workflow, each in its file: states ([`state`]), commands ([`command`]), rejections
//! ([`rejection`]), definition ([`definition`]), facts ([`facts`]), decide ([`decide`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod facts;
pub mod record;
pub mod rejection;
mod scrub;
pub mod state;
mod unfinished;

pub use definition::{APPROVE, JOB, REQUEST};

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// What the name of somebody erased is in their row. The database lets no other be written there again.
pub const NOBODY: &str = "—";

/// The workflow's marker type.
#[derive(Debug)]
pub struct Erasure;

impl Workflow for Erasure {
    const NAME: &'static str = "erasure";
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

    /// Whom it is about, until they are erased.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let kind = record.person_kind.word();
        let named = match (&facts.person, before) {
            _ if record.is_approved() => format!("{kind} · {NOBODY}"),
            (Some(person), _) => format!("{kind} · {} · {}", person.code, person.name),
            (None, before) => before.map(|subject| subject.label.clone()).unwrap_or_default(),
        };
        Subject { code: record.code.clone(), label: named, amount_rp: None }
    }

    fn personal() -> Vec<Personal> {
        const PERSON: &[&str] = &["person_id"];
        vec![
            Personal::new(Part::Facts, "person.code", PERSON),
            Personal::new(Part::Facts, "person.name", PERSON),
            Personal::new(Part::Facts, "in_the_way.*.label", PERSON),
            Personal::new(Part::Reason, "", PERSON),
        ]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
