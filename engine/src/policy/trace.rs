//! The recorded functions of a script: each writes a step of the trace as it runs, so that a
//! decision is explained by what was asked and not by a reconstruction.
//!
//! - `rule("name", condition)` returns the condition and records whether it held; a third argument
//!   records what it was compared with.
//! - `pct(amount_rp, pct)` is an integer percentage rounded half up, with its remainder.
//! - `note("key", value)` records a value.
//!
//! The steps of an evaluation lie in its thread, since an evaluation never leaves it: no lock.

use super::{MAX_TRACE_STEPS, PolicyError, value};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Position};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;

/// One recorded step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum TraceStep {
    Rule {
        rule: String,
        matched: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<Value>,
    },
    /// `pct` % of `of_rp`; `remainder` is what the rounding decided on, in hundredths of a rupiah.
    Percentage {
        pct: i64,
        of_rp: i64,
        result_rp: i64,
        rounding: Rounding,
        remainder: i64,
    },
    Note {
        note: String,
        value: Value,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the next whole rupiah; exactly half goes up, towards the larger number.
    HalfUp,
}

/// A step as it is recorded: texts shared with the script, turned into JSON only when asked for.
pub enum Step {
    Rule { rule: ImmutableString, matched: bool, detail: Option<Dynamic> },
    Percentage { pct: i64, of_rp: i64, result_rp: i64, remainder: i64 },
    Note { note: ImmutableString, value: Dynamic },
}

thread_local! {
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what an earlier evaluation on this thread left.
pub fn begin() {
    STEPS.with_borrow_mut(Vec::clear);
}

/// The steps since [`begin`].
pub fn take() -> Vec<Step> {
    STEPS.with_borrow_mut(std::mem::take)
}

/// The steps as they are stored.
///
/// # Errors
/// `Output` naming the step whose value is not allowed.
pub fn steps(recorded: Vec<Step>) -> Result<Vec<TraceStep>, PolicyError> {
    recorded.into_iter().enumerate().map(|(position, step)| stored(step, position)).collect()
}

fn stored(step: Step, position: usize) -> Result<TraceStep, PolicyError> {
    let json = |value: &Dynamic| value::json(value, || format!("trace[{position}]"));
    Ok(match step {
        Step::Rule { rule, matched, detail } => TraceStep::Rule { rule: rule.into(), matched, detail: detail.as_ref().map(json).transpose()? },
        Step::Percentage { pct, of_rp, result_rp, remainder } => TraceStep::Percentage { pct, of_rp, result_rp, rounding: Rounding::HalfUp, remainder },
        Step::Note { note, value } => TraceStep::Note { note: note.into(), value: json(&value)? },
    })
}

pub type Recorded<T> = Result<T, Box<EvalAltResult>>;

pub fn register(engine: &mut Engine) {
    engine
        .register_fn("rule", |rule: ImmutableString, matched: bool| -> Recorded<bool> { record(Step::Rule { rule, matched, detail: None }).map(|()| matched) })
        .register_fn("rule", |rule: ImmutableString, matched: bool, detail: Dynamic| -> Recorded<bool> {
            record(Step::Rule { rule, matched, detail: Some(detail) }).map(|()| matched)
        })
        .register_fn("pct", percentage)
        .register_fn("note", |note: ImmutableString, value: Dynamic| record(Step::Note { note, value }));
}

fn percentage(of_rp: i64, pct: i64) -> Recorded<i64> {
    let hundredths = i128::from(of_rp) * i128::from(pct);
    let too_large = || format!("{pct} % of {of_rp} is too large");
    let result_rp = i64::try_from((hundredths + 50).div_euclid(100)).map_err(|_| too_large())?;
    let remainder = i64::try_from(hundredths.rem_euclid(100)).map_err(|_| too_large())?;
    record(Step::Percentage { pct, of_rp, result_rp, remainder })?;
    Ok(result_rp)
}

pub fn record(step: Step) -> Recorded<()> {
    STEPS.with_borrow_mut(|steps| {
        if steps.len() >= MAX_TRACE_STEPS {
            return Err(EvalAltResult::ErrorDataTooLarge("Trace".into(), Position::NONE).into());
        }
        steps.push(step);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyDecision, PolicySource, compile, evaluate};
    use serde_json::json;

    fn decision(body: &str, input: Value) -> PolicyDecision {
        let script = format!("fn decide(input, params) {{ {body} }}");
        let source = PolicySource { kind: "test".into(), number: 1, script, params: json!({ "rows": [{ "a": 1 }] }) };
        evaluate(&compile(&source).unwrap(), &input).unwrap()
    }

    #[test]
    fn recorded_functions_write_the_trace_in_order() {
        let body = "let x = if rule(\"large\", input.n > 5) { 50 } else { 25 }; rule(\"small\", input.n < 5, params.rows[0]);\
                    note(\"basis\", [input.n, \"n\"]); #{ x: pct(90001, x) }";
        let stored = json!([
            { "rule": "large", "matched": true },
            { "rule": "small", "matched": false, "detail": { "a": 1 } },
            { "note": "basis", "value": [7, "n"] },
            { "pct": 50, "of_rp": 90001, "result_rp": 45001, "rounding": "half_up", "remainder": 50 },
        ]);
        let decision = decision(body, json!({ "n": 7 }));
        assert_eq!(serde_json::to_value(&decision.trace).unwrap(), stored);
        let read: PolicyDecision = serde_json::from_value(serde_json::to_value(&decision).unwrap()).unwrap();
        assert_eq!(read, decision);
    }

    #[test]
    fn a_percentage_is_rounded_half_up_to_the_rupiah() {
        for (of_rp, pct, result_rp, remainder) in [
            (90_000, 25, 22_500, 0),
            (90_001, 25, 22_500, 25),
            (90_002, 25, 22_501, 50),
            (90_003, 25, 22_501, 75),
            (1, 50, 1, 50),
            (1, 49, 0, 49),
            (0, 100, 0, 0),
            (-1, 50, 0, 50),
            (-3, 50, -1, 50),
            (i64::MAX, 100, i64::MAX, 0),
            (i64::MIN, 100, i64::MIN, 0),
        ] {
            let decision = decision("#{ x: pct(input.of_rp, input.pct) }", json!({ "of_rp": of_rp, "pct": pct }));
            assert_eq!(decision.output, json!({ "x": result_rp }), "{pct} % of {of_rp}");
            assert_eq!(decision.trace, [TraceStep::Percentage { pct, of_rp, result_rp, rounding: Rounding::HalfUp, remainder }]);
        }
    }

    #[test]
    fn a_failed_evaluation_leaves_nothing_in_the_next_trace() {
        let source = |body: &str| PolicySource { kind: "test".into(), number: 1, script: format!("fn decide(input, params) {{ {body} }}"), params: json!({}) };
        let fine = compile(&source("#{}")).unwrap();
        for body in ["note(\"left\", 1); throw \"x\"", "loop { note(\"left\", 1); }"] {
            assert!(evaluate(&compile(&source(body)).unwrap(), &json!({})).is_err());
            assert_eq!(evaluate(&fine, &json!({})).unwrap().trace, []);
        }
    }
}
