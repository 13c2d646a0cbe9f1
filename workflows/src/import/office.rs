//! Offices: found again by code.

use crate::changes::{Changes, Subject, Table};
use crate::import::cell::CellError;
use crate::import::row::Row;
use crate::import::{Columns, ImportOptions, Reading};
use crate::records::catalog::Status;
use crate::records::office::{Entity, Model};
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::HashMap;

pub const COLUMNS: Columns = Columns { required: &["code", "name", "zone", "lat", "long"], optional: &["status"] };
pub const TEMPLATE: &str = "code,name,zone,lat,long,status\nJKT,XPrivate Jakarta,Asia/Jakarta,-6.2088,106.8456,ACTIVE\n";

const TABLE: Table<Model> = Table { entity_type: "office", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let before: HashMap<String, Model> = Entity::find().all(conn).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let options = reading.options;
    let rows = reading.records(&before, "code", |row| row.code(), |row, code, before| read(row, code, before, options));
    let mut changes = Changes::default();
    changes.compare::<Entity>(&TABLE, rows);
    Ok(changes)
}

fn read(row: &mut Row<'_>, code: Option<&String>, before: Option<&Model>, options: &ImportOptions) -> Option<Model> {
    let name = row.required("name");
    let zone = row.parsed("zone", zone);
    let status = row.choice_optional("status");
    let point = row.point_required();
    let point = point?;
    Some(Model {
        id: before.map_or_else(|| new_id(options.now), |row| row.id),
        code: code?.clone(),
        name: name?.to_owned(),
        zone: zone?,
        lat: point.lat,
        long: point.long,
        status: status?.or(before.map_or(Status::Active, |row| row.status)),
        created_at: before.map_or(options.now, |row| row.created_at),
    })
}

fn zone(text: &str) -> Result<String, CellError> {
    let unknown = |_| CellError { code: "zone_unknown", message: format!("{text:?} is no IANA time zone such as Asia/Jakarta") };
    text.parse::<chrono_tz::Tz>().map(|zone| zone.name().to_owned()).map_err(unknown)
}
