//! The record of an adjustment: whose, how much, what about, in which month, and who wanted and approved it.

use super::state::State;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whose money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Side {
    Siswa,
    Tutor,
}

impl Side {
    /// The column and the field of whoever it is.
    pub fn field(self) -> &'static str {
        match self {
            Self::Siswa => "siswa_id",
            Self::Tutor => "tutor_id",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "money_adjustment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub side: Side,
    pub siswa_id: Option<Uuid>,
    pub tutor_id: Option<Uuid>,
    pub sesi_id: Option<Uuid>,
    /// Never zero; below zero it takes away.
    pub amount_rp: i64,
    pub occurred_on: Date,
    /// The month it is booked in, and billed with.
    pub period_month: String,
    pub state: String,
    pub reason: Option<String>,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    /// Whoever approved or rejected; nobody for what needed no approval.
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Waiting, or posted at once.
    Requested {
        row: Model,
    },
    Approved {
        by: Uuid,
        at: DateTime<Utc>,
        period_month: String,
    },
    Rejected {
        by: Uuid,
        at: DateTime<Utc>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let decided = |state: State, by: &Uuid, at: &DateTime<Utc>| {
        let row = record.clone().ok_or_else(|| Failure::Broken { workflow: "money_adjustment".into(), rule: "a change came before the request".into() })?;
        Ok(Model { state: state.as_str().into(), decided_by: Some(*by), decided_at: Some(*at), ..row })
    };
    match change {
        Change::Requested { row } => Ok(row.clone()),
        Change::Approved { by, at, period_month } => decided(State::Posted, by, at).map(|row| Model { period_month: period_month.clone(), ..row }),
        Change::Rejected { by, at } => decided(State::Rejected, by, at),
    }
}

pub(super) fn store(before: Option<&Model>, after: &Model, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
}
