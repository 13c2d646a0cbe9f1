//! What may be asked of a denda, by other workflows and by its timer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whom a sesi charges, and until when that may be contested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imposed {
    pub sesi_id: Uuid,
    pub tutor_id: Uuid,
    pub number: i64,
    pub amount_rp: i64,
    pub contest_until: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Computed by the end of a sesi; books it.
    Impose(Imposed),
    /// Put by a person where none was computed; the override has booked it.
    ImposeByOverride(Imposed),
    /// A row from before denda had instances.
    Adopt,
    Hold {
        fm_claim_id: Uuid,
    },
    /// The claim did not help: it counts again, and may be contested until then, or no more.
    Release {
        contest_until: Option<DateTime<Utc>>,
    },
    /// An appeal is pending. It counts all the same.
    Contest {
        fm_claim_id: Uuid,
    },
    Finalise,
    /// Nobody has contested it in time.
    Close,
    /// By an override, which has changed the books.
    Amend {
        amount_rp: i64,
    },
    Reverse {
        fm_claim_id: Option<Uuid>,
    },
}
