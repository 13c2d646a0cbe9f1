//! The record of a refund: to whom, how much, where it comes from, what was noted on the way, and how it ended.

use super::state::State;
use crate::payment::record::Method;
use chrono::{DateTime, NaiveDate, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Since when the company owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    CreditNote,
    Titipan,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub siswa_id: Uuid,
    pub source: Source,
    pub credit_note_id: Option<Uuid>,
    pub amount_rp: i64,
    pub state: String,
    /// How many notes there are.
    pub notes: i64,
    pub reason: Option<String>,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    pub paid_on: Option<Date>,
    pub method: Option<Method>,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    pub closed_by: Option<Uuid>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub paid_on: NaiveDate,
    pub method: Method,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Opened {
        row: Model,
    },
    Noted {
        number: i64,
        /// Nothing once the siswa has been erased.
        text: Option<String>,
        by: Uuid,
        at: DateTime<Utc>,
    },
    Sent {
        payment: Payment,
    },
    /// As Titipan.
    Kept {
        by: Uuid,
        at: DateTime<Utc>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Opened { row } = change {
        return Ok(row.clone());
    }
    let row = record.ok_or_else(|| Failure::Broken { workflow: "refund".into(), rule: "a change came before the refund".into() })?;
    Ok(match change {
        Change::Opened { .. } => row,
        Change::Noted { number, .. } => Model { notes: *number, ..row },
        Change::Sent { payment } => Model {
            state: State::Sent.as_str().into(),
            paid_on: Some(payment.paid_on),
            method: Some(payment.method),
            reference: payment.reference.clone(),
            proof_document_id: payment.proof_document_id,
            closed_by: Some(payment.by),
            closed_at: Some(payment.at),
            ..row
        },
        Change::Kept { by, at } => Model { state: State::Kept.as_str().into(), closed_by: Some(*by), closed_at: Some(*at), ..row },
    })
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if let Change::Noted { number, text, by, at } = change {
        let values = vec![after.id.into(), (*number).into(), (*at).into(), (*by).into(), text.clone().into()];
        batch.push("INSERT INTO refund_note (refund_id, number, at, by_id, body) VALUES (?,?,?,?,?)", values);
    }
}
