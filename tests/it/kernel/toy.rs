//! A workflow that means nothing and does everything an engine can be asked for.
//!
//! ```text
//! open → OPEN ⇄ REVIEW → DONE      wait: OPEN → WAITING (for a child, or another) → OPEN
//!          ↘ DROPPED
//! ```

mod decide;
mod definition;

use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::definition::Definition;
use engine::id::new_id;
use engine::refusal::{Failure, Halt, Rejected};
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use definition::{HANDLE, REVIEW, WORK};

engine::tags! {
    pub enum State { Open => "OPEN", Review => "REVIEW", Waiting => "WAITING", Done => "DONE", Dropped => "DROPPED" }
}

/// What the table `toy` holds.
#[derive(Clone, Debug, PartialEq, FromQueryResult, Serialize, Deserialize)]
pub struct Record {
    pub id: Uuid,
    pub title: String,
    pub paid_rp: i64,
    pub beats: i64,
    pub heard: Option<String>,
    #[sea_orm(from_alias = "made_at")]
    pub at: DateTime<Utc>,
    pub ratio: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Open { title: String, nest: Option<i64>, place: Option<serde_json::Value> },
    OpenDone { title: String },
    Pay { amount_rp: i64 },
    Finish,
    HandOver,
    Accept,
    Refuse,
    Drop,
    Snooze { hours: i64 },
    Quiet,
    Enlist { key: String },
    Spawn { title: String },
    Wait { born_done: Option<bool> },
    WaitFor { other: Uuid },
    Arrive { by: DateTime<Utc> },
    Tell { to: Uuid, text: String },
    Hear { text: String },
    Break { rule: String },
    Remind,
    Beat,
    Find { finding: String },
}

#[derive(Debug)]
pub enum Rejection {
    TooDear,
    BadTitle,
    TooLate { by: DateTime<Utc> },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::TooDear => Self::new("too_dear"),
            Rejection::BadTitle => Self::new("bad_title"),
            Rejection::TooLate { by } => Self::new("too_late").with("by", by.to_rfc3339()),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// What every payment is multiplied by; a test may move it between preview and command.
    pub rate: i64,
    /// The id of an instance that this command starts.
    pub fresh: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Opened { record: Record },
    Paid { amount_rp: i64 },
    Beaten,
    Heard { text: String },
    Nothing,
}

#[derive(Debug)]
pub struct Toy;

impl Workflow for Toy {
    const NAME: &'static str = "toy";
    const VERSION: i64 = 1;
    type State = State;
    type Command = Command;
    type Rejection = Rejection;
    type Record = Record;
    type Facts = Facts;
    type Change = Change;

    fn definition() -> Definition {
        definition::definition()
    }

    fn table() -> Table {
        Table::new("toy", &["id", "title", "paid_rp", "beats", "heard", "made_at", "ratio"])
    }

    async fn facts<'a>(tx: &'a Tx, _: Option<&'a Record>, _: &'a Command, ctx: Ctx<'a>) -> Result<Facts, Halt> {
        let row = db::row(tx, "SELECT rate FROM toy_rate", vec![]).await?;
        let rate = row.map(|row| row.try_get("", "rate")).transpose()?.unwrap_or(1);
        Ok(Facts { rate, fresh: new_id(ctx.now) })
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Rejection>> {
        decide::decide(case)
    }

    fn apply(record: Option<Record>, change: &Change) -> Result<Record, Failure> {
        let broken = || Failure::Broken { workflow: "toy".into(), rule: "a change came before the opening".into() };
        if let Change::Opened { record } = change {
            return Ok(record.clone());
        }
        let record = record.ok_or_else(broken)?;
        Ok(match change {
            Change::Opened { .. } | Change::Nothing => record,
            Change::Paid { amount_rp } => Record { paid_rp: record.paid_rp + amount_rp, ..record },
            Change::Beaten => Record { beats: record.beats + 1, ..record },
            Change::Heard { text } => Record { heard: Some(text.clone()), ..record },
        })
    }

    fn describe(record: &Record, _: &Facts, _: Option<&Subject>) -> Subject {
        Subject { code: format!("TOY-{}", record.id.simple()), label: record.title.clone(), amount_rp: Some(record.paid_rp) }
    }

    fn store(_: Ctx<'_>, _: State, before: Option<&Record>, after: &Record, _: &Change, batch: &mut Batch) {
        match before {
            None => batch.push(
                "INSERT INTO toy (id, title, paid_rp, beats, heard, made_at, ratio) VALUES (?,?,?,?,?,?,?)",
                vec![
                    after.id.into(),
                    after.title.clone().into(),
                    after.paid_rp.into(),
                    after.beats.into(),
                    after.heard.clone().into(),
                    after.at.into(),
                    after.ratio.into(),
                ],
            ),
            Some(before) if before == after => {}
            Some(_) => batch.push(
                "UPDATE toy SET paid_rp = ?, beats = ?, heard = ? WHERE id = ?",
                vec![after.paid_rp.into(), after.beats.into(), after.heard.clone().into(), after.id.into()],
            ),
        }
    }
}
