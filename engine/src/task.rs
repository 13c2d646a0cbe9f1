//! Tasks: work for a person. Opening and closing belongs to workflows; claiming and comments are here.

use crate::actor::Actor;
use crate::audit::{self, Action};
use crate::batch::Batch;
use crate::db::{self, Tx};
use crate::definition::check_text;
use crate::execute::Engine;
use crate::id::new_id;
use crate::personal;
use crate::refusal::{Failure, Halt, Refusal, Rejected};
use serde_json::{Value, json};
use uuid::Uuid;

/// An open task as claiming sees it.
struct Open {
    claimed_by: Option<Uuid>,
    claimed_by_name: Option<String>,
    /// Who the task is about.
    about: Vec<Uuid>,
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
            Ok(json!({ "claimed_by": personal::marked(actor.name.clone().into(), &[actor.id]) }))
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
        self.with_open_task(id, actor, "task.comment", |open, batch| {
            batch.push(
                "INSERT INTO task_comment (id, task_id, actor_id, actor_name, body, at) VALUES (?,?,?,?,?,?)",
                vec![comment.into(), id.into(), actor.id.into(), actor.name.clone().into(), body.into(), now.into()],
            );
            Ok(json!({ "comment": personal::marked(body.into(), &open.about) }))
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
        let sql = "SELECT state, permission, claimed_by, claimed_by_name, instance_id, workflow FROM task WHERE id = ?";
        let row = db::locked_row(&tx, sql, vec![id.into()]).await?.ok_or(Refusal::NotFound { what: "task" })?;
        let (state, permission): (String, String) = (row.try_get("", "state")?, row.try_get("", "permission")?);
        if !actor.permissions.contains(&permission) {
            return Err(Refusal::Forbidden { permission: "task" }.into());
        }
        if state != "OPEN" {
            return Err(Refusal::NotAllowed { state, allowed: vec![] }.into());
        }
        let about = match row.try_get::<Option<Uuid>>("", "instance_id")? {
            Some(instance) => self.people_of(&tx, &row.try_get::<String>("", "workflow")?, instance).await?,
            None => vec![],
        };
        let open = Open { claimed_by: row.try_get("", "claimed_by")?, claimed_by_name: row.try_get("", "claimed_by_name")?, about };
        let mut batch = Batch::default();
        let after = change(&open, &mut batch)?;
        let record = Action {
            action: action.into(),
            entity_type: "task",
            entity_id: id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: Some(json!({ "claimed_by": personal::marked(open.claimed_by_name.clone().into(), open.claimed_by.as_slice()) })),
            after: Some(after),
            reason: None,
        };
        audit::record(record, actor, now, &mut batch);
        batch.run(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everybody that free texts about an instance tell about, by the declaration of its workflow.
    async fn people_of(&self, tx: &Tx, workflow: &str, id: Uuid) -> Result<Vec<Uuid>, Failure> {
        let Some(workflow) = self.registry.get(workflow) else { return Ok(vec![]) };
        let record = workflow.stored(tx, id).await?.unwrap_or_default();
        Ok(personal::told_about(workflow.personal(), &record))
    }
}
