//! What may be asked about a period close.

use crate::period::evidence::{Check, Fault};
use crate::period::paper::{Kind, Place};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Begin {
        /// `2026-11`.
        month: String,
    },
    /// The machine checks the books anew.
    Check,
    /// A worker has checked the books.
    BooksChecked {
        entries: i64,
        documents: i64,
        faults: Vec<Fault>,
        fault_count: i64,
    },
    Sign {
        check: Check,
        note: Option<String>,
        /// The digest of the evidence that was on the screen.
        evidence: Option<String>,
    },
    Unsign {
        check: Check,
    },
    Close {
        note: Option<String>,
    },
    /// A worker has hashed the next documents.
    Progress {
        part: i64,
        hashes: Vec<Hashed>,
        place: Place,
    },
    /// All documents are hashed.
    Seal,
    /// The books or documents are not right, so nothing is closed.
    Stop {
        faults: Vec<Fault>,
    },
    Abandon,
}

/// The hash of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    pub kind: Kind,
    pub id: Uuid,
    pub number: String,
    pub sha256: String,
}
