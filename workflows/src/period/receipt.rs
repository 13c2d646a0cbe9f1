//! The receipt of a closing: what was closed, by whom, and the one hash that stands for all of it.

use super::contents::{Contents, Moved};
use super::signature::Signatures;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A closing as `period_closing` keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// That of the step-through that led to it.
    pub id: Uuid,
    pub month: String,
    /// 1 for the first closing of the month.
    pub number: i64,
    /// Which attempt of the step-through hashed its documents.
    pub attempt: i64,
    pub closed_at: DateTime<Utc>,
    pub closed_by: Uuid,
    pub note: Option<String>,
    pub contents: Contents,
    pub ledger: Vec<Moved>,
    pub signatures: Signatures,
    /// The hashes of all documents, each onto those before it.
    pub chain: String,
    /// That of the closing before, of whichever month.
    pub previous_sha256: Option<String>,
}

impl Receipt {
    /// The hash of everything that was closed; who signed and when it was belong to the history, not to the content.
    pub fn sha256(&self) -> String {
        let said = (&self.month, self.number, &self.contents, &self.ledger, &self.chain, &self.previous_sha256);
        let text = serde_json::to_string(&said).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }
}

/// A chain that holds nothing yet.
pub fn no_chain() -> String {
    hex::encode(Sha256::digest(""))
}

/// The chain with one more document.
pub fn chained(chain: &str, sha256: &str) -> String {
    hex::encode(Sha256::digest(format!("{chain}{sha256}")))
}

/// A receipt as it is stored, with the hash it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub receipt: Receipt,
    pub sha256: String,
}

const COLUMNS: &str =
    "id, month, number, attempt, closed_at, closed_by, note, totals, ledger, signatures, chain, previous_sha256, sha256, document_count, entry_count";

/// The closings of a month, the newest first.
pub async fn of_month(conn: &impl ConnectionTrait, month: &str) -> Result<Vec<Stored>, Failure> {
    let rows = db::rows(conn, &format!("SELECT {COLUMNS} FROM period_closing WHERE month = ? ORDER BY number DESC"), vec![month.into()]).await?;
    rows.iter().map(read).collect()
}

/// The hash of the newest closing of all.
pub async fn newest_sha256(conn: &impl ConnectionTrait) -> Result<Option<String>, Failure> {
    let row = db::row(conn, "SELECT sha256 FROM period_closing ORDER BY closed_at DESC, id DESC LIMIT 1", vec![]).await?;
    Ok(row.map(|row| row.try_get("", "sha256")).transpose()?)
}

fn read(row: &QueryResult) -> Result<Stored, Failure> {
    let receipt = Receipt {
        id: row.try_get("", "id")?,
        month: row.try_get("", "month")?,
        number: row.try_get("", "number")?,
        attempt: row.try_get("", "attempt")?,
        closed_at: row.try_get("", "closed_at")?,
        closed_by: row.try_get("", "closed_by")?,
        note: row.try_get("", "note")?,
        contents: json(row, "totals")?,
        ledger: json(row, "ledger")?,
        signatures: json(row, "signatures")?,
        chain: row.try_get("", "chain")?,
        previous_sha256: row.try_get("", "previous_sha256")?,
    };
    Ok(Stored { receipt, sha256: row.try_get("", "sha256")? })
}

fn json<T: serde::de::DeserializeOwned>(row: &QueryResult, column: &str) -> Result<T, Failure> {
    let value: serde_json::Value = row.try_get("", column)?;
    serde_json::from_value(value).map_err(|source| Failure::Stored { what: format!("{column} of a closing"), source })
}
