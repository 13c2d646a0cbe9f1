//! The weekly Slots of a tutor, replaced as a whole; no two of them overlap.

use super::{Kind, hold_editable};
use crate::changes::Written;
use crate::held::{NotHeld, etag};
use engine::audit;
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// More than these nobody keeps in mind.
const MOST: usize = 100;
const DAY: i64 = 24 * 60;
const WEEKDAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];

/// One window of the week, in the zone of the tutor's office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Window {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i64,
    /// Minutes from midnight.
    pub from_minute: i64,
    /// Minutes from midnight, exclusive.
    pub until_minute: i64,
}

/// The windows of a tutor, in the order of the week.
///
/// # Errors
/// When the database fails.
pub async fn of_tutor(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Window>, Failure> {
    let sql = "SELECT weekday, from_minute, until_minute FROM slot WHERE tutor_id = ? ORDER BY weekday, from_minute";
    let rows = db::rows(conn, sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Window { weekday: row.try_get("", "weekday")?, from_minute: row.try_get("", "from_minute")?, until_minute: row.try_get("", "until_minute")? })
        })
        .collect()
}

/// Makes these the tutor's Slots. `seen` is the [`etag`] of those the editor began with.
///
/// # Errors
/// What is wrong with a Slot, at `slots.<place>.<field>`, or that somebody else was quicker.
pub async fn replace(db: &Db, id: Uuid, seen: Option<&str>, slots: &[Window], by: &Written<'_>) -> Result<(), NotHeld<Vec<Window>>> {
    let faults = faults(slots);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let tx = db.begin().await?;
    let tutor = hold_editable(&tx, Kind::Tutor, id).await?;
    let before = of_tutor(&tx, id).await?;
    if seen.is_some_and(|seen| seen != etag(&before)) {
        return Err(NotHeld::Stale(Box::new(before)));
    }
    let mut after = slots.to_vec();
    after.sort_unstable();
    if before == after {
        return Ok(());
    }
    write(&tx, id, (&before, &after), by).await?;
    let mut batch = Batch::default();
    let sides = (Some(json!({ "slots": words(&before) })), Some(json!({ "slots": words(&after) })));
    audit::record(tutor.action("tutor.slots".into(), sides, by), by.actor, by.at, &mut batch);
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

async fn write(tx: &Tx, id: Uuid, (before, after): (&[Window], &[Window]), by: &Written<'_>) -> Result<(), Failure> {
    for gone in before.iter().filter(|window| !after.contains(window)) {
        let sql = "DELETE FROM slot WHERE tutor_id = ? AND weekday = ? AND from_minute = ?";
        db::run(tx, sql, vec![id.into(), gone.weekday.into(), gone.from_minute.into()]).await?;
    }
    for new in after.iter().filter(|window| !before.contains(window)) {
        let sql = "INSERT INTO slot (id, tutor_id, weekday, from_minute, until_minute) VALUES (?,?,?,?,?)";
        db::run(tx, sql, vec![new_id(by.at).into(), id.into(), new.weekday.into(), new.from_minute.into(), new.until_minute.into()]).await?;
    }
    Ok(())
}

/// What is wrong, at the place of each in the list.
fn faults(slots: &[Window]) -> Vec<FieldError> {
    if slots.len() > MOST {
        return vec![FieldError::new("slots", "too_many").with("max", MOST)];
    }
    let within = |place: usize, field: &str, value: i64, (min, max): (i64, i64)| {
        let fault = || FieldError::new(format!("slots.{place}.{field}"), "out_of_range").with("min", min).with("max", max);
        (!(min..=max).contains(&value)).then(fault)
    };
    let mut faults = vec![];
    for (place, slot) in slots.iter().enumerate() {
        faults.extend(within(place, "weekday", slot.weekday, (1, 7)));
        faults.extend(within(place, "from_minute", slot.from_minute, (0, DAY - 1)));
        faults.extend(within(place, "until_minute", slot.until_minute, (1, DAY)));
        if slot.until_minute <= slot.from_minute {
            faults.push(FieldError::new(format!("slots.{place}.until_minute"), "slot_empty"));
        }
    }
    faults.extend(overlaps(slots).map(|place| FieldError::new(format!("slots.{place}.from_minute"), "slot_overlap")));
    faults
}

/// The places of those that overlap one before them in the list.
fn overlaps(slots: &[Window]) -> impl Iterator<Item = usize> {
    let clash = |one: &Window, other: &Window| one.weekday == other.weekday && one.from_minute < other.until_minute && other.from_minute < one.until_minute;
    slots.iter().enumerate().filter(move |(place, slot)| slots[..*place].iter().any(|earlier| clash(earlier, slot))).map(|(place, _)| place)
}

fn words(slots: &[Window]) -> Vec<String> {
    let time = |minute: i64| format!("{:02}.{:02}", minute / 60, minute % 60);
    let day = |weekday: i64| usize::try_from(weekday - 1).ok().and_then(|day| WEEKDAYS.get(day)).copied().unwrap_or_default();
    slots.iter().map(|slot| format!("{} {}–{}", day(slot.weekday), time(slot.from_minute), time(slot.until_minute))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_slots_is_told_at_the_slot() {
        let slot = |weekday, from_minute, until_minute| Window { weekday, from_minute, until_minute };
        let told = |slots: &[Window]| faults(slots).iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect::<Vec<_>>();
        assert_eq!(told(&[slot(1, 0, 60), slot(1, 60, 120), slot(2, 30, 90)]), Vec::<String>::new());
        assert_eq!(told(&[slot(1, 0, 60), slot(1, 59, 120)]), ["slots.1.from_minute slot_overlap"]);
        assert_eq!(told(&[slot(8, 60, 60)]), ["slots.0.weekday out_of_range", "slots.0.until_minute slot_empty"]);
        assert_eq!(words(&[slot(7, 485, 1440)]), ["Minggu 08.05–24.00"]);
    }
}
