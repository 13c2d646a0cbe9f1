//! What is in the database before an import, loaded once: the rows that cells may name, and the keys taken in the file.

use crate::import::problem::Problems;
use crate::import::reference::{Named, References};
use crate::records::catalog::{self, Status};
use crate::records::{office, tutor};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

/// The four dimensions share their columns, not their type.
macro_rules! dimension {
    ($name:ident) => {
        pub async fn $name(conn: &impl ConnectionTrait) -> Result<References, DbErr> {
            let rows = catalog::$name::Entity::find().all(conn).await?;
            let named = rows.iter().map(|row| Named { id: row.id, code: &row.code, name: &row.name, archived: row.status == Status::Archived });
            Ok(References::new(stringify!($name), named))
        }
    };
}

dimension!(tingkat);
dimension!(segmentasi);
dimension!(kategori);
dimension!(golongan);

pub async fn offices(conn: &impl ConnectionTrait) -> Result<References, DbErr> {
    let rows = office::Entity::find().all(conn).await?;
    let named = rows.iter().map(|row| Named { id: row.id, code: &row.code, name: &row.name, archived: row.status == Status::Archived });
    Ok(References::new("office", named))
}

/// Tutors, named by code, by phone in E.164, or by name.
pub async fn tutors(conn: &impl ConnectionTrait) -> Result<References, DbErr> {
    let rows = tutor::Entity::find().all(conn).await?;
    let by_code = rows.iter().map(|row| (row, row.code.as_str()));
    let by_phone = rows.iter().map(|row| (row, row.phone.as_str()));
    let gone = |row: &tutor::Model| matches!(row.status, tutor::Status::Terminated | tutor::Status::Archived);
    let named = by_phone.chain(by_code).map(|(row, code)| Named { id: row.id, code, name: &row.name, archived: gone(row) });
    Ok(References::new("tutor", named))
}

/// Subjects, and the levels of each.
pub struct Subjects {
    pub references: References,
    rows: HashMap<Uuid, (catalog::subject::Model, References)>,
}

impl Subjects {
    pub async fn load(conn: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let subjects = catalog::subject::Entity::find().all(conn).await?;
        let mut levels: HashMap<Uuid, Vec<catalog::subject_level::Model>> = HashMap::new();
        for level in catalog::subject_level::Entity::find().all(conn).await? {
            levels.entry(level.subject_id).or_default().push(level);
        }
        let named = subjects.iter().map(|row| Named { id: row.id, code: &row.code, name: &row.name, archived: row.status == Status::Archived });
        let references = References::new("subject", named);
        let mut rows = HashMap::new();
        for subject in subjects {
            let own = levels.remove(&subject.id).unwrap_or_default();
            let named = own.iter().map(|row| Named { id: row.id, code: &row.code, name: &row.name, archived: row.status == Status::Archived });
            rows.insert(subject.id, (subject, References::new("level of this subject", named)));
        }
        Ok(Self { references, rows })
    }

    /// The levels of a subject found in `references`.
    pub fn levels(&self, subject: Uuid) -> Option<&References> {
        self.rows.get(&subject).map(|(_, levels)| levels)
    }

    pub fn has_levels(&self, subject: Uuid) -> bool {
        self.rows.get(&subject).is_some_and(|(row, _)| row.has_levels)
    }
}

/// The natural keys met in the file so far; a key met twice is an error of the later row.
pub struct Keys<K> {
    column: &'static str,
    lines: HashMap<K, u64>,
}

impl<K: Hash + Eq> Keys<K> {
    pub fn new(column: &'static str) -> Self {
        Self { column, lines: HashMap::new() }
    }

    /// Notes an error when the key stands on an earlier line.
    pub fn take(&mut self, key: K, line: u64, problems: &mut Problems) {
        if let Some(first) = self.lines.get(&key) {
            problems.of_cell_with(line, self.column, "duplicate_key", || (format!("says the same as line {first}"), vec![("first", (*first).into())]));
        } else {
            self.lines.insert(key, line);
        }
    }
}
