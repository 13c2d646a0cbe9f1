//! Tutors: made as a draft, active once their KTP is there, archived when nothing is left to teach (SPEC MD-1).
//!
//! ```text
//! DRAFT → ACTIVE → ARCHIVED → DRAFT
//! ```
//! SUSPENDED and TERMINATED are neither begun nor ended here: they have a workflow of their own.

use super::documents::{self, Role};
use super::duplicates::{self, Match, Probe};
use super::form::{ADDRESS, Findings, NAME, TEXT};
use super::{Kind, hold, no_live_sesi, read_only};
use crate::changes::{Subject, Table, Written};
use crate::held::{self, NotHeld};
use crate::records::code::{self, Sequence};
use crate::records::tutor::{Entity, Model, Status};
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use sea_orm::{ActiveEnum, ConnectionTrait};
use serde_json::json;
use uuid::Uuid;

/// How tutors are written and audited.
pub const TABLE: Table<Model> = Table { entity_type: "tutor", subject: |row| Subject { id: row.id, code: Some(row.code.clone()) } };

/// What a person says of a tutor; the whole form, also when little of it changes.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub name: String,
    pub phone: String,
    pub email: Option<String>,
    pub golongan_id: Option<Uuid>,
    pub office_id: Option<Uuid>,
    pub address: Option<String>,
    pub lat: Option<f64>,
    pub long: Option<f64>,
    pub bio: Option<String>,
    pub contract_signed: bool,
}

/// A form that was read: the row as it would be, what is wrong with it, and who may be the same person.
#[derive(Clone, Debug)]
pub struct Checked {
    pub row: Model,
    pub findings: Findings,
    pub duplicates: Vec<Match>,
}

/// Reads a form against what is there. `before` is the tutor it changes; a new one is asked about duplicates.
///
/// # Errors
/// When the database fails.
pub async fn check(conn: &impl ConnectionTrait, draft: &Draft, before: Option<&Model>, at: chrono::DateTime<chrono::Utc>) -> Result<Checked, Failure> {
    let mut form = Findings::default();
    let name = form.required("name", &draft.name, NAME);
    let phone = form.phone("phone", &draft.phone);
    let email = form.email("email", draft.email.as_deref());
    let golongan_id = form.reference(conn, ("golongan_id", "golongan"), draft.golongan_id, before.map(|row| row.golongan_id)).await?;
    let office_id = form.reference(conn, ("office_id", "office"), draft.office_id, before.map(|row| row.office_id)).await?;
    let address = form.lines("address", draft.address.as_deref(), ADDRESS);
    let (lat, long) = form.point(draft.lat, draft.long);
    let bio = form.lines("bio", draft.bio.as_deref(), TEXT);
    phone_is_free(conn, &phone, before, &mut form).await?;
    let duplicates = match before {
        Some(_) => vec![],
        None => duplicates::find(conn, Kind::Tutor, Probe { name: &name, phone: &phone, email: email.as_deref() }).await?,
    };
    let contract_signed = draft.contract_signed;
    let row = match before.cloned() {
        Some(before) => Model { name, phone, email, golongan_id, office_id, address, lat, long, bio, contract_signed, ..before },
        None => Model {
            id: new_id(at),
            code: String::new(),
            name,
            phone,
            email,
            golongan_id,
            office_id,
            status: Status::Draft,
            suspended_until: None,
            address,
            lat,
            long,
            bio,
            contract_signed,
            last_active_at: None,
            created_at: at,
        },
    };
    Ok(Checked { row, findings: form, duplicates })
}

/// A phone names one tutor, in imports too; so it is not only a hint that both are the same.
async fn phone_is_free(conn: &impl ConnectionTrait, phone: &str, before: Option<&Model>, form: &mut Findings) -> Result<(), Failure> {
    if phone.is_empty() {
        return Ok(());
    }
    let Some(row) = db::row(conn, "SELECT id, code, name FROM tutor WHERE phone = ?", vec![phone.into()]).await? else { return Ok(()) };
    let id: Uuid = row.try_get("", "id")?;
    if before.is_none_or(|before| before.id != id) {
        let (code, name): (String, String) = (row.try_get("", "code")?, row.try_get("", "name")?);
        form.faults.push(FieldError::new("phone", "phone_taken").with("id", json!(id)).with("code", code).with("name", name));
    }
    Ok(())
}

/// Makes a draft. `by.reason` is why, when it may be somebody there already.
///
/// # Errors
/// What is wrong with the form, or `possible_duplicate` without a reason.
pub async fn create(tx: &Tx, draft: &Draft, by: &Written<'_>) -> Result<Model, Halt> {
    let Checked { mut row, findings, duplicates } = check(tx, draft, None, by.at).await?;
    findings.refuse()?;
    duplicates::refuse(Kind::Tutor, duplicates, by.reason)?;
    let taken = db::rows(tx, "SELECT code FROM tutor", vec![]).await?.iter().map(|row| row.try_get("", "code")).collect::<Result<_, _>>()?;
    row.code = code::next(tx, Sequence::Tutor, 1, &taken).await?.concat();
    held::create::<Entity>(tx, &TABLE, row.clone(), "tutor.create", by).await?;
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
    Ok(held.write(&TABLE, checked.row, "tutor.edit", by).await?)
}

/// Activates, archives or brings back.
///
/// # Errors
/// `invalid` at `ktp` when it is missing, `live_sesi` when somebody still has lessons, `not_allowed` for any other way.
pub async fn set_status(db: &Db, id: Uuid, seen: Option<&str>, to: Status, by: &Written<'_>) -> Result<(), NotHeld<Model>> {
    let held = hold::<Entity>(db, id, seen).await?;
    let from = held.before.status;
    let action = match (from, to) {
        (from, to) if from == to => return Ok(()),
        (Status::Draft, Status::Active) => {
            if !documents::has_current(&held.tx, id, &[Role::Ktp]).await? {
                return Err(Refusal::Invalid(vec![FieldError::new("ktp", "ktp_missing")]).into());
            }
            "tutor.activate"
        }
        (Status::Draft | Status::Active, Status::Archived) => {
            no_live_sesi(&held.tx, Kind::Tutor, id).await?;
            "tutor.archive"
        }
        (Status::Archived, Status::Draft) => "tutor.restore",
        _ => return Err(Refusal::NotAllowed { state: from.to_value(), allowed: vec![] }.into()),
    };
    let after = Model { status: to, ..held.before.clone() };
    Ok(held.write(&TABLE, after, action, by).await?)
}
