//! What may be asked about an adjustment.

use super::record::Side;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request(Wish),
    Approve,
    Reject,
}

/// Whose, how much, and what about: a sesi, a month, or neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub side: Side,
    #[serde(default)]
    pub siswa_id: Option<Uuid>,
    #[serde(default)]
    pub tutor_id: Option<Uuid>,
    #[serde(default)]
    pub sesi_id: Option<Uuid>,
    pub amount_rp: i64,
    /// `2026-11`.
    #[serde(default)]
    pub month: Option<String>,
}
