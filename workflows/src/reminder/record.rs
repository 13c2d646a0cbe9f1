//! The record of a reminder, and the row it leaves for everybody who was reminded.

use super::command::Kind;
use super::facts::Reminded;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::tag::Tag;
use sea_orm::IntoActiveModel;
use sea_orm::Value;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "reminder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub template: String,
    /// How many people.
    pub parties: i64,
    pub logged_by: Uuid,
    pub logged_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    pub id: Uuid,
    pub code: String,
    pub kind: Kind,
    pub by: Uuid,
    pub at: DateTime<Utc>,
    pub reminded: Vec<Reminded>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Logged { logged: Logged },
}

/// The row. Pure.
pub(super) fn apply(change: &Change) -> Model {
    let Change::Logged { logged } = change;
    Model {
        id: logged.id,
        code: logged.code.clone(),
        kind: logged.kind.as_str().into(),
        template: logged.kind.template().into(),
        parties: i64::try_from(logged.reminded.len()).unwrap_or(i64::MAX),
        logged_by: logged.by,
        logged_at: logged.at,
    }
}

pub(super) fn store(after: &Model, change: &Change, batch: &mut Batch) {
    batch.push_query(&Entity::insert(after.clone().into_active_model().reset_all()));
    let Change::Logged { logged } = change;
    let sql = format!(
        "INSERT INTO reminder_log (id, reminder_id, kind, {}, open_rp, days_late, planned, held, by_id, at) VALUES (?,?,?,?,?,?,?,?,?,?)",
        logged.kind.column()
    );
    for one in &logged.reminded {
        let values: Vec<Value> = vec![
            one.log_id.into(),
            logged.id.into(),
            logged.kind.as_str().into(),
            one.party_id.into(),
            one.open_rp.into(),
            one.days_late.into(),
            one.planned.into(),
            one.held.into(),
            logged.by.into(),
            logged.at.into(),
        ];
        batch.push(&sql, values);
    }
}
