//! The denda and the strike of one event: how they stand, and what a claim tells them. Pure, but for the reading.

use crate::records::{denda, strike};
use chrono::{DateTime, Utc};
use engine::plan::{AnyCommand, Effect, Notice};
use engine::refusal::Params;
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// Which one of the sesi.
    pub number: i64,
    pub at: DateTime<Utc>,
    pub denda: Option<Denda>,
    pub strike: Option<Strike>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denda {
    pub id: Uuid,
    pub status: denda::Status,
    pub amount_rp: i64,
    pub contest_until: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    pub id: Uuid,
    pub status: strike::Status,
    pub points: i64,
}

/// What a claim tells a penalty, and what a person should know about what it does not reach.
#[derive(Debug, Default)]
pub struct Told {
    pub effects: Vec<Effect>,
    pub warnings: Vec<Notice>,
}

impl Penalty {
    /// The denda, where a claim can change something about it.
    fn open_denda(&self) -> Option<&Denda> {
        self.denda.as_ref().filter(|denda| matches!(denda.status, denda::Status::Applied | denda::Status::Held))
    }

    fn open_strike(&self) -> Option<&Strike> {
        self.strike.as_ref().filter(|strike| matches!(strike.status, strike::Status::Live | strike::Status::Held))
    }

    /// Whether there is anything left that a claim could undo.
    pub fn counts(&self) -> bool {
        self.open_denda().is_some() || self.open_strike().is_some()
    }

    /// Whether the denda can no longer be contested.
    pub fn is_closed(&self) -> bool {
        self.denda.as_ref().is_some_and(|denda| denda.status == denda::Status::Final)
    }

    /// Neither deducted nor counted until somebody has looked at the claim.
    pub fn held(&self, claim: Uuid) -> Told {
        let denda = self.denda.iter().filter(|denda| denda.status == denda::Status::Applied).map(|denda| to_denda(denda, "hold", claim));
        let strike = self.strike.iter().filter(|strike| strike.status == strike::Status::Live).map(|strike| to_strike(strike, "hold", Some(claim)));
        Told { effects: denda.chain(strike).collect(), warnings: vec![] }
    }

    /// In force again; the denda can be contested until the instant, or no longer.
    pub fn released(&self, contest_until: Option<DateTime<Utc>>) -> Told {
        let held = self.denda.iter().filter(|denda| denda.status == denda::Status::Held);
        let denda = held.map(|denda| send("denda", denda.id, &AnyCommand::with("release", &json!({ "contest_until": contest_until }))));
        let strike = self.strike.iter().filter(|strike| strike.status == strike::Status::Held).map(|strike| to_strike(strike, "release", None));
        Told { effects: denda.chain(strike).collect(), warnings: vec![] }
    }

    /// It counts, and waits for the decision about the appeal.
    pub fn contested(&self, claim: Uuid) -> Told {
        Told { effects: self.open_denda().map(|denda| to_denda(denda, "contest", claim)).into_iter().collect(), warnings: vec![] }
    }

    /// Nothing can be contested any more.
    pub fn finalised(&self) -> Told {
        let denda = self.open_denda().map(|denda| send("denda", denda.id, &AnyCommand::new("finalise")));
        Told { effects: denda.into_iter().collect(), warnings: vec![] }
    }

    /// Paid back and revoked; what has ended otherwise meanwhile stays as it is, and a person is told.
    pub fn undone(&self, claim: Uuid) -> Told {
        let denda = self.open_denda().map(|denda| to_denda(denda, "reverse", claim));
        let strike = self.open_strike().map(|strike| to_strike(strike, "revoke_by_fm", Some(claim)));
        let mut warnings = vec![];
        if let Some(ended) = self.denda.as_ref().filter(|_| denda.is_none()) {
            warnings.push(untouched("fm_denda_untouched", &ended.status.to_value()));
        }
        if let Some(ended) = self.strike.as_ref().filter(|_| strike.is_none()) {
            warnings.push(untouched("fm_strike_untouched", &ended.status.to_value()));
        }
        Told { effects: denda.into_iter().chain(strike).collect(), warnings }
    }

    /// Rupiah that an approval or an overturn gives back.
    pub fn returned_rp(&self) -> i64 {
        self.open_denda().map_or(0, |denda| denda.amount_rp)
    }

    /// Points that it takes away.
    pub fn revoked_points(&self) -> i64 {
        self.open_strike().map_or(0, |strike| strike.points)
    }
}

fn to_denda(denda: &Denda, command: &str, claim: Uuid) -> Effect {
    send("denda", denda.id, &AnyCommand::with(command, &json!({ "fm_claim_id": claim })))
}

fn to_strike(strike: &Strike, command: &str, claim: Option<Uuid>) -> Effect {
    let told = claim.map_or_else(|| AnyCommand::new(command), |claim| AnyCommand::with(command, &json!({ "fm_claim_id": claim })));
    send("strike", strike.id, &told)
}

fn send(workflow: &'static str, id: Uuid, command: &AnyCommand) -> Effect {
    Effect::Send { workflow, id, command: command.clone() }
}

fn untouched(code: &str, status: &str) -> Notice {
    let mut params = Params::new();
    params.insert("status".into(), status.into());
    Notice { code: code.into(), params }
}
