//! One kind of policy: its fields, so that the studio can draw forms and tables for it, and its versions.

use super::{InForce, OurApp, PolicyVersion};
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use policies::{Field, Kind, Param, Shape, Unit};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyKind {
    kind: String,
    /// Where the rule comes from, e.g. `SPEC CAN-1`.
    source: String,
    input: Vec<PolicyField>,
    output: Vec<PolicyField>,
    params: Vec<PolicyParam>,
    #[schema(required)]
    in_force: Option<InForce>,
    /// The version that will be in force after it.
    #[schema(required)]
    next: Option<InForce>,
    /// The newest first.
    versions: Vec<PolicyVersion>,
}

/// A named value of an input, an output, a row or the parameters.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyField {
    name: String,
    shape: PolicyShape,
    /// What a whole number counts.
    #[schema(required)]
    unit: Option<PolicyUnit>,
    #[schema(required)]
    min: Option<i64>,
    #[schema(required)]
    max: Option<i64>,
    /// Of a `CHOICE`.
    choices: Vec<String>,
    /// Whether an input may leave it out.
    optional: bool,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PolicyShape {
    Integer,
    Choice,
    Boolean,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PolicyUnit {
    Count,
    Days,
    Hours,
    Metres,
    Minutes,
    Percent,
    Rupiah,
    Seconds,
}

/// Something a person may edit: one value, a group of values, or a table of brackets whose rows are told apart by the
/// rising threshold that is the first of its fields.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyParam {
    name: String,
    shape: PolicyParamShape,
    /// One for a `VALUE`.
    fields: Vec<PolicyField>,
    /// The threshold the first row of a table must have, if any.
    #[schema(required)]
    first: Option<i64>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PolicyParamShape {
    Value,
    Group,
    Brackets,
}

pub async fn show(State(app): OurApp, At(name): At<String>) -> Result<Json<PolicyKind>, Problem> {
    let kind = known(&name)?;
    let all = super::all(&app.engine.db, app.engine.clock.now()).await?;
    let policy = all.into_iter().find(|policy| policy.kind == name).ok_or_else(|| Problem::not_found("policy_kind"))?;
    Ok(Json(PolicyKind {
        kind: name,
        source: kind.source.into(),
        input: kind.input.iter().map(Into::into).collect(),
        output: kind.output.iter().map(Into::into).collect(),
        params: kind.params.iter().map(Into::into).collect(),
        in_force: policy.in_force,
        next: policy.next,
        versions: policy.versions,
    }))
}

/// The kind of this name, or 404.
pub fn known(name: &str) -> Result<&'static Kind, Problem> {
    policies::kind(name).ok_or_else(|| Problem::not_found("policy_kind"))
}

impl From<&Field> for PolicyField {
    fn from(field: &Field) -> Self {
        let plain = Self { name: field.name.into(), shape: PolicyShape::Boolean, unit: None, min: None, max: None, choices: vec![], optional: field.optional };
        match field.shape {
            Shape::Integer { unit, min, max } => Self { shape: PolicyShape::Integer, unit: Some(unit.into()), min, max, ..plain },
            Shape::Choice(choices) => Self { shape: PolicyShape::Choice, choices: choices.iter().map(|choice| (*choice).to_owned()).collect(), ..plain },
            Shape::Boolean => plain,
        }
    }
}

impl From<Unit> for PolicyUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Count => Self::Count,
            Unit::Days => Self::Days,
            Unit::Hours => Self::Hours,
            Unit::Metres => Self::Metres,
            Unit::Minutes => Self::Minutes,
            Unit::Percent => Self::Percent,
            Unit::Rupiah => Self::Rupiah,
            Unit::Seconds => Self::Seconds,
        }
    }
}

impl From<&Param> for PolicyParam {
    fn from(param: &Param) -> Self {
        let name = param.name().to_owned();
        match param {
            Param::Value(field) => Self { name, shape: PolicyParamShape::Value, fields: vec![field.into()], first: None },
            Param::Group { fields, .. } => Self { name, shape: PolicyParamShape::Group, fields: fields.iter().map(Into::into).collect(), first: None },
            Param::Brackets(brackets) => {
                let fields = std::iter::once(&brackets.threshold).chain(brackets.columns).map(Into::into).collect();
                Self { name, shape: PolicyParamShape::Brackets, fields, first: brackets.first }
            }
        }
    }
}
