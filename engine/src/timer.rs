//! Timers: rows that fire a command at `due_at`, once, never early, in order of their due time.

use crate::actor::Actor;
use crate::db;
use crate::execute::{Engine, Origin, Request, Target};
use crate::plan::AnyCommand;
use crate::refusal::{Failure, Halt, Refusal};
use crate::view::Outcome;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// A timer that has fallen due.
#[derive(Clone, Debug)]
pub struct Due {
    pub id: Uuid,
    pub name: String,
    pub instance_id: Uuid,
    pub workflow: String,
    pub command: AnyCommand,
    pub due_at: DateTime<Utc>,
}

/// What became of a timer that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fired {
    Done,
    /// The business said no; recorded on the timer.
    Refused(String),
    /// Somebody else had settled it.
    Gone,
}

impl Engine {
    /// The due timers, earliest first.
    pub async fn due_timers(&self, limit: u64) -> Result<Vec<Due>, Failure> {
        let sql = "SELECT t.id, t.name, t.instance_id, t.command, t.due_at, i.workflow FROM timer t JOIN workflow_instance i ON i.id = t.instance_id \
                   WHERE t.state = 'ARMED' AND t.due_at <= ? ORDER BY t.due_at, t.id LIMIT ?";
        let rows = db::rows(self.db.reader(), sql, vec![self.clock.now().into(), limit.into()]).await?;
        rows.iter()
            .map(|row| {
                let command = row.try_get::<serde_json::Value>("", "command")?;
                Ok(Due {
                    id: row.try_get("", "id")?,
                    name: row.try_get("", "name")?,
                    instance_id: row.try_get("", "instance_id")?,
                    workflow: row.try_get("", "workflow")?,
                    command: serde_json::from_value(command).map_err(|source| Failure::Stored { what: "timer command".into(), source })?,
                    due_at: row.try_get("", "due_at")?,
                })
            })
            .collect()
    }

    /// When the next timer falls due, if any is armed.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        let row = db::row(self.db.reader(), "SELECT due_at FROM timer WHERE state = 'ARMED' ORDER BY due_at LIMIT 1", vec![]).await?;
        Ok(row.map(|row| row.try_get("", "due_at")).transpose()?)
    }

    /// Fires a due timer: its command, by the system, in one transaction with the timer's own mark.
    pub async fn fire(&self, due: &Due) -> Result<Fired, Failure> {
        self.fired(due, self.execute(&request(due)).await).await
    }

    /// Fires due timers as [`Engine::fire`] would each, with one commit for all.
    pub async fn fire_together(&self, due: &[Due]) -> Vec<Result<Fired, Failure>> {
        let requests: Vec<Request> = due.iter().map(request).collect();
        let mut fired = Vec::with_capacity(due.len());
        for (one, answer) in due.iter().zip(self.execute_together(&requests).await) {
            fired.push(self.fired(one, answer).await);
        }
        fired
    }

    /// Reads the answer to a timer's command; a refusal is recorded on the timer.
    async fn fired(&self, due: &Due, answer: Result<Outcome, Halt>) -> Result<Fired, Failure> {
        match answer {
            Ok(_) => Ok(Fired::Done),
            Err(Halt::Refused(Refusal::Settled)) => Ok(Fired::Gone),
            Err(Halt::Refused(refusal)) => {
                let code = refusal.code().to_owned();
                let sql = "UPDATE timer SET state = 'REFUSED', settled_at = ?, refusal = ? WHERE id = ? AND state = 'ARMED' AND due_at = ?";
                let held =
                    db::run(self.db.writer(), sql, vec![self.clock.now().into(), json!({ "code": code }).into(), due.id.into(), due.due_at.into()]).await?;
                Ok(if held > 0 { Fired::Refused(code) } else { Fired::Gone })
            }
            Err(Halt::Failed(failure)) => Err(failure),
        }
    }
}

fn request(due: &Due) -> Request {
    let mut request = Request::new(&due.workflow, Target::Existing(due.instance_id), due.command.clone(), Actor::system());
    request.origin = Origin::Timer { id: due.id, name: due.name.clone(), due_at: due.due_at };
    request
}
