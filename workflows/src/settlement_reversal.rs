//! Taking back what a closed sesi was worth to one side, as if it had never been settled (SPEC FIN-6).
//!
//! ```text
//! ○ → DONE
//! ```
//! A reversing entry, and the settlement is REVERSED. What a siswa was billed for already is credited instead; what a tutor was
//! already given is taken back by their next Honorarium.
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

pub use definition::REVERSE;

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::personal::{Part, Personal};
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct SettlementReversal;

impl Workflow for SettlementReversal {
    const NAME: &'static str = "settlement_reversal";
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

    async fn facts<'a>(tx: &'a Tx, _: Option<&'a Model>, command: &'a Self::Command, ctx: Ctx<'a>) -> Result<Self::Facts, Halt> {
        facts::gather(tx, command, ctx).await
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
        record::apply(record, change)
    }

    /// Of which sesi, and whose by their code; nobody's name.
    fn describe(record: &Model, facts: &Self::Facts, before: Option<&Subject>) -> Subject {
        let label = match (before, &facts.settlement) {
            (Some(before), _) => before.label.clone(),
            (None, Some(settlement)) => format!("{} · {}", settlement.party_code, settlement.sesi_code),
            (None, None) => String::new(),
        };
        Subject { code: record.code.clone(), label, amount_rp: Some(record.amount_rp + record.transport_rp) }
    }

    fn personal() -> Vec<Personal> {
        const BOTH: &[&str] = &["siswa_id", "tutor_id"];
        vec![Personal::new(Part::Record, "reason", BOTH), Personal::new(Part::Change, "row.reason", BOTH), Personal::new(Part::Reason, "", BOTH)]
    }

    fn store(_: Ctx<'_>, _: Self::State, _: Option<&Model>, after: &Model, _: &Change, batch: &mut Batch) {
        record::store(after, batch);
    }
}
