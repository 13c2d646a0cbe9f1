//! What a decision about a publication looks at: the version a draft begins with, the one it would replace, and
//! whether the draft is sound.

use super::PolicyPublication;
use super::check::{self, Content, MOST_TESTS};
use super::command::Command;
use super::record::Model;
use crate::backtest::report::{self, Backtested};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::policy::content_sha256;
use engine::policy_store;
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use engine::workflow::{Ctx, Workflow};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How many other drafts are named.
const MOST_NAMED: i64 = 5;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Of a start.
    pub beginning: Option<Beginning>,
    /// Of a submission and an approval.
    pub standing: Option<Standing>,
}

/// What a new draft begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    pub code: String,
    pub in_force: i64,
    pub script: String,
    pub params: Value,
    pub tests: Value,
}

/// How a draft stands beside the versions there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub faults: Vec<FieldError>,
    pub tests: i64,
    /// The version in force right before this one would be.
    pub predecessor: i64,
    /// Whether script and parameters are those of the predecessor.
    pub unchanged: bool,
    pub next_number: i64,
    pub version_id: Uuid,
    /// Other publications of the kind that are not finished.
    pub others: Vec<String>,
    /// The newest backtest of exactly this content.
    #[serde(default)]
    pub backtest: Option<Backtested>,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    match (command, record) {
        (Command::Start { kind, from_number }, _) => {
            let beginning = beginning(tx, kind, *from_number, ctx.now).await?;
            Ok(Facts { beginning: Some(beginning), standing: None })
        }
        (Command::Save { params, tests, base_number, .. }, Some(record)) => {
            check_shape(params, tests)?;
            if let Some(number) = base_number {
                version(tx, &record.kind, *number).await?.ok_or_else(|| unknown("base_number"))?;
            }
            Ok(Facts::default())
        }
        (Command::Submit | Command::Approve, Some(record)) => Ok(Facts { beginning: None, standing: Some(standing(tx, record, ctx).await?) }),
        (Command::CallOff | Command::Activate, Some(record)) => {
            hold(tx, &record.kind).await?;
            Ok(Facts::default())
        }
        _ => Ok(Facts::default()),
    }
}

/// What a draft that is still worked on may be, however wrong: stored, and not endless.
fn check_shape(params: &Value, tests: &Value) -> Result<(), Refusal> {
    let mut faults = vec![];
    if !params.is_object() {
        faults.push(FieldError::new("params", "malformed"));
    }
    match tests.as_array() {
        None => faults.push(FieldError::new("tests", "malformed")),
        Some(tests) if tests.len() > MOST_TESTS => faults.push(FieldError::new("tests", "too_many").with("max", MOST_TESTS)),
        Some(_) => {}
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

fn unknown(field: &str) -> Refusal {
    Refusal::Invalid(vec![FieldError::new(field, "unknown")])
}

/// A version as it is stored.
struct Version {
    script: String,
    params: Value,
    tests: Value,
    sha256: String,
}

async fn version(tx: &Tx, kind: &str, number: i64) -> Result<Option<Version>, Failure> {
    let sql = "SELECT script, params, tests, sha256 FROM policy_version WHERE kind = ? AND number = ?";
    let Some(row) = db::row(tx, sql, vec![kind.into(), number.into()]).await? else { return Ok(None) };
    Ok(Some(Version {
        script: row.try_get("", "script")?,
        params: row.try_get("", "params")?,
        tests: row.try_get("", "tests")?,
        sha256: row.try_get("", "sha256")?,
    }))
}

async fn beginning(tx: &Tx, kind: &str, from: Option<i64>, now: DateTime<Utc>) -> Result<Beginning, Halt> {
    let known = policies::kind(kind).ok_or_else(|| unknown("kind"))?;
    let in_force = policy_store::in_force(tx, known.kind, now).await?;
    let from = version(tx, known.kind, from.unwrap_or(in_force)).await?.ok_or_else(|| unknown("from_number"))?;
    let code = next_code(tx, now.with_timezone(&Jakarta).year()).await?;
    Ok(Beginning { code, in_force, script: from.script, params: from.params, tests: from.tests })
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_policy_publication') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'policy_publication' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: PolicyPublication::NAME.into() })?;
    Ok(format!("PUB-{year}-{:04}", row.try_get::<i64>("", "value")?))
}

/// Whoever numbers, approves or calls off a version of this kind holds its first one, so that two never pass each other.
async fn hold(tx: &Tx, kind: &str) -> Result<(), Failure> {
    db::locked_row(tx, "SELECT id FROM policy_version WHERE kind = ? AND number = 1", vec![kind.into()]).await.map(|_| ())
}

async fn standing(tx: &Tx, record: &Model, ctx: Ctx<'_>) -> Result<Standing, Halt> {
    let kind = policies::kind(&record.kind).ok_or_else(|| Failure::Unknown { what: "policy kind", text: record.kind.clone() })?;
    hold(tx, &record.kind).await?;
    let begins_at = record.effective_from.map_or(ctx.now, |asked| asked.max(ctx.now));
    let predecessor = policy_store::in_force(tx, &record.kind, begins_at).await?;
    let replaced = version(tx, &record.kind, predecessor).await?.map(|version| version.sha256);
    let content = Content { script: &record.script, params: &record.params, tests: &record.tests };
    let faults = check::check(kind, content).faults;
    let next = db::row(tx, "SELECT MAX(number) + 1 AS number FROM policy_version WHERE kind = ?", vec![record.kind.clone().into()]).await?;
    let others =
        "SELECT p.code FROM policy_publication p WHERE p.kind = ? AND p.id <> ? AND p.state IN ('DRAFT','IN_REVIEW','SCHEDULED') ORDER BY p.code LIMIT ?";
    let others = db::rows(tx, others, vec![record.kind.clone().into(), record.id.into(), MOST_NAMED.into()]).await?;
    let sha256 = content_sha256(&record.script, &record.params);
    Ok(Standing {
        faults,
        tests: record.tests.as_array().map_or(0, |tests| i64::try_from(tests.len()).unwrap_or(i64::MAX)),
        predecessor,
        unchanged: replaced.is_some_and(|replaced| replaced == sha256),
        next_number: next.map(|row| row.try_get::<Option<i64>>("", "number")).transpose()?.flatten().unwrap_or(1),
        version_id: new_id(ctx.now),
        others: others.iter().map(|row| row.try_get("", "code")).collect::<Result<_, _>>()?,
        backtest: report::newest(tx, &record.kind, &sha256).await?,
    })
}
