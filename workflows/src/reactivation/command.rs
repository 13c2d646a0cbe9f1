//! What may be asked about a reactivation.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request {
        tutor_id: Uuid,
    },
    Approve,
    Reject,
    Withdraw,
    /// The suspension has ended otherwise.
    Moot,
}
