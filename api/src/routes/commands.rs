//! Running commands on any workflow: one, a preview of one, or the same one on many.

use super::OurApp;
use crate::auth::guard::SignedIn;
use crate::problem::{Problem, ProblemBody};
use crate::request::{At, Body, Condition, Fields, Key};
use crate::view::AnyObject;
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::{FieldError, Halt};
use engine::together;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The most instances one bulk request may name.
const MAX_BULK: usize = 200;

/// The body of a command: the fields of its form lie flat beside these two.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the engine checks the fields against the command's form")]
pub struct CommandBody {
    reason: Option<String>,
    /// `outcome` of the preview shown; 409 `outcome_changed` when it is another now.
    expected_outcome: Option<String>,
    #[schema(additional_properties)]
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// At most 200.
    ids: Vec<Uuid>,
    /// The body of the command, the same for all.
    #[serde(default)]
    #[schema(value_type = AnyObject)]
    body: Map<String, Value>,
}

#[derive(Serialize, ToSchema)]
pub struct BulkResults {
    pub(super) results: Vec<BulkResult>,
}

/// What became of one instance: `outcome` when `ok`, else `problem`.
#[derive(Serialize, ToSchema)]
pub struct BulkResult {
    id: Uuid,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<ProblemBody>)]
    problem: Option<Problem>,
}

type Address = (String, Uuid, String);

pub async fn run(
    State(app): OurApp,
    who: SignedIn,
    At((workflow, id, command)): At<Address>,
    Key(key): Key,
    Condition(revision): Condition,
    Fields { map: body, .. }: Fields<CommandBody>,
) -> Result<Json<Outcome>, Problem> {
    let mut request = request(&workflow, Target::Existing(id), &command, body, who.actor)?;
    request.idempotency_key = Some(key);
    request.expected_revision = revision;
    Ok(Json(app.engine.execute(&request).await?.into()))
}

pub async fn preview(
    State(app): OurApp,
    who: SignedIn,
    At((workflow, id, command)): At<Address>,
    Condition(revision): Condition,
    Fields { map: body, .. }: Fields<CommandBody>,
) -> Result<Json<Preview>, Problem> {
    let mut request = request(&workflow, Target::Existing(id), &command, body, who.actor)?;
    request.expected_revision = revision;
    let preview = app.engine.preview(&request).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

/// Many at once, each all or nothing: what is refused for one does not stop the rest.
pub async fn bulk(
    State(app): OurApp,
    who: SignedIn,
    At((workflow, command)): At<(String, String)>,
    Key(key): Key,
    Body(bulk): Body<BulkBody>,
) -> Result<Json<BulkResults>, Problem> {
    if bulk.ids.is_empty() || bulk.ids.len() > MAX_BULK {
        return Err(Problem::invalid(FieldError::new("ids", "out_of_range").with("min", 1).with("max", MAX_BULK)));
    }
    let requests = bulk.ids.iter().map(|id| {
        let mut request = request(&workflow, Target::Existing(*id), &command, bulk.body.clone(), who.actor.clone())?;
        request.idempotency_key = Some(format!("{key}:{id}"));
        Ok(request)
    });
    let requests: Vec<Request> = requests.collect::<Result<_, Problem>>()?;
    let mut results = Vec::with_capacity(requests.len());
    for group in requests.chunks(together::MOST) {
        results.extend(group.iter().zip(app.engine.execute_together(group).await).map(|(request, answer)| BulkResult::new(request.target.id(), answer)));
    }
    Ok(Json(BulkResults { results }))
}

impl BulkResult {
    /// Refused before it came to a command.
    pub(super) fn refused(id: Uuid, problem: Problem) -> Self {
        Self { id, ok: false, outcome: None, problem: Some(problem) }
    }

    pub(super) fn new(id: Uuid, answer: Result<engine::view::Outcome, Halt>) -> Self {
        match answer {
            Ok(outcome) => Self { id, ok: true, outcome: Some(outcome.into()), problem: None },
            Err(halt) => Self { id, ok: false, outcome: None, problem: Some(halt.into()) },
        }
    }
}

/// The engine's request from a body whose reason and expected outcome lie beside the form's fields.
pub fn request(workflow: &str, target: Target, command: &str, mut body: Map<String, Value>, actor: Actor) -> Result<Request, Problem> {
    let reason = text(&mut body, "reason")?;
    let expected_outcome = text(&mut body, "expected_outcome")?;
    let command = AnyCommand { name: command.into(), body, reason: reason.filter(|reason| !reason.trim().is_empty()) };
    let mut request = Request::new(workflow, target, command, actor);
    request.expected_outcome = expected_outcome;
    Ok(request)
}

fn text(body: &mut Map<String, Value>, field: &str) -> Result<Option<String>, Problem> {
    match body.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::invalid(FieldError::new(field, "not_text"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: Value) -> Result<Request, Problem> {
        let Value::Object(body) = body else { panic!("not an object") };
        request("sesi", Target::Existing(Uuid::nil()), "cancel", body, Actor::system())
    }

    #[test]
    fn reason_and_expected_outcome_leave_the_fields_of_the_form() {
        let request = parse(json!({ "reason": "sick", "expected_outcome": "abc", "party": "TUTOR" })).unwrap();
        assert_eq!((request.command.reason.as_deref(), request.expected_outcome.as_deref()), (Some("sick"), Some("abc")));
        assert_eq!(Value::Object(request.command.body), json!({ "party": "TUTOR" }));
        assert_eq!(parse(json!({ "reason": " " })).unwrap().command.reason, None);
        assert_eq!(parse(json!({ "reason": 5 })).unwrap_err().fields[0].field, "reason");
    }
}
