//! One part of a month: written, stored, read back, proved, and noted.

use super::{ArchiveError, Month, verify};
use crate::documents::{DocumentStore, Key};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::execute::Engine;
use engine::id::new_id;
use engine::refusal::Failure;
use engine::seal::{self, Exported, Positions};
use sea_orm::QueryResult;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use uuid::Uuid;

/// What is to be archived next of a month. Part 0 is the month itself.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub month: Month,
    pub part: i64,
    /// Records sealed up to here are archived.
    pub after_seal: i64,
}

/// A row of `audit_archive`.
#[derive(Clone, Debug)]
pub struct Archived {
    pub id: Uuid,
    pub month: Month,
    pub part: i64,
    pub last_seal: i64,
    pub rows: i64,
    pub seals: i64,
    pub sha256: String,
    pub size: i64,
    pub key: Key,
    pub verified_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, month, part, after_seal, last_seal, row_count, seal_count, sha256, size, storage_key, verified_at";

/// Every archive, oldest month first.
///
/// # Errors
/// The database cannot be read.
pub async fn archives(db: &Db) -> Result<Vec<Archived>, Failure> {
    let rows = db::rows(db.reader(), &format!("SELECT {COLUMNS} FROM audit_archive ORDER BY month, part"), vec![]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Archived, Failure> {
    let (month, key): (String, String) = (row.try_get("", "month")?, row.try_get("", "storage_key")?);
    Ok(Archived {
        id: row.try_get("", "id")?,
        month: month.parse().map_err(|_| Failure::Unknown { what: "month", text: month })?,
        part: row.try_get("", "part")?,
        last_seal: row.try_get("", "last_seal")?,
        rows: row.try_get("", "row_count")?,
        seals: row.try_get("", "seal_count")?,
        sha256: row.try_get("", "sha256")?,
        size: row.try_get("", "size")?,
        key: Key::parse(&key).ok_or(Failure::Unknown { what: "storage key", text: key })?,
        verified_at: row.try_get("", "verified_at")?,
    })
}

/// Archives a part; nothing when it has no records, or when another worker was faster.
pub async fn archive(engine: &Engine, store: &dyn DocumentStore, part: Part) -> Result<Option<Archived>, ArchiveError> {
    let (db, range) = (&engine.db, part.month.range());
    if part.part == 0 && seal::has_unsealed(db, range).await? {
        return Err(ArchiveError::NotSealed(part.month));
    }
    let within = Positions { after: part.after_seal, last: seal::position(db).await? };
    let within = seal::touched(db, range, within).await?;
    let mut written = Written { out: BufWriter::new(tempfile::tempfile()?), hasher: Sha256::new(), size: 0 };
    let exported = seal::export_within(db, range, within, &mut written).await?;
    if exported.rows == 0 {
        return Ok(None);
    }
    let (file, sha256, size) = written.end()?;
    let key = store.put_file(file).await?;
    prove(store, &key, (&sha256, size), part.month).await?;
    note(engine, part, within, exported, (sha256, size, key)).await
}

/// Reads it back: the same bytes, and seals that hold.
async fn prove(store: &dyn DocumentStore, key: &Key, (sha256, size): (&str, i64), month: Month) -> Result<(), ArchiveError> {
    let looked = verify::look(store.get_file(key).await?).await?;
    let told = match looked.faults.first() {
        Some(fault) => fault.clone(),
        None if looked.sha256 != sha256 || looked.size != size => "what the store gives back is not what was put into it".into(),
        None => return Ok(()),
    };
    Err(ArchiveError::Unproven { month, told })
}

/// Writes the archive's row, its audit record beside it. The key (month, part) lets one of several workers through.
async fn note(
    engine: &Engine,
    part: Part,
    within: Positions,
    exported: Exported,
    (sha256, size, key): (String, i64, Key),
) -> Result<Option<Archived>, ArchiveError> {
    let now = engine.clock.now();
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (rows, seals) = (count(exported.rows), count(exported.seals));
    let archived = Archived { id: new_id(now), month: part.month, part: part.part, last_seal: within.last, rows, seals, sha256, size, key, verified_at: now };
    let mut batch = Batch::default();
    batch.push(
        format!("INSERT INTO audit_archive ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"),
        vec![
            archived.id.into(),
            archived.month.to_string().into(),
            archived.part.into(),
            within.after.into(),
            archived.last_seal.into(),
            archived.rows.into(),
            archived.seals.into(),
            archived.sha256.clone().into(),
            archived.size.into(),
            archived.key.to_string().into(),
            archived.verified_at.into(),
        ],
    );
    batch.push("DELETE FROM audit_archive_trouble WHERE month = ?", vec![archived.month.to_string().into()]);
    audit::record(record(&archived, &archived.name()), &Actor::system(), now, &mut batch);
    match commit(&engine.db, batch).await {
        Ok(()) => Ok(Some(archived)),
        Err(_) if is_there(&engine.db, &archived).await? => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

async fn commit(db: &Db, batch: Batch) -> Result<(), Failure> {
    let tx = db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// Whether another worker has noted this part.
async fn is_there(db: &Db, archived: &Archived) -> Result<bool, Failure> {
    let sql = "SELECT id FROM audit_archive WHERE month = ? AND part = ?";
    Ok(db::row(db.reader(), sql, vec![archived.month.to_string().into(), archived.part.into()]).await?.is_some())
}

impl Archived {
    /// `2026-10`; a later part `2026-10+1`.
    pub fn name(&self) -> String {
        if self.part == 0 { self.month.to_string() } else { format!("{}+{}", self.month, self.part) }
    }
}

fn record<'a>(archived: &Archived, name: &'a str) -> Action<'a> {
    Action {
        action: "audit.archive".into(),
        entity_type: "audit_archive",
        entity_id: archived.id,
        entity_code: Some(name),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(
            json!({ "records": archived.rows, "seals": archived.seals, "last_seal": archived.last_seal, "sha256": archived.sha256, "size": archived.size }),
        ),
        reason: None,
    }
}

/// A file being written, with its hash and size.
struct Written {
    out: BufWriter<File>,
    hasher: Sha256,
    size: i64,
}

impl Written {
    fn end(mut self) -> io::Result<(File, String, i64)> {
        self.out.flush()?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((file, hex::encode(self.hasher.finalize()), self.size))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(bytes)?;
        self.hasher.update(&bytes[..taken]);
        self.size = self.size.saturating_add(i64::try_from(taken).unwrap_or(i64::MAX));
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
