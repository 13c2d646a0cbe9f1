//! Siswa: found again by code.

use crate::changes::{Changes, Subject, Table};
use crate::erasure::NOBODY;
use crate::import::reference::References;
use crate::import::row::Row;
use crate::import::{Columns, ImportOptions, Reading, known};
use crate::records::catalog::Status;
use crate::records::siswa::{Entity, Model};
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::collections::HashMap;

pub const COLUMNS: Columns = Columns {
    required: &["code", "name", "tingkat", "segmentasi", "office", "parent_name", "parent_phone", "parent_relation"],
    optional: &["email", "address", "lat", "long", "status"],
};
pub const TEMPLATE: &str = "code,name,tingkat,segmentasi,office,parent_name,parent_phone,parent_relation,email,address,lat,long,status\n\
    SIS-000001,Zahra Amalia,SD_5,REGULER,JKT,Rina Amalia,0812-3456-7890,ibu,rina@example.com,\"Jl. Melati 5, Jakarta\",-6.2607,106.7816,ACTIVE\n";

const TABLE: Table<Model> = Table { entity_type: "siswa", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

struct Known {
    tingkat: References,
    segmentasi: References,
    offices: References,
}

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let known = Known { tingkat: known::tingkat(conn).await?, segmentasi: known::segmentasi(conn).await?, offices: known::offices(conn).await? };
    let before: HashMap<String, Model> = Entity::find().all(conn).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let options = reading.options;
    let rows = reading.records(&before, "code", |row| row.code(), |row, code, before| read(row, &known, (code, before), options));
    let mut changes = Changes::default();
    changes.compare::<Entity>(&TABLE, rows);
    Ok(changes)
}

fn read(row: &mut Row<'_>, known: &Known, (code, before): (Option<&String>, Option<&Model>), options: &ImportOptions) -> Option<Model> {
    if before.is_some_and(|before| before.name == NOBODY) {
        row.error("code", "erased", || "this siswa was erased; a new one needs a new code".into());
        return None;
    }
    let name = row.required("name");
    let tingkat_id = row.reference("tingkat", &known.tingkat);
    let segmentasi_id = row.reference("segmentasi", &known.segmentasi);
    let office_id = row.reference("office", &known.offices);
    let parent_name = row.required("parent_name");
    let parent_phone = row.phone("parent_phone");
    let parent_relation = row.required("parent_relation");
    let email = row.email("email");
    let point = row.point();
    let status = row.choice_optional("status");
    let (lat, long) = Row::coordinates(point?, before.map(|row| (row.lat, row.long)));
    Some(Model {
        id: before.map_or_else(|| new_id(options.now), |row| row.id),
        code: code?.clone(),
        name: name?.to_owned(),
        tingkat_id: tingkat_id?,
        segmentasi_id: segmentasi_id?,
        office_id: office_id?,
        parent_name: parent_name?.to_owned(),
        parent_phone: parent_phone?,
        parent_relation: parent_relation?.to_owned(),
        email: email?.or_keep(before.and_then(|row| row.email.clone())),
        address: row.text("address").or_keep(before.and_then(|row| row.address.clone())),
        lat,
        long,
        status: status?.or(before.map_or(Status::Active, |row| row.status)),
        created_at: before.map_or(options.now, |row| row.created_at),
    })
}
