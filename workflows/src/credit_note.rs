//! A Tagihan that is credited, line by line, with a reason (SPEC FIN-6).
//!
//! ```text
//!     ↗ ISSUED             (a small one, at once)
//! ○ → REQUESTED → ISSUED   (approved by somebody senior, who is not the requester)
//!         ↓
//!      REJECTED
//! ```
//! No line is credited beyond its amount. What is still open is lowered first; what was paid already goes back to the siswa by
//! a refund, or is kept as Titipan. It takes its number when it is issued, in the transaction of that, so that none is missing.
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
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct CreditNote;

impl Workflow for CreditNote {
    const NAME: &'static str = "credit_note";
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

    /// Of which Tagihan, and whose by their code; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.tagihan) {
            (Some(before), _) => before.label.clone(),
            (None, Some(tagihan)) => format!("{} · {}", tagihan.number, facts.siswa_code),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.amount_rp) }
    }

    fn personal() -> Vec<Personal> {
        const SISWA: &[&str] = &["siswa_id"];
        vec![Personal::new(Part::Record, "reason", SISWA), Personal::new(Part::Change, "row.reason", SISWA), Personal::new(Part::Reason, "", SISWA)]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
