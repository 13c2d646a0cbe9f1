//! Where a month stands: when it is over in every office, whether it is locked, and which runs of it there are.

use crate::books::balance::Month;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Jakarta;
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::refusal::{Blocking, Failure};
use engine::workflow::Ctx;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The timer looks at one in the morning, in WIB.
const WAKES_AT: TimeDelta = TimeDelta::hours(1);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    pub month: String,
    pub first: NaiveDate,
    /// The number of its next run, and the code that goes with it.
    pub number: i64,
    pub code: String,
    /// From when on the month is over in every office.
    pub over_at: DateTime<Utc>,
    pub today: NaiveDate,
    pub locked: bool,
    /// Another run of it that lies ready or is under way.
    pub live: Option<Blocking>,
    /// Whether a run of an earlier month is under way.
    pub earlier_live: bool,
    /// The month for which the next run is to lie ready, and its id; nothing when one does.
    pub next: Option<(Uuid, String)>,
}

impl Calendar {
    /// None when that is no month.
    pub(super) async fn read(tx: &Tx, month: &str, ctx: Ctx<'_>) -> Result<Option<Self>, Failure> {
        let Some(asked) = Month::parse(month) else { return Ok(None) };
        let number = 1 + count(tx, "SELECT max(number) AS n FROM billing_run WHERE period_month = ? AND id <> ?", month, ctx.id).await?;
        let locked = db::row(tx, "SELECT 1 AS one FROM period WHERE month = ? AND state = 'LOCKED'", vec![month.into()]).await?.is_some();
        let earlier = "SELECT count(*) AS n FROM billing_run WHERE period_month < ? AND id <> ? AND state IN ('PREFLIGHT','HALTED','RUNNING')";
        Ok(Some(Self {
            month: month.into(),
            first: asked.first,
            number,
            code: format!("RUN-{month}-{number:02}"),
            over_at: over_at(tx, asked).await?,
            today: ctx.now.with_timezone(&Jakarta).date_naive(),
            locked,
            live: live(tx, month, ctx.id).await?,
            earlier_live: count(tx, earlier, month, ctx.id).await? > 0,
            next: next(tx, asked, ctx).await?,
        }))
    }

    /// The day from which the timer begins it.
    fn billed_from(&self, day: i64) -> NaiveDate {
        let over = Month::of(self.first).map_or(self.first, |month| month.last);
        over + Days::new(u64::try_from(day).unwrap_or(1))
    }

    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.over_at
    }

    pub(super) fn day_has_come(&self, day: i64, now: DateTime<Utc>) -> bool {
        self.is_over(now) && self.today >= self.billed_from(day)
    }

    /// When the timer looks next: at once when the day has come already, else every morning after the month.
    pub(super) fn looks_at(&self, day: i64, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.day_has_come(day, now) { now } else { morning_after(now.max(self.over_at - TimeDelta::nanoseconds(1))) }
    }
}

/// The first time after this instant that it is one in the morning in WIB.
pub(super) fn morning_after(at: DateTime<Utc>) -> DateTime<Utc> {
    let today = at.with_timezone(&Jakarta).date_naive();
    let morning = |day: NaiveDate| starts(Jakarta, day) + WAKES_AT;
    let this = morning(today);
    if this > at { this } else { morning(today + Days::new(1)) }
}

/// When a day begins in a zone.
fn starts(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&midnight);
    local.earliest().map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// When the month is over where it ends last.
async fn over_at(tx: &Tx, month: Month) -> Result<DateTime<Utc>, Failure> {
    let after = month.last + Days::new(1);
    let mut over = starts(Jakarta, after);
    for row in db::rows(tx, "SELECT DISTINCT zone FROM office", vec![]).await? {
        let text: String = row.try_get("", "zone")?;
        let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
        over = over.max(starts(zone, after));
    }
    Ok(over)
}

async fn live(tx: &Tx, month: &str, itself: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT id, code, period_month FROM billing_run WHERE period_month = ? AND id <> ? AND state IN ('SCHEDULED','PREFLIGHT','HALTED','RUNNING')";
    let row = db::row(tx, sql, vec![month.into(), itself.into()]).await?;
    row.as_ref().map(blocking).transpose()
}

fn blocking(row: &QueryResult) -> Result<Blocking, Failure> {
    Ok(Blocking { kind: "billing_run".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "period_month")? })
}

/// A run always lies ready: that of the month after the last one there is a run of.
async fn next(tx: &Tx, month: Month, ctx: Ctx<'_>) -> Result<Option<(Uuid, String)>, Failure> {
    let sql = "SELECT (SELECT count(*) FROM billing_run WHERE state = 'SCHEDULED' AND id <> ?) AS ready, (SELECT max(period_month) FROM billing_run) AS last";
    let Some(row) = db::row(tx, sql, vec![ctx.id.into()]).await? else { return Ok(None) };
    if row.try_get::<i64>("", "ready")? > 0 {
        return Ok(None);
    }
    let last: Option<String> = row.try_get("", "last")?;
    let latest = last.as_deref().and_then(Month::parse).map_or(month.first, |last| last.first.max(month.first));
    Ok(after(latest).map(|month| (new_id(ctx.now), month)))
}

/// The month after that of a day.
pub(super) fn after(day: NaiveDate) -> Option<String> {
    let next = Month::of(day)?.last + Days::new(1);
    Month::of(next).map(|month| month.to_string())
}

async fn count(tx: &Tx, sql: &str, month: &str, itself: Uuid) -> Result<i64, Failure> {
    let row = db::row(tx, sql, vec![month.into(), itself.into()]).await?;
    Ok(row.map(|row| row.try_get::<Option<i64>>("", "n")).transpose()?.flatten().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn november() -> Calendar {
        Calendar {
            month: "2026-11".into(),
            first: "2026-11-01".parse().unwrap(),
            number: 1,
            code: "RUN-2026-11-01".into(),
            // Midnight of 1 December in WIB.
            over_at: at("2026-11-30T17:00:00Z"),
            today: "2026-12-01".parse().unwrap(),
            locked: false,
            live: None,
            earlier_live: false,
            next: None,
        }
    }

    #[test]
    fn a_month_is_billed_from_the_configured_day_after_it() {
        let on = |day: &str| Calendar { today: day.parse().unwrap(), ..november() };
        let now = at("2026-12-05T00:00:00Z");
        assert!(on("2026-12-01").day_has_come(1, now));
        assert!(!on("2026-12-04").day_has_come(5, now));
        assert!(on("2026-12-05").day_has_come(5, now));
        assert!(!on("2026-12-05").day_has_come(5, at("2026-11-30T16:59:59Z")), "the month is not over");
    }

    #[test]
    fn the_timer_looks_at_one_in_the_morning_once_the_month_is_over() {
        let during = Calendar { today: "2026-11-21".parse().unwrap(), ..november() };
        assert_eq!(during.looks_at(1, at("2026-11-21T02:00:00Z")), at("2026-11-30T18:00:00Z"));
        assert_eq!(november().looks_at(5, at("2026-11-30T18:00:00Z")), at("2026-12-01T18:00:00Z"), "and every morning until the day has come");
        assert_eq!(november().looks_at(1, at("2026-12-01T03:00:00Z")), at("2026-12-01T03:00:00Z"), "or at once");
    }

    #[test]
    fn december_is_followed_by_january() {
        assert_eq!(after("2026-12-01".parse().unwrap()).as_deref(), Some("2027-01"));
    }
}
