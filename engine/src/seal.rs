//! Seals over the audit records: any that is changed, removed, inserted or moved later shows (SPEC AUD-3).
//!
//! Commands write audit records and know nothing of seals (invariant I10). Afterwards [`seal`] takes what is not
//! sealed yet, oldest first, puts a Merkle root over it and chains the root to the seal before. `audit_sealed` holds
//! each record's seal, its place in it and its hash: a record that commits late comes into a later seal, and none
//! into two. The worker seals; the command line verifies and exports.

mod archive;
mod chain;
mod export;
mod merkle;
mod offline;
mod proof;
mod record;
mod verify;

pub use archive::{first_at, has_unsealed, late, position};
pub use chain::{Fault, Finding, Report};
pub use export::{ExportError, Exported, Positions, Range, export, export_within, touched};
pub use offline::{ReadError, verify_export};
pub use proof::{Beside, Proof, Side, proofs, write_proofs};
pub use verify::verify;

use crate::clock::Clock;
use crate::db::{self, Db, Tx};
use crate::history;
use crate::refusal::Failure;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use record::Record;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many records one seal covers at most: small enough that SQLite's writer is free again after milliseconds.
pub const MOST_ROWS: usize = 1_000;
/// How many seals one call makes at most.
const MOST_SEALS: usize = 10_000;
/// How much earlier than its commit a record may be dated for [`Look::Recent`] to find it.
const LATE: TimeDelta = TimeDelta::minutes(2);

const COLUMNS: &str = "position, row_count, first_id, last_id, latest_at, root, previous_hash, hash, sealed_at";

/// A row of `audit_seal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// 1, 2, 3 …
    pub position: i64,
    pub row_count: i64,
    /// The first and last record in the order of sealing.
    pub first_id: Uuid,
    pub last_id: Uuid,
    /// The latest instant of any record up to here, those of earlier seals included.
    pub latest_at: DateTime<Utc>,
    /// Merkle root over the records, in hex.
    pub root: String,
    /// The hash of the seal before; empty for the first.
    pub previous_hash: String,
    /// SHA-256 over `previous_hash` and the fields above and below, in hex.
    pub hash: String,
    pub sealed_at: DateTime<Utc>,
}

impl Seal {
    /// What its fields hash to.
    fn own_hash(&self) -> String {
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let content = json!({
            "position": self.position, "row_count": self.row_count, "first_id": self.first_id, "last_id": self.last_id,
            "latest_at": instant(self.latest_at), "root": self.root, "sealed_at": instant(self.sealed_at),
        });
        history::chain(&self.previous_hash, &content)
    }

    /// Whether its fields give its hash.
    fn is_intact(&self) -> bool {
        self.hash == self.own_hash()
    }

    fn read(row: &QueryResult) -> Result<Self, Failure> {
        Ok(Self {
            position: row.try_get("", "position")?,
            row_count: row.try_get("", "row_count")?,
            first_id: row.try_get("", "first_id")?,
            last_id: row.try_get("", "last_id")?,
            latest_at: row.try_get("", "latest_at")?,
            root: row.try_get("", "root")?,
            previous_hash: row.try_get("", "previous_hash")?,
            hash: row.try_get("", "hash")?,
            sealed_at: row.try_get("", "sealed_at")?,
        })
    }

    /// The next seal over `records`, which are in the order of sealing; nothing for none.
    fn over(records: &[Record], head: Option<&Self>, sealed_at: DateTime<Utc>) -> Option<Self> {
        let (first, last) = (records.first()?, records.last()?);
        let leaves: Vec<merkle::Hash> = records.iter().map(|record| record.hash).collect();
        let mut seal = Self {
            position: head.map_or(0, |head| head.position) + 1,
            row_count: i64::try_from(records.len()).unwrap_or(i64::MAX),
            first_id: first.id,
            last_id: last.id,
            latest_at: head.map_or(last.at, |head| head.latest_at.max(last.at)),
            root: hex::encode(merkle::root(&leaves)),
            previous_hash: head.map_or_else(|| history::GENESIS.to_owned(), |head| head.hash.clone()),
            hash: String::new(),
            sealed_at,
        };
        seal.hash = seal.own_hash();
        Some(seal)
    }
}

/// Where to look for records that are not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// From shortly before the last sealed one: costs nothing when nothing happened.
    Recent,
    /// Among all records, also those that committed very late: reads the whole index.
    Everywhere,
}

impl Look {
    fn since(self, head: Option<&Seal>) -> DateTime<Utc> {
        match (self, head) {
            // A record dated in the future must not hide those of today.
            (Self::Recent, Some(head)) => head.latest_at.min(head.sealed_at) - LATE,
            (Self::Recent, None) | (Self::Everywhere, _) => DateTime::UNIX_EPOCH,
        }
    }
}

/// Seals what is not sealed yet and answers how many records that were. Any number of processes may seal at once:
/// one wins each position, the others look again.
///
/// # Errors
/// A record that cannot be read, or a database that cannot be reached; what was sealed before stays so.
pub async fn seal(db: &Db, clock: &dyn Clock, look: Look) -> Result<u64, Failure> {
    let mut since = look.since(head(db.reader()).await?.as_ref());
    let mut sealed = 0;
    for _ in 0..MOST_SEALS {
        let head = head(db.reader()).await?;
        let records = unsealed(db, since).await?;
        let Some(seal) = Seal::over(&records, head.as_ref(), clock.now()) else { break };
        if write(db, &seal, &records).await? {
            sealed += records.len() as u64;
            since = records.last().map_or(since, |last| last.at);
        }
    }
    Ok(sealed)
}

async fn head(conn: &impl ConnectionTrait) -> Result<Option<Seal>, Failure> {
    let row = db::row(conn, &format!("SELECT {COLUMNS} FROM audit_seal ORDER BY position DESC LIMIT 1"), vec![]).await?;
    row.as_ref().map(Seal::read).transpose()
}

/// The oldest records that are not sealed. The scalar subquery keeps Postgres from reading all of `audit_sealed`.
async fn unsealed(db: &Db, since: DateTime<Utc>) -> Result<Vec<Record>, Failure> {
    let sql = format!(
        "SELECT {} FROM audit_record a WHERE a.at >= ? AND (SELECT s.seal FROM audit_sealed s WHERE s.record_id = a.id) IS NULL \
         ORDER BY a.at, a.id LIMIT {MOST_ROWS}",
        record::COLUMNS
    );
    let rows = db::rows(db.reader(), &sql, vec![since.into()]).await?;
    let mut records = rows.iter().map(Record::read).collect::<Result<Vec<_>, _>>()?;
    records.sort_unstable_by_key(|record| (record.at, record.id));
    Ok(records)
}

/// Writes a seal with its records; false when another process has sealed in the meantime.
async fn write(db: &Db, seal: &Seal, records: &[Record]) -> Result<bool, Failure> {
    let tx = db.begin().await?;
    if head(&tx).await?.map_or(0, |head| head.position) + 1 != seal.position {
        tx.rollback().await?;
        return Ok(false);
    }
    match insert(&tx, seal, records).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(true)
        }
        Err(failure) if failure.is_conflict() => {
            tx.rollback().await?;
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}

async fn insert(tx: &Tx, seal: &Seal, records: &[Record]) -> Result<(), Failure> {
    let values = vec![
        seal.position.into(),
        seal.row_count.into(),
        seal.first_id.into(),
        seal.last_id.into(),
        seal.latest_at.into(),
        seal.root.clone().into(),
        seal.previous_hash.clone().into(),
        seal.hash.clone().into(),
        seal.sealed_at.into(),
    ];
    db::run(tx, &format!("INSERT INTO audit_seal ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"), values).await?;
    let places: Vec<Value> = records.iter().map(|record| json!({ "id": record.id.simple().to_string(), "hash": hex::encode(record.hash) })).collect();
    db::run(tx, insert_places(ConnectionTrait::get_database_backend(tx)), vec![seal.position.into(), Value::Array(places).into()]).await?;
    Ok(())
}

/// One statement whatever the number of records, so that it is prepared once.
fn insert_places(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "INSERT INTO audit_sealed (record_id, seal, place, hash) \
             SELECT CAST(r.one->>'id' AS uuid), CAST(? AS bigint), r.n - 1, r.one->>'hash' FROM jsonb_array_elements(CAST(? AS jsonb)) WITH ORDINALITY AS r (one, n)"
        }
        _ => {
            "INSERT INTO audit_sealed (record_id, seal, place, hash) \
             SELECT unhex(value->>'id'), ?, key, value->>'hash' FROM json_each(?)"
        }
    }
}
