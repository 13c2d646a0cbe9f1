//! Subjects: what is taught, with or without levels.
//!
//! Whether a subject has levels decides which prices and sesi fit it; so it can be switched only while nothing that
//! counts from now on depends on it.

use super::{Faults, NotChanged, action};
use crate::changes::{Subject, Table, Written};
use crate::held::{Held, create as write};
use crate::records::catalog::subject::{Column, Entity, Model};
use crate::records::catalog::{Status, kategori};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Rejected};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

const TABLE: Table<Model> = Table { entity_type: "subject", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

/// A subject as somebody would have it.
#[derive(Clone, Debug)]
pub struct New {
    pub code: String,
    pub name: String,
    pub kategori_id: Uuid,
    pub has_levels: bool,
}

/// What of a subject is to be different.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub kategori_id: Option<Uuid>,
    pub has_levels: Option<bool>,
    pub status: Option<Status>,
}

/// Adds a subject.
///
/// # Errors
/// At `code`, `name` or `kategori_id`.
pub async fn create(db: &Db, new: New, by: &Written<'_>) -> Result<Uuid, NotChanged<Model>> {
    let mut faults = Faults::default();
    let (code, name) = (faults.code(&new.code), faults.name(&new.name));
    let tx = db.begin().await?;
    if Entity::find().filter(Column::Code.eq(&code)).one(&tx).await?.is_some() {
        faults.add(FieldError::new("code", "taken"));
    }
    check_kategori(&tx, new.kategori_id, &mut faults).await?;
    faults.none()?;
    let row = Model { id: new_id(by.at), code, name, kategori_id: new.kategori_id, has_levels: new.has_levels, status: Status::Active };
    let id = row.id;
    write::<Entity>(&tx, &TABLE, row, "catalog.create", by).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(id)
}

/// Changes a subject.
///
/// # Errors
/// At `name` or `kategori_id`; `has_levels_in_use` while prices or live sesi depend on it; when it is not there, or no
/// longer what was seen.
pub async fn edit(db: &Db, id: Uuid, seen: Option<&str>, edit: Edit, by: &Written<'_>) -> Result<(), NotChanged<Model>> {
    let mut faults = Faults::default();
    let name = edit.name.as_deref().map(|name| faults.name(name));
    let held = Held::<Entity>::take(db, id, seen).await?;
    let before = held.before.clone();
    let after = Model {
        name: name.unwrap_or_else(|| before.name.clone()),
        kategori_id: edit.kategori_id.unwrap_or(before.kategori_id),
        has_levels: edit.has_levels.unwrap_or(before.has_levels),
        status: edit.status.unwrap_or(before.status),
        ..before.clone()
    };
    if after.kategori_id != before.kategori_id {
        check_kategori(&held.tx, after.kategori_id, &mut faults).await?;
    }
    faults.none()?;
    if after.has_levels != before.has_levels {
        check_unused(&held.tx, id, by).await?;
    }
    held.write(&TABLE, after.clone(), action(before.status, after.status), by).await?;
    Ok(())
}

async fn check_kategori(tx: &Tx, id: Uuid, faults: &mut Faults) -> Result<(), Failure> {
    match kategori::Entity::find_by_id(id).one(tx).await? {
        None => faults.add(FieldError::new("kategori_id", "unknown")),
        Some(row) if row.status == Status::Archived => faults.add(FieldError::new("kategori_id", "archived")),
        Some(_) => {}
    }
    Ok(())
}

/// No price of today or later, and no live sesi.
async fn check_unused(tx: &Tx, id: Uuid, by: &Written<'_>) -> Result<(), NotChanged<Model>> {
    let today = by.at.with_timezone(&Jakarta).date_naive();
    let sql = "SELECT (SELECT count(*) FROM price WHERE subject_id = ? AND (effective_until IS NULL OR (effective_until > ? AND effective_until > effective_from))) AS prices, \
         (SELECT count(*) FROM sesi WHERE subject_id = ? AND state IN ('REQUESTED','APPROVED','IN_PROGRESS','AWAITING_VALIDATION')) AS sesi";
    let row = db::row(tx, sql, vec![id.into(), today.into(), id.into()]).await?;
    let (prices, sesi): (i64, i64) = match row {
        Some(row) => (row.try_get("", "prices")?, row.try_get("", "sesi")?),
        None => (0, 0),
    };
    if prices + sesi == 0 {
        return Ok(());
    }
    Err(Rejected::new("has_levels_in_use").with("prices", prices).with("sesi", sesi).at(FieldError::new("has_levels", "in_use")).into())
}
