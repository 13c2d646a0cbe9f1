//! Documents of people (SPEC MD-4): whose, what they show, and which one counts now. The bytes and their description
//! are the table `document`; this is what makes one the KTP of somebody.
//!
//! A document that was replaced stays until the person is erased. KTP, akta and contract are opened through here only,
//! never as any document, and each opening is recorded before the link is given.

use super::{Kind, Person};
use crate::changes::Written;
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::json;
use uuid::Uuid;

engine::tags! {
    /// What a document shows of somebody.
    pub enum Role {
        Photo => "PHOTO",
        Ktp => "KTP",
        Akta => "AKTA",
        Contract => "CONTRACT",
    }
}

impl Role {
    /// Whether it proves who somebody is, or binds them: shown to few, and each opening is recorded.
    pub fn is_identity(self) -> bool {
        self != Self::Photo
    }

    /// Whether a file of this type can be it.
    pub fn takes(self, content_type: &str) -> bool {
        match self {
            Self::Photo => content_type.starts_with("image/"),
            Self::Ktp | Self::Akta => true,
            Self::Contract => content_type == "application/pdf",
        }
    }
}

impl Kind {
    /// What documents such a person has.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Tutor => &[Role::Photo, Role::Ktp, Role::Contract],
            Self::Siswa => &[Role::Photo, Role::Ktp, Role::Akta],
        }
    }

    /// Those of which one must be there (SPEC MD-1, MD-2).
    pub fn proofs(self) -> &'static [Role] {
        match self {
            Self::Tutor => &[Role::Ktp],
            Self::Siswa => &[Role::Ktp, Role::Akta],
        }
    }
}

/// A document of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    pub document_id: Uuid,
    pub role: String,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub scan_state: String,
    pub uploaded_at: DateTime<Utc>,
    pub uploaded_by: Uuid,
    pub uploaded_by_name: String,
    pub replaced_at: Option<DateTime<Utc>>,
}

const SELECT: &str = "SELECT p.document_id, p.role, p.replaced_at, d.name, d.content_type, d.size, d.scan_state, d.uploaded_at, d.uploaded_by, d.uploaded_by_name \
    FROM person_document p JOIN document d ON d.id = p.document_id WHERE p.person_id = ?";

/// Everything there is of somebody, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_person(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Attached>, Failure> {
    let rows = db::rows(conn, &format!("{SELECT} ORDER BY p.attached_at DESC, p.document_id DESC"), vec![id.into()]).await?;
    rows.iter().map(read).collect()
}

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn one(conn: &impl ConnectionTrait, id: Uuid, document_id: Uuid) -> Result<Option<Attached>, Failure> {
    let row = db::row(conn, &format!("{SELECT} AND p.document_id = ?"), vec![id.into(), document_id.into()]).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Attached, Failure> {
    Ok(Attached {
        document_id: row.try_get("", "document_id")?,
        role: row.try_get("", "role")?,
        name: row.try_get("", "name")?,
        content_type: row.try_get("", "content_type")?,
        size: row.try_get("", "size")?,
        scan_state: row.try_get("", "scan_state")?,
        uploaded_at: row.try_get("", "uploaded_at")?,
        uploaded_by: row.try_get("", "uploaded_by")?,
        uploaded_by_name: row.try_get("", "uploaded_by_name")?,
        replaced_at: row.try_get("", "replaced_at")?,
    })
}

/// Whether one of these is there now, and not infected.
///
/// # Errors
/// When the database fails.
pub async fn has_current(conn: &impl ConnectionTrait, id: Uuid, roles: &[Role]) -> Result<bool, Failure> {
    let sql = format!(
        "SELECT p.document_id FROM person_document p JOIN document d ON d.id = p.document_id \
         WHERE p.person_id = ? AND p.replaced_at IS NULL AND d.scan_state <> 'INFECTED' AND p.role IN ({}) LIMIT 1",
        vec!["?"; roles.len()].join(",")
    );
    let values = std::iter::once(Value::from(id)).chain(roles.iter().map(|role| role.as_str().into()));
    Ok(db::row(conn, &sql, values.collect()).await?.is_some())
}

/// Makes a document the one that counts. Its row is in `batch`, which this runs; the caller holds the person.
///
/// # Errors
/// When the database refuses.
pub async fn attach(tx: &Tx, person: &Person, (role, document_id): (Role, Uuid), mut batch: Batch, by: &Written<'_>) -> Result<(), Failure> {
    let sql = "SELECT document_id FROM person_document WHERE person_id = ? AND role = ? AND replaced_at IS NULL";
    let before = db::row(tx, sql, vec![person.id.into(), role.as_str().into()]).await?;
    let before: Option<Uuid> = before.map(|row| row.try_get("", "document_id")).transpose()?;
    // On its own: statements of a batch run side by side, and one alone may count at a time.
    let sql = "UPDATE person_document SET replaced_at = ? WHERE person_id = ? AND role = ? AND replaced_at IS NULL";
    db::run(tx, sql, vec![by.at.into(), person.id.into(), role.as_str().into()]).await?;
    std::mem::take(&mut batch).run(tx).await?;
    let sql = "INSERT INTO person_document (document_id, person_kind, person_id, role, attached_at) VALUES (?,?,?,?,?)";
    batch.push(sql, vec![document_id.into(), person.kind.as_str().into(), person.id.into(), role.as_str().into(), by.at.into()]);
    let side = |id: Uuid| json!({ "role": role, "document_id": id });
    let action = format!("{}.document", person.kind.entity_type());
    let after = Some(side(document_id));
    let before = Some(before.map_or_else(|| json!({ "role": null, "document_id": null }), side));
    audit::record(person.action(action, (before, after), by), by.actor, by.at, &mut batch);
    batch.run(tx).await
}

/// Records that somebody is about to see a document.
///
/// # Errors
/// When the database refuses.
pub async fn record_opening(tx: &Tx, person: &Person, document: &Attached, by: &Written<'_>) -> Result<(), Failure> {
    let mut batch = Batch::default();
    let action = format!("{}.document_open", person.kind.entity_type());
    let after = Some(json!({ "role": document.role, "document_id": document.document_id }));
    audit::record(person.action(action, (None, after), by), by.actor, by.at, &mut batch);
    batch.run(tx).await
}

impl Person {
    /// An audit record about them.
    pub(super) fn action<'a>(
        &'a self,
        action: String,
        (before, after): (Option<serde_json::Value>, Option<serde_json::Value>),
        by: &Written<'a>,
    ) -> Action<'a> {
        Action {
            action,
            entity_type: self.kind.entity_type(),
            entity_id: self.id,
            entity_code: Some(&self.code),
            instance_seq: None,
            on_behalf_of: None,
            before,
            after,
            reason: by.reason,
        }
    }
}
