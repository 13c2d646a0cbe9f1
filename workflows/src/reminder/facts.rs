//! What logging a reminder looks at: who is meant, who does not want it, what stands against them now, who was reminded just before.

use super::command::{Command, Kind};
use super::due;
use crate::records::code;
use crate::records::config::AppConfig;
use chrono::TimeDelta;
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: String,
    /// Each once, as the command names them.
    pub reminded: Vec<Reminded>,
    pub unknown: i64,
    pub opted_out: Vec<Blocking>,
    /// How many of them were reminded of the same within the quiet days.
    pub again: i64,
    pub quiet_days: i64,
}

/// Somebody who was reminded, and what stood against them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reminded {
    pub log_id: Uuid,
    pub party_id: Uuid,
    pub open_rp: i64,
    pub days_late: i64,
    pub planned: i64,
    pub held: i64,
}

pub(super) async fn gather(tx: &Tx, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    let Command::Log { kind, parties } = command;
    let ids: BTreeSet<Uuid> = parties.iter().copied().collect();
    if ids.is_empty() || ids.len() > due::MOST {
        return Ok(Facts { reminded: ids.iter().map(|id| nothing(ctx, *id)).collect(), ..Facts::default() });
    }
    let known = known(tx, *kind, &ids).await?;
    let quiet_days = AppConfig::load(tx).await?.reminder_quiet_days;
    Ok(Facts {
        code: code::yearly(tx, "reminder", "PNG", ctx.now).await?,
        unknown: i64::try_from(ids.len() - known.len()).unwrap_or(i64::MAX),
        opted_out: opted_out(tx, *kind, &known).await?,
        again: again(tx, *kind, &ids, ctx.now - TimeDelta::days(quiet_days)).await?,
        quiet_days,
        reminded: standing(tx, *kind, &ids, ctx).await?,
    })
}

fn nothing(ctx: Ctx<'_>, party_id: Uuid) -> Reminded {
    Reminded { log_id: engine::id::new_id(ctx.now), party_id, open_rp: 0, days_late: 0, planned: 0, held: 0 }
}

/// What stands against each of them, nothing included: whoever paid a minute ago was reminded all the same.
async fn standing(tx: &Tx, kind: Kind, ids: &BTreeSet<Uuid>, ctx: Ctx<'_>) -> Result<Vec<Reminded>, Failure> {
    let mut all: BTreeMap<Uuid, Reminded> = ids.iter().map(|id| (*id, nothing(ctx, *id))).collect();
    let only: Vec<Uuid> = ids.iter().copied().collect();
    match kind {
        Kind::LatePayment => {
            let today = ctx.now.with_timezone(&Jakarta).date_naive();
            for late in due::late_payers(tx, today, Some(&only)).await? {
                if let Some(found) = all.get_mut(&late.siswa_id) {
                    (found.open_rp, found.days_late) = (late.open_rp, late.days_late(today));
                }
            }
        }
        Kind::LowCompletion => {
            for tutor in due::completion(tx, ctx.now, Some(&only)).await? {
                if let Some(found) = all.get_mut(&tutor.tutor_id) {
                    (found.planned, found.held) = (tutor.planned, tutor.held);
                }
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Codes of those who are there.
async fn known(tx: &Tx, kind: Kind, ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, Failure> {
    let sql = format!("SELECT id, code FROM {} WHERE id IN ({})", kind.recipient().table(), marks(ids.len()));
    let rows = db::rows(tx, &sql, ids.iter().map(|id| (*id).into()).collect()).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "code")?))).collect()
}

async fn opted_out(tx: &Tx, kind: Kind, known: &BTreeMap<Uuid, String>) -> Result<Vec<Blocking>, Failure> {
    let refused = due::opted_out(tx, kind, &known.keys().copied().collect::<Vec<_>>()).await?;
    let table = kind.recipient().table();
    let blocking = |id: &Uuid| Blocking { kind: table.into(), id: *id, code: known.get(id).cloned().unwrap_or_default(), label: String::new() };
    Ok(refused.iter().map(blocking).collect())
}

async fn again(tx: &Tx, kind: Kind, ids: &BTreeSet<Uuid>, since: chrono::DateTime<chrono::Utc>) -> Result<i64, Failure> {
    let column = kind.column();
    let sql = format!("SELECT count(DISTINCT {column}) AS n FROM reminder_log WHERE at > ? AND {column} IN ({})", marks(ids.len()));
    let values: Vec<Value> = [since.into()].into_iter().chain(ids.iter().map(|id| (*id).into())).collect();
    Ok(db::row(tx, &sql, values).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

fn marks(count: usize) -> String {
    vec!["?"; count.max(1)].join(",")
}

/// As the table of preferences names whoever is reminded.
pub(super) fn recipient(kind: Kind) -> String {
    kind.recipient().to_value()
}
