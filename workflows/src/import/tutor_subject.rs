//! What tutors teach: one row per tutor and subject, or per tutor and level. A row that is there stays.

use crate::changes::{Changes, Subject, Table};
use crate::import::known::{self, Subjects};
use crate::import::reference::References;
use crate::import::row::Row;
use crate::import::{Columns, Reading};
use crate::records::tutor_subject::{Entity, Model};
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::HashMap;
use uuid::Uuid;

pub const COLUMNS: Columns = Columns { required: &["tutor", "subject"], optional: &["level"] };
pub const TEMPLATE: &str = "tutor,subject,level\nTUT-000001,MATEMATIKA,\n0812-3456-7890,MANDARIN,HSK_1\n";

const TABLE: Table<Model> = Table { entity_type: "tutor_subject", subject: |row| Subject { id: row.id, code: None } };

/// Tutor, subject, level.
type Key = (Uuid, Uuid, Option<Uuid>);

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let (tutors, subjects) = (known::tutors(conn).await?, Subjects::load(conn).await?);
    let rows = Entity::find().all(conn).await?;
    let before: HashMap<Key, Model> = rows.into_iter().map(|row| ((row.tutor_id, row.subject_id, row.subject_level_id), row)).collect();
    let now = reading.options.now;
    let rows = reading.records(
        &before,
        "subject",
        |row| key(row, &tutors, &subjects),
        |_, key, before| {
            let (tutor_id, subject_id, subject_level_id) = *key?;
            Some(before.cloned().unwrap_or_else(|| Model { id: new_id(now), tutor_id, subject_id, subject_level_id }))
        },
    );
    let mut changes = Changes::default();
    changes.compare::<Entity>(&TABLE, rows);
    Ok(changes)
}

fn key(row: &mut Row<'_>, tutors: &References, subjects: &Subjects) -> Option<Key> {
    let tutor = row.tutor("tutor", tutors);
    let subject = row.reference("subject", &subjects.references)?;
    let level = row.level(subject, subjects);
    Some((tutor?, subject, level?))
}
