//! What the figures of a sesi rest on.

use super::substitution::{self, StoodIn};
use crate::routes::overrides::{self, OverrideView};
use crate::view::entry::{self, Entry};
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::plan::Amount;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A recorded policy decision.
pub struct Decided {
    pub kind: String,
    pub version: i64,
    pub sha256: String,
    pub input: Value,
    pub output: Value,
    pub trace: Vec<Value>,
}

/// A frozen row of the price matrix.
pub struct Matrix {
    pub price_id: Option<Uuid>,
    pub rp: i64,
}

pub struct Facts {
    pub student: Option<Matrix>,
    pub tutor: Option<Matrix>,
    /// What the price was looked up by.
    pub combination: Map<String, Value>,
    pub golongan: String,
    pub frozen: Option<[i64; 3]>,
    pub approved: Option<(String, DateTime<Utc>)>,
    /// The oldest first.
    pub substitutions: Vec<StoodIn>,
    pub decisions: Vec<Decided>,
    pub entries: Vec<Entry>,
    /// Whether the denda that closing the sesi brought has been taken back.
    pub denda_reversed: bool,
    /// The figures the last step closed the sesi with.
    pub closing: Vec<Amount>,
    /// What people have put in the place of these figures, or want to; the oldest first.
    pub overrides: Vec<OverrideView>,
}

const SQL: &str = "SELECT s.price_student_id, s.price_tutor_id, s.matrix_student_rp, s.matrix_tutor_rp, s.tagihan_rp, s.honorarium_rp, s.transport_rp, \
    s.approved_at, s.approved_by_name, b.name AS subject, l.name AS level, ti.name AS tingkat, sg.code AS segmentasi, COALESCE(pg.code, g.code) AS golongan, ta.code AS tahun_ajaran, \
    (SELECT h.amounts FROM workflow_history h WHERE h.instance_id = s.id AND i.terminal AND h.seq = i.revision) AS closing \
    FROM sesi s JOIN workflow_instance i ON i.id = s.id JOIN subject b ON b.id = s.subject_id LEFT JOIN subject_level l ON l.id = s.subject_level_id \
    JOIN siswa w ON w.id = s.siswa_id JOIN tutor t ON t.id = s.tutor_id JOIN golongan g ON g.id = t.golongan_id \
    LEFT JOIN price ps ON ps.id = s.price_student_id LEFT JOIN price pt ON pt.id = s.price_tutor_id \
    JOIN tingkat ti ON ti.id = COALESCE(ps.tingkat_id, w.tingkat_id) JOIN segmentasi sg ON sg.id = COALESCE(ps.segmentasi_id, w.segmentasi_id) \
    LEFT JOIN golongan pg ON pg.id = pt.golongan_id LEFT JOIN tahun_ajaran ta ON ta.id = ps.tahun_ajaran_id WHERE s.id = ?";

pub async fn facts(db: &Db, id: Uuid) -> Result<Option<Facts>, Failure> {
    let Some(row) = db::row(db.reader(), SQL, vec![id.into()]).await? else { return Ok(None) };
    let text = |column: &str| -> Result<Value, Failure> { Ok(row.try_get::<Option<String>>("", column)?.map_or(Value::Null, Value::from)) };
    let figure = |column: &str| -> Result<Option<i64>, Failure> { Ok(row.try_get("", column)?) };
    let matrix = |id: &str, rp: &str| -> Result<Option<Matrix>, Failure> {
        let price_id = row.try_get("", id)?;
        Ok(figure(rp)?.map(|rp| Matrix { price_id, rp }))
    };
    let combination = ["subject", "level", "tingkat", "segmentasi", "tahun_ajaran"];
    let combination = combination.into_iter().map(|column| Ok((column.to_owned(), text(column)?))).collect::<Result<_, Failure>>()?;
    let frozen = match (figure("tagihan_rp")?, figure("honorarium_rp")?, figure("transport_rp")?) {
        (Some(tagihan), Some(honorarium), Some(transport)) => Some([tagihan, honorarium, transport]),
        _ => None,
    };
    let approved_at: Option<DateTime<Utc>> = row.try_get("", "approved_at")?;
    let approved_by: Option<String> = row.try_get("", "approved_by_name")?;
    let closing = row.try_get::<Option<Value>>("", "closing")?.unwrap_or_else(|| json!([]));
    Ok(Some(Facts {
        student: matrix("price_student_id", "matrix_student_rp")?,
        tutor: matrix("price_tutor_id", "matrix_tutor_rp")?,
        combination,
        golongan: row.try_get("", "golongan")?,
        frozen,
        approved: approved_by.zip(approved_at),
        substitutions: substitution::of_sesi(db, id).await?,
        decisions: decisions(db, id).await?,
        entries: entries(db, id).await?,
        denda_reversed: reversed(db, id).await?,
        overrides: overrides::of_sesi(db, id).await?,
        closing: serde_json::from_value(closing).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?,
    }))
}

/// The denda of whoever was to teach it last; a substitute may have come after another tutor's.
const DENDA: &str =
    "SELECT d.id, d.status FROM denda d JOIN sesi s ON s.id = d.sesi_id AND s.tutor_id = d.tutor_id WHERE d.sesi_id = ? ORDER BY d.number DESC LIMIT 1";

/// The entries of the lesson, and those of its denda, which is a case of its own.
async fn entries(db: &Db, sesi: Uuid) -> Result<Vec<Entry>, Failure> {
    let mut entries = entry::posted(db, sesi).await?;
    if let Some(row) = db::row(db.reader(), DENDA, vec![sesi.into()]).await? {
        entries.extend(entry::posted(db, row.try_get("", "id")?).await?);
    }
    Ok(entries)
}

async fn reversed(db: &Db, sesi: Uuid) -> Result<bool, Failure> {
    let row = db::row(db.reader(), DENDA, vec![sesi.into()]).await?;
    let status: Option<String> = row.map(|row| row.try_get("", "status")).transpose()?;
    Ok(status.as_deref() == Some("REVERSED"))
}

pub async fn decisions(db: &Db, id: Uuid) -> Result<Vec<Decided>, Failure> {
    let sql = "SELECT kind, version, sha256, input, output, trace FROM policy_decision WHERE instance_id = ? ORDER BY seq, id";
    decided(&db::rows(db.reader(), sql, vec![id.into()]).await?)
}

/// What an instance decided at one instant, by a policy other than the one about prices.
pub async fn decisions_at(db: &Db, (id, at): (Uuid, DateTime<Utc>)) -> Result<Vec<Decided>, Failure> {
    let sql = "SELECT kind, version, sha256, input, output, trace FROM policy_decision WHERE instance_id = ? AND at = ? AND kind <> 'pricing' ORDER BY seq, id";
    decided(&db::rows(db.reader(), sql, vec![id.into(), at.into()]).await?)
}

fn decided(rows: &[QueryResult]) -> Result<Vec<Decided>, Failure> {
    rows.iter()
        .map(|row| {
            let trace: Value = row.try_get("", "trace")?;
            Ok(Decided {
                kind: row.try_get("", "kind")?,
                version: row.try_get("", "version")?,
                sha256: row.try_get("", "sha256")?,
                input: row.try_get("", "input")?,
                output: row.try_get("", "output")?,
                trace: trace.as_array().cloned().unwrap_or_default(),
            })
        })
        .collect()
}
