//! The boot gate: a program that does not know what lives in the database must not start (invariant I9).

use crate::db::{self, Db};
use crate::refusal::Failure;
use crate::registry::Registry;
use serde::Serialize;
use std::fmt;

/// Live rows this program cannot carry on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stranded {
    pub what: &'static str,
    pub name: String,
    pub count: i64,
}

impl fmt::Display for Stranded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} live)", self.what, self.name, self.count)
    }
}

/// Everything live that the registry, the job kinds or the policy kinds do not know.
pub async fn stranded(db: &Db, registry: &Registry, job_kinds: &[&str], policy_kinds: &[&str]) -> Result<Vec<Stranded>, Failure> {
    let mut found = vec![];
    let sql =
        "SELECT workflow, version, state, count(*) AS n FROM workflow_instance WHERE NOT terminal GROUP BY workflow, version, state ORDER BY workflow, state";
    for row in db::rows(db.reader(), sql, vec![]).await? {
        let (workflow, version, state, count): (String, i64, String, i64) =
            (row.try_get("", "workflow")?, row.try_get("", "version")?, row.try_get("", "state")?, row.try_get("", "n")?);
        match registry.definition(&workflow) {
            None => found.push(Stranded { what: "workflow", name: workflow, count }),
            Some(definition) if version > definition.version || registry.get(&workflow).is_some_and(|known| version < known.migrates_from()) => {
                found.push(Stranded { what: "definition version", name: format!("{workflow} v{version}"), count })
            }
            // The states of an older version are those its migration knows.
            Some(definition) if version == definition.version && definition.state(&state).is_none() => {
                found.push(Stranded { what: "state", name: format!("{workflow}/{state}"), count })
            }
            Some(_) => {}
        }
    }
    let timers = "SELECT i.workflow, i.version, t.name, count(*) AS n FROM timer t JOIN workflow_instance i ON i.id = t.instance_id WHERE t.state = 'ARMED' GROUP BY i.workflow, i.version, t.name ORDER BY i.workflow, t.name";
    for row in db::rows(db.reader(), timers, vec![]).await? {
        let (workflow, version, name): (String, i64, String) = (row.try_get("", "workflow")?, row.try_get("", "version")?, row.try_get("", "name")?);
        let known =
            registry.definition(&workflow).is_none_or(|definition| version != definition.version || definition.timers.iter().any(|timer| timer.name == name));
        if !known {
            found.push(Stranded { what: "timer", name: format!("{workflow}/{name}"), count: row.try_get("", "n")? });
        }
    }
    let jobs = "SELECT kind, count(*) AS n FROM job WHERE state IN ('PENDING','RUNNING') GROUP BY kind ORDER BY kind";
    unknown(db, jobs, "job kind", job_kinds, &mut found).await?;
    let policies = "SELECT kind, count(*) AS n FROM policy_version WHERE state = 'ACTIVE' GROUP BY kind ORDER BY kind";
    unknown(db, policies, "policy kind", policy_kinds, &mut found).await?;
    Ok(found)
}

async fn unknown(db: &Db, sql: &str, what: &'static str, known: &[&str], found: &mut Vec<Stranded>) -> Result<(), Failure> {
    for row in db::rows(db.reader(), sql, vec![]).await? {
        let kind: String = row.try_get("", "kind")?;
        if !known.contains(&kind.as_str()) {
            found.push(Stranded { what, name: kind, count: row.try_get("", "n")? });
        }
    }
    Ok(())
}
