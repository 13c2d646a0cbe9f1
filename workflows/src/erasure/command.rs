//! What may be asked about an erasure.

use super::record::{Ground, PersonKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request {
        person_kind: PersonKind,
        person_id: Uuid,
        ground: Ground,
    },
    /// What is destroyed never comes back: whoever approves says that they know.
    Approve {
        confirmed: bool,
    },
    Reject,
    Cancel,
    DocumentsRemoved {
        removed: i64,
    },
}
