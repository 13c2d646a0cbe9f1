//! On which day a sesi was held, in its office's zone, as SQL. Postgres knows zones; SQLite is told by how much each office is
//! ahead of UTC, and from when to when.

use chrono::{DateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend, Value};
use uuid::Uuid;

/// How far back a change of clocks is looked for. What is older is taken for the earliest that is known.
const LOOKED_BACK: TimeDelta = TimeDelta::days(800);
const HOUR: TimeDelta = TimeDelta::hours(1);

/// How days are told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Zones {
    #[default]
    ByName,
    ByOffset(Vec<Span>),
}

/// An office is so far ahead of UTC from this instant until that one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    office_id: Uuid,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    ahead: i32,
}

impl Zones {
    pub async fn read(tx: &Tx, now: DateTime<Utc>) -> Result<Self, Failure> {
        if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
            return Ok(Self::ByName);
        }
        let mut spans = vec![];
        for row in db::rows(tx, "SELECT id, zone FROM office", vec![]).await? {
            let text: String = row.try_get("", "zone")?;
            let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
            spans.extend(told(row.try_get("", "id")?, zone, now));
        }
        Ok(Self::ByOffset(spans))
    }

    /// The expression of the day a sesi `s` was held on, the join it needs, and the values of that join.
    pub fn day(&self) -> (&'static str, String, Vec<Value>) {
        match self {
            Self::ByName => ("CAST(s.starts_at AT TIME ZONE o.zone AS date)", "LEFT JOIN office o ON o.id = s.office_id".into(), vec![]),
            Self::ByOffset(spans) => {
                let rows = vec!["(?,?,?,?)"; spans.len().max(1)].join(",");
                let join = format!("LEFT JOIN (VALUES {rows}) o ON o.column1 = s.office_id AND s.starts_at >= o.column2 AND s.starts_at < o.column3");
                let values = spans.iter().flat_map(|span| -> [Value; 4] {
                    [span.office_id.into(), span.from.into(), span.until.into(), format!("{:+} seconds", span.ahead).into()]
                });
                ("date(s.starts_at, o.column4)", join, values.collect())
            }
        }
    }
}

fn told(office_id: Uuid, zone: Tz, now: DateTime<Utc>) -> Vec<Span> {
    let ahead = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    let (mut at, end) = (now - LOOKED_BACK, now + LOOKED_BACK);
    let mut spans = vec![Span { office_id, from: DateTime::UNIX_EPOCH, until: end, ahead: ahead(at) }];
    while at < end {
        let next = at + TimeDelta::days(1);
        if ahead(next) != ahead(at) {
            let hour = (1..=24).map(|hours| at + HOUR * hours).find(|hour| ahead(*hour) != ahead(at)).unwrap_or(next);
            if let Some(last) = spans.last_mut() {
                last.until = hour;
            }
            spans.push(Span { office_id, from: hour, until: end, ahead: ahead(next) });
        }
        at = next;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_without_summer_time_is_told_once_and_one_with_it_for_each_change() {
        let now = "2026-11-21T02:30:00Z".parse().unwrap();
        let jayapura = told(Uuid::nil(), chrono_tz::Asia::Jayapura, now);
        assert_eq!(jayapura.iter().map(|span| span.ahead).collect::<Vec<_>>(), [9 * 3600]);
        let berlin = told(Uuid::nil(), chrono_tz::Europe::Berlin, now);
        assert!(berlin.len() > 6 && berlin.iter().all(|span| span.ahead == 3600 || span.ahead == 7200));
        assert!(berlin.is_sorted_by(|one, next| one.until == next.from));
    }
}
