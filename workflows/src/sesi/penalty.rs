//! What a tutor who left a sesi is charged with: a denda and a strike, each a case of its own (SPEC CAN-1, CAN-3).
//!
//! Closing a sesi starts them, and so does sending somebody else to it.

use crate::records::strike::Cause;
use chrono::{DateTime, Utc};
use engine::plan::{AnyCommand, Effect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The ids of the cases to come, and which penalty of the sesi they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyIds {
    pub denda_id: Uuid,
    pub strike_id: Uuid,
    pub number: i64,
}

/// What it comes to; nothing starts no case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Penalty {
    pub sesi_id: Uuid,
    pub tutor_id: Uuid,
    pub denda_rp: i64,
    pub strikes: i64,
    pub cause: Cause,
    /// Until when a force majeure claim may be filed.
    pub contest_until: DateTime<Utc>,
    pub decays_at: DateTime<Utc>,
}

impl Penalty {
    /// The cases to start.
    pub fn effects(&self, ids: PenaltyIds) -> Vec<Effect> {
        let Self { sesi_id, tutor_id, denda_rp, strikes, cause, contest_until, decays_at } = self;
        let number = ids.number;
        let denda = json!({ "sesi_id": sesi_id, "tutor_id": tutor_id, "number": number, "amount_rp": denda_rp, "contest_until": contest_until });
        let strike = json!({ "sesi_id": sesi_id, "tutor_id": tutor_id, "number": number, "points": strikes, "cause": cause, "decays_at": decays_at });
        let denda = Effect::Start { workflow: "denda", id: ids.denda_id, command: AnyCommand::with("impose", &denda) };
        let strike = Effect::Start { workflow: "strike", id: ids.strike_id, command: AnyCommand::with("issue", &strike) };
        [(*denda_rp > 0).then_some(denda), (*strikes > 0).then_some(strike)].into_iter().flatten().collect()
    }
}
