//! What happens to the row of a denda, as recorded in its history; folding the changes gives the row.

use crate::records::denda::{Column, Entity, Model, Status};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Imposed { row: Model },
    Adopted { row: Model },
    Held { fm_claim_id: Uuid },
    Released { contest_until: Option<DateTime<Utc>> },
    Contested { fm_claim_id: Uuid },
    Finalised,
    Amended { amount_rp: i64 },
    Reversed { fm_claim_id: Option<Uuid>, at: DateTime<Utc> },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Imposed { row } | Change::Adopted { row } = change {
        return Ok(row.clone());
    }
    let row = record.ok_or_else(|| Failure::Broken { workflow: "denda".into(), rule: "a change came before the denda".into() })?;
    Ok(match change {
        Change::Imposed { .. } | Change::Adopted { .. } => row,
        Change::Held { fm_claim_id } => Model { status: Status::Held, fm_claim_id: Some(*fm_claim_id), ..row },
        Change::Released { contest_until: None } => Model { status: Status::Final, contest_until: None, ..row },
        Change::Released { contest_until } => Model { status: Status::Applied, contest_until: *contest_until, ..row },
        Change::Contested { fm_claim_id } => Model { fm_claim_id: Some(*fm_claim_id), ..row },
        Change::Finalised => Model { status: Status::Final, ..row },
        Change::Amended { amount_rp } => Model { amount_rp: *amount_rp, ..row },
        Change::Reversed { fm_claim_id, at } => Model { status: Status::Reversed, reversed_at: Some(*at), fm_claim_id: fm_claim_id.or(row.fm_claim_id), ..row },
    })
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    // An adopted row is there already.
    if before.is_none() && !matches!(change, Change::Adopted { .. }) {
        batch.push_query(&Entity::insert(row));
    } else if before != Some(after) {
        batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id)));
    }
}
