//! The audit proof as people see it: seals, and how each record leads to its own.

use chrono::{DateTime, Utc};
use engine::personal;
use engine::seal::{Beside, Proof, Side};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = CasefileProof)]
pub(super) struct ProofView {
    pub seals: Vec<SealView>,
    pub records: Vec<RecordView>,
    /// Records that no seal covers yet: nothing proves them.
    pub unsealed: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CasefileSeal)]
pub(super) struct SealView {
    pub position: i64,
    pub row_count: i64,
    /// Merkle root over its records.
    pub root: String,
    /// Over the root, its other fields and the hash of the seal before.
    pub hash: String,
    pub sealed_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CasefileProvenRecord)]
pub(super) struct RecordView {
    pub id: Uuid,
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
    pub action: String,
    #[schema(required)]
    pub entity_code: Option<String>,
    pub seal: i64,
    pub place: i64,
    pub hash: String,
    /// The hashes beside its way to the root, from the record up.
    pub path: Vec<Node>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CasefileProofNode)]
pub(super) struct Node {
    /// `left` or `right`.
    pub side: String,
    pub hash: String,
}

pub(super) fn view(proofs: &[Proof], of: usize) -> ProofView {
    let mut seals: Vec<SealView> = vec![];
    for Proof { seal, .. } in proofs {
        if seals.last().is_none_or(|last| last.position != seal.position) {
            seals.push(SealView {
                position: seal.position,
                row_count: seal.row_count,
                root: seal.root.clone(),
                hash: seal.hash.clone(),
                sealed_at: seal.sealed_at,
            });
        }
    }
    ProofView { seals, unsealed: of.saturating_sub(proofs.len()), records: proofs.iter().map(record).collect() }
}

fn record(proof: &Proof) -> RecordView {
    let text = |field: &str| proof.row[field].as_str().map(str::to_owned);
    RecordView {
        id: proof.record_id(),
        at: text("at").and_then(|at| at.parse().ok()),
        action: text("action").unwrap_or_default(),
        // A code that tells who somebody is stands sealed in the record, and is not told here.
        entity_code: personal::stored_text(text("entity_code")).as_str().map(str::to_owned),
        seal: proof.seal.position,
        place: proof.place,
        hash: proof.hash.clone(),
        path: proof.path.iter().map(node).collect(),
    }
}

fn node(beside: &Beside) -> Node {
    let side = match beside.side {
        Side::Left => "left",
        Side::Right => "right",
    };
    Node { side: side.into(), hash: beside.hash.clone() }
}
