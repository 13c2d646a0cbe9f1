//! Prices (SPEC PRC-1, PRC-2): one amount per key and day, for siswa and for tutors.
//!
//! A row never changes but for the day it ends. A new price closes the row in force and opens its own.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whose matrix: what the siswa pays or what the tutor gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Audience {
    Student,
    Tutor,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "price")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub audience: Audience,
    pub tahun_ajaran_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub tingkat_id: Uuid,
    pub segmentasi_id: Uuid,
    /// Given exactly when the audience is TUTOR.
    pub golongan_id: Option<Uuid>,
    pub amount_rp: i64,
    pub effective_from: Date,
    /// The first day no longer in force.
    pub effective_until: Option<Date>,
    pub created_at: DateTimeUtc,
    pub created_by: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a price is asked for: one cell of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub tingkat_id: Uuid,
    pub segmentasi_id: Uuid,
    /// `None` asks the siswa's matrix, `Some` the tutor's.
    pub golongan_id: Option<Uuid>,
}

impl Cell {
    pub fn audience(&self) -> Audience {
        if self.golongan_id.is_some() { Audience::Tutor } else { Audience::Student }
    }
}

impl Model {
    /// The cell this row fills.
    pub fn cell(&self) -> Cell {
        Cell {
            subject_id: self.subject_id,
            subject_level_id: self.subject_level_id,
            tingkat_id: self.tingkat_id,
            segmentasi_id: self.segmentasi_id,
            golongan_id: self.golongan_id,
        }
    }

    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|until| day < until)
    }

    /// A row closed on its first day never is.
    pub fn is_ever_in_force(&self) -> bool {
        self.effective_until != Some(self.effective_from)
    }
}

/// All rows of a cell.
pub fn of_cell(cell: Cell) -> Condition {
    Condition::all()
        .add(Column::SubjectId.eq(cell.subject_id))
        .add(same_or_null(Column::SubjectLevelId, cell.subject_level_id))
        .add(Column::TingkatId.eq(cell.tingkat_id))
        .add(Column::SegmentasiId.eq(cell.segmentasi_id))
        .add(same_or_null(Column::GolonganId, cell.golongan_id))
}

/// The row in force on `day`, or `None`: the combination cannot be approved.
pub async fn in_force(conn: &impl ConnectionTrait, cell: Cell, day: Date) -> Result<Option<Model>, DbErr> {
    let open = Condition::any().add(Column::EffectiveUntil.is_null()).add(Column::EffectiveUntil.gt(day));
    Entity::find().filter(of_cell(cell)).filter(Column::EffectiveFrom.lte(day)).filter(open).one(conn).await
}

pub(crate) fn same_or_null(column: Column, id: Option<Uuid>) -> Expr {
    id.map_or_else(|| column.is_null(), |id| column.eq(id))
}
