//! Recomputes every seal from the database, a few seals in memory at a time.

use super::chain::{Chain, Fault, Leaf, Report, Row};
use super::{COLUMNS, MOST_ROWS, Seal, record};
use crate::db::{self, Db};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, stream};
use sea_orm::QueryResult;
use serde_json::Value;
use uuid::Uuid;

/// How many seals are listed at a time.
const PAGE: i64 = 100;
/// How many seals are read and hashed at once.
const AT_ONCE: usize = 3;

/// Recomputes everything and names the first changed, removed, inserted or re-ordered row of each seal.
///
/// What it cannot see: that whole seals were cut off the end together with their rows. Keep an export, or the hash
/// of a report's `head`, where nobody with access to the database can write.
///
/// # Errors
/// The database cannot be read. Rows that cannot be read are findings.
pub async fn verify(db: &Db) -> Result<Report, Failure> {
    let mut chain = Chain::from_the_first();
    let mut after = 0;
    loop {
        let seals = seals(db, after, i64::MAX).await?;
        let Some(last) = seals.last() else { break };
        after = last.position;
        let mut loaded = stream::iter(seals).map(|seal| in_background(leaves(db.clone(), seal))).buffered(AT_ONCE);
        while let Some(one) = loaded.next().await {
            let (seal, leaves) = one?;
            chain.add(&seal, &leaves);
        }
    }
    check_cut_off(db, after, &mut chain.report).await?;
    check_unsealed(db, chain).await
}

/// Runs on whatever core is free.
fn in_background<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> impl Future<Output = T> {
    let (work, answer) = work.remote_handle();
    tokio::spawn(work);
    answer
}

/// Some seals after one position, up to another.
pub(super) async fn seals(db: &Db, after: i64, last: i64) -> Result<Vec<Seal>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM audit_seal WHERE position > ? AND position <= ? ORDER BY position LIMIT {PAGE}");
    db::rows(db.reader(), &sql, vec![after.into(), last.into()]).await?.iter().map(Seal::read).collect()
}

/// A sealed row as it is now; content that cannot be read is `null`, which matches no hash.
pub(super) struct Sealed {
    pub id: Uuid,
    pub place: i64,
    /// The hash noted when it was sealed, in hex.
    pub hash: String,
    pub content: Option<Value>,
}

impl Sealed {
    fn read(row: &QueryResult) -> Result<Self, Failure> {
        let is_there: Option<Uuid> = row.try_get("", "id")?;
        let content = is_there.map(|_| record::content(row).unwrap_or_default());
        Ok(Self { id: row.try_get("", "record_id")?, place: row.try_get("", "place")?, hash: row.try_get("", "hash")?, content })
    }
}

/// The rows of a seal in their order; at most one more than a seal may have.
pub(super) async fn sealed(db: &Db, seal: &Seal) -> Result<Vec<Sealed>, Failure> {
    let sql = format!(
        "SELECT s.record_id, s.place, s.hash, {} FROM audit_sealed s LEFT JOIN audit_record a ON a.id = s.record_id WHERE s.seal = ? ORDER BY s.place LIMIT {}",
        record::COLUMNS,
        MOST_ROWS + 1
    );
    db::rows(db.reader(), &sql, vec![seal.position.into()]).await?.iter().map(Sealed::read).collect()
}

async fn leaves(db: Db, seal: Seal) -> Result<(Seal, Vec<Leaf>), Failure> {
    let sealed = sealed(&db, &seal).await?;
    let leaves = sealed.iter().map(|one| Leaf::new(one.id, one.place, &one.hash, one.content.as_ref().map_or(Row::Gone, Row::of))).collect();
    Ok((seal, leaves))
}

/// Rows sealed in a seal that is not there any more, at the end of the chain.
async fn check_cut_off(db: &Db, after: i64, report: &mut Report) -> Result<(), Failure> {
    let sql = "SELECT s.record_id, s.seal FROM audit_sealed s WHERE s.seal > ? AND NOT EXISTS (SELECT 1 FROM audit_seal p WHERE p.position = s.seal) \
               ORDER BY s.seal, s.place LIMIT 1";
    if let Some(row) = db::row(db.reader(), sql, vec![after.into()]).await? {
        let told = "rows were sealed in it, and it is not there".into();
        report.found(row.try_get("", "seal")?, Some(row.try_get("", "record_id")?), Fault::SealRemoved, told);
    }
    Ok(())
}

const UNSEALED: &str = "FROM audit_record a WHERE NOT EXISTS (SELECT 1 FROM audit_sealed s WHERE s.record_id = a.id)";

async fn check_unsealed(db: &Db, chain: Chain) -> Result<Report, Failure> {
    let before = chain.inserted_before().unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let mut report = chain.report;
    let count: Option<i64> = db::row(db.reader(), &format!("SELECT count(*) AS n {UNSEALED}"), vec![]).await?.map(|row| row.try_get("", "n")).transpose()?;
    report.unsealed = count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    let oldest = format!("SELECT a.id {UNSEALED} AND a.at < ? ORDER BY a.at, a.id LIMIT 1");
    if let Some(row) = db::row(db.reader(), &oldest, vec![before.into()]).await? {
        let told = "the row is not sealed and dated long before rows that are: written later, or by a wrong clock".into();
        report.found(None, Some(row.try_get("", "id")?), Fault::Inserted, told);
    }
    Ok(report)
}
