//! What may be asked about a credit note.

use super::record::Keep;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request {
        tagihan_id: Uuid,
        /// `[{ "number": 1, "amount_rp": 50000 }]`; read by the decision, which names the line that is wrong.
        lines: Value,
        #[serde(default)]
        keep: Keep,
    },
    Approve,
    Reject,
}
