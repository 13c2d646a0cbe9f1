//! A reminder broadcast (SPEC REP-5): people who pay late, or tutors who hold or report too few of their lessons, were sent a text by
//! hand, and somebody says so. Over with its one command.
//!
//! ```text
//! ○ → LOGGED
//! ```
//! The program sends nothing: the page gives texts and links for WhatsApp, and what is logged here is who was reminded when, by whom,
//! and what stood at that moment ([`due`]). History and log hold ids and figures, nobody's name.
//! Sections: states, commands ([`command`]), definition ([`definition`]), facts ([`facts`]), decide ([`decide`]), record ([`record`]).

pub mod command;
mod decide;
mod definition;
pub mod due;
pub mod facts;
pub mod record;
pub mod rejection;

pub use definition::SEND;

use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::Definition;
use engine::refusal::{Failure, Halt};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use record::{Change, Model};

/// The workflow's marker type.
#[derive(Debug)]
pub struct Reminder;

engine::tags! {
    pub enum State { Logged => "LOGGED" }
}

impl Workflow for Reminder {
    const NAME: &'static str = "reminder";
    const VERSION: i64 = 1;
    type State = State;
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
        Ok(facts::gather(tx, command, ctx).await?)
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Self::Rejection>> {
        decide::decide(case)
    }

    fn apply(_: Option<Model>, change: &Change) -> Result<Model, Failure> {
        Ok(record::apply(change))
    }

    /// Of what, and how many; nobody's name.
    fn describe(record: &Model, _: &Self::Facts, _: Option<&Subject>) -> Subject {
        Subject { code: record.code.clone(), label: format!("{} · {}", record.kind, record.parties), amount_rp: None }
    }

    fn store(_: Ctx<'_>, _: State, _: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
        record::store(after, change, batch);
    }
}
