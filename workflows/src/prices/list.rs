//! The prices of a year in force on a day, under the codes that the import reads: what is taken out can be put back.

use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// One price under its codes.
#[derive(Clone, Debug)]
pub struct Priced {
    pub audience: String,
    pub tahun_ajaran: String,
    pub subject: String,
    pub level: Option<String>,
    pub tingkat: String,
    pub segmentasi: String,
    pub golongan: Option<String>,
    pub amount_rp: i64,
    pub effective_from: NaiveDate,
}

/// The subjects that have prices in a year.
pub async fn subjects(conn: &impl ConnectionTrait, year: Uuid) -> Result<Vec<Uuid>, Failure> {
    let sql = "SELECT s.id FROM subject s WHERE EXISTS (SELECT 1 FROM price p WHERE p.subject_id = s.id AND p.tahun_ajaran_id = ?) ORDER BY s.code";
    db::rows(conn, sql, vec![year.into()]).await?.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// The prices of one subject.
pub async fn of_subject(conn: &impl ConnectionTrait, subject: Uuid, year: Uuid, day: NaiveDate) -> Result<Vec<Priced>, Failure> {
    let sql = "SELECT p.audience, y.code AS tahun_ajaran, s.code AS subject, l.code AS level, t.code AS tingkat, g.code AS segmentasi, \
               o.code AS golongan, p.amount_rp, p.effective_from \
               FROM price p JOIN tahun_ajaran y ON y.id = p.tahun_ajaran_id JOIN subject s ON s.id = p.subject_id \
               JOIN tingkat t ON t.id = p.tingkat_id JOIN segmentasi g ON g.id = p.segmentasi_id \
               LEFT JOIN subject_level l ON l.id = p.subject_level_id LEFT JOIN golongan o ON o.id = p.golongan_id \
               WHERE p.subject_id = ? AND p.tahun_ajaran_id = ? AND p.effective_from <= ? AND (p.effective_until IS NULL OR p.effective_until > ?) \
               ORDER BY l.position, p.audience, t.position, g.position, o.position, p.id";
    let rows = db::rows(conn, sql, vec![subject.into(), year.into(), day.into(), day.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Priced {
                audience: row.try_get("", "audience")?,
                tahun_ajaran: row.try_get("", "tahun_ajaran")?,
                subject: row.try_get("", "subject")?,
                level: row.try_get("", "level")?,
                tingkat: row.try_get("", "tingkat")?,
                segmentasi: row.try_get("", "segmentasi")?,
                golongan: row.try_get("", "golongan")?,
                amount_rp: row.try_get("", "amount_rp")?,
                effective_from: row.try_get("", "effective_from")?,
            })
        })
        .collect()
}
