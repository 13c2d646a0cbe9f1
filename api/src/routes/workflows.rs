//! The workflows' definitions, for the UI to draw and to build its forms from.

use super::OurApp;
use axum::Json;
use axum::extract::State;
use engine::definition as kernel;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Workflows(Vec<Workflow>);

#[derive(Serialize, ToSchema)]
struct Workflow {
    name: String,
    version: i64,
    states: Vec<WorkflowState>,
    edges: Vec<Edge>,
    commands: Vec<Command>,
    tasks: Vec<TaskKind>,
}

#[derive(Serialize, ToSchema)]
struct WorkflowState {
    name: String,
    terminal: bool,
}

/// One way a command may move an instance.
#[derive(Serialize, ToSchema)]
struct Edge {
    /// Null for a command that starts an instance.
    #[schema(required)]
    from: Option<String>,
    to: String,
    command: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CommandDefinition)]
struct Command {
    name: String,
    permission: String,
    by: By,
    reason: Reason,
    form: Vec<Field>,
}

/// Who runs a command.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ActorKind)]
enum By {
    Person,
    System,
}

/// Whether a command asks for a reason.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ReasonRule)]
enum Reason {
    None,
    Optional,
    Required,
}

/// A field of a command's form.
#[derive(Serialize, ToSchema)]
struct Field {
    name: String,
    kind: FieldKind,
    required: bool,
    /// The values of a `CHOICE`.
    choices: Vec<String>,
    /// What a `REFERENCE` points to.
    #[schema(required)]
    reference: Option<String>,
    #[schema(required, value_type = Option<i32>)]
    max_length: Option<usize>,
    #[schema(required)]
    min: Option<i64>,
    #[schema(required)]
    max: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FieldKind {
    Text,
    LongText,
    Integer,
    Money,
    Instant,
    Choice,
    Boolean,
    Reference,
    Document,
    Place,
    Json,
}

#[derive(Serialize, ToSchema)]
struct TaskKind {
    name: String,
    permission: String,
    /// The commands that do it.
    commands: Vec<String>,
}

pub async fn list(State(app): OurApp) -> Json<Workflows> {
    Json(Workflows(app.engine.registry.definitions().map(Workflow::from).collect()))
}

impl From<&kernel::Definition> for Workflow {
    fn from(definition: &kernel::Definition) -> Self {
        let edges = definition.commands.iter().flat_map(|command| command.edges.iter().map(|edge| (command.name, edge)));
        Self {
            name: definition.name.into(),
            version: definition.version,
            states: definition.states.iter().map(|state| WorkflowState { name: state.name.into(), terminal: state.terminal }).collect(),
            edges: edges.map(|(command, edge)| Edge { from: edge.from.map(Into::into), to: edge.to.into(), command: command.into() }).collect(),
            commands: definition.commands.iter().map(Command::from).collect(),
            tasks: definition
                .tasks
                .iter()
                .map(|task| TaskKind { name: task.name.into(), permission: task.permission.0.into(), commands: strings(task.commands) })
                .collect(),
        }
    }
}

impl From<&kernel::CommandSpec> for Command {
    fn from(command: &kernel::CommandSpec) -> Self {
        Self {
            name: command.name.into(),
            permission: command.permission.0.into(),
            by: match command.by {
                engine::actor::ActorKind::Person => By::Person,
                engine::actor::ActorKind::System => By::System,
            },
            reason: match command.reason {
                kernel::ReasonRule::None => Reason::None,
                kernel::ReasonRule::Optional => Reason::Optional,
                kernel::ReasonRule::Required => Reason::Required,
            },
            form: command.form.iter().map(Field::from).collect(),
        }
    }
}

impl From<&kernel::Field> for Field {
    fn from(field: &kernel::Field) -> Self {
        Self {
            name: field.name.into(),
            kind: field.kind.into(),
            required: field.required,
            choices: strings(field.choices),
            reference: field.reference.map(Into::into),
            max_length: field.max_length,
            min: field.min,
            max: field.max,
        }
    }
}

impl From<kernel::FieldKind> for FieldKind {
    fn from(kind: kernel::FieldKind) -> Self {
        match kind {
            kernel::FieldKind::Text => Self::Text,
            kernel::FieldKind::LongText => Self::LongText,
            kernel::FieldKind::Integer => Self::Integer,
            kernel::FieldKind::Money => Self::Money,
            kernel::FieldKind::Instant => Self::Instant,
            kernel::FieldKind::Choice => Self::Choice,
            kernel::FieldKind::Boolean => Self::Boolean,
            kernel::FieldKind::Reference => Self::Reference,
            kernel::FieldKind::Document => Self::Document,
            kernel::FieldKind::Place => Self::Place,
            kernel::FieldKind::Json => Self::Json,
        }
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::tag::Tag;

    #[test]
    fn kinds_are_written_as_the_engine_writes_them() {
        for kind in kernel::FieldKind::ALL {
            let ours = serde_json::to_value(FieldKind::from(*kind)).unwrap();
            assert_eq!(ours, kind.as_str());
        }
    }
}
