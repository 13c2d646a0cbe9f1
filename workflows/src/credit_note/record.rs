//! The record of a credit note: of which Tagihan, how much, where it went, and who wanted and approved it.

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

/// What becomes of the part that was paid already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Keep {
    #[default]
    Refund,
    /// Kept as Titipan.
    Deposit,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "credit_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of the case; the document's number comes when it is issued.
    pub code: String,
    pub number: Option<String>,
    pub tagihan_id: Uuid,
    pub siswa_id: Uuid,
    pub amount_rp: i64,
    /// What of it was still to be paid, and what had been paid already.
    pub open_rp: i64,
    pub paid_rp: i64,
    pub keep: Keep,
    pub state: String,
    pub issued_on: Option<Date>,
    pub refund_id: Option<Uuid>,
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

/// A line of the Tagihan and what of it is credited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub number: i64,
    pub amount_rp: i64,
}

/// What issuing changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    pub series: String,
    pub number: String,
    pub issued_on: NaiveDate,
    pub open_rp: i64,
    pub paid_rp: i64,
    pub refund_id: Option<Uuid>,
    pub lines: Vec<Asked>,
    pub before: Tagihan,
    pub after: Tagihan,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Waits for somebody senior.
    Requested {
        row: Model,
        lines: Vec<Asked>,
    },
    /// Small enough to be issued at once.
    Made {
        row: Model,
        lines: Vec<Asked>,
        issue: Box<Issue>,
    },
    Approved {
        by: Uuid,
        at: DateTime<Utc>,
        issue: Box<Issue>,
    },
    Rejected {
        by: Uuid,
        at: DateTime<Utc>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let there = || record.clone().ok_or_else(|| Failure::Broken { workflow: "credit_note".into(), rule: "a change came before the request".into() });
    Ok(match change {
        Change::Requested { row, .. } => row.clone(),
        Change::Made { row, issue, .. } => issued(row.clone(), issue),
        Change::Approved { by, at, issue } => Model { decided_by: Some(*by), decided_at: Some(*at), ..issued(there()?, issue) },
        Change::Rejected { by, at } => Model { state: State::Rejected.as_str().into(), decided_by: Some(*by), decided_at: Some(*at), ..there()? },
    })
}

fn issued(row: Model, issue: &Issue) -> Model {
    Model {
        state: State::Issued.as_str().into(),
        number: Some(issue.number.clone()),
        issued_on: Some(issue.issued_on),
        open_rp: issue.open_rp,
        paid_rp: issue.paid_rp,
        refund_id: issue.refund_id,
        ..row
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if let Change::Requested { lines, .. } | Change::Made { lines, .. } = change {
        for line in lines {
            let values = vec![after.id.into(), line.number.into(), line.amount_rp.into()];
            batch.push("INSERT INTO credit_note_line (credit_note_id, number, amount_rp) VALUES (?,?,?)", values);
        }
    }
    if let Change::Made { issue, .. } | Change::Approved { issue, .. } = change {
        credit(ctx, issue, batch);
    }
}

/// The Tagihan with its lines, and the number that is used up.
fn credit(ctx: Ctx<'_>, issue: &Issue, batch: &mut Batch) {
    for line in &issue.lines {
        let values = vec![line.amount_rp.into(), issue.after.id.into(), line.number.into()];
        batch.push("UPDATE tagihan_line SET credited_rp = credited_rp + ? WHERE tagihan_id = ? AND number = ?", values);
    }
    tagihan::store(ctx, "tagihan.credit", &issue.before, &issue.after, batch);
    let sql = "INSERT INTO document_series (series, next) VALUES (?, 2) ON CONFLICT (series) DO UPDATE SET next = document_series.next + 1";
    batch.push(sql, vec![issue.series.clone().into()]);
}
