//! One page of the matrix: the prices of a Subject (or of one of its levels) in force on a day.

use crate::records::price::{Audience, Cell, Column, Entity, Model, same_or_null};
use chrono::NaiveDate;
use engine::refusal::Failure;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;

/// A cell that has a price on the day, or gets one later.
#[derive(Clone, Debug)]
pub struct Filled {
    pub cell: Cell,
    /// In force on the day.
    pub price: Option<Model>,
    /// The first that begins after it.
    pub next: Option<Model>,
}

/// Which page.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub audience: Audience,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
}

pub async fn read(conn: &impl ConnectionTrait, page: Page, day: NaiveDate) -> Result<Vec<Filled>, Failure> {
    let open = Condition::any().add(Column::EffectiveUntil.is_null()).add(Column::EffectiveUntil.gt(day));
    let rows = Entity::find()
        .filter(Column::SubjectId.eq(page.subject_id))
        .filter(same_or_null(Column::SubjectLevelId, page.subject_level_id))
        .filter(Column::Audience.eq(page.audience))
        .filter(open)
        .all(conn)
        .await?;
    Ok(filled(rows, day))
}

fn filled(rows: Vec<Model>, day: NaiveDate) -> Vec<Filled> {
    let mut cells: HashMap<Cell, Filled> = HashMap::new();
    for row in rows.into_iter().filter(Model::is_ever_in_force) {
        let filled = cells.entry(row.cell()).or_insert_with(|| Filled { cell: row.cell(), price: None, next: None });
        if row.is_in_force_on(day) {
            filled.price = Some(row);
        } else if row.effective_from > day && filled.next.as_ref().is_none_or(|next| row.effective_from < next.effective_from) {
            filled.next = Some(row);
        }
    }
    cells.into_values().collect()
}
