//! Subjects with their levels: found again by code, a level by its code within the subject.
//!
//! The cell `levels` reads `HSK_1=HSK 1|HSK_2=HSK 2`, in order; a name equal to its code may be left out. Levels that
//! the cell does not name stay as they are.

use crate::changes::{Change, Changes, Subject, Table};
use crate::import::reference::References;
use crate::import::row::{Given, Row};
use crate::import::{Columns, ImportOptions, Reading, cell::CellError, known};
use crate::records::catalog::{Status, subject, subject_level};
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::HashMap;
use uuid::Uuid;

pub const COLUMNS: Columns = Columns { required: &["code", "name", "kategori"], optional: &["levels", "status"] };
pub const TEMPLATE: &str = "code,name,kategori,levels,status\nMANDARIN,Bahasa Mandarin,BAHASA_ASING,HSK_1=HSK 1|HSK_2=HSK 2,ACTIVE\n";

const MOST_LEVELS: usize = 100;

const SUBJECTS: Table<subject::Model> = Table { entity_type: "subject", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };
const LEVELS: Table<subject_level::Model> = Table { entity_type: "subject_level", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

/// A subject as a row of the file shows it. `levels` are those the row names, or in the database all there are.
#[derive(Clone)]
struct WithLevels {
    subject: subject::Model,
    levels: Vec<subject_level::Model>,
}

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let kategori = known::kategori(conn).await?;
    let before = load(conn).await?;
    let options = reading.options;
    let rows = reading.records(&before, "code", |row| row.code(), |row, code, before| read(row, &kategori, (code, before), options));
    let mut changes = Changes::default();
    let (mut subjects, mut levels) = (Vec::new(), Vec::new());
    for (before, after) in rows {
        let old_levels = before.as_ref().map_or(&[][..], |before| &before.levels);
        let changed_levels = compare_levels(old_levels, after.levels);
        let old_subject = before.map(|before| before.subject);
        match &old_subject {
            None => changes.created += 1,
            Some(old) if *old == after.subject && changed_levels.is_empty() => changes.unchanged += 1,
            Some(_) => changes.updated += 1,
        }
        levels.extend(changed_levels);
        subjects.extend(Change::between(old_subject, after.subject));
    }
    changes.add::<subject::Entity>(&SUBJECTS, subjects);
    changes.add::<subject_level::Entity>(&LEVELS, levels);
    Ok(changes)
}

async fn load(conn: &impl ConnectionTrait) -> Result<HashMap<String, WithLevels>, DbErr> {
    let mut levels: HashMap<Uuid, Vec<subject_level::Model>> = HashMap::new();
    for level in subject_level::Entity::find().all(conn).await? {
        levels.entry(level.subject_id).or_default().push(level);
    }
    let subjects = subject::Entity::find().all(conn).await?;
    let with_levels = |subject: subject::Model| {
        let levels = levels.remove(&subject.id).unwrap_or_default();
        (subject.code.clone(), WithLevels { subject, levels })
    };
    Ok(subjects.into_iter().map(with_levels).collect())
}

fn read(row: &mut Row<'_>, kategori: &References, (code, before): (Option<&String>, Option<&WithLevels>), options: &ImportOptions) -> Option<WithLevels> {
    let name = row.required("name");
    let old = before.map(|before| &before.subject);
    let kategori_id = row.reference_kept("kategori", kategori, old.map(|row| row.kategori_id));
    let levels = row.parsed_optional("levels", levels);
    let status = row.choice_optional("status")?.or(old.map_or(Status::Active, |row| row.status));
    let id = old.map_or_else(|| new_id(options.now), |row| row.id);
    let levels = match levels? {
        Given::Value(levels) => levels,
        Given::Nothing | Given::Empty => Vec::new(),
    };
    let has_levels = !levels.is_empty() || before.is_some_and(|before| before.subject.has_levels);
    let old_levels = before.map_or(&[][..], |before| &before.levels);
    let level = |((code, name), position): ((String, String), i64)| {
        let old = old_levels.iter().find(|level| level.code == code);
        let level_id = old.map_or_else(|| new_id(options.now), |level| level.id);
        let status = old.map_or(Status::Active, |level| level.status);
        subject_level::Model { id: level_id, subject_id: id, code, name, position, status }
    };
    let levels = levels.into_iter().zip(1..).map(level).collect();
    let subject = subject::Model { id, code: code?.clone(), name: name?.to_owned(), kategori_id: kategori_id?, has_levels, status };
    Some(WithLevels { subject, levels })
}

/// Code and name of each level, in order.
fn levels(text: &str) -> Result<Vec<(String, String)>, CellError> {
    let refused = |message: String| CellError { code: "levels_invalid", message };
    let mut levels: Vec<(String, String)> = Vec::new();
    for part in text.split('|').map(str::trim).filter(|part| !part.is_empty()) {
        let (code, name) = part.split_once('=').map_or((part, part), |(code, name)| (code.trim(), name.trim()));
        if code.is_empty() || name.is_empty() {
            return Err(refused(format!("{part:?} is not a level such as HSK_1=HSK 1")));
        }
        let code = code.to_uppercase();
        if levels.iter().any(|(known, _)| *known == code) {
            return Err(refused(format!("the level {code} is named twice")));
        }
        levels.push((code, name.to_owned()));
    }
    if levels.len() > MOST_LEVELS { Err(refused(format!("more than {MOST_LEVELS} levels"))) } else { Ok(levels) }
}

fn compare_levels(before: &[subject_level::Model], after: Vec<subject_level::Model>) -> Vec<Change<subject_level::Model>> {
    let old = |level: &subject_level::Model| before.iter().find(|old| old.id == level.id).cloned();
    after.into_iter().filter_map(|level| Change::between(old(&level), level)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_in_order_with_their_names() {
        let pairs = |text| levels(text).unwrap().into_iter().map(|(code, name)| format!("{code}:{name}")).collect::<Vec<_>>();
        assert_eq!(pairs("hsk_1=HSK 1 | HSK_2 = HSK 2|HSK_3"), ["HSK_1:HSK 1", "HSK_2:HSK 2", "HSK_3:HSK_3"]);
        assert_eq!(pairs(" | "), Vec::<String>::new());
    }

    #[test]
    fn half_a_level_and_a_level_named_twice_are_refused() {
        for text in ["=HSK 1", "HSK_1=", "A|a"] {
            assert_eq!(levels(text).unwrap_err().code, "levels_invalid", "{text}");
        }
    }
}
