//! Which commands a person may run on an instance now, and why not the others.
//!
//! The engine decides again when the command comes; this only keeps people from trying in vain.

use crate::view::AnyObject;
use engine::actor::{Actor, ActorKind};
use engine::db::{self, Db};
use engine::definition::{CommandSpec, Definition};
use engine::refusal::Failure;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a command cannot be run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WhyNot {
    /// `not_allowed` in this state, `forbidden`, or `four_eyes`.
    pub code: String,
    #[schema(value_type = AnyObject)]
    pub params: Map<String, Value>,
}

/// A command and whether it may be run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Availability {
    pub name: String,
    pub allowed: bool,
    #[schema(required)]
    pub why_not: Option<WhyNot>,
}

/// Who ran a command last, per instance and command; only commands that bar their actor from another.
pub type LastActors = HashMap<(Uuid, String), Uuid>;

/// An instance as far as commands depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub id: Uuid,
    pub state: &'a str,
}

/// Every command of a person on the instance, in declared order.
pub fn of(definition: &Definition, standing: Standing<'_>, actor: &Actor, last: &LastActors) -> Vec<Availability> {
    let commands = definition.commands.iter().filter(|command| command.by == ActorKind::Person && command.edges.iter().any(|edge| edge.from.is_some()));
    commands.map(|command| one(command, standing, actor, last)).collect()
}

fn one(command: &CommandSpec, standing: Standing<'_>, actor: &Actor, last: &LastActors) -> Availability {
    let why_not = why_not(command, standing, actor, last).map(|(code, params)| WhyNot { code: code.into(), params });
    Availability { name: command.name.into(), allowed: why_not.is_none(), why_not }
}

fn why_not(command: &CommandSpec, standing: Standing<'_>, actor: &Actor, last: &LastActors) -> Option<(&'static str, Map<String, Value>)> {
    let params = |key: &str, value: Value| [(key.to_owned(), value)].into_iter().collect();
    if !command.leads_from(Some(standing.state)) {
        let states: Vec<&str> = command.edges.iter().filter_map(|edge| edge.from).collect();
        return Some(("not_allowed", params("states", json!(states))));
    }
    if !actor.may(command.permission) {
        return Some(("forbidden", params("permission", json!(command.permission))));
    }
    let barred = command.not_by_actor_of.filter(|other| last.get(&(standing.id, (*other).to_owned())) == Some(&actor.id));
    barred.map(|other| ("four_eyes", params("command", json!(other))))
}

/// Reads who last ran the commands that bar their actor, for these instances of one workflow.
pub async fn last_actors(db: &Db, definition: &Definition, ids: &[Uuid]) -> Result<LastActors, Failure> {
    let commands: BTreeSet<&str> = definition.commands.iter().filter_map(|command| command.not_by_actor_of).collect();
    if commands.is_empty() || ids.is_empty() {
        return Ok(LastActors::new());
    }
    let places = |count: usize| vec!["?"; count].join(",");
    let sql = format!(
        "SELECT instance_id, command, actor_id FROM workflow_history WHERE instance_id IN ({}) AND command IN ({}) ORDER BY seq",
        places(ids.len()),
        places(commands.len())
    );
    let values = ids.iter().map(|id| (*id).into()).chain(commands.into_iter().map(Into::into)).collect();
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter().map(|row| Ok(((row.try_get("", "instance_id")?, row.try_get("", "command")?), row.try_get("", "actor_id")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(permissions: &[&str], state: &str, last: &LastActors) -> Vec<(String, Option<String>)> {
        let registry = workflows::registry();
        let actor = Actor::person(Uuid::from_u128(1), "A", permissions.iter().map(|permission| (*permission).to_owned()));
        let standing = Standing { id: Uuid::nil(), state };
        let all = of(registry.definition("sesi").unwrap(), standing, &actor, last);
        all.into_iter().map(|command| (command.name, command.why_not.map(|why| why.code))).collect()
    }

    #[test]
    fn a_command_is_offered_in_its_states_to_whoever_holds_its_permission() {
        let all = codes(&["sesi.approve"], "REQUESTED", &LastActors::new());
        let code = |name: &str| all.iter().find(|(command, _)| command == name).unwrap().1.as_deref();
        assert_eq!((code("approve"), code("edit"), code("start")), (None, Some("forbidden"), Some("not_allowed")));
        assert!(all.iter().all(|(name, _)| name != "request" && name != "raise_sla"), "{all:?}");
    }
}
