//! Months of the archive. They are months in UTC: offices have several zones, and a zone may be changed later, which
//! must move no record from one archive to another.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use engine::seal::Range;
use std::fmt;
use std::str::FromStr;

/// A calendar month in UTC, written `2026-10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: NaiveDate,
}

/// A text that is no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no month; write it as 2026-10")]
pub struct NotMonth(String);

impl Month {
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = at.date_naive();
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first + chrono::Months::new(1) }
    }

    pub fn begins(self) -> DateTime<Utc> {
        self.first.and_time(NaiveTime::MIN).and_utc()
    }

    pub fn ends(self) -> DateTime<Utc> {
        self.next().begins()
    }

    pub fn range(self) -> Range {
        Range { from: Some(self.begins()), until: Some(self.ends()) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl FromStr for Month {
    type Err = NotMonth;
    fn from_str(text: &str) -> Result<Self, NotMonth> {
        let is_shaped = text.len() == 7 && text.as_bytes()[4] == b'-';
        let first = is_shaped.then(|| format!("{text}-01").parse().ok()).flatten();
        first.map(|first| Self { first }).ok_or_else(|| NotMonth(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_written_and_followed_by_the_next() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!((month.to_string(), month.next().to_string()), ("2026-12".into(), "2027-01".into()));
        assert_eq!(month.ends().to_rfc3339(), "2027-01-01T00:00:00+00:00");
        assert_eq!(Month::of("2026-12-31T23:59:59Z".parse().unwrap()), month);
        for text in ["2026-13", "2026-1", "26-10", "2026/10", "", "oktober"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
