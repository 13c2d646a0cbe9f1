//! The days a backtest looks at: whole days in WIB, never further than now.

use super::command::Start;
use super::rejection::Rejection;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Asia::Jakarta;

/// From the first day to the last, as days and as instants. What is decided while the backtest runs is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub from_at: DateTime<Utc>,
    pub until_at: DateTime<Utc>,
}

pub(super) fn read(start: &Start, now: DateTime<Utc>) -> Result<Period, Rejection> {
    let day = |field: &'static str, text: &str| text.parse::<NaiveDate>().map_err(|_| Rejection::NotADate(field));
    let (from_on, to_on) = (day("from_on", &start.from_on)?, day("to_on", &start.to_on)?);
    if to_on < from_on {
        return Err(Rejection::PeriodBackwards);
    }
    let end = to_on.checked_add_days(Days::new(1)).ok_or(Rejection::NotADate("to_on"))?;
    let (from_at, until_at) = (begins(from_on), begins(end).min(now));
    if until_at <= from_at {
        return Err(Rejection::PeriodInFuture);
    }
    Ok(Period { from_on, to_on, from_at, until_at })
}

/// Midnight in Jakarta, which knows no summer time.
fn begins(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    Jakarta.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::super::record::Subject;
    use super::*;

    fn ask(from_on: &str, to_on: &str) -> Result<Period, Rejection> {
        let start = Start {
            subject: Subject::Policy,
            kind: None,
            publication_id: None,
            script: None,
            params: None,
            cells: vec![],
            bump: None,
            from_on: from_on.into(),
            to_on: to_on.into(),
        };
        read(&start, "2026-11-21T02:00:00Z".parse().unwrap())
    }

    #[test]
    fn days_are_whole_in_wib_and_end_now() {
        let period = ask("2026-10-01", "2026-10-31").unwrap();
        assert_eq!((period.from_at.to_rfc3339(), period.until_at.to_rfc3339()), ("2026-09-30T17:00:00+00:00".into(), "2026-10-31T17:00:00+00:00".into()));
        let today = ask("2026-11-21", "2026-11-30").unwrap();
        assert_eq!(today.until_at.to_rfc3339(), "2026-11-21T02:00:00+00:00");
    }

    #[test]
    fn what_is_no_period_is_refused_at_its_field() {
        assert_eq!(ask("1.10.2026", "2026-10-31"), Err(Rejection::NotADate("from_on")));
        assert_eq!(ask("2026-10-01", "2026-02-30"), Err(Rejection::NotADate("to_on")));
        assert_eq!(ask("2026-10-02", "2026-10-01"), Err(Rejection::PeriodBackwards));
        assert_eq!(ask("2026-11-22", "2026-11-30"), Err(Rejection::PeriodInFuture));
    }
}
