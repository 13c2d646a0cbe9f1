//! Backtest: every decision recorded under a policy in some time, decided again by a draft (SPEC POL-7).
//!
//! Reads only. Decisions come in pages by [`page`]; whoever asks decides each again in their own way and adds it to a
//! [`Report`], which stays small however many there are. Reports of parts add up to the report of the whole
//! ([`Report::merge`]), so a long one can be made in pieces.

mod measure;
mod report;

pub use measure::{Bucket, Measure, Moved};
pub use report::{Difference, MOST_NAMED, Report};

use crate::db;
use crate::policy::{self, CompiledPolicy};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How many decisions are read at once.
pub const PAGE: i64 = 1_000;

/// The decisions meant: of one kind, from an instant on, until before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub kind: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// Where reading goes on: behind this decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

/// A decision as it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub id: Uuid,
    pub instance_id: Uuid,
    /// The instance's code.
    pub code: String,
    /// The step of the instance's history it belongs to.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// The version it was decided by.
    pub version: i64,
    pub input: Value,
    pub output: Value,
}

impl Recorded {
    pub fn place(&self) -> Place {
        Place { at: self.at, id: self.id }
    }
}

impl Asked {
    /// Before the first.
    pub fn start(&self) -> Place {
        Place { at: self.from, id: Uuid::nil() }
    }
}

/// Decides all of them anew by a draft of a policy.
///
/// # Errors
/// When the database cannot be read; a draft that fails on an input is in the report.
pub async fn run(conn: &impl ConnectionTrait, draft: &CompiledPolicy, measures: &[Measure], asked: &Asked) -> Result<Report, Failure> {
    let (mut report, mut after) = (Report::default(), asked.start());
    loop {
        let page = page(conn, asked, after).await?;
        let Some(last) = page.last() else {
            report.tidy();
            return Ok(report);
        };
        after = last.place();
        for (recorded, said) in decide_page(draft, page).await? {
            report.add(measures, recorded, said);
        }
    }
}

/// How many decisions are meant.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(conn: &impl ConnectionTrait, asked: &Asked) -> Result<i64, Failure> {
    let sql = "SELECT count(*) AS n FROM policy_decision WHERE kind = ? AND at >= ? AND at < ?";
    let row = db::row(conn, sql, vec![asked.kind.clone().into(), asked.from.into(), asked.until.into()]).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

/// The next decisions behind a place, in the order they were taken; none when that was the last.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(conn: &impl ConnectionTrait, asked: &Asked, after: Place) -> Result<Vec<Recorded>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM policy_decision d JOIN workflow_instance i ON i.id = d.instance_id \
         WHERE d.kind = ? AND d.at >= ? AND d.at < ? AND (d.at > ? OR d.id > ?) ORDER BY d.at, d.id LIMIT {PAGE}"
    );
    let values = vec![asked.kind.clone().into(), after.at.into(), asked.until.into(), after.at.into(), after.id.into()];
    db::rows(conn, &sql, values).await?.iter().map(read).collect()
}

/// One decision of those meant.
///
/// # Errors
/// When the database cannot be read.
pub async fn one(conn: &impl ConnectionTrait, asked: &Asked, id: Uuid) -> Result<Option<Recorded>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM policy_decision d JOIN workflow_instance i ON i.id = d.instance_id WHERE d.id = ? AND d.kind = ? AND d.at >= ? AND d.at < ?"
    );
    let row = db::row(conn, &sql, vec![id.into(), asked.kind.clone().into(), asked.from.into(), asked.until.into()]).await?;
    row.as_ref().map(read).transpose()
}

const COLUMNS: &str = "d.id, d.instance_id, i.code, d.seq, d.at, d.version, d.input, d.output";

fn read(row: &QueryResult) -> Result<Recorded, Failure> {
    Ok(Recorded {
        id: row.try_get("", "id")?,
        instance_id: row.try_get("", "instance_id")?,
        code: row.try_get("", "code")?,
        seq: row.try_get("", "seq")?,
        at: row.try_get("", "at")?,
        version: row.try_get("", "version")?,
        input: row.try_get("", "input")?,
        output: row.try_get("", "output")?,
    })
}

/// What a version says to an input, or why it cannot.
///
/// # Errors
/// The reason as people read it, with line and column.
pub fn decide(draft: &CompiledPolicy, input: &Value) -> Result<Value, String> {
    policy::evaluate_output(draft, input).map_err(|error| error.to_string())
}

/// A recorded decision and what a draft says to it.
pub type Anew = (Recorded, Result<Value, String>);

/// As [`decide`] for a whole page, on a thread where it holds nobody up.
///
/// # Errors
/// When the thread breaks off.
pub async fn decide_page(draft: &CompiledPolicy, page: Vec<Recorded>) -> Result<Vec<Anew>, Failure> {
    let draft = draft.clone();
    let work = move || page.into_iter().map(|one| (decide(&draft, &one.input), one)).map(|(said, one)| (one, said)).collect();
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::Broken { workflow: "backtest".into(), rule: format!("deciding anew broke off: {error}") })
}
