//! The settings of the business (SPEC MD-8): each with its limits, who set it last and why, and changed one at a time.

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen, not_held};
use crate::view::Named;
use crate::view::told::{Told, stored};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::personal;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::{EntityTrait, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::changes::Written;
use workflows::records::config::{Entity, Model, SETTINGS, Setting, change};

const MOST_IN_REASON: usize = 1_000;
/// Changes shown of one setting; the audit has them all.
const MOST_CHANGES: usize = 100;

/// A setting: a whole number, its unit told by the end of its key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingNow {
    key: String,
    value: i64,
    default: i64,
    least: i64,
    most: i64,
    /// Whether the program goes by it already.
    in_use: bool,
    /// For `If-Match`.
    etag: String,
    /// The id under which the audit knows it.
    audit_id: Uuid,
    /// Since when the value holds; null while nobody has set it.
    #[schema(required)]
    updated_at: Option<DateTime<Utc>>,
    #[schema(required)]
    updated_by: Option<Named>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingChange {
    id: Uuid,
    at: DateTime<Utc>,
    by: Told,
    old: i64,
    new: i64,
    #[schema(required)]
    reason: Option<Told>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingEdit {
    /// A whole number within the limits.
    #[schema(value_type = i64)]
    value: Value,
    reason: String,
}

pub async fn list(State(app): OurApp) -> Result<Json<Vec<SettingNow>>, Problem> {
    let rows = Entity::find().all(app.engine.db.reader()).await?;
    let names = names(&app.engine.db, &rows).await?;
    let of = |setting: &Setting| now(setting, rows.iter().find(|row| row.key == setting.key), &names);
    Ok(Json(SETTINGS.iter().map(of).collect()))
}

/// 422 `invalid` at `value` (`not_whole`, `out_of_range` with `min` and `max`) or `reason`; 412 `stale_revision`
/// with the setting of now in `params.now`.
pub async fn edit(State(app): OurApp, who: SignedIn, seen: Seen, At(key): At<String>, Body(edit): Body<SettingEdit>) -> Result<Json<SettingNow>, Problem> {
    let setting = find(&key)?;
    let (value, reason) = checked(setting, &edit)?;
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: Some(reason) };
    if let Err(refused) = change::change(&app.engine.db, setting, value, seen.0.as_deref(), &by).await {
        let fresh = show(&app, setting).await?;
        return Err(not_held(refused, "setting", |_| json!(fresh)));
    }
    Ok(Json(show(&app, setting).await?))
}

/// The newest first.
pub async fn history(State(app): OurApp, At(key): At<String>) -> Result<Json<Vec<SettingChange>>, Problem> {
    let setting = find(&key)?;
    let db = &app.engine.db;
    let sql = format!(
        "SELECT id, at, actor_name, before, after, reason FROM audit_record WHERE entity_type = 'setting' AND entity_id = ? ORDER BY at DESC, id DESC LIMIT {MOST_CHANGES}"
    );
    let rows = db::rows(db.reader(), &sql, vec![change::audit_id(setting.key).into()]).await?;
    let mut sealed = rows.iter().map(columns).collect::<Result<Vec<_>, _>>()?;
    personal::open(db.reader(), sealed.iter_mut().flatten()).await?;
    let number = |value: &Value| value["value"].as_i64().unwrap_or(setting.default);
    let changes = rows.iter().zip(&sealed).map(|(row, [by, reason, before, after])| {
        let (id, at) = (row.try_get("", "id")?, row.try_get("", "at")?);
        Ok(SettingChange { id, at, by: Told::certain(by), old: number(before), new: number(after), reason: Told::of(reason) })
    });
    Ok(Json(changes.collect::<Result<_, Failure>>()?))
}

fn columns(row: &QueryResult) -> Result<[Value; 4], Failure> {
    let side = |name| row.try_get::<Option<Value>>("", name).map(Option::unwrap_or_default);
    Ok([stored(row, "actor_name")?, stored(row, "reason")?, side("before")?, side("after")?])
}

fn find(key: &str) -> Result<&'static Setting, Problem> {
    Setting::of(key).ok_or_else(|| Problem::not_found("setting"))
}

fn checked<'a>(setting: &Setting, edit: &'a SettingEdit) -> Result<(i64, &'a str), Problem> {
    let reason = edit.reason.trim();
    let mut faults = vec![];
    if reason.is_empty() {
        faults.push(FieldError::new("reason", "required"));
    } else if reason.chars().count() > MOST_IN_REASON {
        faults.push(FieldError::new("reason", "too_long").with("max", MOST_IN_REASON));
    }
    match (edit.value.as_i64(), setting.check(&edit.value)) {
        (Some(_), Ok(value)) if faults.is_empty() => return Ok((value, reason)),
        (Some(_), Ok(_)) => {}
        (Some(_), Err(_)) => faults.push(FieldError::new("value", "out_of_range").with("min", setting.least).with("max", setting.most)),
        (None, _) => faults.push(FieldError::new("value", "not_whole").with("min", setting.least).with("max", setting.most)),
    }
    Err(Refusal::Invalid(faults).into())
}

async fn show(app: &App, setting: &Setting) -> Result<SettingNow, Problem> {
    let row = Entity::find_by_id(setting.key).one(app.engine.db.writer()).await?;
    let rows: Vec<Model> = row.into_iter().collect();
    let names = names(&app.engine.db, &rows).await?;
    Ok(now(setting, rows.first(), &names))
}

fn now(setting: &Setting, row: Option<&Model>, names: &HashMap<Uuid, String>) -> SettingNow {
    let by = row.and_then(|row| Uuid::parse_str(&row.updated_by).ok());
    let updated_by = by.and_then(|id| Some(Named { id, name: names.get(&id)?.clone() }));
    SettingNow {
        key: setting.key.into(),
        value: row.and_then(|row| row.value.as_i64()).unwrap_or(setting.default),
        default: setting.default,
        least: setting.least,
        most: setting.most,
        in_use: setting.in_use,
        etag: change::tag(row),
        audit_id: change::audit_id(setting.key),
        updated_at: row.filter(|_| updated_by.is_some()).map(|row| row.updated_at),
        updated_by,
    }
}

/// The people who set them, by id.
async fn names(db: &Db, rows: &[Model]) -> Result<HashMap<Uuid, String>, Failure> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| Uuid::parse_str(&row.updated_by).ok()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, name FROM user_account WHERE id IN ({})", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.into_iter().map(Into::into).collect()).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}
