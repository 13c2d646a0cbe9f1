//! Tasks: work for a person. Opening and closing belongs to workflows; claiming and comments are here.

use crate::actor::Actor;
use crate::audit::{self, Action};
use crate::batch::Batch;
use crate::db;
use crate::definition::check_text;
use crate::execute::Engine;
use crate::id::new_id;
use crate::refusal::{Halt, Refusal, Rejected};
use serde_json::{Value, json};
use uuid::Uuid;

/// An open task as claiming sees it.
struct Open {
    claimed_by: Option<Uuid>,
    claimed_by_name: Option<String>,
}

impl Engine {
    /// Takes the task for oneself; refused while another holds it.
    pub async fn claim_task(&self, id: Uuid, actor: &Actor) -> Result<(), Halt> {
        self.with_open_task(id, actor, "task.claim", |open, batch| {
            if open.claimed_by.is_some_and(|holder| holder != actor.id) {
                return Err(Refusal::Rejected(Rejected::new("claimed_by_other").with("name", open.claimed_by_name.clone())));
            }
            let now = self.clock.now();
            batch.push(
                "UPDATE task SET claimed_by = ?, claimed_by_name = ?, claimed_at = ? WHERE id = ? AND state = 'OPEN'",
                vec![actor.id.into(), actor.name.clone().into(), now.into(), id.into()],
            );
            Ok(json!({ "claimed_by": actor.name }))
        })
        .await
    }

    /// Gives the task back to everyone who may do it.
    pub async fn release_task(&self, id: Uuid, actor: &Actor) -> Result<(), Halt> {
        self.with_open_task(id, actor, "task.release", |open, batch| {
            if open.claimed_by.is_some_and(|holder| holder != actor.id) {
                return Err(Refusal::Rejected(Rejected::new("claimed_by_other").with("name", open.claimed_by_name.clone())));
            }
            batch.push("UPDATE task SET claimed_by = NULL, claimed_by_name = NULL, claimed_at = NULL WHERE id = ?", vec![id.into()]);
            Ok(json!({ "claimed_by": null }))
        })
        .await
    }

    /// Adds a comment to a task.
    pub async fn comment_on_task(&self, id: Uuid, body: &str, actor: &Actor) -> Result<Uuid, Halt> {
        if let Some(fault) = check_text("body", body) {
            return Err(Refusal::Invalid(vec![fault]).into());
        }
        let now = self.clock.now();
        let comment = new_id(now);
        self.with_open_task(id, actor, "task.comment", |_, batch| {
            batch.push(
                "INSERT INTO task_comment (id, task_id, actor_id, actor_name, body, at) VALUES (?,?,?,?,?,?)",
                vec![comment.into(), id.into(), actor.id.into(), actor.name.clone().into(), body.into(), now.into()],
            );
            Ok(json!({ "comment": body }))
        })
        .await?;
        Ok(comment)
    }

    async fn with_open_task(
        &self,
        id: Uuid,
        actor: &Actor,
        action: &str,
        change: impl FnOnce(&Open, &mut Batch) -> Result<Value, Refusal>,
    ) -> Result<(), Halt> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let sql = "SELECT state, permission, claimed_by, claimed_by_name FROM task WHERE id = ?";
        let row = db::locked_row(&tx, sql, vec![id.into()]).await?.ok_or(Refusal::NotFound { what: "task" })?;
        let (state, permission): (String, String) = (row.try_get("", "state")?, row.try_get("", "permission")?);
        if !actor.permissions.contains(&permission) {
            return Err(Refusal::Forbidden { permission: "task" }.into());
        }
        if state != "OPEN" {
            return Err(Refusal::NotAllowed { state, allowed: vec![] }.into());
        }
        let open = Open { claimed_by: row.try_get("", "claimed_by")?, claimed_by_name: row.try_get("", "claimed_by_name")? };
        let mut batch = Batch::default();
        let after = change(&open, &mut batch)?;
        let record = Action {
            action: action.into(),
            entity_type: "task",
            entity_id: id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: Some(json!({ "claimed_by": open.claimed_by_name })),
            after: Some(after),
            reason: None,
        };
        audit::record(record, actor, now, &mut batch);
        batch.run(&tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
