//! The shape of a workflow as data: states, commands with their edges, tasks and timers.
//!
//! The API serves it, the UI draws it, the engine checks every request against it.

use crate::actor::{ActorKind, Permission};
use crate::refusal::FieldError;
use crate::tag::Tag;
use crate::tags;
use serde::Serialize;
use serde_json::{Map, Value};

/// One way a command may move an instance. `from` is `None` for the command that starts one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    pub from: Option<&'static str>,
    pub to: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub struct StateSpec {
    pub name: &'static str,
    /// Nothing happens after a terminal state; its open tasks and timers are closed by the engine.
    pub terminal: bool,
}

tags! {
    /// Whether a command asks for a reason.
    pub enum ReasonRule { None => "NONE", Optional => "OPTIONAL", Required => "REQUIRED" }
}

tags! {
    /// What a form field holds; the UI picks its control, the engine its check.
    pub enum FieldKind {
        Text => "TEXT", LongText => "LONG_TEXT", Integer => "INTEGER", Money => "MONEY", Instant => "INSTANT",
        Choice => "CHOICE", Boolean => "BOOLEAN", Reference => "REFERENCE", Document => "DOCUMENT", Place => "PLACE",
        Json => "JSON",
    }
}

/// A field of a command's form.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub required: bool,
    pub choices: &'static [&'static str],
    /// What a `REFERENCE` points to.
    pub reference: Option<&'static str>,
    pub max_length: Option<usize>,
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// The longest text a field takes unless it says otherwise, in characters.
const TEXT_LIMIT: usize = 200;
const LONG_TEXT_LIMIT: usize = 4_000;

impl Field {
    pub fn new(name: &'static str, kind: FieldKind) -> Self {
        let max_length = match kind {
            FieldKind::Text => Some(TEXT_LIMIT),
            FieldKind::LongText => Some(LONG_TEXT_LIMIT),
            _ => None,
        };
        Self { name, kind, required: false, choices: &[], reference: None, max_length, min: (kind == FieldKind::Money).then_some(0), max: None }
    }
    pub fn choice(name: &'static str, choices: &'static [&'static str]) -> Self {
        Self { choices, ..Self::new(name, FieldKind::Choice) }
    }
    pub fn reference(name: &'static str, to: &'static str) -> Self {
        Self { reference: Some(to), ..Self::new(name, FieldKind::Reference) }
    }
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }
    #[must_use]
    pub fn between(self, min: i64, max: i64) -> Self {
        Self { min: Some(min), max: Some(max), ..self }
    }
    /// At most so many characters, where a text needs more or less than others.
    #[must_use]
    pub fn at_most(self, characters: usize) -> Self {
        Self { max_length: Some(characters), ..self }
    }

    fn check(&self, value: Option<&Value>) -> Option<FieldError> {
        let wrong = |code: &str| Some(FieldError::new(self.name, code));
        let value = match value {
            None | Some(Value::Null) => return if self.required { wrong("required") } else { None },
            Some(value) if holds_zero_character(value) => return wrong("malformed"),
            Some(value) => value,
        };
        match self.kind {
            FieldKind::Text | FieldKind::LongText => self.check_text(value),
            FieldKind::Integer | FieldKind::Money => match value.as_i64() {
                None => wrong("not_whole_number"),
                Some(number) if self.min.is_some_and(|min| number < min) || self.max.is_some_and(|max| number > max) => {
                    Some(FieldError::new(self.name, "out_of_range").with("min", self.min).with("max", self.max))
                }
                Some(_) => None,
            },
            FieldKind::Instant => match value.as_str().map(chrono::DateTime::parse_from_rfc3339) {
                Some(Ok(_)) => None,
                _ => wrong("not_instant"),
            },
            FieldKind::Choice => match value.as_str() {
                Some(text) if self.choices.contains(&text) => None,
                _ => Some(FieldError::new(self.name, "not_a_choice").with("choices", self.choices.to_vec())),
            },
            FieldKind::Boolean => {
                if value.is_boolean() {
                    None
                } else {
                    wrong("not_boolean")
                }
            }
            FieldKind::Reference | FieldKind::Document => match value.as_str().map(uuid::Uuid::parse_str) {
                Some(Ok(_)) => None,
                _ => wrong("not_id"),
            },
            FieldKind::Place => {
                if value.is_object() {
                    None
                } else {
                    wrong("not_place")
                }
            }
            // An object or a list; what it may hold is the workflow's to say.
            FieldKind::Json => {
                if value.is_object() || value.is_array() {
                    None
                } else {
                    wrong("malformed")
                }
            }
        }
    }

    fn check_text(&self, value: &Value) -> Option<FieldError> {
        let Some(text) = value.as_str() else { return Some(FieldError::new(self.name, "not_text")) };
        if self.required && text.trim().is_empty() {
            return Some(FieldError::new(self.name, "required"));
        }
        let limit = self.max_length.unwrap_or(TEXT_LIMIT);
        (text.chars().count() > limit).then(|| FieldError::new(self.name, "too_long").with("max", limit))
    }
}

/// U+0000 is no text: Postgres cannot store it.
fn holds_zero_character(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_zero_character),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || holds_zero_character(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Checks a text outside of forms, e.g. a comment: not empty, not too long, storable.
pub fn check_text(name: &'static str, text: &str) -> Option<FieldError> {
    Field::new(name, FieldKind::LongText).required().check(Some(&text.into()))
}

/// A command: who may run it, what it asks for, where it leads.
#[derive(Clone, Debug, Serialize)]
pub struct CommandSpec {
    pub name: &'static str,
    pub permission: Permission,
    pub by: ActorKind,
    pub reason: ReasonRule,
    pub form: Vec<Field>,
    pub edges: Vec<Edge>,
    /// Whoever ran this other command last on the instance may not run this one.
    pub not_by_actor_of: Option<&'static str>,
    /// Whether the business's no to this command is kept in the audit.
    pub refusals: Refusals,
}

/// Whether refusals of a command are recorded, and under what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Refusals {
    NotRecorded,
    /// Under the instance itself.
    Recorded,
    /// Under the thing of this kind that a field of the form names: the instance does not exist yet.
    RecordedUnder {
        kind: &'static str,
        field: &'static str,
    },
}

impl CommandSpec {
    pub fn by_person(name: &'static str, permission: Permission) -> Self {
        Self {
            name,
            permission,
            by: ActorKind::Person,
            reason: ReasonRule::None,
            form: vec![],
            edges: vec![],
            not_by_actor_of: None,
            refusals: Refusals::NotRecorded,
        }
    }
    /// A command only the system runs: a timer fired or a job reports.
    pub fn by_system(name: &'static str) -> Self {
        Self { by: ActorKind::System, ..Self::by_person(name, Permission("system")) }
    }
    #[must_use]
    pub fn starts<S: Tag>(mut self, to: S) -> Self {
        self.edges.push(Edge { from: None, to: to.as_str() });
        self
    }
    #[must_use]
    pub fn edge<S: Tag>(mut self, from: S, to: S) -> Self {
        self.edges.push(Edge { from: Some(from.as_str()), to: to.as_str() });
        self
    }
    #[must_use]
    pub fn reason(self, reason: ReasonRule) -> Self {
        Self { reason, ..self }
    }
    #[must_use]
    pub fn form(self, form: Vec<Field>) -> Self {
        Self { form, ..self }
    }
    /// Four-eyes (SPEC AUTH-6): not by whoever ran `command`.
    #[must_use]
    pub fn not_by_actor_of(self, command: &'static str) -> Self {
        Self { not_by_actor_of: Some(command), ..self }
    }

    /// A refusal by the business is kept in the audit, so that somebody who came too late can be shown when they came.
    #[must_use]
    pub fn recorded_when_refused(self) -> Self {
        Self { refusals: Refusals::Recorded, ..self }
    }
    /// As [`Self::recorded_when_refused`], of a command that starts an instance: under the `kind` that `field` names.
    #[must_use]
    pub fn recorded_when_refused_under(self, kind: &'static str, field: &'static str) -> Self {
        Self { refusals: Refusals::RecordedUnder { kind, field }, ..self }
    }

    pub fn leads_from(&self, state: Option<&str>) -> bool {
        self.edges.iter().any(|edge| edge.from == state)
    }

    /// Checks a request body against the form; every fault at its field.
    pub fn check(&self, body: &Map<String, Value>, reason: Option<&str>) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = self.form.iter().filter_map(|field| field.check(body.get(field.name))).collect();
        let unknown = body.keys().filter(|key| !self.form.iter().any(|field| field.name == key.as_str()));
        errors.extend(unknown.map(|key| FieldError::new(key.clone(), "unknown_field")));
        let reason_field = Field { required: self.reason == ReasonRule::Required, ..Field::new("reason", FieldKind::LongText) };
        errors.extend(reason_field.check(reason.map(Value::from).as_ref()));
        errors
    }
}

/// A kind of task: work for a person, done by one of its commands.
#[derive(Clone, Debug, Serialize)]
pub struct TaskSpec {
    pub name: &'static str,
    pub permission: Permission,
    pub commands: &'static [&'static str],
}

/// A kind of timer and the system command it fires.
#[derive(Clone, Debug, Serialize)]
pub struct TimerSpec {
    pub name: &'static str,
    pub command: &'static str,
}

/// A workflow's whole shape.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    pub name: &'static str,
    pub version: i64,
    pub states: Vec<StateSpec>,
    pub commands: Vec<CommandSpec>,
    pub tasks: Vec<TaskSpec>,
    pub timers: Vec<TimerSpec>,
    /// The kinds of job its transitions enqueue.
    pub jobs: Vec<&'static str>,
}

impl Definition {
    pub fn command(&self, name: &str) -> Option<&CommandSpec> {
        self.commands.iter().find(|command| command.name == name)
    }
    pub fn state(&self, name: &str) -> Option<&StateSpec> {
        self.states.iter().find(|state| state.name == name)
    }
    pub fn task(&self, name: &str) -> Option<&TaskSpec> {
        self.tasks.iter().find(|task| task.name == name)
    }
    /// The commands that have an edge from `state`, in declared order.
    pub fn allowed_from(&self, state: &str) -> Vec<&'static str> {
        self.commands.iter().filter(|command| command.leads_from(Some(state))).map(|command| command.name).collect()
    }
    /// The states of a tag type, of which `terminal` end an instance.
    pub fn states_of<S: Tag>(terminal: &[S]) -> Vec<StateSpec> {
        S::ALL.iter().map(|state| StateSpec { name: state.as_str(), terminal: terminal.contains(state) }).collect()
    }
}
