//! Siswa: active from the beginning, archived when no lesson is left (SPEC MD-2).

use super::duplicates::{self, Match, Probe};
use super::form::{ADDRESS, Findings, NAME};
use super::{Kind, hold, no_live_sesi, read_only};
use crate::changes::{Subject, Table, Written};
use crate::held::{self, NotHeld};
use crate::records::catalog::Status;
use crate::records::code::{self, Sequence};
use crate::records::siswa::{Entity, Model};
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, Halt};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// How siswa are written and audited.
pub const TABLE: Table<Model> = Table { entity_type: "siswa", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

/// What a person says of a siswa; the whole form, also when little of it changes.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub name: String,
    pub tingkat_id: Option<Uuid>,
    pub segmentasi_id: Option<Uuid>,
    pub office_id: Option<Uuid>,
    pub parent_name: String,
    pub parent_phone: String,
    pub parent_relation: String,
    pub email: Option<String>,
    pub address: Option<String>,
    pub lat: Option<f64>,
    pub long: Option<f64>,
}

/// A form that was read: the row as it would be, what is wrong with it, and who may be the same person.
#[derive(Clone, Debug)]
pub struct Checked {
    pub row: Model,
    pub findings: Findings,
    pub duplicates: Vec<Match>,
}

/// Reads a form against what is there. `before` is the siswa it changes; a new one is asked about duplicates.
///
/// # Errors
/// When the database fails.
pub async fn check(conn: &impl ConnectionTrait, draft: &Draft, before: Option<&Model>, at: chrono::DateTime<chrono::Utc>) -> Result<Checked, Failure> {
    let mut form = Findings::default();
    let name = form.required("name", &draft.name, NAME);
    let tingkat_id = form.reference(conn, ("tingkat_id", "tingkat"), draft.tingkat_id, before.map(|row| row.tingkat_id)).await?;
    let segmentasi_id = form.reference(conn, ("segmentasi_id", "segmentasi"), draft.segmentasi_id, before.map(|row| row.segmentasi_id)).await?;
    let office_id = form.reference(conn, ("office_id", "office"), draft.office_id, before.map(|row| row.office_id)).await?;
    let parent_name = form.required("parent_name", &draft.parent_name, NAME);
    let parent_phone = form.phone("parent_phone", &draft.parent_phone);
    let parent_relation = form.required("parent_relation", &draft.parent_relation, NAME);
    let email = form.email("email", draft.email.as_deref());
    let address = form.lines("address", draft.address.as_deref(), ADDRESS);
    let (lat, long) = form.point(draft.lat, draft.long);
    let duplicates = match before {
        Some(_) => vec![],
        None => duplicates::find(conn, Kind::Siswa, Probe { name: &name, phone: &parent_phone, email: email.as_deref() }).await?,
    };
    let (id, code, status, created_at) =
        before.map_or_else(|| (new_id(at), String::new(), Status::Active, at), |row| (row.id, row.code.clone(), row.status, row.created_at));
    let row = Model {
        id,
        code,
        name,
        tingkat_id,
        segmentasi_id,
        office_id,
        parent_name,
        parent_phone,
        parent_relation,
        email,
        address,
        lat,
        long,
        status,
        created_at,
    };
    Ok(Checked { row, findings: form, duplicates })
}

/// Makes an active siswa. `by.reason` is why, when it may be somebody there already.
///
/// # Errors
/// What is wrong with the form, or `possible_duplicate` without a reason.
pub async fn create(tx: &Tx, draft: &Draft, by: &Written<'_>) -> Result<Model, Halt> {
    let Checked { mut row, findings, duplicates } = check(tx, draft, None, by.at).await?;
    findings.refuse()?;
    duplicates::refuse(Kind::Siswa, duplicates, by.reason)?;
    let taken = db::rows(tx, "SELECT code FROM siswa", vec![]).await?.iter().map(|row| row.try_get("", "code")).collect::<Result<_, _>>()?;
    row.code = code::next(tx, Sequence::Siswa, 1, &taken).await?.concat();
    held::create::<Entity>(tx, &TABLE, row.clone(), "siswa.create", by).await?;
    Ok(row)
}

/// Changes what the form says; whoever is archived stays as they are.
///
/// # Errors
/// What is wrong with the form, or that somebody else was quicker.
pub async fn edit(db: &Db, id: Uuid, seen: Option<&str>, draft: &Draft, by: &Written<'_>) -> Result<(), NotHeld<Model>> {
    let held = hold::<Entity>(db, id, seen).await?;
    if held.before.status == Status::Archived {
        return Err(read_only("ARCHIVED").into());
    }
    let checked = check(&held.tx, draft, Some(&held.before), by.at).await?;
    checked.findings.refuse()?;
    Ok(held.write(&TABLE, checked.row, "siswa.edit", by).await?)
}

/// Archives, or brings back.
///
/// # Errors
/// `live_sesi` when lessons are left.
pub async fn set_status(db: &Db, id: Uuid, seen: Option<&str>, to: Status, by: &Written<'_>) -> Result<(), NotHeld<Model>> {
    let held = hold::<Entity>(db, id, seen).await?;
    if held.before.status == to {
        return Ok(());
    }
    let action = match to {
        Status::Active => "siswa.restore",
        Status::Archived => {
            no_live_sesi(&held.tx, Kind::Siswa, id).await?;
            "siswa.archive"
        }
    };
    let after = Model { status: to, ..held.before.clone() };
    Ok(held.write(&TABLE, after, action, by).await?)
}
