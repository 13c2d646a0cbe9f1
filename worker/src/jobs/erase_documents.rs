//! `erase_documents`: takes the documents of somebody who was erased out of the store, payload
//! `{"erasure_id", "documents"}`. Their keys are destroyed by then, so nobody is given them any more.

use crate::documents::Key;
use crate::jobs::{Deps, Done, Handler, Work};
use anyhow::Context;
use async_trait::async_trait;
use engine::db;
use engine::plan::AnyCommand;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

pub const KIND: &str = workflows::erasure::JOB;

#[derive(Deserialize)]
struct Payload {
    erasure_id: Uuid,
    documents: Vec<Uuid>,
}

pub(super) struct EraseDocuments {
    deps: Deps,
}

impl EraseDocuments {
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }
}

#[async_trait]
impl Handler for EraseDocuments {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { erasure_id, documents } = work.payload()?;
        let mut removed = 0;
        for id in documents {
            removed += i64::from(self.remove(work, id).await?);
        }
        let command = AnyCommand::with("documents_removed", &json!({ "removed": removed }));
        Ok(Done::Command { workflow: "erasure", id: erasure_id, command })
    }
}

impl EraseDocuments {
    /// False when the same bytes were uploaded as a document of somebody else, who keeps them.
    async fn remove(&self, work: &Work<'_>, id: Uuid) -> anyhow::Result<bool> {
        let sql = "SELECT d.storage_key, (SELECT count(*) FROM document o JOIN personal_key k ON k.owner_id = o.id \
                   WHERE o.storage_key = d.storage_key AND o.id <> d.id AND k.key IS NOT NULL) AS others FROM document d WHERE d.id = ?";
        let row = db::row(work.engine.db.writer(), sql, vec![id.into()]).await?.context("no such document")?;
        if row.try_get::<i64>("", "others")? > 0 {
            return Ok(false);
        }
        let storage_key: String = row.try_get("", "storage_key")?;
        let key = Key::parse(&storage_key).with_context(|| format!("`{storage_key}` is no key of a document"))?;
        self.deps.documents.remove(&key).await?;
        Ok(true)
    }
}
