//! What may be reported about money that has moved.

use super::record::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// A siswa has paid. What is not allocated stands as their Titipan.
    Record(Received),
    /// A Titipan pays Tagihan; no money moves.
    ApplyDeposit {
        siswa_id: Uuid,
        #[serde(default)]
        allocations: Vec<Allocation>,
    },
    PayHonorarium(PaidOut),
    /// PPh withheld in a month goes to the state.
    RemitPph(Remitted),
    /// A payment was entered wrongly.
    Reverse {
        payment_id: Uuid,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    pub siswa_id: Uuid,
    pub amount_rp: i64,
    /// How and when.
    #[serde(flatten)]
    pub moved: Moved,
    /// Nothing: the Tagihan that is due first.
    #[serde(default)]
    pub allocations: Vec<Allocation>,
    /// The line of a bank statement that shows it.
    pub bank_line_id: Option<Uuid>,
}

/// So much of this Tagihan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    pub tagihan_id: Uuid,
    pub amount_rp: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaidOut {
    pub honorarium_id: Uuid,
    #[serde(flatten)]
    pub moved: Moved,
    /// As somebody worked it out; or by a rate.
    pub pph_withheld_rp: Option<i64>,
    /// Hundredths of a percent of the gross.
    pub pph_bps: Option<i64>,
    pub bank_line_id: Option<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remitted {
    /// `YYYY-MM`.
    pub month: String,
    pub amount_rp: i64,
    #[serde(flatten)]
    pub moved: Moved,
    pub bank_line_id: Option<Uuid>,
}

/// When and how money moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// `YYYY-MM-DD`.
    pub paid_on: String,
    pub method: Method,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
}
