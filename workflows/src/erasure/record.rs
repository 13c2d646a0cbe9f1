//! The record of an erasure: whom, on what ground, by whom. Ids only: it outlives the person.

use super::scrub;
use super::state::State;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

/// What kind of person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PersonKind {
    User,
    Tutor,
    Siswa,
}

impl PersonKind {
    /// How it is called in a label.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Tutor => "Tutor",
            Self::Siswa => "Siswa",
        }
    }
}

/// Why the law lets, or makes, a company forget somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ground {
    RequestOfPerson,
    RetentionEnded,
    LegalOrder,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub person_kind: PersonKind,
    pub person_id: Uuid,
    pub ground: Ground,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    /// How many documents have left the store.
    pub documents_removed: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the key is destroyed.
    pub fn is_approved(&self) -> bool {
        self.state == State::Erasing.as_str() || self.state == State::Erased.as_str()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Requested { id: Uuid, code: String, person_kind: PersonKind, person_id: Uuid, ground: Ground, by: Uuid, at: DateTime<Utc> },
    Approved { by: Uuid, at: DateTime<Utc>, documents: Vec<Uuid> },
    Rejected { by: Uuid, at: DateTime<Utc> },
    Cancelled { by: Uuid, at: DateTime<Utc> },
    DocumentsRemoved { removed: i64 },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Requested { id, code, person_kind, person_id, ground, by, at } = change {
        return Ok(Model {
            id: *id,
            code: code.clone(),
            person_kind: *person_kind,
            person_id: *person_id,
            ground: *ground,
            state: State::Requested.as_str().into(),
            requested_by: *by,
            requested_at: *at,
            decided_by: None,
            decided_at: None,
            documents_removed: None,
        });
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "erasure".into(), rule: "a change came before the request".into() })?;
    match change {
        Change::Requested { .. } => {}
        Change::Approved { by, at, .. } => decided(&mut model, State::Erasing, (*by, *at)),
        Change::Rejected { by, at } => decided(&mut model, State::Rejected, (*by, *at)),
        Change::Cancelled { by, at } => decided(&mut model, State::Cancelled, (*by, *at)),
        Change::DocumentsRemoved { removed } => {
            model.documents_removed = Some(*removed);
            model.state = State::Erased.as_str().into();
        }
    }
    Ok(model)
}

fn decided(model: &mut Model, state: State, (by, at): (Uuid, DateTime<Utc>)) {
    model.state = state.as_str().into();
    model.decided_by = Some(by);
    model.decided_at = Some(at);
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if let Change::Approved { documents, .. } = change {
        scrub::everything(ctx.now, after, documents, batch);
    }
}
