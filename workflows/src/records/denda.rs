//! Denda: what a tutor owes for a cancelled sesi; one for each time somebody cancelled it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the denda counts. All but REVERSED are in the books; HELD is not deducted while a force majeure claim is
/// open, FINAL can no longer be contested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Held,
    Applied,
    Final,
    Reversed,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "denda")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub sesi_id: Uuid,
    pub tutor_id: Uuid,
    /// Which penalty of the sesi, from 1: a substitute may cancel too.
    pub number: i64,
    pub amount_rp: i64,
    pub status: Status,
    pub at: DateTimeUtc,
    /// Until when a claim or an appeal may still be filed.
    pub contest_until: Option<DateTimeUtc>,
    pub fm_claim_id: Option<Uuid>,
    pub reversed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
