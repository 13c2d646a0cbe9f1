//! Whom and which lessons a case is about. A siswa is a code here: who it is matters to no dispute with a tutor.

use super::Event;
use super::related::Case;
use crate::routes::sesi::WORKFLOW as SESI;
use crate::view::told::Told;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value as SqlValue;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Serialize, ToSchema)]
#[schema(as = CasefilePerson)]
pub(super) struct Person {
    id: Uuid,
    pub code: String,
    pub name: String,
}

impl Person {
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// A lesson as far as a dispute needs it.
#[derive(Serialize, ToSchema)]
#[schema(as = CasefileLesson)]
pub(super) struct Lesson {
    id: Uuid,
    pub code: String,
    pub subject: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    zone: String,
    pub mode: String,
    pub tutor: Person,
    pub siswa_code: String,
    #[schema(required)]
    pub honorarium_rp: Option<i64>,
    #[schema(required)]
    pub tagihan_rp: Option<i64>,
}

impl Lesson {
    pub fn zone(&self) -> String {
        self.zone.clone()
    }
}

const LESSON: &str = "SELECT s.id, s.code, b.name AS subject, l.name AS level, s.starts_at, s.ends_at, o.zone, s.mode, s.honorarium_rp, s.tagihan_rp, \
    t.id AS tutor_id, t.code AS tutor_code, t.name AS tutor_name, w.code AS siswa_code \
    FROM sesi s JOIN subject b ON b.id = s.subject_id LEFT JOIN subject_level l ON l.id = s.subject_level_id JOIN office o ON o.id = s.office_id \
    JOIN tutor t ON t.id = s.tutor_id JOIN siswa w ON w.id = s.siswa_id";

pub(super) async fn lessons(db: &Db, cases: &[Case]) -> Result<Vec<Lesson>, Failure> {
    let ids: Vec<SqlValue> = cases.iter().filter(|case| case.workflow == SESI).map(|case| case.id.into()).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("{LESSON} WHERE s.id IN ({}) ORDER BY s.starts_at, s.id", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids).await?;
    rows.iter()
        .map(|row| {
            let (subject, level): (String, Option<String>) = (row.try_get("", "subject")?, row.try_get("", "level")?);
            Ok(Lesson {
                id: row.try_get("", "id")?,
                code: row.try_get("", "code")?,
                subject: level.map_or_else(|| subject.clone(), |level| format!("{subject} {level}")),
                starts_at: row.try_get("", "starts_at")?,
                ends_at: row.try_get("", "ends_at")?,
                zone: row.try_get("", "zone")?,
                mode: row.try_get("", "mode")?,
                tutor: Person { id: row.try_get("", "tutor_id")?, code: row.try_get("", "tutor_code")?, name: row.try_get("", "tutor_name")? },
                siswa_code: row.try_get("", "siswa_code")?,
                honorarium_rp: row.try_get("", "honorarium_rp")?,
                tagihan_rp: row.try_get("", "tagihan_rp")?,
            })
        })
        .collect()
}

/// Puts the code of a siswa where a lesson's step says for which siswa somebody acted.
pub(super) fn unname(timeline: &mut [Event], lessons: &[Lesson]) {
    for event in timeline {
        let names_siswa = event.on_behalf_of.as_ref().and_then(Told::text).is_some_and(|whom| whom.starts_with("Siswa "));
        if let Some(lesson) = lessons.iter().find(|lesson| names_siswa && lesson.id == event.entity_id) {
            event.on_behalf_of = Some(Told::Text(format!("Siswa {}", lesson.siswa_code)));
        }
    }
}

/// Whom the case is about: the `tutor_id` its own record was last given, else the tutor of its lesson.
pub(super) async fn tutor(db: &Db, subject: &Case, lessons: &[Lesson]) -> Result<Option<Person>, Failure> {
    let sql = "SELECT change FROM workflow_history WHERE instance_id = ? ORDER BY seq DESC";
    let mut named = None;
    for row in db::rows(db.reader(), sql, vec![subject.id.into()]).await? {
        named = named.or_else(|| tutor_in(&row.try_get::<Value>("", "change").unwrap_or_default()));
    }
    let Some(id) = named.or_else(|| lessons.first().map(|lesson| lesson.tutor.id)) else { return Ok(None) };
    let row = db::row(db.reader(), "SELECT id, code, name FROM tutor WHERE id = ?", vec![id.into()]).await?;
    row.map(|row| Ok(Person { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? })).transpose()
}

fn tutor_in(value: &Value) -> Option<Uuid> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("tutor_id").and_then(Value::as_str).and_then(|text| text.parse().ok());
            own.or_else(|| fields.values().find_map(tutor_in))
        }
        Value::Array(items) => items.iter().find_map(tutor_in),
        _ => None,
    }
}
