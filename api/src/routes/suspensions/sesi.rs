//! The sesi that lay in a suspension, and what became of each.

use crate::view::Named;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A sesi that lay in a suspension when it began or was extended, or lies in it now.
#[derive(Serialize, ToSchema)]
pub struct AffectedSesi {
    id: Uuid,
    code: String,
    state: String,
    starts_at: DateTime<Utc>,
    /// The zone of its office.
    zone: String,
    siswa: Named,
    subject: String,
    /// Who teaches it now.
    tutor: Named,
    /// It is still the suspended tutor's, and in it.
    left: bool,
    /// The sesi that took its place at another time.
    #[schema(required)]
    rescheduled_to_id: Option<Uuid>,
}

/// How many are shown.
const MOST_SHOWN: i64 = 500;

/// By their time.
pub async fn of(db: &Db, suspension: Uuid) -> Result<Vec<AffectedSesi>, Failure> {
    // The list, and what came to lie in it since; each by an index of its own.
    let ids = "SELECT a.sesi_id AS id FROM suspension_sesi a WHERE a.suspension_id = ? UNION \
         SELECT z.id FROM suspension x JOIN sesi z ON z.tutor_id = x.tutor_id AND z.starts_at >= x.begun_at \
         WHERE x.id = ? AND x.state = 'ACTIVE' AND z.state IN ('REQUESTED','APPROVED') AND (x.ends_at IS NULL OR z.starts_at < x.ends_at)";
    let left = "x.state = 'ACTIVE' AND s.tutor_id = x.tutor_id AND s.state IN ('REQUESTED','APPROVED') AND s.starts_at >= x.begun_at \
         AND (x.ends_at IS NULL OR s.starts_at < x.ends_at)";
    let sql = format!(
        "SELECT s.id, s.code, s.state, s.starts_at, o.zone, s.siswa_id, p.name AS siswa_name, b.name AS subject, s.tutor_id, t.name AS tutor_name, \
         ({left}) AS is_left, s.rescheduled_to_id FROM ({ids}) i JOIN sesi s ON s.id = i.id JOIN suspension x ON x.id = ? \
         JOIN office o ON o.id = s.office_id JOIN siswa p ON p.id = s.siswa_id JOIN subject b ON b.id = s.subject_id JOIN tutor t ON t.id = s.tutor_id \
         ORDER BY s.starts_at, s.id LIMIT {MOST_SHOWN}"
    );
    db::rows(db.reader(), &sql, vec![suspension.into(); 3]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<AffectedSesi, Failure> {
    Ok(AffectedSesi {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        starts_at: row.try_get("", "starts_at")?,
        zone: row.try_get("", "zone")?,
        siswa: Named { id: row.try_get("", "siswa_id")?, name: row.try_get("", "siswa_name")? },
        subject: row.try_get("", "subject")?,
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor_name")? },
        left: row.try_get("", "is_left")?,
        rescheduled_to_id: row.try_get("", "rescheduled_to_id")?,
    })
}
