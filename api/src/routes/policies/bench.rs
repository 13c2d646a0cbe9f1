//! The bench of the studio: what is wrong with a draft, how its tests go, what it says to one input (SPEC POL-6).
//! Nothing is stored; the workflow asks the same questions again when a draft is submitted.

use super::OurApp;
use super::kind::known;
use crate::problem::{FieldFault, Problem};
use crate::request::{At, Body};
use crate::view::AnyObject;
use crate::view::outcome::Decision;
use axum::Json;
use axum::extract::State;
use engine::policy::{self, CaseResult};
use engine::refusal::{FieldError, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task;
use utoipa::ToSchema;
use workflows::policy_publication::check::{self, Checked, Content, MOST_TESTS};
use workflows::policy_publication::params;

/// A draft as it stands in the studio.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyContent {
    script: String,
    #[schema(value_type = AnyObject)]
    params: Value,
    /// A list of `{"name", "input", "output"}`.
    #[schema(value_type = Vec<AnyObject>)]
    tests: Value,
}

/// What would keep the draft from being submitted, and how its tests went.
#[derive(Serialize, ToSchema)]
pub struct PolicyCheck {
    /// At `script` with `line` and `column`, at a cell such as `params.brackets[1].threshold_hours`, at `tests[3]`.
    faults: Vec<FieldFault>,
    /// One for each test, in order; none while script or parameters cannot be run.
    results: Vec<PolicyTestResult>,
}

#[derive(Serialize, ToSchema)]
struct PolicyTestResult {
    name: String,
    passed: bool,
    #[schema(value_type = AnyObject)]
    expected: Value,
    #[schema(required, value_type = Option<AnyObject>)]
    got: Option<Value>,
    /// Why the script gave nothing.
    #[schema(required)]
    error: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyTrial {
    script: String,
    #[schema(value_type = AnyObject)]
    params: Value,
    #[schema(value_type = AnyObject)]
    input: Value,
}

/// Faults are the answer, not an error: a draft under way is rarely right.
pub async fn check(State(_): OurApp, At(name): At<String>, Body(draft): Body<PolicyContent>) -> Result<Json<PolicyCheck>, Problem> {
    let kind = known(&name)?;
    if draft.tests.as_array().is_some_and(|tests| tests.len() > MOST_TESTS) {
        return Err(Problem::invalid(FieldError::new("tests", "too_many").with("max", MOST_TESTS)));
    }
    let judge = move || check::check(kind, Content { script: &draft.script, params: &draft.params, tests: &draft.tests });
    // Scripts may reckon for a while before their limits stop them.
    let Checked { faults, results } = task::spawn_blocking(judge).await.map_err(|_| Problem::internal())?;
    Ok(Json(PolicyCheck { faults: faults.into_iter().map(Into::into).collect(), results: results.into_iter().map(Into::into).collect() }))
}

/// 422 `invalid` at `script` with `line` and `column`, or at a field of `input` or `params`.
pub async fn evaluate(State(_): OurApp, At(name): At<String>, Body(trial): Body<PolicyTrial>) -> Result<Json<Decision>, Problem> {
    let kind = known(&name)?;
    let input = trial.input.as_object().ok_or_else(|| Problem::invalid(FieldError::new("input", "malformed")))?;
    let faults = params::of_fields(kind.input, input, "input").into_iter().chain(params::faults(kind, &trial.params));
    let faults: Vec<FieldError> = faults.collect();
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let run = move || {
        let compiled = check::compiled(kind, &trial.script, &trial.params)?;
        policy::evaluate(&compiled, &trial.input).map_err(|error| check::fault(&error))
    };
    let decided = task::spawn_blocking(run).await.map_err(|_| Problem::internal())?;
    Ok(Json(decided.map_err(Problem::invalid)?.into()))
}

impl From<CaseResult> for PolicyTestResult {
    fn from(result: CaseResult) -> Self {
        let CaseResult { name, passed, expected, got, error } = result;
        Self { name, passed, expected, got, error }
    }
}
