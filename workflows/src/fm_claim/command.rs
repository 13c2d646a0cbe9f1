//! What may be asked about a claim.

use super::record::Category;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The evidence is a list of ids of documents.
    File {
        sesi_id: Uuid,
        tutor_id: Uuid,
        category: Category,
        story: String,
        evidence: Option<Value>,
    },
    AddEvidence {
        evidence: Value,
    },
    Note {
        comp_notes: String,
    },
    Withdraw,
    Approve,
    Reject,
    Appeal,
    Uphold,
    Overturn,
    /// The appeal window is over.
    CloseWindow,
    /// A review takes longer than promised.
    FlagReview,
}
