//! The record of a reactivation: of which suspension, who asked and why, who decided.

use super::state::State;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "reactivation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub suspension_id: Uuid,
    pub tutor_id: Uuid,
    pub reason: Option<String>,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    /// Whoever approved or rejected.
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub id: Uuid,
    pub code: String,
    pub suspension_id: Uuid,
    pub tutor_id: Uuid,
    pub reason: Option<String>,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Asked {
        asked: Asked,
    },
    /// By whom, when a person decided.
    Closed {
        state: State,
        by: Option<Uuid>,
        at: Option<DateTime<Utc>>,
    },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    match (record, change) {
        (_, Change::Asked { asked }) => Ok(begun(asked.clone())),
        (Some(model), Change::Closed { state, by, at }) => Ok(Model { state: state.as_str().into(), decided_by: *by, decided_at: *at, ..model }),
        (None, Change::Closed { .. }) => Err(Failure::Broken { workflow: "reactivation".into(), rule: "a change came before the request".into() }),
    }
}

fn begun(asked: Asked) -> Model {
    Model {
        id: asked.id,
        code: asked.code,
        suspension_id: asked.suspension_id,
        tutor_id: asked.tutor_id,
        reason: asked.reason,
        state: State::Requested.as_str().into(),
        requested_by: asked.by,
        requested_at: asked.at,
        decided_by: None,
        decided_at: None,
    }
}

pub(super) fn store(before: Option<&Model>, after: &Model, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
}
