//! What may be asked about an erasure.

use super::record::{Ground, PersonKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request { person_kind: PersonKind, person_id: Uuid, ground: Ground },
    Approve,
    Reject,
    Cancel,
    DocumentsRemoved { removed: i64 },
}
