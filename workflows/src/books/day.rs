//! The two dates of an entry: when something happened, and in which month it is booked.

use chrono::NaiveDate;

/// In the month of the sesi while that is open, otherwise today (SPEC FIN-8); or the month that is locked as well.
pub(crate) fn posted_on(held_on: NaiveDate, today: NaiveDate, locked_months: &[String]) -> Result<NaiveDate, String> {
    let month = |day: NaiveDate| day.format("%Y-%m").to_string();
    if !locked_months.contains(&month(held_on)) {
        return Ok(held_on);
    }
    let present = month(today);
    if locked_months.contains(&present) { Err(present) } else { Ok(today) }
}
