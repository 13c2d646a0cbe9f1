//! Whether a month can be closed at all: it is over everywhere, and no earlier one is open in which something happened.

use super::{Asked, Check, Evidence, Item};
use crate::books::balance::Month;
use crate::period::lock;
use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

/// How many earlier months are looked at.
const MOST_MONTHS: usize = 240;

pub(super) async fn look(conn: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Evidence, Failure> {
    let month = asked.month;
    let mut evidence = Evidence::new(Check::Month);
    let ends_at = ends_at(conn, month).await?;
    if asked.now < ends_at {
        evidence = evidence.blocked(vec![Item::new("period", lock::audit_id(&month.to_string()), month.to_string(), "NOT_OVER")]);
    }
    let open = open_before(conn, month).await?;
    Ok(evidence.blocked(open.iter().map(|month| Item::new("period", lock::audit_id(month), month.clone(), "OPEN")).collect()))
}

/// The instant at which the month is over in the office where it ends last.
pub async fn ends_at(conn: &impl ConnectionTrait, month: Month) -> Result<DateTime<Utc>, Failure> {
    let next = month.last.checked_add_days(Days::new(1)).unwrap_or(month.last).and_time(NaiveTime::MIN);
    let mut latest = Utc.from_utc_datetime(&next);
    // UTC is behind every office there can be in Indonesia; without an office the month ends with it.
    let zones: Vec<String> =
        db::rows(conn, "SELECT DISTINCT zone FROM office", vec![]).await?.iter().map(|row| row.try_get("", "zone")).collect::<Result<_, _>>()?;
    let ends = zones.iter().map(|text| {
        let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text: text.clone() })?;
        Ok(zone.from_local_datetime(&next).earliest().map_or(latest, |at| at.with_timezone(&Utc)))
    });
    let ends = ends.collect::<Result<Vec<_>, Failure>>()?;
    if let Some(last) = ends.into_iter().max() {
        latest = last;
    }
    Ok(latest)
}

/// Months before this one that are not locked and in which something was posted, billed or taught.
async fn open_before(conn: &impl ConnectionTrait, month: Month) -> Result<Vec<String>, Failure> {
    let locked = db::rows(conn, "SELECT month FROM period WHERE state = 'LOCKED'", vec![]).await?;
    let locked: BTreeSet<String> = locked.iter().map(|row| row.try_get("", "month")).collect::<Result<_, _>>()?;
    let Some(mut at) = first(conn).await? else { return Ok(vec![]) };
    let mut open = vec![];
    for _ in 0..MOST_MONTHS {
        if at.first >= month.first {
            break;
        }
        if !locked.contains(&at.to_string()) && is_used(conn, at).await? {
            open.push(at.to_string());
        }
        let Some(next) = at.last.checked_add_days(Days::new(1)).and_then(Month::of) else { break };
        at = next;
    }
    Ok(open)
}

/// The first month in which anything happened.
pub async fn first(conn: &impl ConnectionTrait) -> Result<Option<Month>, Failure> {
    let months = [
        "SELECT min(posted_on) AS day FROM journal_entry",
        "SELECT min(period_month) AS month FROM sesi",
        "SELECT min(period_month) AS month FROM tagihan",
        "SELECT min(period_month) AS month FROM honorarium",
        "SELECT min(month) AS month FROM period",
    ];
    let mut found = vec![];
    for sql in months {
        let Some(row) = db::row(conn, sql, vec![]).await? else { continue };
        found.extend(if sql.contains("AS day") {
            row.try_get::<Option<chrono::NaiveDate>>("", "day")?.and_then(Month::of)
        } else {
            row.try_get::<Option<String>>("", "month")?.as_deref().and_then(Month::parse)
        });
    }
    Ok(found.into_iter().min_by_key(|month| month.first))
}

async fn is_used(conn: &impl ConnectionTrait, month: Month) -> Result<bool, Failure> {
    let sql = "SELECT 1 AS used WHERE EXISTS (SELECT 1 FROM journal_entry WHERE posted_on >= ? AND posted_on <= ?) \
        OR EXISTS (SELECT 1 FROM sesi WHERE period_month = ?) OR EXISTS (SELECT 1 FROM tagihan WHERE period_month = ?) \
        OR EXISTS (SELECT 1 FROM honorarium WHERE period_month = ?)";
    let name = month.to_string();
    let values = vec![month.first.into(), month.last.into(), name.clone().into(), name.clone().into(), name.into()];
    Ok(db::row(conn, sql, values).await?.is_some())
}
