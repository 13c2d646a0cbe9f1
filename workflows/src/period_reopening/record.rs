//! The record of a re-opening: of which closing, why, until when, who asked and who decided. And the month's own row.

use super::state::State;
use crate::period::lock::{self, Turn};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "period_reopening")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub period_month: String,
    pub state: String,
    pub reason: String,
    pub until: DateTimeUtc,
    /// The closing it opens.
    pub closing_number: i64,
    /// What was in the month when it was opened; nothing when no closing says that.
    pub contents: Option<String>,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    /// Whoever approved or rejected.
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub id: Uuid,
    pub code: String,
    pub month: String,
    pub reason: String,
    pub until: DateTime<Utc>,
    pub closing_number: i64,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Asked {
        asked: Asked,
    },
    Approved {
        by: Uuid,
        at: DateTime<Utc>,
        contents: Option<String>,
    },
    Refused {
        by: Uuid,
        at: DateTime<Utc>,
    },
    /// The time is over.
    Locked {
        state: State,
        at: DateTime<Utc>,
    },
    CloseBegun,
    Ended {
        state: State,
        at: DateTime<Utc>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Asked { asked } = change {
        return Ok(first(asked));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "period_reopening".into(), rule: "a change came before the request".into() })?;
    match change {
        Change::Asked { .. } | Change::CloseBegun => {}
        Change::Approved { by, at, contents } => {
            model.state = State::Reopened.as_str().into();
            (model.decided_by, model.decided_at) = (Some(*by), Some(*at));
            model.contents.clone_from(contents);
        }
        Change::Refused { by, at } => {
            model.state = State::Rejected.as_str().into();
            (model.decided_by, model.decided_at, model.ended_at) = (Some(*by), Some(*at), Some(*at));
        }
        Change::Locked { state, at } | Change::Ended { state, at } => {
            model.state = state.as_str().into();
            model.ended_at = Some(*at);
        }
    }
    Ok(model)
}

fn first(asked: &Asked) -> Model {
    Model {
        id: asked.id,
        code: asked.code.clone(),
        period_month: asked.month.clone(),
        state: State::Requested.as_str().into(),
        reason: asked.reason.clone(),
        until: asked.until,
        closing_number: asked.closing_number,
        contents: None,
        requested_by: asked.by,
        requested_at: asked.at,
        decided_by: None,
        decided_at: None,
        ended_at: None,
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    let turn = |action, by| Turn { month: &after.period_month, action, by, reason: Some(&after.reason) };
    match change {
        Change::Approved { by, .. } => lock::open(ctx, turn("period.reopen", *by), after.until, batch),
        Change::Locked { .. } => lock::lock(ctx, turn("period.lock", ctx.actor.id), batch),
        Change::Asked { .. } | Change::Refused { .. } | Change::CloseBegun | Change::Ended { .. } => {}
    }
}
