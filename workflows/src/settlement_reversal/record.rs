//! The record of a reversal: of which settlement, how much it was, and who took it back.

use crate::money_adjustment::record::Side;
use engine::batch::Batch;
use engine::refusal::Failure;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "settlement_reversal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub side: Side,
    pub settlement_id: Uuid,
    pub sesi_id: Uuid,
    pub siswa_id: Option<Uuid>,
    pub tutor_id: Option<Uuid>,
    pub amount_rp: i64,
    pub transport_rp: i64,
    pub state: String,
    pub posted_on: Date,
    pub reason: Option<String>,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Reversed { row: Model },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(_: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let Change::Reversed { row } = change;
    Ok(row.clone())
}

pub(super) fn store(after: &Model, batch: &mut Batch) {
    batch.push_query(&Entity::insert(after.clone().into_active_model().reset_all()));
    let sql = match after.side {
        Side::Siswa => "UPDATE siswa_settlement SET status = 'REVERSED' WHERE id = ?",
        Side::Tutor => "UPDATE tutor_settlement SET status = 'REVERSED' WHERE id = ?",
    };
    batch.push(sql, vec![after.settlement_id.into()]);
}
