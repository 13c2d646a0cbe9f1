//! The record of a write-off: of which Tagihan, how much, what the tax says, and who wanted and approved it.

use super::state::State;
use crate::records::tagihan::{self, Tagihan};
use chrono::{DateTime, NaiveDate, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "write_off")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub tagihan_id: Uuid,
    pub siswa_id: Uuid,
    pub amount_rp: i64,
    /// Whether the loss may be deducted from the taxable profit, and on what ground.
    pub tax_compliant: bool,
    pub tax_note: Option<String>,
    pub state: String,
    pub written_off_on: Option<Date>,
    pub reason: Option<String>,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Requested { row: Model },
    Approved { by: Uuid, at: DateTime<Utc>, on: NaiveDate, before: Tagihan, after: Tagihan },
    Rejected { by: Uuid, at: DateTime<Utc> },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let decided = |state: State, by: &Uuid, at: &DateTime<Utc>| {
        let row = record.clone().ok_or_else(|| Failure::Broken { workflow: "write_off".into(), rule: "a change came before the request".into() })?;
        Ok(Model { state: state.as_str().into(), decided_by: Some(*by), decided_at: Some(*at), ..row })
    };
    match change {
        Change::Requested { row } => Ok(row.clone()),
        Change::Approved { by, at, on, .. } => decided(State::WrittenOff, by, at).map(|row| Model { written_off_on: Some(*on), ..row }),
        Change::Rejected { by, at } => decided(State::Rejected, by, at),
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if let Change::Approved { before, after, .. } = change {
        tagihan::store(ctx, "tagihan.write_off", before, after, batch);
    }
}
