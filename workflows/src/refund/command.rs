//! What may be asked about a refund.

use crate::payment::record::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// A siswa wants a Titipan back.
    Request {
        siswa_id: Uuid,
        amount_rp: i64,
    },
    /// A credit note owes it; booked there.
    Open {
        siswa_id: Uuid,
        credit_note_id: Uuid,
        amount_rp: i64,
    },
    Note {
        text: String,
    },
    Send(Sent),
    Keep,
}

/// How it was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub paid_on: String,
    pub method: Method,
    #[serde(default)]
    pub reference: Option<String>,
    #[serde(default)]
    pub proof_document_id: Option<Uuid>,
}
