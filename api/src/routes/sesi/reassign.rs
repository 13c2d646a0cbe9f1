//! Many sesi of a tutor at once: to another tutor, or to another time (SPEC SES-9). A dry run says for each what would
//! happen; each is then a command of its own, all or nothing, and repeated under the same key it is its own echo.

mod dry_run;

use super::super::{OurApp, commands};
use super::WORKFLOW;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Body, Key};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::{BulkResult, BulkResults};
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::refusal::FieldError;
use engine::together;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use dry_run::preview;

/// The most sesi one request may name.
const MOST: usize = 200;

/// What to do with one sesi, as the dry run tells it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignItem {
    id: Uuid,
    command: ReassignCommand,
    /// The new start, when the time moves.
    starts_at: Option<DateTime<Utc>>,
    /// `outcome` of the dry run; 409 `outcome_changed` when it is another now.
    expected_outcome: Option<String>,
}

/// By which command of the sesi: one that is agreed gets another tutor or is rescheduled, a request is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReassignCommand {
    Substitute,
    Reschedule,
    Edit,
}

impl ReassignCommand {
    fn name(self) -> &'static str {
        match self {
            Self::Substitute => "substitute",
            Self::Reschedule => "reschedule",
            Self::Edit => "edit",
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reassign {
    /// At most 200.
    items: Vec<ReassignItem>,
    /// Who gets them; the tutor stays when it is absent.
    tutor_id: Option<Uuid>,
    reason: String,
    /// Why the new tutor teaches outside their Slots, for those where that is so.
    outside_slots_reason: Option<String>,
}

/// A result per sesi; 422 `invalid` when nothing or too much is asked for.
pub async fn reassign(State(app): OurApp, who: SignedIn, Key(key): Key, Body(asked): Body<Reassign>) -> Result<Json<BulkResults>, Problem> {
    limited(asked.items.len(), "items")?;
    let requests = asked.items.iter().map(|item| {
        let mut request = asked.request(item, who.actor.clone())?;
        request.idempotency_key = Some(format!("{key}:{}", item.id));
        Ok(request)
    });
    let requests: Vec<Request> = requests.collect::<Result<_, Problem>>()?;
    let mut results = Vec::with_capacity(requests.len());
    for group in requests.chunks(together::MOST) {
        results.extend(group.iter().zip(app.engine.execute_together(group).await).map(|(request, answer)| BulkResult::new(request.target.id(), answer)));
    }
    Ok(Json(BulkResults { results }))
}

fn limited(count: usize, field: &str) -> Result<(), Problem> {
    if count == 0 || count > MOST { Err(Problem::invalid(FieldError::new(field, "out_of_range").with("min", 1).with("max", MOST))) } else { Ok(()) }
}

impl Reassign {
    /// The command for one sesi.
    fn request(&self, item: &ReassignItem, actor: Actor) -> Result<Request, Problem> {
        let body = match item.command {
            ReassignCommand::Substitute => json!({ "tutor_id": self.tutor_id, "way": "REASSIGN", "outside_slots_reason": self.outside_slots_reason }),
            ReassignCommand::Reschedule => json!({ "initiator": "ADMIN", "starts_at": item.starts_at, "tutor_id": self.tutor_id }),
            ReassignCommand::Edit => json!({ "starts_at": item.starts_at, "tutor_id": self.tutor_id }),
        };
        let mut fields: Map<String, Value> =
            body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect();
        fields.insert("reason".into(), json!(self.reason));
        fields.insert("expected_outcome".into(), json!(item.expected_outcome));
        commands::request(WORKFLOW, Target::Existing(item.id), item.command.name(), fields, actor)
    }
}
