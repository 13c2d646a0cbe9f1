//! What a transition causes, as data. `decide` returns it; the engine carries it out in one transaction.

use crate::ledger::JournalEntry;
use crate::policy::PolicyDecision;
use crate::refusal::Params;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Everything a transition will write.
#[derive(Debug)]
pub struct Plan<State, Change> {
    pub next: State,
    pub change: Change,
    pub effects: Vec<Effect>,
    /// The figures a person decides by; shown in the preview and kept in the history.
    pub amounts: Vec<Amount>,
    /// What a person should know before going on.
    pub warnings: Vec<Notice>,
    /// For whom the actor acts, when an admin enters what somebody else did.
    pub on_behalf_of: Option<String>,
    /// Whose name `on_behalf_of` holds: the history keeps it under their key.
    pub done_for: Option<Uuid>,
}

impl<State, Change> Plan<State, Change> {
    pub fn new(next: State, change: Change) -> Self {
        Self { next, change, effects: vec![], amounts: vec![], warnings: vec![], on_behalf_of: None, done_for: None }
    }
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
    #[must_use]
    pub fn effects(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
    #[must_use]
    pub fn amounts(mut self, amounts: impl IntoIterator<Item = Amount>) -> Self {
        self.amounts.extend(amounts);
        self
    }
    #[must_use]
    pub fn on_behalf_of(self, whom: impl Into<String>) -> Self {
        Self { on_behalf_of: Some(whom.into()), ..self }
    }
    #[must_use]
    pub fn warnings(mut self, warnings: impl IntoIterator<Item = Notice>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// A named figure: rupiah, or a plain count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<i64>,
}

impl Amount {
    pub fn rp(key: &str, rp: i64) -> Self {
        Self { key: key.into(), rp: Some(rp), count: None }
    }
    pub fn count(key: &str, count: i64) -> Self {
        Self { key: key.into(), rp: None, count: Some(count) }
    }
}

/// A code with parameters, for the sentence the UI makes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub code: String,
    pub params: Params,
}

/// A command to some instance, as data: what timers, jobs and nested commands hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnyCommand {
    pub name: String,
    #[serde(default)]
    pub body: Map<String, Value>,
    #[serde(default)]
    pub reason: Option<String>,
}

impl AnyCommand {
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), body: Map::new(), reason: None }
    }
    /// A command with the fields of `body`, which serialises to a JSON object.
    pub fn with(name: &str, body: &impl Serialize) -> Self {
        let body = match serde_json::to_value(body) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        Self { name: name.into(), body, reason: None }
    }
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

/// Work for a worker. `key` is its natural key: a second job of the same kind and key is the same job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSpec {
    pub kind: &'static str,
    pub key: String,
    pub payload: Value,
    pub max_attempts: i64,
}

/// Everything a transition may cause; closed, so that the engine can promise to carry out all of it.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Opens a task, or moves the due time of the one open under this name.
    OpenTask {
        name: &'static str,
        due_at: Option<DateTime<Utc>>,
    },
    CloseTask(&'static str),
    /// Marks the open task as past its promised time.
    FlagTask(&'static str),
    /// Arms a timer, or moves the one armed under this name.
    ArmTimer {
        name: &'static str,
        due_at: DateTime<Utc>,
    },
    DisarmTimer(&'static str),
    Enqueue(JobSpec),
    Post(JournalEntry),
    Decided(PolicyDecision),
    /// The instance waits for another one, which is live; when that ends it must have told this one what to do.
    WaitOn(Uuid),
    /// The instance waits for nobody any more.
    WaitNoMore,
    /// A command to another instance, in the same transaction.
    Send {
        workflow: &'static str,
        id: Uuid,
        command: AnyCommand,
    },
    /// A new instance, in the same transaction; it becomes a child of this one.
    Start {
        workflow: &'static str,
        id: Uuid,
        command: AnyCommand,
    },
}
