//! What may be asked about a re-opening.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request {
        /// `2026-11`.
        month: String,
        until: DateTime<Utc>,
    },
    Approve,
    Reject,
    Withdraw,
    /// The time is over.
    Expire,
    /// Begins to close the month anew.
    CloseAnew,
    /// The month was closed anew.
    Closed,
    /// The month is opened once more.
    Supersede,
}
