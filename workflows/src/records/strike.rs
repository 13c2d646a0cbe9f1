//! Strikes: disciplinary points that count until `decays_at` unless held or revoked, and the sanction they called for.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What the tutor did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    Cancellation,
    NoShow,
    Reschedule,
    /// Somebody else had to be sent.
    Substitution,
}

/// Whether the strike counts; only LIVE ones do, and only before `decays_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Live,
    Held,
    Decayed,
    Revoked,
}

/// What the policy `strike.sanction` proposes, and what HR decides (SPEC HR-2), from the mildest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sanction {
    None,
    Warning,
    FinalWarning,
    Termination,
}

/// What HR made of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Decision {
    Confirmed,
    Changed,
    Dismissed,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "strike")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub tutor_id: Uuid,
    /// The number of the denda of the same event.
    pub number: i64,
    pub points: i64,
    pub cause: Cause,
    pub at: DateTimeUtc,
    pub decays_at: DateTimeUtc,
    pub status: Status,
    pub proposed: Sanction,
    pub proposed_days: i64,
    /// The version of `strike.sanction` that proposed; 0 for strikes from before there were proposals.
    pub policy_version: i64,
    pub decision: Option<Decision>,
    pub sanction: Option<Sanction>,
    pub sanction_days: Option<i64>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub decision_reason: Option<String>,
    pub fm_claim_id: Option<Uuid>,
    pub revoked_at: Option<DateTimeUtc>,
    pub revoked_by: Option<Uuid>,
    pub revoked_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
