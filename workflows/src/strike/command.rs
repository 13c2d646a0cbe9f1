//! What may be asked of a strike.

use crate::records::strike::{Cause, Sanction};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For what, and until when it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub sesi_id: Uuid,
    pub tutor_id: Uuid,
    pub number: i64,
    pub points: i64,
    pub cause: Cause,
    pub decays_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Issue(Issued),
    /// A row from before strikes had instances.
    Adopt,
    ConfirmSanction,
    ChangeSanction {
        sanction: Sanction,
        suspension_days: Option<i64>,
    },
    DismissSanction,
    Revoke,
    /// A force majeure claim was accepted.
    RevokeByFm {
        fm_claim_id: Uuid,
    },
    Hold {
        fm_claim_id: Uuid,
    },
    Release,
    /// Another strike of the tutor has gone: is the proposal still right?
    Reconsider,
    RaiseSla,
    Decay,
}
