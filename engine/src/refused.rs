//! Refusals that are kept: somebody who came too late can be shown when they came, and what they were told.

use crate::audit::{self, Action};
use crate::batch::Batch;
use crate::definition::Refusals;
use crate::execute::{Engine, Request};
use crate::refusal::{Failure, Refusal};
use serde_json::{Value, json};
use uuid::Uuid;

impl Engine {
    /// Records the business's no to a command whose definition asks for it, in a transaction of its own: the command's
    /// was rolled back. What was typed is not kept, only when it came in and why it was refused.
    pub(crate) async fn record_refusal(&self, request: &Request, refusal: &Refusal) -> Result<(), Failure> {
        let (Refusal::Rejected(_) | Refusal::NotAllowed { .. }) = refusal else { return Ok(()) };
        let Some(workflow) = self.registry.get(&request.workflow) else { return Ok(()) };
        let definition = workflow.definition();
        let Some(spec) = definition.command(&request.command.name) else { return Ok(()) };
        let (kind, id) = match spec.refusals {
            Refusals::NotRecorded => return Ok(()),
            Refusals::Recorded => (definition.name, request.target.id()),
            Refusals::RecordedUnder { kind, field } => match request.command.body.get(field).and_then(Value::as_str).map(Uuid::parse_str) {
                Some(Ok(id)) => (kind, id),
                _ => return Ok(()),
            },
        };
        let params = match refusal {
            Refusal::Rejected(rejected) => Value::Object(rejected.params.clone()),
            Refusal::NotAllowed { state, .. } => json!({ "state": state }),
            _ => Value::Null,
        };
        let action = Action {
            action: format!("{}.{}.refused", definition.name, spec.name),
            entity_type: kind,
            entity_id: id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: None,
            after: Some(json!({ "code": refusal.code(), "params": params, "received_at": request.received_at })),
            reason: None,
        };
        let mut batch = Batch::default();
        audit::record(action, &request.actor, self.clock.now(), &mut batch);
        let tx = self.db.begin().await?;
        batch.run(&tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
