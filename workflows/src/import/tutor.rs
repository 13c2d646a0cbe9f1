//! Tutors: found again by phone.
//!
//! A file may make a tutor DRAFT, ACTIVE or ARCHIVED. Suspension and termination have their own workflow, so a file
//! neither begins nor ends one. A new tutor without code gets the next one.

use crate::changes::{Changes, Subject, Table};
use crate::erasure::NOBODY;
use crate::import::known::Keys;
use crate::import::reference::References;
use crate::import::row::{Given, Row};
use crate::import::{Columns, ImportOptions, Reading, cell, known};
use crate::records::code::{self, Sequence};
use crate::records::tutor::{Column, Entity, Model, Status};
use engine::id::new_id;
use sea_orm::sea_query::LockType;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};
use std::collections::{HashMap, HashSet};

pub const COLUMNS: Columns =
    Columns { required: &["name", "phone", "golongan", "office"], optional: &["code", "email", "status", "address", "lat", "long", "bio", "contract_signed"] };
pub const TEMPLATE: &str = "code,name,phone,email,golongan,office,status,address,lat,long,bio,contract_signed\n\
    TUT-000001,Dewi Lestari,0812-3456-7890,dewi@example.com,GOL_2,JKT,ACTIVE,\"Jl. Kenanga 7, Jakarta\",-6.2297,106.8295,Matematika dan Fisika,ya\n";

const TABLE: Table<Model> = Table { entity_type: "tutor", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

struct Known {
    golongan: References,
    offices: References,
    /// Which phone each code belongs to.
    phones: HashMap<String, String>,
}

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    let mut tutors = Entity::find().order_by_asc(Column::Id);
    if !reading.options.dry_run {
        // Held until they are written, so that nobody is suspended meanwhile and written over.
        tutors = tutors.lock(LockType::Update);
    }
    let before: HashMap<String, Model> = tutors.all(conn).await?.into_iter().map(|row| (row.phone.clone(), row)).collect();
    let phones = before.values().map(|row| (row.code.clone(), row.phone.clone())).collect();
    let known = Known { golongan: known::golongan(conn).await?, offices: known::offices(conn).await?, phones };
    let (options, mut codes) = (reading.options, Keys::new("code"));
    let mut rows = reading.records(
        &before,
        "phone",
        |row| row.phone("phone"),
        |row, phone, before| {
            if let Given::Value(code) = row.optional("code") {
                row.take(&mut codes, code.to_uppercase());
            }
            read(row, &known, (phone, before), options)
        },
    );
    if !options.dry_run {
        give_codes(conn, &known, &mut rows).await?;
    }
    let mut changes = Changes::default();
    changes.compare::<Entity>(&TABLE, rows);
    Ok(changes)
}

fn read(row: &mut Row<'_>, known: &Known, (phone, before): (Option<&String>, Option<&Model>), options: &ImportOptions) -> Option<Model> {
    let code = own_code(row, known, (phone, before));
    let name = row.required("name");
    let golongan_id = row.reference("golongan", &known.golongan);
    let office_id = row.reference("office", &known.offices);
    let email = row.email("email");
    let status = status(row, before);
    let point = row.point();
    let contract_signed = row.parsed_optional("contract_signed", cell::boolean);
    let (lat, long) = Row::coordinates(point?, before.map(|row| (row.lat, row.long)));
    let after = Model {
        id: before.map_or_else(|| new_id(options.now), |row| row.id),
        code: code?,
        name: name?.to_owned(),
        phone: phone?.clone(),
        email: email?.or_keep(before.and_then(|row| row.email.clone())),
        golongan_id: golongan_id?,
        office_id: office_id?,
        status: status?,
        suspended_until: before.and_then(|row| row.suspended_until),
        address: row.text("address").or_keep(before.and_then(|row| row.address.clone())),
        lat,
        long,
        bio: row.text("bio").or_keep(before.and_then(|row| row.bio.clone())),
        contract_signed: contract_signed?.or(before.is_some_and(|row| row.contract_signed)),
        last_active_at: before.and_then(|row| row.last_active_at),
        created_at: before.map_or(options.now, |row| row.created_at),
    };
    if before.is_some_and(|before| before.status == Status::Archived && *before != after) {
        row.error("status", "archived", || "this tutor is archived and read only; bring them back on their page first".into());
        return None;
    }
    Some(after)
}

/// The tutor's code; empty for a new tutor who is to get the next one. A code never moves to another phone.
fn own_code(row: &mut Row<'_>, known: &Known, (phone, before): (Option<&String>, Option<&Model>)) -> Option<String> {
    let given = match row.optional("code") {
        Given::Value(code) => code.to_uppercase(),
        Given::Empty | Given::Nothing => return Some(before.map_or_else(String::new, |row| row.code.clone())),
    };
    let owner = known.phones.get(&given);
    // What stands in place of the phone of somebody erased is no phone.
    if owner.is_some_and(|owner| owner.starts_with(NOBODY)) {
        row.error("code", "erased", || "this tutor was erased; a new one needs a new code".into());
        return None;
    }
    if let Some(owner) = owner.filter(|owner| phone.is_some_and(|phone| phone != *owner)) {
        row.error("code", "code_taken", || format!("{given} is the tutor with phone {owner}"));
        return None;
    }
    if let Some(before) = before.filter(|before| before.code != given) {
        row.error("code", "code_differs", || format!("the tutor with this phone is {}", before.code));
        return None;
    }
    Some(given)
}

fn status(row: &mut Row<'_>, before: Option<&Model>) -> Option<Status> {
    let now = before.map(|row| row.status);
    let asked = row.choice_optional("status")?.or(now.unwrap_or(Status::Draft));
    let is_sanction = |status| matches!(status, Status::Suspended | Status::Terminated);
    if now != Some(asked) && (is_sanction(asked) || now.is_some_and(is_sanction)) {
        row.error("status", "status_by_workflow", || "suspension and termination are not begun or ended by a file".into());
        return None;
    }
    Some(asked)
}

/// Gives the next codes to the new tutors without one, passing over those that are taken.
async fn give_codes(conn: &impl ConnectionTrait, known: &Known, rows: &mut [(Option<Model>, Model)]) -> Result<(), DbErr> {
    let in_file = rows.iter().map(|(_, row)| row.code.clone());
    let taken: HashSet<String> = known.phones.keys().cloned().chain(in_file).collect();
    let missing: Vec<&mut Model> = rows.iter_mut().map(|(_, row)| row).filter(|row| row.code.is_empty()).collect();
    let codes = code::next(conn, Sequence::Tutor, missing.len(), &taken).await?;
    for (row, code) in missing.into_iter().zip(codes) {
        row.code = code;
    }
    Ok(())
}
