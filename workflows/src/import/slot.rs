//! Slots: found again by tutor, day and start. After the import no two slots of a tutor may overlap.

use crate::changes::{Changes, Subject, Table};
use crate::import::reference::References;
use crate::import::row::Row;
use crate::import::{Columns, Reading, cell, known};
use crate::records::slot::{Entity, Model};
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

pub const COLUMNS: Columns = Columns { required: &["tutor", "weekday", "from", "until"], optional: &[] };
pub const TEMPLATE: &str = "tutor,weekday,from,until\nTUT-000001,Senin,13:00,17:30\n";

const TABLE: Table<Model> = Table { entity_type: "slot", subject: |row| Subject { id: row.id, code: None } };

/// Tutor, day of the week, first minute.
type Key = (Uuid, i64, i64);

fn key_of(slot: &Model) -> Key {
    (slot.tutor_id, slot.weekday, slot.from_minute)
}

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let tutors = known::tutors(conn).await?;
    let before: HashMap<Key, Model> = Entity::find().all(conn).await?.into_iter().map(|row| (key_of(&row), row)).collect();
    let now = reading.options.now;
    let mut lines: HashMap<Key, u64> = HashMap::new();
    let rows = reading.records(
        &before,
        "from",
        |row| key(row, &tutors),
        |row, key, before| {
            let until_minute = until(row, key)?;
            let key @ (tutor_id, weekday, from_minute) = *key?;
            lines.entry(key).or_insert_with(|| row.line());
            Some(Model { id: before.map_or_else(|| new_id(now), |row| row.id), tutor_id, weekday, from_minute, until_minute })
        },
    );
    let overlapping = overlapping(&before, &rows);
    for key in &overlapping {
        let line = lines.get(key).copied().unwrap_or_default();
        reading.problems.of_cell(line, "from", "slot_overlap", || "overlaps another slot of this tutor on this day".into());
    }
    let rows = rows.into_iter().filter(|(_, row)| !overlapping.contains(&key_of(row))).collect();
    let mut changes = Changes::default();
    changes.compare::<Entity>(&TABLE, rows);
    Ok(changes)
}

fn key(row: &mut Row<'_>, tutors: &References) -> Option<Key> {
    let tutor = row.tutor("tutor", tutors);
    let weekday = row.parsed("weekday", cell::weekday);
    let from = row.parsed("from", cell::minute_of_day);
    Some((tutor?, weekday?, from?))
}

fn until(row: &mut Row<'_>, key: Option<&Key>) -> Option<i64> {
    let until = row.parsed("until", cell::minute_of_day)?;
    if key.is_some_and(|(_, _, from)| *from >= until) {
        row.error("until", "slot_empty", || "a slot ends after it begins".into());
        return None;
    }
    Some(until)
}

/// The keys of rows of the file that would overlap another slot, be it of the file or of the database.
fn overlapping(before: &HashMap<Key, Model>, rows: &[(Option<Model>, Model)]) -> BTreeSet<Key> {
    let in_file: BTreeMap<Key, i64> = rows.iter().map(|(_, row)| (key_of(row), row.until_minute)).collect();
    let mut all: BTreeMap<Key, i64> = before.values().map(|row| (key_of(row), row.until_minute)).collect();
    all.extend(&in_file);
    let mut clashes = BTreeSet::new();
    let mut longest: Option<(Key, i64)> = None;
    for (key, until) in all {
        let same_day = longest.filter(|(other, _)| (other.0, other.1) == (key.0, key.1));
        if let Some((other, _)) = same_day.filter(|(_, reach)| key.2 < *reach) {
            clashes.extend([key, other].into_iter().find(|key| in_file.contains_key(key)));
        }
        if same_day.is_none_or(|(_, reach)| until > reach) {
            longest = Some((key, until));
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(weekday: i64, from_minute: i64, until_minute: i64) -> Model {
        Model { id: Uuid::from_u128(1), tutor_id: Uuid::nil(), weekday, from_minute, until_minute }
    }

    #[test]
    fn adjacent_slots_pass_and_overlapping_ones_are_named_wherever_they_stand() {
        let before = HashMap::from([slot(1, 480, 1080), slot(2, 480, 540)].map(|row| (key_of(&row), row)));
        let rows = [slot(1, 540, 600), slot(1, 660, 720), slot(1, 1080, 1140), slot(2, 540, 600), slot(2, 420, 500)].map(|row| (None, row));
        let clashes: Vec<(i64, i64)> = overlapping(&before, &rows).iter().map(|key| (key.1, key.2)).collect();
        assert_eq!(clashes, [(1, 540), (1, 660), (2, 420)]);
    }
}
