//! Tutors and siswa as people keep them (SPEC MD-1, MD-2, MD-4 to MD-6): made, edited, activated, archived, with their
//! documents, Slots, subjects and preferred tutors.
//!
//! Every change holds the person first ([`hold`]): their key, then their row, in the order an erasure takes them. What
//! a form says is checked by the same readers as a file ([`form`]), and told at its field.

pub mod documents;
pub mod duplicates;
mod form;
pub mod preferred;
pub mod siswa;
pub mod slots;
pub mod subjects;
pub mod tutor;

pub use form::Findings;

use crate::held::{Held, KeyOf, NotHeld};
use engine::db::{self, Db, Tx};
use engine::refusal::{Blocking, Failure, Halt, Refusal, Rejected};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;
use uuid::Uuid;

engine::tags! {
    /// Whom master data is about.
    pub enum Kind {
        Tutor => "TUTOR",
        Siswa => "SISWA",
    }
}

impl Kind {
    /// The table, and what the audit calls the entity.
    pub fn entity_type(self) -> &'static str {
        match self {
            Self::Tutor => "tutor",
            Self::Siswa => "siswa",
        }
    }
}

/// How many live sesi are named.
const MOST_NAMED: i64 = 10;

/// Holds somebody for a change. Whoever is erased is not there any more.
pub(crate) async fn hold<E>(db: &Db, id: Uuid, seen: Option<&str>) -> Result<Held<E>, NotHeld<E::Model>>
where
    E: EntityTrait,
    KeyOf<E>: From<Uuid>,
    E::Model: IntoActiveModel<E::ActiveModel> + Serialize + PartialEq + Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let tx = db.begin().await?;
    if !hold_key(&tx, id).await? {
        return Err(NotHeld::Missing);
    }
    Held::take_in(tx, id.into(), seen).await
}

/// Holds the key of somebody; false when they were erased, or never were.
pub async fn hold_key(tx: &Tx, id: Uuid) -> Result<bool, Failure> {
    let row = db::locked_row(tx, "SELECT key IS NOT NULL AS there FROM personal_key WHERE owner_id = ?", vec![id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "there")).transpose()?.unwrap_or(false))
}

/// Somebody, held for a change beside their row: a document, Slots.
#[derive(Clone, Debug)]
pub struct Person {
    pub kind: Kind,
    pub id: Uuid,
    pub code: String,
}

/// Somebody as they are named.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<Option<Person>, Failure> {
    let sql = format!("SELECT p.code FROM {} p JOIN personal_key k ON k.owner_id = p.id WHERE p.id = ? AND k.key IS NOT NULL", kind.entity_type());
    let row = db::row(conn, &sql, vec![id.into()]).await?;
    row.map(|row| Ok(Person { kind, id, code: row.try_get("", "code")? })).transpose()
}

/// Holds somebody's key and row, and tells who they are.
///
/// # Errors
/// 404 when they are erased or never were; `not_allowed` when they are archived.
pub async fn hold_editable(tx: &Tx, kind: Kind, id: Uuid) -> Result<Person, Halt> {
    let gone = Refusal::NotFound { what: kind.entity_type() };
    if !hold_key(tx, id).await? {
        return Err(gone.into());
    }
    let sql = format!("SELECT code, status FROM {} WHERE id = ?", kind.entity_type());
    let row = db::locked_row(tx, &sql, vec![id.into()]).await?.ok_or(gone)?;
    let status: String = row.try_get("", "status")?;
    if status == "ARCHIVED" {
        return Err(read_only(&status).into());
    }
    Ok(Person { kind, id, code: row.try_get("", "code")? })
}

/// Whoever is archived is read only.
fn read_only(status: &str) -> Refusal {
    Refusal::NotAllowed { state: status.into(), allowed: vec![] }
}

/// A live sesi keeps people from being archived.
async fn no_live_sesi(tx: &Tx, kind: Kind, id: Uuid) -> Result<(), Halt> {
    let whose = match kind {
        Kind::Tutor => "tutor_id",
        Kind::Siswa => "siswa_id",
    };
    let from = format!("FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.{whose} = ? AND NOT i.terminal");
    let named = format!("SELECT s.id, s.code, i.state AS label {from} ORDER BY s.starts_at LIMIT ?");
    let rows = db::rows(tx, &named, vec![id.into(), MOST_NAMED.into()]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let count = db::row(tx, &format!("SELECT count(*) AS n {from}"), vec![id.into()]).await?;
    let count: i64 = count.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let mut blocking = vec![];
    for row in rows {
        blocking.push(Blocking { kind: "sesi".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? });
    }
    Err(Refusal::Rejected(Rejected::new("live_sesi").with("count", count).blocked_by(blocking)).into())
}
