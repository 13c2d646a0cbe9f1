//! Policies: versioned rhai scripts with JSON in, JSON out and a trace of how they decided.
//!
//! A version is compiled once ([`compile`]) and evaluated any number of times ([`evaluate`]) on any
//! thread. An evaluation is a pure function of version and input: a script reaches no clock, file,
//! network or other evaluation, and is stopped by the limits in [`sandbox`]. Which rules a version
//! holds is no business of this module; a kind is only a name.
//!
//! Called by the commands that decide by policy, by the backtest and by the test bench.

mod cases;
mod error;
mod host;
mod locate;
mod sandbox;
mod table;
mod trace;
mod value;
mod warm;

pub use cases::{Case, CaseResult, run_cases};
pub use error::PolicyError;
pub use host::PolicyHost;
pub use sandbox::{MAX_OPERATIONS, MAX_SCRIPT_BYTES, MAX_TRACE_STEPS};
pub use trace::{Rounding, TraceStep};

use crate::history::canonical;
use rhai::Dynamic;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The function every script defines: `fn decide(input, params)`.
const ENTRY: &str = "decide";

/// A policy version as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicySource {
    pub kind: String,
    pub number: i64,
    pub script: String,
    pub params: Value,
}

/// SHA-256, in hex, of the canonical JSON `{"params":…,"script":"…"}`: what a version says, apart
/// from its name and number. The order of keys in `params` does not matter.
pub fn content_sha256(script: &str, params: &Value) -> String {
    let content = json!({ "params": params, "script": script });
    hex::encode(Sha256::digest(canonical(&content)))
}

/// A version ready to be evaluated. A clone shares everything.
#[derive(Clone, Debug)]
pub struct CompiledPolicy(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    kind: String,
    number: i64,
    sha256: String,
    script: String,
    evaluators: warm::Evaluators,
    params: Dynamic,
}

impl CompiledPolicy {
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    pub fn number(&self) -> i64 {
        self.0.number
    }

    /// See [`content_sha256`].
    pub fn sha256(&self) -> &str {
        &self.0.sha256
    }
}

/// One evaluation, with all it takes to explain or repeat it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyDecision {
    pub kind: String,
    pub version: i64,
    pub sha256: String,
    pub input: Value,
    pub output: Value,
    pub trace: Vec<TraceStep>,
}

/// Checks a version and makes it ready.
///
/// # Errors
/// `TooLarge`, `Compile` or `Limit` with line and column, `Input` when `params` is not an object or
/// holds a number that is not a whole one.
pub fn compile(source: &PolicySource) -> Result<CompiledPolicy, PolicyError> {
    let sha256 = content_sha256(&source.script, &source.params);
    let ast = sandbox::compile(&source.script)?;
    if let Some((line, column)) = warm::outside_functions(&ast) {
        return Err(PolicyError::Compile { line, column, message: "only functions may stand here: nothing outside of them ever runs".into() });
    }
    if !ast.iter_functions().any(|function| function.name == ENTRY && function.params.len() == 2) {
        return Err(PolicyError::Compile { line: 1, column: 1, message: format!("the script must define `fn {ENTRY}(input, params)`") });
    }
    let params = value::params(&source.params)?;
    let (kind, number, script) = (source.kind.clone(), source.number, source.script.clone());
    let evaluators = warm::Evaluators::new(ast);
    Ok(CompiledPolicy(Arc::new(Compiled { kind, number, sha256, script, evaluators, params })))
}

/// Decides by a version, and says how.
///
/// # Errors
/// `Input` or `Output` naming the path of a value that is not allowed, `Run` or `Limit` with line
/// and column.
pub fn evaluate(policy: &CompiledPolicy, input: &Value) -> Result<PolicyDecision, PolicyError> {
    let (output, trace) = run(policy, input)?;
    Ok(PolicyDecision {
        kind: policy.kind().to_owned(),
        version: policy.number(),
        sha256: policy.sha256().to_owned(),
        input: input.clone(),
        output: value::output(&output)?,
        trace: trace::steps(trace)?,
    })
}

/// Only the output, for a loop over many inputs that explains none of them. See [`evaluate`].
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_output(policy: &CompiledPolicy, input: &Value) -> Result<Value, PolicyError> {
    let (output, _) = run(policy, input)?;
    value::output(&output)
}

/// [`evaluate`] with the caller's own types.
///
/// # Errors
/// As [`evaluate`]; `Output` also when a field of `O` is missing or of another type.
pub fn evaluate_as<I: Serialize, O: DeserializeOwned>(policy: &CompiledPolicy, input: &I) -> Result<(O, PolicyDecision), PolicyError> {
    let input = serde_json::to_value(input).map_err(|error| PolicyError::Input { path: "input".into(), message: error.to_string() })?;
    let decision = evaluate(policy, &input)?;
    let output = O::deserialize(&decision.output).map_err(|error| PolicyError::Output { path: "output".into(), message: error.to_string() })?;
    Ok((output, decision))
}

fn run(policy: &CompiledPolicy, input: &Value) -> Result<(Dynamic, Vec<trace::Step>), PolicyError> {
    let Compiled { evaluators, params, script, .. } = &*policy.0;
    let outcome = evaluators.call(value::object(input, "input")?, params.clone());
    let steps = trace::take();
    match outcome {
        Ok(output) => Ok((output, steps)),
        Err(error) => {
            let (error, placed) = PolicyError::from_run(*error);
            Err(if placed { error } else { locate::again(script, value::object(input, "input")?, params.clone()).unwrap_or(error) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "fn decide(input, params) { #{ sum: input.a + params.b } }";

    fn source(script: &str, params: Value) -> PolicySource {
        PolicySource { kind: "test".into(), number: 3, script: script.into(), params }
    }

    #[test]
    fn a_decision_carries_what_explains_it() {
        let policy = compile(&source(SCRIPT, json!({ "b": 2 }))).unwrap();
        let decision = evaluate(&policy, &json!({ "a": 40 })).unwrap();
        assert_eq!((decision.kind.as_str(), decision.version, decision.sha256.as_str()), ("test", 3, policy.sha256()));
        assert_eq!((decision.input, decision.output), (json!({ "a": 40 }), json!({ "sum": 42 })));
        assert_eq!(evaluate_output(&policy, &json!({ "a": 40 })).unwrap(), json!({ "sum": 42 }));
    }

    #[test]
    fn the_hash_covers_script_and_parameters_but_not_the_order_of_keys() {
        let one: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":3}}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"b":{"d":3,"c":2},"a":1}"#).unwrap();
        assert_eq!(content_sha256(SCRIPT, &one), content_sha256(SCRIPT, &other));
        assert_ne!(content_sha256(SCRIPT, &one), content_sha256(SCRIPT, &json!({})));
        assert_ne!(content_sha256(SCRIPT, &one), content_sha256("", &one));
        // printf '{"params":{},"script":""}' | sha256sum
        assert_eq!(content_sha256("", &json!({})), "b44ee3032447f9b8390e79d86cd122d6033042703e8acfddb2c51cfcdc8c083a");
    }

    #[test]
    fn typed_evaluation_names_a_field_the_script_forgot() {
        #[derive(Serialize)]
        struct In {
            a: i64,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Out {
            sum: i64,
        }
        let policy = compile(&source(SCRIPT, json!({ "b": 2 }))).unwrap();
        let (out, decision) = evaluate_as::<_, Out>(&policy, &In { a: 1 }).unwrap();
        assert_eq!((out, decision.output), (Out { sum: 3 }, json!({ "sum": 3 })));
        let forgetful = compile(&source("fn decide(input, params) { #{ total: 1 } }", json!({}))).unwrap();
        let error = evaluate_as::<_, Out>(&forgetful, &In { a: 1 }).unwrap_err();
        assert_eq!(error.to_string(), "output: missing field `sum`");
    }

    #[test]
    fn the_same_version_and_input_decide_alike_on_every_thread() {
        let script = "fn decide(input, params) { let t = 0; for r in params.rows { if rule(\"r\", r.x < input.a, r) { t += pct(r.x, 33); } } #{ t: t } }";
        let policy = compile(&source(script, json!({ "rows": [{ "x": 5 }, { "x": 7 }, { "x": 11 }] }))).unwrap();
        let expected: Vec<_> = (0..16).map(|a| evaluate(&policy, &json!({ "a": a })).unwrap()).collect();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..160 {
                        let a = round % 16;
                        assert_eq!(evaluate(&policy, &json!({ "a": a })).unwrap(), expected[a]);
                    }
                });
            }
        });
    }

    #[test]
    fn an_evaluation_cannot_change_the_version() {
        let script = "fn decide(input, params) { params.n += 1; params.list.push(1); #{ n: params.n, list: params.list } }";
        let policy = compile(&source(script, json!({ "n": 1, "list": [] }))).unwrap();
        for _ in 0..3 {
            assert_eq!(evaluate_output(&policy, &json!({})).unwrap(), json!({ "n": 2, "list": [1] }));
        }
    }

    #[test]
    fn statements_outside_the_functions_would_never_run_and_are_refused_at_their_place() {
        for (script, line, column) in [
            ("throw \"outside\";\nfn decide(input, params) { #{} }", 1, 1),
            ("fn decide(input, params) { #{} }\n  loop { }", 2, 3),
            ("fn decide(input, params) { #{} }\nlet a = 1;", 2, 1),
        ] {
            let error = compile(&source(script, json!({}))).unwrap_err();
            assert!(matches!(error, PolicyError::Compile { line: l, column: c, .. } if (l, c) == (line, column)), "{script}: {error:?}");
        }
    }
}
