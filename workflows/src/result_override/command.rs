//! What may be asked about an override.

use super::record::ResultKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request { sesi_id: Uuid, result: ResultKind, final_rp: i64 },
    Approve,
    Reject,
    Withdraw,
}
