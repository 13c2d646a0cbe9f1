//! What the beginning of a backtest looks at: how much there is to decide anew, and whether somebody does so already.

use super::command::{Command, Start};
use super::record::Subject;
use super::{PRICING, period};
use chrono::Datelike;
use chrono_tz::Asia::Jakarta;
use engine::backtest::{self, Asked};
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, DbBackend};
use serde::{Deserialize, Serialize};

/// Facts of a start; the other commands need none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    /// Whether there was ever a version of this policy.
    pub kind_known: bool,
    pub total: i64,
    /// The same draft on the same days, being worked on.
    pub running: Option<Blocking>,
}

pub(super) async fn gather(tx: &Tx, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    let Command::Start(start) = command else { return Ok(Facts::default()) };
    let kind = kind(start);
    let known = db::row(tx, "SELECT count(*) AS n FROM policy_version WHERE kind = ?", vec![kind.into()]).await?;
    let kind_known = known.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0) > 0;
    let Ok(period) = period::read(start, ctx.now) else { return Ok(Facts { kind_known, ..Facts::default() }) };
    let asked = Asked { kind: kind.into(), from: period.from_at, until: period.until_at };
    Ok(Facts {
        code: Some(next_code(tx, ctx.now.with_timezone(&Jakarta).year()).await?),
        kind_known,
        total: backtest::count(tx, &asked).await?,
        running: running(tx, start, &asked, ctx).await?,
    })
}

/// The policy whose decisions are meant.
pub(super) fn kind(start: &Start) -> &str {
    match start.subject {
        Subject::Policy => start.kind.as_deref().unwrap_or_default(),
        Subject::Price => PRICING,
    }
}

async fn running(tx: &Tx, start: &Start, asked: &Asked, ctx: Ctx<'_>) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT b.id, b.code, i.label FROM backtest b JOIN workflow_instance i ON i.id = b.id \
               WHERE b.state = 'RUNNING' AND b.kind = ? AND b.draft_sha256 = ? AND b.from_on = ? AND b.to_on = ? AND b.id <> ? LIMIT 1";
    let Ok(period) = period::read(start, ctx.now) else { return Ok(None) };
    let sha256 = super::draft::Snapshot::of(start).sha256();
    let values = vec![asked.kind.clone().into(), sha256.into(), period.from_on.into(), period.to_on.into(), ctx.id.into()];
    let Some(row) = db::row(tx, sql, values).await? else { return Ok(None) };
    Ok(Some(Blocking { kind: "backtest".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_backtest') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'backtest' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: "backtest".into() })?;
    Ok(format!("BT-{year}-{:04}", row.try_get::<i64>("", "value")?))
}
