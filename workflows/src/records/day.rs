//! Today at the company, and which months can be booked in. Money is dated in WIB; a sesi in its office's zone.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub today: NaiveDate,
    pub locked_months: Vec<String>,
}

impl Days {
    pub async fn read(tx: &Tx, now: DateTime<Utc>) -> Result<Self, Failure> {
        let locked = db::rows(tx, "SELECT month FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await?;
        let locked_months = locked.iter().map(|row| row.try_get("", "month")).collect::<Result<_, _>>()?;
        Ok(Self { today: now.with_timezone(&Jakarta).date_naive(), locked_months })
    }

    pub fn is_locked(&self, day: NaiveDate) -> bool {
        self.locked_months.contains(&month_of(day))
    }

    /// Today, or the month that cannot be booked in.
    pub fn open_today(&self) -> Result<NaiveDate, String> {
        if self.is_locked(self.today) { Err(month_of(self.today)) } else { Ok(self.today) }
    }
}

/// `2026-11`.
pub fn month_of(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}
