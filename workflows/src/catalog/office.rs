//! Offices: where tutors start from, and the zone in which days and months are counted.

use super::{Faults, NotChanged, action};
use crate::changes::{Subject, Table, Written};
use crate::held::{Held, create as write};
use crate::records::catalog::Status;
use crate::records::office::{Column, Entity, Model};
use crate::records::place::Point;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Rejected};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

const TABLE: Table<Model> = Table { entity_type: "office", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

/// An office as somebody would have it.
#[derive(Clone, Debug)]
pub struct New {
    pub code: String,
    pub name: String,
    pub zone: String,
    pub lat: f64,
    pub long: f64,
}

/// What of an office is to be different.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub zone: Option<String>,
    pub lat: Option<f64>,
    pub long: Option<f64>,
    pub status: Option<Status>,
}

/// Adds an office.
///
/// # Errors
/// At `code`, `name`, `zone`, `lat` or `long`.
pub async fn create(db: &Db, new: New, by: &Written<'_>) -> Result<Uuid, NotChanged<Model>> {
    let mut faults = Faults::default();
    let (code, name, zone) = (faults.code(&new.code), faults.name(&new.name), zone(&new.zone, &mut faults));
    check_place(new.lat, new.long, &mut faults);
    let tx = db.begin().await?;
    if Entity::find().filter(Column::Code.eq(&code)).one(&tx).await?.is_some() {
        faults.add(FieldError::new("code", "taken"));
    }
    faults.none()?;
    let row = Model { id: new_id(by.at), code, name, zone, lat: new.lat, long: new.long, status: Status::Active, created_at: by.at };
    let id = row.id;
    write::<Entity>(&tx, &TABLE, row, "catalog.create", by).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(id)
}

/// Changes an office.
///
/// # Errors
/// At the fields; `reason` is required for another zone; `office_in_use` when it is to be archived while people belong
/// to it; when it is not there, or no longer what was seen.
pub async fn edit(db: &Db, id: Uuid, seen: Option<&str>, edit: Edit, by: &Written<'_>) -> Result<(), NotChanged<Model>> {
    let mut faults = Faults::default();
    let name = edit.name.as_deref().map(|name| faults.name(name));
    let zone = edit.zone.as_deref().map(|text| zone(text, &mut faults));
    let held = Held::<Entity>::take(db, id, seen).await?;
    let before = held.before.clone();
    let after = Model {
        name: name.unwrap_or_else(|| before.name.clone()),
        zone: zone.unwrap_or_else(|| before.zone.clone()),
        lat: edit.lat.unwrap_or(before.lat),
        long: edit.long.unwrap_or(before.long),
        status: edit.status.unwrap_or(before.status),
        ..before.clone()
    };
    check_place(after.lat, after.long, &mut faults);
    if after.zone != before.zone && by.reason.is_none() {
        faults.add(FieldError::new("reason", "required"));
    }
    faults.none()?;
    if after.status == Status::Archived && before.status == Status::Active {
        check_empty(&held.tx, id).await?;
    }
    held.write(&TABLE, after.clone(), action(before.status, after.status), by).await?;
    Ok(())
}

/// An IANA zone in its usual spelling.
fn zone(text: &str, faults: &mut Faults) -> String {
    match text.trim().parse::<chrono_tz::Tz>() {
        Ok(zone) => zone.name().to_owned(),
        Err(_) => {
            faults.add(FieldError::new("zone", "zone_unknown"));
            text.to_owned()
        }
    }
}

fn check_place(lat: f64, long: f64, faults: &mut Faults) {
    if let Err(error) = Point::new(lat, long) {
        faults.add(FieldError::new(if error.code().starts_with("lat") { "lat" } else { "long" }, error.code()));
    }
}

/// Nobody who is at work here. Whoever is just being added is waited for: their row holds the office.
async fn check_empty(tx: &Tx, id: Uuid) -> Result<(), NotChanged<Model>> {
    let sql = "SELECT (SELECT count(*) FROM tutor WHERE office_id = ? AND status IN ('DRAFT','ACTIVE','SUSPENDED')) AS tutor, \
         (SELECT count(*) FROM siswa WHERE office_id = ? AND status = 'ACTIVE') AS siswa";
    let row = db::row(tx, sql, vec![id.into(), id.into()]).await?;
    let (tutor, siswa): (i64, i64) = match row {
        Some(row) => (row.try_get("", "tutor")?, row.try_get("", "siswa")?),
        None => (0, 0),
    };
    if tutor + siswa == 0 { Ok(()) } else { Err(Rejected::new("office_in_use").with("tutor", tutor).with("siswa", siswa).into()) }
}
