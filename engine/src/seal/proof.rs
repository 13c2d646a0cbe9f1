//! Proof that single records stand under their seals, for whoever is given a few records and nothing else.
//!
//! A proof holds the record as it is stored, its place, and the hashes beside its way up the Merkle tree. It needs no
//! database and no other record: hashing along the way gives the root, and the root with the fields of the seal its hash,
//! which stands in every archive and export of that time.

use super::chain::Fault;
use super::export::{ExportError, Exported, FORMAT, Line, Lines};
use super::merkle::{self, Hash};
use super::{COLUMNS, Seal, record};
use crate::db::{self, Db};
use crate::refusal::Failure;
use sea_orm::Value as SqlValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use uuid::Uuid;

/// How many ids one statement names.
const AT_ONCE: usize = 500;

/// On which side of the way up a hash stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Left,
    Right,
}

/// A hash beside the way from a record to the root, in hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    pub side: Side,
    pub hash: String,
}

/// A record with everything that leads from it to its seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    pub seal: Seal,
    pub place: i64,
    /// The record's hash as a leaf of the tree, in hex.
    pub hash: String,
    /// From the leaf up.
    pub path: Vec<Beside>,
    /// All columns of the record as they are stored; what is about people is sealed under their keys.
    pub row: Value,
}

impl Proof {
    pub fn record_id(&self) -> Uuid {
        self.row["id"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// What does not fit, if anything.
    pub fn fault(&self) -> Option<(Fault, &'static str)> {
        let leaf = record::hash(&self.row);
        if !self.seal.is_intact() {
            return Some((Fault::SealChanged, "its content does not give its hash"));
        }
        if hex::encode(leaf) != self.hash {
            return Some((Fault::Changed, "the row is not as it was sealed"));
        }
        let leads_to_root = self.steps().is_some_and(|steps| hex::encode(merkle::climb(leaf, &steps)) == self.seal.root);
        (!leads_to_root).then_some((Fault::Changed, "the hashes beside its way do not lead to the root of the seal"))
    }

    fn steps(&self) -> Option<Vec<(Side, Hash)>> {
        self.path.iter().map(|beside| Some((beside.side, hex::decode(&beside.hash).ok()?.try_into().ok()?))).collect()
    }
}

/// The proofs of those of the records that are sealed, in the order of sealing.
///
/// # Errors
/// The database cannot be read.
pub async fn proofs(db: &Db, ids: &[Uuid]) -> Result<Vec<Proof>, Failure> {
    let mut rows = HashMap::new();
    let mut by_seal: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT s.seal, {} FROM audit_sealed s JOIN audit_record a ON a.id = s.record_id WHERE s.record_id IN ({})",
            record::COLUMNS,
            vec!["?"; some.len()].join(",")
        );
        for row in db::rows(db.reader(), &sql, some.iter().map(|id| (*id).into()).collect()).await? {
            let id: Uuid = row.try_get("", "id")?;
            by_seal.entry(row.try_get("", "seal")?).or_default().push(id);
            rows.insert(id, record::content(&row)?);
        }
    }
    let mut proofs = vec![];
    for (position, sealed) in by_seal {
        proofs.extend(under(db, position, &sealed, &mut rows).await?);
    }
    Ok(proofs)
}

/// The proofs of some records of one seal.
async fn under(db: &Db, position: i64, ids: &[Uuid], rows: &mut HashMap<Uuid, Value>) -> Result<Vec<Proof>, Failure> {
    let at: Vec<SqlValue> = vec![position.into()];
    let Some(seal) = db::row(db.reader(), &format!("SELECT {COLUMNS} FROM audit_seal WHERE position = ?"), at.clone()).await? else { return Ok(vec![]) };
    let seal = Seal::read(&seal)?;
    let places = db::rows(db.reader(), "SELECT record_id, place, hash FROM audit_sealed WHERE seal = ? ORDER BY place", at).await?;
    let mut leaves = vec![];
    for place in &places {
        let noted: String = place.try_get("", "hash")?;
        leaves.push(hex::decode(noted).ok().and_then(|bytes| bytes.try_into().ok()).unwrap_or_default());
    }
    let mut proofs = vec![];
    for (index, place) in places.iter().enumerate() {
        let id: Uuid = place.try_get("", "record_id")?;
        let Some(row) = ids.contains(&id).then(|| rows.remove(&id)).flatten() else { continue };
        let path = merkle::path(&leaves, index).into_iter().map(|(side, hash)| Beside { side, hash: hex::encode(hash) }).collect();
        proofs.push(Proof { seal: seal.clone(), place: place.try_get("", "place")?, hash: place.try_get("", "hash")?, path, row });
    }
    Ok(proofs)
}

/// Writes proofs as a file that [`verify_export`](super::verify_export) checks; `of` says what they are about.
///
/// # Errors
/// The file cannot be written.
pub fn write_proofs(of: &str, proofs: &[Proof], out: impl Write + Send) -> Result<(), ExportError> {
    let mut lines = Lines::to(out);
    let mut exported = Exported::default();
    let mut last = None;
    lines.write(&Line::Proofs { format: FORMAT, of: of.into() })?;
    for proof in proofs {
        exported.rows += 1;
        exported.seals += u64::from(last.replace(proof.seal.position) != Some(proof.seal.position));
        lines.write(&Line::Proof(Box::new(proof.clone())))?;
    }
    lines.end(exported)
}
