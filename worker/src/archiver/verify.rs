//! Checks archives as the store has them now: the same bytes as noted, and seals that hold.

use super::{ArchiveError, Archived, Month, archives};
use crate::documents::{DocumentStore, StoreError};
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::seal;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

/// How one part of a month was found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// `2026-10`; a later part `2026-10+1`.
    pub archive: String,
    pub rows: i64,
    pub seals: i64,
    /// What is wrong, each a sentence; nothing when all is well.
    pub faults: Vec<String>,
}

/// What a file holds.
pub(super) struct Looked {
    pub sha256: String,
    pub size: i64,
    pub faults: Vec<String>,
}

/// Checks every part of a month; nothing for a month without archive.
///
/// # Errors
/// The database cannot be read. What the store does not give, or not whole, is a fault of that part: the others are looked at too.
pub async fn verify(db: &Db, store: &dyn DocumentStore, month: Month) -> Result<Vec<Checked>, ArchiveError> {
    let mut checked = vec![];
    for one in archives(db).await?.into_iter().filter(|one| one.month == month) {
        let mut faults = match store.get_file(&one.key).await {
            Ok(file) => compared(&one, look(file).await?),
            Err(StoreError::NotFound(key)) => vec![format!("the store has nothing under {key}")],
            Err(error) => vec![format!("the store does not give {} whole: {}", one.key, chain(&error))],
        };
        faults.extend(against_the_audit(db, &one).await?);
        checked.push(Checked { archive: one.name(), rows: one.rows, seals: one.seals, faults });
    }
    Ok(checked)
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn compared(noted: &Archived, looked: Looked) -> Vec<String> {
    let mut faults = looked.faults;
    if looked.sha256 != noted.sha256 || looked.size != noted.size {
        let Archived { sha256, size, .. } = noted;
        faults.insert(0, format!("the file has {} bytes and the hash {}; noted are {size} and {sha256}", looked.size, looked.sha256));
    }
    faults
}

/// The row of the archive must say what its audit record said, which is itself under seal.
async fn against_the_audit(db: &Db, one: &Archived) -> Result<Option<String>, Failure> {
    let sql = "SELECT after FROM audit_record WHERE entity_id = ? AND action = 'audit.archive'";
    let row = db::row(db.reader(), sql, vec![one.id.into()]).await?;
    let Some(row) = row else { return Ok(Some("the audit does not know of this archive".into())) };
    let after: Value = row.try_get("", "after")?;
    Ok((after["sha256"] != one.sha256.as_str()).then(|| "the audit noted another hash".into()))
}

/// Reads a file to its end, twice: for its hash, and seal by seal.
pub(super) async fn look(file: File) -> Result<Looked, ArchiveError> {
    let looked = tokio::task::spawn_blocking(move || look_now(file)).await.map_err(io::Error::other)?;
    Ok(looked?)
}

fn look_now(mut file: File) -> io::Result<Looked> {
    let (mut hasher, mut size, mut piece) = (Sha256::new(), 0_i64, vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
        size = size.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
    }
    file.rewind()?;
    let faults = match seal::verify_export(BufReader::new(file)) {
        Ok(report) => report.findings.into_iter().map(|finding| told(&finding)).collect(),
        Err(error) => vec![format!("the file is no export: {error}")],
    };
    Ok(Looked { sha256: hex::encode(hasher.finalize()), size, faults })
}

fn told(finding: &seal::Finding) -> String {
    let seal = finding.seal.map_or_else(|| "no seal".into(), |position| format!("seal {position}"));
    let row = finding.row.map(|id| format!(", row {id}")).unwrap_or_default();
    format!("{seal}{row}: {}", finding.told)
}
