//! What may be asked about a termination.

use super::record::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Decide {
        tutor_id: Uuid,
        /// The strike that led to it.
        strike_id: Option<Uuid>,
    },
    /// No live sesi is left with the tutor.
    ConfirmCleared,
    /// The job asks for the first settlement.
    Settle,
    /// In the tutor's favour, or below zero against them.
    Adjust {
        amount_rp: i64,
    },
    /// The settlement anew: something it rests on has changed.
    Recalculate,
    /// A denda among its lines has been taken back.
    ReviseSettlement,
    RecordPayout(Transfer),
    /// The tutor has paid what they owed.
    RecordReceipt(Transfer),
    /// The company lets go what the tutor owes.
    WriteOff,
    ConfirmDocuments {
        note: Option<String>,
    },
    /// The strike it rests on has been revoked.
    GroundFell,
    /// Somebody has looked at it, and says why it stands.
    NoteGround,
    Archive,
}

/// Money that has moved, as somebody reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// `YYYY-MM-DD`.
    pub moved_on: String,
    pub method: Method,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
}
