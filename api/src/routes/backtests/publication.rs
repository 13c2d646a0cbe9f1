//! The content of a publication, as it is saved: what a backtest is asked for, and what a report must be about.

use engine::db::{self, Db};
use engine::policy::content_sha256;
use engine::refusal::Failure;
use serde_json::Value;
use uuid::Uuid;

pub struct Content {
    pub kind: String,
    pub script: String,
    pub params: Value,
}

impl Content {
    pub fn sha256(&self) -> String {
        content_sha256(&self.script, &self.params)
    }
}

pub async fn content(db: &Db, id: Uuid) -> Result<Option<Content>, Failure> {
    let row = db::row(db.reader(), "SELECT kind, script, params FROM policy_publication WHERE id = ?", vec![id.into()]).await?;
    row.map(|row| Ok(Content { kind: row.try_get("", "kind")?, script: row.try_get("", "script")?, params: row.try_get("", "params")? })).transpose()
}
