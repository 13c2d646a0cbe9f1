//! One publication with its whole content.

use super::super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use crate::view::{AnyObject, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::policy_store;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::EntityTrait;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::policy_publication::record;
use workflows::policy_publication::state::State as Standing;

#[derive(Serialize, ToSchema)]
pub struct Publication {
    id: Uuid,
    code: String,
    /// `DRAFT`, `IN_REVIEW`, `SCHEDULED`, `PUBLISHED`, `REJECTED` or `WITHDRAWN`.
    state: String,
    /// Send it as `If-Match` when saving.
    revision: i64,
    kind: String,
    /// The version it is meant to replace.
    base_number: i64,
    /// The version it would really replace as things are; another than `base_number` when one has come in between.
    /// Null once it is decided.
    #[schema(required)]
    predecessor_number: Option<i64>,
    script: String,
    #[schema(value_type = AnyObject)]
    params: Value,
    #[schema(value_type = Vec<AnyObject>)]
    tests: Value,
    /// Of script and parameters.
    sha256: String,
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    effective_from: Option<DateTime<Utc>>,
    /// The version it was submitted as.
    #[schema(required)]
    number: Option<i64>,
    author: Named,
    /// Everybody who had a hand in it; none of them may approve it.
    editors: Vec<Named>,
    created_at: DateTime<Utc>,
    saved_by: Named,
    saved_at: DateTime<Utc>,
    #[schema(required)]
    submitted_at: Option<DateTime<Utc>>,
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
    #[schema(required)]
    decision_reason: Option<String>,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Publication>, Problem> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let model = record::Entity::find_by_id(id).one(db.reader()).await?.ok_or_else(|| Problem::not_found("policy_publication"))?;
    let row = db::row(db.reader(), "SELECT revision FROM workflow_instance WHERE id = ?", vec![id.into()]).await?;
    let revision = row.ok_or_else(|| Problem::not_found("policy_publication"))?.try_get("", "revision")?;
    let undecided = [Standing::Draft, Standing::InReview].iter().any(|state| state.as_str() == model.state);
    let begins_at = model.effective_from.map_or(now, |asked| asked.max(now));
    let predecessor_number = if undecided { Some(policy_store::in_force(db.reader(), &model.kind, begins_at).await?) } else { None };
    Ok(Json(publication(model, revision, predecessor_number, &names(db).await?)))
}

fn publication(model: record::Model, revision: i64, predecessor_number: Option<i64>, names: &HashMap<Uuid, String>) -> Publication {
    let named = |id: Uuid| Named { id, name: names.get(&id).cloned().unwrap_or_default() };
    Publication {
        revision,
        predecessor_number,
        sha256: model.sha256(),
        author: named(model.author_id),
        editors: model.editors.0.iter().copied().map(named).collect(),
        saved_by: named(model.saved_by),
        decided_by: model.decided_by.map(named),
        id: model.id,
        code: model.code,
        state: model.state,
        kind: model.kind,
        base_number: model.base_number,
        script: model.script,
        params: model.params,
        tests: model.tests,
        reason: model.reason,
        effective_from: model.effective_from,
        number: model.number,
        created_at: model.created_at,
        saved_at: model.saved_at,
        submitted_at: model.submitted_at,
        decided_at: model.decided_at,
        decision_reason: model.decision_reason,
    }
}

/// Everybody with an account: a company has dozens.
async fn names(db: &Db) -> Result<HashMap<Uuid, String>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, name FROM user_account", vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}
