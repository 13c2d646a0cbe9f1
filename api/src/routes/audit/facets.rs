//! What may be chosen in the filters of the audit: everybody who ever acted, every action, every kind of entity,
//! each with the number of records it would leave.

use super::super::OurApp;
use super::filter::{self, AuditFilter, Without};
use crate::listing::Where;
use crate::problem::Problem;
use crate::request::List;
use crate::view::told::{Told, stored};
use axum::Json;
use axum::extract::State;
use engine::db::{self, Db};
use engine::personal;
use engine::refusal::Failure;
use sea_orm::TryGetable;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;
use utoipa::ToSchema;
use uuid::Uuid;

/// Counted are at most so many records, the newest: more would take seconds and tell little.
const COUNTED: u64 = 50_000;
/// More are not listed; nobody reads that far.
const MOST_CHOICES: u64 = 1_000;

#[derive(Serialize, ToSchema)]
pub struct AuditFacets {
    actors: Vec<ActorChoice>,
    actions: Vec<Choice>,
    entity_types: Vec<Choice>,
    /// The counts are of the newest so many records.
    counted_at_most: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditActorChoice)]
struct ActorChoice {
    id: Uuid,
    name: Told,
    n: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditChoice)]
struct Choice {
    code: String,
    n: i64,
}

pub async fn facets(State(app): OurApp, list: List<AuditFilter>) -> Result<Json<AuditFacets>, Problem> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let by_actor = counts::<Uuid>(db, "actor_id", &filter::wanted(db, &list, now, Without::Actor).await?.filter).await?;
    let by_action = counts::<String>(db, "action", &filter::wanted(db, &list, now, Without::Action).await?.filter).await?;
    let by_type = counts::<String>(db, "entity_type", &filter::wanted(db, &list, now, Without::EntityType).await?.filter).await?;
    let mut actors = actors(db, &by_actor).await?;
    actors.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.name.text().cmp(&other.name.text())));
    Ok(Json(AuditFacets {
        actors,
        actions: choices(db, "action", &by_action).await?,
        entity_types: choices(db, "entity_type", &by_type).await?,
        counted_at_most: COUNTED,
    }))
}

async fn counts<T: TryGetable + Eq + Hash>(db: &Db, column: &str, filter: &Where) -> Result<HashMap<T, i64>, Failure> {
    let (newest, values) = filter.select(&format!("a.{column} AS choice"), "audit_record a", &format!(" ORDER BY a.at DESC, a.id DESC LIMIT {COUNTED}"));
    let sql = format!("SELECT choice, count(*) AS n FROM ({newest}) counted GROUP BY choice");
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter().map(|row| Ok((row.try_get("", "choice")?, row.try_get("", "n")?))).collect()
}

/// All values of an indexed column, hopping from one to the next instead of reading every row.
fn every(column: &str) -> String {
    format!(
        "WITH RECURSIVE every (choice) AS (\
           SELECT * FROM (SELECT {column} FROM audit_record ORDER BY {column} LIMIT 1) least \
           UNION ALL \
           SELECT (SELECT r.{column} FROM audit_record r WHERE r.{column} > every.choice ORDER BY r.{column} LIMIT 1) FROM every WHERE every.choice IS NOT NULL)"
    )
}

async fn choices(db: &Db, column: &str, counts: &HashMap<String, i64>) -> Result<Vec<Choice>, Failure> {
    let sql = format!("{} SELECT choice FROM every WHERE choice IS NOT NULL LIMIT {MOST_CHOICES}", every(column));
    let rows = db::rows(db.reader(), &sql, vec![]).await?;
    rows.iter()
        .map(|row| {
            let code: String = row.try_get("", "choice")?;
            Ok(Choice { n: counts.get(&code).copied().unwrap_or(0), code })
        })
        .collect()
}

/// People are called as they are called now; who has no account, as they were called last.
async fn actors(db: &Db, counts: &HashMap<Uuid, i64>) -> Result<Vec<ActorChoice>, Failure> {
    let sql = format!(
        "{} SELECT choice, (SELECT u.name FROM user_account u WHERE u.id = choice) AS name, \
         (SELECT r.actor_name FROM audit_record r WHERE r.actor_id = choice ORDER BY r.at DESC, r.id DESC LIMIT 1) AS noted \
         FROM every WHERE choice IS NOT NULL LIMIT {MOST_CHOICES}",
        every("actor_id")
    );
    let rows = db::rows(db.reader(), &sql, vec![]).await?;
    let mut names = vec![];
    for row in &rows {
        let name = stored(row, "name")?;
        names.push(if name.is_null() { stored(row, "noted")? } else { name });
    }
    personal::open(db.reader(), &mut names).await?;
    rows.iter()
        .zip(&names)
        .map(|(row, name)| {
            let id: Uuid = row.try_get("", "choice")?;
            Ok(ActorChoice { n: counts.get(&id).copied().unwrap_or(0), name: Told::certain(name), id })
        })
        .collect()
}
