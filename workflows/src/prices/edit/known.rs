//! What an edit of prices is held against: its year, the catalog, and the rows of its subjects from its day on.

use super::Edit;
use crate::prices::{last_locked_month, names, today};
use crate::records::price::{Cell, Column, Entity, Model};
use crate::records::tahun_ajaran;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub struct Known {
    /// Nothing when the year named does not exist.
    pub year: Option<tahun_ajaran::Model>,
    pub today: NaiveDate,
    pub last_locked_month: Option<String>,
    pub catalog: Catalog,
    /// The rows in force on the day or later, of the subjects named.
    pub prices: HashMap<Cell, Vec<Model>>,
    /// Of those who made them.
    pub names: HashMap<Uuid, String>,
}

/// What cells may name: ids, and whether they are active.
#[derive(Default)]
pub struct Catalog {
    pub tingkat: HashMap<Uuid, bool>,
    pub segmentasi: HashMap<Uuid, bool>,
    pub golongan: HashMap<Uuid, bool>,
    pub subjects: HashMap<Uuid, Subject>,
    /// By (subject, level).
    pub levels: HashMap<(Uuid, Uuid), bool>,
}

#[derive(Clone, Copy)]
pub struct Subject {
    pub active: bool,
    pub has_levels: bool,
}

impl Known {
    pub async fn load(conn: &impl ConnectionTrait, edit: &Edit, now: DateTime<Utc>) -> Result<Self, Failure> {
        let prices = prices(conn, edit).await?;
        let authors: HashSet<Uuid> = prices.values().flatten().filter_map(|row| row.created_by.parse().ok()).collect();
        Ok(Self {
            year: tahun_ajaran::Entity::find_by_id(edit.tahun_ajaran_id).one(conn).await?,
            today: today(now),
            last_locked_month: last_locked_month(conn).await?,
            catalog: Catalog::load(conn).await?,
            names: names(conn, authors).await?,
            prices,
        })
    }

    /// The row in force in a cell on a day.
    pub fn in_force(&self, cell: &Cell, day: NaiveDate) -> Option<&Model> {
        self.prices.get(cell)?.iter().find(|row| row.is_in_force_on(day))
    }

    /// The first row of a cell that begins after a day.
    pub fn next(&self, cell: &Cell, day: NaiveDate) -> Option<&Model> {
        self.prices.get(cell)?.iter().filter(|row| row.effective_from > day && row.is_ever_in_force()).min_by_key(|row| row.effective_from)
    }
}

async fn prices(conn: &impl ConnectionTrait, edit: &Edit) -> Result<HashMap<Cell, Vec<Model>>, Failure> {
    let subjects: HashSet<Uuid> = edit.cells.iter().map(|wanted| wanted.cell.subject_id).collect();
    let open = Condition::any().add(Column::EffectiveUntil.is_null()).add(Column::EffectiveUntil.gt(edit.effective_from));
    let rows = Entity::find().filter(Column::SubjectId.is_in(subjects)).filter(open).all(conn).await?;
    let mut prices: HashMap<Cell, Vec<Model>> = HashMap::new();
    for row in rows {
        prices.entry(row.cell()).or_default().push(row);
    }
    Ok(prices)
}

impl Catalog {
    async fn load(conn: &impl ConnectionTrait) -> Result<Self, Failure> {
        let mut catalog = Self {
            tingkat: dimension(conn, "tingkat").await?,
            segmentasi: dimension(conn, "segmentasi").await?,
            golongan: dimension(conn, "golongan").await?,
            ..Self::default()
        };
        for row in db::rows(conn, "SELECT id, has_levels, status = 'ACTIVE' AS active FROM subject", vec![]).await? {
            catalog.subjects.insert(row.try_get("", "id")?, Subject { active: row.try_get("", "active")?, has_levels: row.try_get("", "has_levels")? });
        }
        for row in db::rows(conn, "SELECT id, subject_id, status = 'ACTIVE' AS active FROM subject_level", vec![]).await? {
            catalog.levels.insert((row.try_get("", "subject_id")?, row.try_get("", "id")?), row.try_get("", "active")?);
        }
        Ok(catalog)
    }
}

async fn dimension(conn: &impl ConnectionTrait, table: &str) -> Result<HashMap<Uuid, bool>, Failure> {
    let rows = db::rows(conn, &format!("SELECT id, status = 'ACTIVE' AS active FROM {table}"), vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "active")?))).collect()
}
