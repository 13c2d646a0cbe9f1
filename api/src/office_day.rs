//! Days as people at an office count them: from midnight to midnight in the office's own zone (SPEC TIM-1).

use crate::listing::Where;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value;
use uuid::Uuid;

/// The offices with their zones.
pub async fn zones(db: &Db) -> Result<Vec<(Uuid, Tz)>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, zone FROM office", vec![]).await?;
    rows.iter()
        .map(|row| {
            let zone: String = row.try_get("", "zone")?;
            let zone = zone.parse().map_err(|_| Failure::Unknown { what: "time zone", text: zone })?;
            Ok((row.try_get("", "id")?, zone))
        })
        .collect()
}

/// The instant a date begins in a zone. Where a clock change skips midnight, the day begins after it.
pub fn begins(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    let local = (0..=3).find_map(|hours| zone.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hours))).earliest());
    local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// `instant` lies on a date from the first to the last given, in the zone of its own office.
pub async fn between(db: &Db, office: &str, instant: &str, (from, until): (Option<NaiveDate>, Option<NaiveDate>), filter: &mut Where) -> Result<(), Failure> {
    let (mut any, mut values) = (vec![], Vec::<Value>::new());
    for (id, zone) in zones(db).await? {
        let mut all = vec![format!("{office} = ?")];
        values.push(id.into());
        if let Some(from) = from {
            all.push(format!("{instant} >= ?"));
            values.push(begins(from, zone).into());
        }
        if let Some(end) = until.and_then(|until| until.checked_add_days(Days::new(1))) {
            all.push(format!("{instant} < ?"));
            values.push(begins(end, zone).into());
        }
        any.push(format!("({})", all.join(" AND ")));
    }
    let clause = if any.is_empty() { "1 = 0".to_owned() } else { format!("({})", any.join(" OR ")) };
    filter.and(clause, values);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_offices_own_midnight() {
        let day: NaiveDate = "2026-11-21".parse().unwrap();
        for (zone, begin) in [("Asia/Jakarta", "2026-11-20T17:00:00Z"), ("Asia/Makassar", "2026-11-20T16:00:00Z"), ("Asia/Jayapura", "2026-11-20T15:00:00Z")] {
            assert_eq!(begins(day, zone.parse().unwrap()), begin.parse::<DateTime<Utc>>().unwrap(), "{zone}");
        }
    }

    #[test]
    fn a_midnight_skipped_by_a_clock_change_begins_an_hour_later() {
        let day: NaiveDate = "2018-11-04".parse().unwrap();
        assert_eq!(begins(day, "America/Sao_Paulo".parse().unwrap()), "2018-11-04T03:00:00Z".parse::<DateTime<Utc>>().unwrap());
    }
}
