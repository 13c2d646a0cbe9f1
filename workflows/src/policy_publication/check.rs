//! What a draft must be before it can be submitted: a script that compiles, sound parameters, saved tests that pass
//! (SPEC POL-3, POL-6). Pure; the studio asks it while somebody types, submitting and approving ask it again.

use super::params;
use engine::policy::{self, CaseResult, CompiledPolicy, PolicyError, PolicySource};
use engine::refusal::FieldError;
use policies::Kind;
use serde_json::Value;
use std::collections::HashSet;

/// The most saved tests of one version.
pub const MOST_TESTS: usize = 200;
const MOST_NAME: usize = 200;

/// What a version says.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    pub script: &'a str,
    pub params: &'a Value,
    pub tests: &'a Value,
}

/// What is wrong with a draft, and how its tests went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// At `script` with line and column, at a cell of `params`, at `tests[3]`.
    pub faults: Vec<FieldError>,
    /// One for each test, in order; none when there is nothing yet that could be run.
    pub results: Vec<CaseResult>,
}

/// Looks at all of it.
pub fn check(kind: &Kind, content: Content<'_>) -> Checked {
    let compiled = compiled(kind, content.script, content.params);
    let mut faults: Vec<FieldError> = compiled.as_ref().err().cloned().into_iter().collect();
    let unsound = params::faults(kind, content.params);
    let runnable = compiled.ok().filter(|_| unsound.is_empty());
    faults.extend(unsound);
    let cases = cases(kind, content.tests);
    let results = runnable.map(|policy| run(&policy, &cases)).unwrap_or_default();
    for (position, case) in cases.into_iter().enumerate() {
        let failed = results.get(position).filter(|result| !result.passed).map(|result| failed(position, result));
        faults.extend(if case.faults.is_empty() { failed.into_iter().collect() } else { case.faults });
    }
    if !content.tests.is_array() {
        faults.push(FieldError::new("tests", "malformed"));
    }
    Checked { faults, results }
}

/// The draft, ready to be evaluated.
pub fn compiled(kind: &Kind, script: &str, params: &Value) -> Result<CompiledPolicy, FieldError> {
    let source = PolicySource { kind: kind.kind.into(), number: 0, script: script.into(), params: params.clone() };
    policy::compile(&source).map_err(|error| fault(&error))
}

/// Where a script, or what it was given, went wrong.
pub fn fault(error: &PolicyError) -> FieldError {
    let at = |code: &str, line: usize, column: usize, message: &str| {
        FieldError::new("script", code).with("line", line).with("column", column).with("message", message)
    };
    match error {
        PolicyError::Compile { line, column, message } => at("does_not_compile", *line, *column, message),
        PolicyError::Run { line, column, message } => at("script_failed", *line, *column, message),
        PolicyError::Limit { what, line, column } => at("script_stopped", *line, *column, what),
        PolicyError::Output { path, message } => FieldError::new("script", "output_not_allowed").with("path", path.as_str()).with("message", message.as_str()),
        PolicyError::Input { path, message } => FieldError::new(path, "value_not_allowed").with("message", message.as_str()),
        PolicyError::TooLarge { limit, .. } => FieldError::new("script", "too_long").with("max", *limit),
        PolicyError::NotFound { .. } => FieldError::new("kind", "unknown"),
    }
}

/// A saved test with what is wrong with it before it is run.
struct Case {
    case: Option<policy::Case>,
    faults: Vec<FieldError>,
}

fn cases(kind: &Kind, tests: &Value) -> Vec<Case> {
    let mut names = HashSet::new();
    let tests = tests.as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |(position, test): (usize, &Value)| {
        let path = format!("tests[{position}]");
        let Ok(case) = serde_json::from_value::<policy::Case>(test.clone()) else {
            return Case { case: None, faults: vec![FieldError::new(path, "malformed")] };
        };
        let mut faults = of_name(&case.name, &path);
        if !names.insert(case.name.trim().to_owned()) {
            faults.push(FieldError::new(format!("{path}.name"), "duplicate"));
        }
        for (side, fields, value) in [("input", kind.input, &case.input), ("output", kind.output, &case.output)] {
            let path = format!("{path}.{side}");
            match value.as_object() {
                Some(object) => faults.extend(params::of_fields(fields, object, &path)),
                None => faults.push(FieldError::new(path, "malformed")),
            }
        }
        Case { case: Some(case), faults }
    };
    tests.iter().enumerate().map(read).collect()
}

fn of_name(name: &str, path: &str) -> Vec<FieldError> {
    let code = match name.trim().chars().count() {
        0 => Some("required"),
        long if long > MOST_NAME => Some("too_long"),
        _ => None,
    };
    code.map(|code| FieldError::new(format!("{path}.name"), code).with("max", MOST_NAME)).into_iter().collect()
}

/// Runs every test, so that results and tests have the same positions.
fn run(policy: &CompiledPolicy, cases: &[Case]) -> Vec<CaseResult> {
    let unreadable = || CaseResult { name: String::new(), passed: false, expected: Value::Null, got: None, error: None };
    let one = |case: &Case| match &case.case {
        Some(case) => policy::run_cases(policy, std::slice::from_ref(case)).pop().unwrap_or_else(unreadable),
        None => unreadable(),
    };
    cases.iter().map(one).collect()
}

fn failed(position: usize, result: &CaseResult) -> FieldError {
    let fault = FieldError::new(format!("tests[{position}]"), "test_failed").with("name", result.name.as_str());
    let fault = fault.with("expected", result.expected.clone()).with("got", result.got.clone().unwrap_or(Value::Null));
    match &result.error {
        Some(error) => fault.with("error", error.as_str()),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SCRIPT: &str = include_str!("../../../policies/scripts/transport/v1.rhai");

    fn checked(script: &str, params: &Value, tests: &Value) -> Checked {
        check(policies::kind("transport").unwrap(), Content { script, params, tests })
    }

    fn params() -> Value {
        json!({ "transport_brackets": [{ "threshold_m": 20_000, "transport_rp": 10_000 }], "transport_beyond_rp": 12_000 })
    }

    fn test(name: &str, distance_m: i64, transport_rp: i64) -> Value {
        json!({ "name": name, "input": { "mode": "OFFLINE_CUSTOM", "distance_m": distance_m }, "output": { "transport_rp": transport_rp } })
    }

    fn at(checked: &Checked) -> Vec<String> {
        checked.faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect()
    }

    #[test]
    fn a_sound_draft_has_no_fault_and_every_test_its_result() {
        let checked = checked(SCRIPT, &params(), &json!([test("near", 1, 10_000), test("far", 30_000, 12_000)]));
        assert_eq!((at(&checked), checked.results.len()), (vec![], 2));
        assert!(checked.results.iter().all(|result| result.passed));
    }

    #[test]
    fn a_script_that_does_not_compile_is_told_with_line_and_column_beside_the_faults_of_the_rest() {
        let checked = checked("fn decide(input, params) {\n  #{ transport_rp: 1 + }\n}", &json!({}), &json!([test("", 1, 1)]));
        assert_eq!(
            at(&checked),
            ["script does_not_compile", "params.transport_brackets required", "params.transport_beyond_rp required", "tests[0].name required"]
        );
        assert_eq!((&checked.faults[0].params["line"], &checked.faults[0].params["column"]), (&json!(2), &json!(24)));
        assert_eq!(checked.results, []);
    }

    #[test]
    fn a_test_that_fails_says_what_was_expected_and_what_came() {
        let checked = checked(SCRIPT, &params(), &json!([test("near", 1, 10_000), test("far", 30_000, 1), test("below", -1, 0)]));
        assert_eq!(at(&checked), ["tests[1] test_failed", "tests[2].input.distance_m out_of_range"]);
        let told = &checked.faults[0].params;
        assert_eq!((&told["expected"], &told["got"]), (&json!({ "transport_rp": 1 }), &json!({ "transport_rp": 12_000 })));
    }

    #[test]
    fn a_test_has_a_name_of_its_own_and_the_fields_of_its_kind() {
        let wrong = json!([
            test("near", 1, 10_000),
            test("near", 2, 10_000),
            { "name": "x", "input": { "mode": "ONLINE" }, "output": { "transport_rp": 0, "denda_rp": 0 } },
            { "name": "y", "input": { "mode": "BY_BOAT" }, "output": 7 },
            7,
        ]);
        let expected = [
            "tests[1].name duplicate",
            "tests[2].output.denda_rp unknown_field",
            "tests[3].input.mode not_a_choice",
            "tests[3].output malformed",
            "tests[4] malformed",
        ];
        assert_eq!(at(&checked(SCRIPT, &params(), &wrong)), expected);
        assert_eq!(at(&checked(SCRIPT, &params(), &json!({}))), ["tests malformed"]);
    }

    #[test]
    fn a_script_that_stops_is_told_by_its_test() {
        let endless = "fn decide(input, params) {\n  loop { }\n}";
        let checked = checked(endless, &params(), &json!([test("near", 1, 10_000)]));
        assert_eq!(at(&checked), ["tests[0] test_failed"]);
        assert!(checked.faults[0].params["error"].as_str().unwrap().starts_with("line 2, column "), "{checked:?}");
    }
}
