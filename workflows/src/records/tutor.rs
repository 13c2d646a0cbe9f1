//! Tutors (SPEC MD-1). `phone` is E.164 and names a tutor in imports; `code` is for people.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Only an ACTIVE tutor can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Draft,
    Active,
    Suspended,
    Terminated,
    Archived,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "tutor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub phone: String,
    pub email: Option<String>,
    pub golongan_id: Uuid,
    pub office_id: Uuid,
    pub status: Status,
    pub suspended_until: Option<DateTimeUtc>,
    pub address: Option<String>,
    pub lat: Option<f64>,
    pub long: Option<f64>,
    pub bio: Option<String>,
    pub contract_signed: bool,
    pub last_active_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
