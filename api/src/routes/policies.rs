//! Policies and their versions, to read; what the studio needs to know and to try is in the files beside.

mod bench;
mod kind;

pub use bench::{check, evaluate};
pub use kind::show as show_kind;

use super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Policies(Vec<Policy>);

/// A kind of policy with its versions, newest first.
#[derive(Serialize, ToSchema)]
pub struct Policy {
    pub kind: String,
    #[schema(required)]
    pub in_force: Option<InForce>,
    /// The version that will be in force after it.
    #[schema(required)]
    pub next: Option<InForce>,
    pub versions: Vec<PolicyVersion>,
}

/// A version with the instant from which it holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InForce {
    pub number: i64,
    pub sha256: String,
    pub effective_from: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyVersion {
    pub number: i64,
    /// `DRAFT`, `IN_REVIEW`, `ACTIVE`, `SUPERSEDED` or `REJECTED`.
    pub state: String,
    pub sha256: String,
    pub author: String,
    pub reason: String,
    #[schema(required)]
    pub effective_from: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct PolicyDetail {
    kind: String,
    #[serde(flatten)]
    version: PolicyVersion,
    /// In rhai, with `fn decide(input, params)`.
    script: String,
    #[schema(value_type = Value)]
    params: Value,
    #[schema(value_type = Value)]
    tests: Value,
}

/// Seeded versions are by no account.
const VERSION: &str = "number, state, sha256, reason, effective_from, \
    COALESCE((SELECT u.name FROM user_account u WHERE u.id = policy_version.author_id), author_name) AS author_name";

pub async fn list(State(app): OurApp) -> Result<Json<Policies>, Problem> {
    Ok(Json(Policies(all(&app.engine.db, app.engine.clock.now()).await?)))
}

pub async fn show(State(app): OurApp, At((kind, number)): At<(String, i64)>) -> Result<Json<PolicyDetail>, Problem> {
    let sql = format!("SELECT kind, {VERSION}, script, params, tests FROM policy_version WHERE kind = ? AND number = ?");
    let row = db::row(app.engine.db.reader(), &sql, vec![kind.into(), number.into()]).await?.ok_or_else(|| Problem::not_found("policy_version"))?;
    Ok(Json(PolicyDetail {
        kind: row.try_get("", "kind")?,
        version: version(&row)?,
        script: row.try_get("", "script")?,
        params: row.try_get("", "params")?,
        tests: row.try_get("", "tests")?,
    }))
}

/// Every kind with its versions.
pub async fn all(db: &db::Db, now: DateTime<Utc>) -> Result<Vec<Policy>, Failure> {
    let rows = db::rows(db.reader(), &format!("SELECT kind, {VERSION} FROM policy_version ORDER BY kind, number DESC"), vec![]).await?;
    let mut policies: Vec<Policy> = vec![];
    for row in &rows {
        let (kind, version) = (row.try_get::<String>("", "kind")?, version(row)?);
        match policies.last_mut() {
            Some(policy) if policy.kind == kind => policy.versions.push(version),
            _ => policies.push(Policy { kind, in_force: None, next: None, versions: vec![version] }),
        }
    }
    for policy in &mut policies {
        policy.in_force = in_force(&policy.versions, now);
        policy.next = next(&policy.versions, now);
    }
    Ok(policies)
}

/// The newest active version whose time has come, as `engine::policy_store` finds it.
fn in_force(versions: &[PolicyVersion], now: DateTime<Utc>) -> Option<InForce> {
    active(versions).filter(|version| version.effective_from <= now).max_by_key(|version| (version.effective_from, version.number))
}

/// The one that takes over next. Of two at one instant the newer rules.
fn next(versions: &[PolicyVersion], now: DateTime<Utc>) -> Option<InForce> {
    let begins = |version: &InForce| (version.effective_from, std::cmp::Reverse(version.number));
    active(versions).filter(|version| version.effective_from > now).min_by_key(begins)
}

fn active(versions: &[PolicyVersion]) -> impl Iterator<Item = InForce> {
    let active = versions.iter().filter(|version| version.state == "ACTIVE");
    active.filter_map(|version| Some(InForce { number: version.number, sha256: version.sha256.clone(), effective_from: version.effective_from? }))
}

fn version(row: &QueryResult) -> Result<PolicyVersion, Failure> {
    Ok(PolicyVersion {
        number: row.try_get("", "number")?,
        state: row.try_get("", "state")?,
        sha256: row.try_get("", "sha256")?,
        author: row.try_get("", "author_name")?,
        reason: row.try_get("", "reason")?,
        effective_from: row.try_get("", "effective_from")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_active_version_whose_time_has_come_is_in_force() {
        let day = |day: i64| DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::days(day);
        let version = |number, state: &str, from: Option<i64>| PolicyVersion {
            number,
            state: state.into(),
            sha256: format!("h{number}"),
            author: String::new(),
            reason: String::new(),
            effective_from: from.map(day),
        };
        let versions = [version(4, "DRAFT", None), version(3, "ACTIVE", Some(9)), version(2, "ACTIVE", Some(5)), version(1, "ACTIVE", Some(1))];
        for (now, number) in [(0, None), (1, Some(1)), (5, Some(2)), (8, Some(2)), (9, Some(3))] {
            assert_eq!(in_force(&versions, day(now)).map(|version| version.number), number, "day {now}");
        }
        for (now, number) in [(0, Some(1)), (1, Some(2)), (8, Some(3)), (9, None)] {
            assert_eq!(next(&versions, day(now)).map(|version| version.number), number, "day {now}");
        }
    }
}
