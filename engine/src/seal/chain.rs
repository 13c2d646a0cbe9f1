//! Walks along the chain of seals, recomputes everything, and names what does not fit. Reads no database.

use super::merkle::{self, Hash};
use super::proof::Proof;
use super::{Seal, record};
use crate::history::GENESIS;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// How much earlier a record may be dated than one sealed before it. No transaction takes this long.
const BACKDATED: TimeDelta = TimeDelta::minutes(15);
/// How many findings are kept; the first are what matters.
const MOST_FINDINGS: usize = 100;

/// What happened to a record or a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Changed,
    Removed,
    Inserted,
    Reordered,
    SealChanged,
    SealRemoved,
    /// The file of an export is not as it was written.
    FileChanged,
}

/// The first thing that does not fit in a seal, or beside all seals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Position of the seal; none for a record outside every seal.
    pub seal: Option<i64>,
    /// Id of the audit record; none when the seal itself is concerned, or the id went with the record.
    pub row: Option<Uuid>,
    pub fault: Fault,
    pub told: String,
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub seals: u64,
    /// Sealed rows.
    pub rows: u64,
    /// Rows of the database that no seal covers yet; an export says nothing about them.
    pub unsealed: u64,
    /// Position and hash of the last seal: noted elsewhere, it proves that the end was not cut off.
    pub head: Option<(i64, String)>,
    /// In the order of the chain, the first of each seal.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn found(&mut self, seal: Option<i64>, row: Option<Uuid>, fault: Fault, told: String) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { seal, row, fault, told });
        }
    }
}

/// A record at its place in a seal.
pub(super) struct Leaf {
    pub id: Uuid,
    pub place: i64,
    /// As noted when it was sealed.
    pub noted: Hash,
    pub row: Row,
}

/// What is there of a sealed record.
pub(super) enum Row {
    Here {
        at: Option<DateTime<Utc>>,
        hash: Hash,
    },
    Gone,
    /// Left out of an export; its noted hash still proves the others.
    Withheld,
}

impl Leaf {
    /// `noted` is the stored hash in hex; one that is none matches nothing.
    pub fn new(id: Uuid, place: i64, noted: &str, row: Row) -> Self {
        let noted = hex::decode(noted).ok().and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
        Self { id, place, noted, row }
    }

    fn at(&self) -> Option<DateTime<Utc>> {
        match self.row {
            Row::Here { at, .. } => at,
            Row::Gone | Row::Withheld => None,
        }
    }
}

impl Row {
    pub fn of(content: &Value) -> Self {
        let at = content["at"].as_str().and_then(|text| text.parse().ok());
        Self::Here { at, hash: record::hash(content) }
    }
}

/// The check so far.
pub(super) struct Chain {
    pub report: Report,
    /// Position and previous hash the next seal must have; none where an export begins in the middle.
    next: Option<(i64, String)>,
    /// No record is dated later up to here.
    latest_at: Option<DateTime<Utc>>,
}

impl Chain {
    pub fn from_the_first() -> Self {
        Self { report: Report::default(), next: Some((1, GENESIS.into())), latest_at: None }
    }

    /// As [`Self::from_the_first`], but takes the first seal it meets for its beginning.
    pub fn from_the_middle() -> Self {
        Self { next: None, ..Self::from_the_first() }
    }

    /// Checks one more seal; `leaves` are in the order of their places, at most one more than a seal may have.
    pub fn add(&mut self, seal: &Seal, leaves: &[Leaf]) {
        let intact = self.check_seal(seal);
        let (here, report) = (Some(seal.position), &mut self.report);
        let wrong = wrong_row(leaves, self.latest_at)
            .or_else(|| intact.then(|| surplus(seal, leaves)).flatten())
            .or_else(|| misplaced(leaves))
            .or_else(|| intact.then(|| wrong_sum(seal, leaves)).flatten());
        if let Some((row, fault, told)) = wrong {
            report.found(here, row, fault, told);
        }
        report.seals += 1;
        report.rows += leaves.len() as u64;
        report.head = Some((seal.position, seal.hash.clone()));
        self.next = Some((seal.position + 1, seal.hash.clone()));
        self.latest_at = self.latest_at.max(Some(seal.latest_at));
    }

    /// Checks a record that brings its own way to its seal. Proofs come in the order of sealing.
    pub fn add_alone(&mut self, proof: &Proof) {
        let (position, hash) = (proof.seal.position, proof.seal.hash.as_str());
        let before = self.report.head.replace((position, hash.to_owned()));
        let known = before.filter(|(known, _)| *known == position);
        if known.as_ref().is_some_and(|(_, known)| known != hash) {
            self.report.found(Some(position), None, Fault::SealChanged, "two records name different seals of this number".into());
        }
        if let Some((fault, told)) = proof.fault() {
            self.report.found(Some(position), Some(proof.record_id()), fault, told.into());
        }
        self.report.seals += u64::from(known.is_none());
        self.report.rows += 1;
    }

    fn check_seal(&mut self, seal: &Seal) -> bool {
        let position = seal.position;
        let (expected, previous) = self.next.take().unwrap_or_else(|| (position, seal.previous_hash.clone()));
        let fault = match position == expected {
            false => Some((expected, Fault::SealRemoved, format!("the next seal is number {position}"))),
            true if !seal.is_intact() => Some((position, Fault::SealChanged, "its content does not give its hash".into())),
            true if seal.previous_hash != previous => Some((position, Fault::SealChanged, "it does not follow from the seal before it".into())),
            true => None,
        };
        if let Some((at, fault, told)) = fault {
            self.report.found(Some(at), None, fault, told);
        }
        seal.is_intact()
    }

    /// Whether a record that is not sealed is dated too early to have been written after those that are.
    pub fn inserted_before(&self) -> Option<DateTime<Utc>> {
        self.latest_at.map(|latest| latest - BACKDATED)
    }
}

type Wrong = (Option<Uuid>, Fault, String);

/// The first row that does not fit by itself.
fn wrong_row(leaves: &[Leaf], latest_at: Option<DateTime<Utc>>) -> Option<Wrong> {
    let wrong = |leaf: &Leaf, fault, told: &str| Some((Some(leaf.id), fault, told.to_owned()));
    for (place, leaf) in (0_i64..).zip(leaves) {
        if leaf.place != place {
            return Some((None, Fault::Removed, format!("nothing stands at its place {place}; the next row is {}", leaf.id)));
        }
        match leaf.row {
            Row::Gone => return wrong(leaf, Fault::Removed, "the row was sealed and is not there"),
            Row::Here { hash, .. } if hash != leaf.noted => return Some(differing(leaf, hash, leaves)),
            Row::Here { at: Some(at), .. } if latest_at.is_some_and(|latest| at < latest - BACKDATED) => {
                return wrong(leaf, Fault::Inserted, "the row is dated long before rows that were sealed earlier: written later, or by a wrong clock");
            }
            Row::Here { .. } | Row::Withheld => {}
        }
    }
    None
}

/// A row whose content is not what was noted: another row's of the same seal, or a new one.
fn differing(leaf: &Leaf, hash: Hash, leaves: &[Leaf]) -> Wrong {
    match leaves.iter().find(|other| other.noted == hash) {
        Some(other) => (Some(leaf.id), Fault::Reordered, format!("the row stands at the place of another, and was sealed at place {}", other.place)),
        None => (Some(leaf.id), Fault::Changed, "the row is not as it was sealed".into()),
    }
}

/// The first row that does not stand in the order of sealing, by time and id, among those whose time is known.
fn misplaced(leaves: &[Leaf]) -> Option<Wrong> {
    let known: Vec<_> = leaves.iter().filter_map(|leaf| Some((leaf.at()?, leaf.id))).collect();
    let mut sorted = known.clone();
    sorted.sort_unstable();
    let (found, _) = known.iter().zip(&sorted).find(|(found, expected)| found != expected)?;
    Some((Some(found.1), Fault::Reordered, "the row does not stand in the order of time and id".into()))
}

/// A row too many: the one without which the others give the root.
fn surplus(seal: &Seal, leaves: &[Leaf]) -> Option<Wrong> {
    if leaves.len() <= covered(seal) {
        return None;
    }
    let noted = noted(leaves);
    let extra = (0..noted.len()).find(|place| is_root(seal, &[&noted[..*place], &noted[*place + 1..]].concat()));
    let told = format!("it covers {} rows, more are there", seal.row_count);
    Some((extra.and_then(|place| leaves.get(place)).map(|leaf| leaf.id), Fault::Inserted, told))
}

/// Rows that fit one by one but not together.
fn wrong_sum(seal: &Seal, leaves: &[Leaf]) -> Option<Wrong> {
    if leaves.len() < covered(seal) {
        return Some((None, Fault::Removed, format!("it covers {} rows, {} are there", seal.row_count, leaves.len())));
    }
    let told = format!("rows {} to {} do not give its root: one of them and its noted hash were changed together", seal.first_id, seal.last_id);
    (!is_root(seal, &noted(leaves))).then_some((None, Fault::Changed, told))
}

fn covered(seal: &Seal) -> usize {
    usize::try_from(seal.row_count).unwrap_or(0)
}

fn noted(leaves: &[Leaf]) -> Vec<Hash> {
    leaves.iter().map(|leaf| leaf.noted).collect()
}

fn is_root(seal: &Seal, hashes: &[Hash]) -> bool {
    hex::encode(merkle::root(hashes)) == seal.root
}
