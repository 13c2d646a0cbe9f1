//! What may be asked about a write-off.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request {
        tagihan_id: Uuid,
        /// Whether the loss may be deducted from the taxable profit.
        tax_compliant: bool,
        tax_note: String,
    },
    Approve,
    Reject,
}
