//! Slots: the weekly windows in which a tutor is available, in the zone of the tutor's office.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "slot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tutor_id: Uuid,
    /// ISO: 1 is Monday, 7 is Sunday.
    pub weekday: i64,
    /// Minutes from midnight.
    pub from_minute: i64,
    /// Minutes from midnight, exclusive, up to 1440.
    pub until_minute: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
