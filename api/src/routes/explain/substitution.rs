//! Who stood in for whom, and what the tutor's side was before.

use super::read::Matrix;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use uuid::Uuid;

/// One of them; `before` is the row of the matrix that it replaced, for that Golongan.
pub struct StoodIn {
    pub from: String,
    pub to: String,
    pub way: String,
    pub at: DateTime<Utc>,
    pub by: String,
    pub before: Option<(Matrix, String)>,
}

/// Those of a sesi, the oldest first.
pub async fn of_sesi(db: &Db, sesi: Uuid) -> Result<Vec<StoodIn>, Failure> {
    let sql = "SELECT x.way, x.at, f.name AS from_name, t.name AS to_name, COALESCE(u.name, '') AS by_name, p.id AS price_id, p.amount_rp, g.code AS golongan \
               FROM sesi_substitution x JOIN tutor f ON f.id = x.from_tutor_id JOIN tutor t ON t.id = x.to_tutor_id LEFT JOIN user_account u ON u.id = x.done_by \
               LEFT JOIN price p ON p.id = x.price_before_id LEFT JOIN golongan g ON g.id = p.golongan_id WHERE x.sesi_id = ? ORDER BY x.number";
    db::rows(db.reader(), sql, vec![sesi.into()]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<StoodIn, Failure> {
    let (price_id, rp): (Option<Uuid>, Option<i64>) = (row.try_get("", "price_id")?, row.try_get("", "amount_rp")?);
    let golongan: Option<String> = row.try_get("", "golongan")?;
    Ok(StoodIn {
        from: row.try_get("", "from_name")?,
        to: row.try_get("", "to_name")?,
        way: row.try_get("", "way")?,
        at: row.try_get("", "at")?,
        by: row.try_get("", "by_name")?,
        before: rp.zip(golongan).map(|(rp, golongan)| (Matrix { price_id, rp }, golongan)),
    })
}
