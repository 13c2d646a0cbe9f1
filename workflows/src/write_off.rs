//! Giving up what a siswa will not pay (SPEC FIN-10): asked for with a word about the tax, approved by somebody senior.
//!
//! ```text
//! ○ → REQUESTED → WRITTEN_OFF
//!         ↓
//!      REJECTED
//! ```
//! Exactly what was open when it was asked for is written off; when that has changed since, it is asked for anew. Whoever pays
//! after all has a Titipan.
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
pub struct WriteOff;

impl Workflow for WriteOff {
    const NAME: &'static str = "write_off";
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
        vec![
            Personal::new(Part::Record, "reason", SISWA),
            Personal::new(Part::Record, "tax_note", SISWA),
            Personal::new(Part::Command, "tax_note", SISWA),
            Personal::new(Part::Change, "row.reason", SISWA),
            Personal::new(Part::Change, "row.tax_note", SISWA),
            Personal::new(Part::Reason, "", SISWA),
        ]
    }

    fn store(ctx: Ctx<'_>, _: Self::State, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(ctx, before, after, change, batch);
    }
}
