//! What an entity is called now, for every kind the audit speaks of.

use engine::db::{self, Db};
use engine::refusal::Failure;
use uuid::Uuid;

/// How an entity is known; nothing of it when it is gone.
#[derive(Debug, Default)]
pub struct Subject {
    pub code: Option<String>,
    pub label: Option<String>,
    pub state: Option<String>,
}

/// By kind: code, label and state. Instances of workflows are found without a line here.
const KINDS: &[(&str, &str)] = &[
    ("document", "SELECT NULL AS code, name AS label, scan_state AS state FROM document WHERE id = ?"),
    ("job", "SELECT kind AS code, key AS label, state FROM job WHERE id = ?"),
    ("office", "SELECT code, name AS label, NULL AS state FROM office WHERE id = ?"),
    ("role", "SELECT code, name AS label, NULL AS state FROM role WHERE id = ?"),
    ("siswa", "SELECT code, name AS label, NULL AS state FROM siswa WHERE id = ?"),
    ("subject", "SELECT code, name AS label, NULL AS state FROM subject WHERE id = ?"),
    ("task", "SELECT NULL AS code, name AS label, state FROM task WHERE id = ?"),
    ("tutor", "SELECT code, name AS label, NULL AS state FROM tutor WHERE id = ?"),
    ("user", "SELECT email AS code, name AS label, account_state AS state FROM user_account WHERE id = ?"),
];
const INSTANCE: &str = "SELECT code, label, state FROM workflow_instance WHERE id = ? AND workflow = ?";

pub async fn find(db: &Db, kind: &str, id: Uuid) -> Result<Option<Subject>, Failure> {
    let row = match KINDS.iter().find(|(name, _)| *name == kind) {
        Some((_, sql)) => db::row(db.reader(), sql, vec![id.into()]).await?,
        None => db::row(db.reader(), INSTANCE, vec![id.into(), kind.into()]).await?,
    };
    row.map(|row| Ok(Subject { code: row.try_get("", "code")?, label: row.try_get("", "label")?, state: row.try_get("", "state")? })).transpose()
}
