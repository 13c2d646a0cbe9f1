//! What may be asked about a publication.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// A draft with the content of a version, the one in force unless given: an older one leads back to it.
    Start {
        kind: String,
        from_number: Option<i64>,
    },
    /// The whole content. Its reason is the reason of the new version.
    Save {
        script: String,
        params: Value,
        tests: Value,
        /// As soon as it is approved when there is none.
        effective_from: Option<DateTime<Utc>>,
        /// The version the draft is now meant to replace, when another has come into force since it began.
        base_number: Option<i64>,
    },
    Submit,
    Approve,
    SendBack,
    Reject,
    /// Before it is approved.
    Withdraw,
    /// After it is approved and before it is in force.
    CallOff,
    Activate,
}
