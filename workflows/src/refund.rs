//! Money that goes back to a siswa (SPEC FIN-6): owed since a credit note or since a Titipan was asked back, sent outside of
//! this system, or kept as Titipan after all.
//!
//! ```text
//! ○ → DUE → SENT
//!      ↓
//!     KEPT
//! ```
//! What happens on the way is noted here; it stays in the inbox until it is sent or kept.
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

pub use definition::HANDLE;

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Refund;

impl Workflow for Refund {
    const NAME: &'static str = "refund";
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

    /// Whose, by their code, and of which credit note; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.origin) {
            (Some(before), _) => before.label.clone(),
            (None, Some(origin)) => format!("{} · {}", facts.siswa_code, origin),
            (None, None) => facts.siswa_code.clone(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.amount_rp) }
    }

    fn personal() -> Vec<Personal> {
        const SISWA: &[&str] = &["siswa_id"];
        vec![
            Personal::new(Part::Record, "reason", SISWA),
            Personal::new(Part::Record, "reference", SISWA),
            Personal::new(Part::Command, "text", SISWA),
            Personal::new(Part::Command, "reference", SISWA),
            Personal::new(Part::Change, "row.reason", SISWA),
            Personal::new(Part::Change, "text", SISWA),
            Personal::new(Part::Change, "payment.reference", SISWA),
            Personal::new(Part::Reason, "", SISWA),
        ]
    }

    fn store(_: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(before, after, change, batch);
    }
}
