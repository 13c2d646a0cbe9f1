//! Golden cases: what a version must answer, kept beside it and run before it may be published.

use super::{CompiledPolicy, evaluate_output};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An input and the output expected of it, to the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    pub input: Value,
    pub output: Value,
}

/// How one case went. `got` is absent when the evaluation failed; then `error` says why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseResult {
    pub name: String,
    pub passed: bool,
    pub expected: Value,
    pub got: Option<Value>,
    pub error: Option<String>,
}

/// Runs every case, in order, whatever the ones before gave.
pub fn run_cases(policy: &CompiledPolicy, cases: &[Case]) -> Vec<CaseResult> {
    cases.iter().map(|case| run_case(policy, case)).collect()
}

fn run_case(policy: &CompiledPolicy, case: &Case) -> CaseResult {
    let (got, error) = match evaluate_output(policy, &case.input) {
        Ok(got) => (Some(got), None),
        Err(error) => (None, Some(error.to_string())),
    };
    CaseResult { name: case.name.clone(), passed: got.as_ref() == Some(&case.output), expected: case.output.clone(), got, error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, compile};
    use serde_json::json;

    #[test]
    fn a_case_passes_fails_or_errs() {
        let script = "fn decide(input, params) { #{ half: 10 / input.by } }".to_owned();
        let policy = compile(&PolicySource { kind: "test".into(), number: 1, script, params: json!({}) }).unwrap();
        let case = |by: i64, half: i64| Case { name: by.to_string(), input: json!({ "by": by }), output: json!({ "half": half }) };
        let results = run_cases(&policy, &[case(2, 5), case(3, 4), case(0, 0)]);
        assert_eq!(results.iter().map(|result| result.passed).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(results[1].got, Some(json!({ "half": 3 })));
        assert_eq!(results[2].error.as_deref(), Some("line 1, column 40: Division by zero: 10 / 0"));
    }

    #[test]
    fn every_seed_version_passes_its_golden_cases() {
        for seed in policies::seed() {
            let params = serde_json::from_str(seed.params).unwrap();
            let source = PolicySource { kind: seed.kind.into(), number: seed.number, script: seed.script.into(), params };
            let policy = compile(&source).unwrap_or_else(|error| panic!("{} v{}: {error}", seed.kind, seed.number));
            let cases: Vec<Case> = seed.cases.iter().flat_map(|text| serde_json::from_str::<Vec<Case>>(text).unwrap()).collect();
            for result in run_cases(&policy, &cases) {
                assert!(result.passed, "{} v{}: {result:#?}", seed.kind, seed.number);
            }
        }
    }
}
