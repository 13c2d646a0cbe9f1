//! Rows of parameters, shared and read-only. A list of objects in `params` becomes a [`Table`], so
//! that handing it to a script copies nothing and no script can alter it for the next one.
//!
//! In a script: `for row in params.rows`, `params.rows.len`, `params.rows[0]`. A row is a copy.
//!
//! A bracket table is read by `rows.first_up_to(rule, column, value, unit)`: the first row whose
//! `column * unit` is not less than the value, or `()` past the last; `first_below` wants it to be more.
//! Each row looked at is recorded under the name of the rule with its threshold.

use super::trace::{Recorded, Step, record};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, Position};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Table(Arc<[Map]>);

impl Table {
    pub fn new(rows: Vec<Map>) -> Self {
        Self(rows.into())
    }

    pub fn rows(&self) -> &[Map] {
        &self.0
    }
}

impl IntoIterator for Table {
    type Item = Dynamic;
    type IntoIter = Rows;

    fn into_iter(self) -> Rows {
        Rows { table: self, next: 0 }
    }
}

/// The rows in order, each copied when the loop comes to it.
pub struct Rows {
    table: Table,
    next: usize,
}

impl Iterator for Rows {
    type Item = Dynamic;

    fn next(&mut self) -> Option<Dynamic> {
        let row = self.table.0.get(self.next)?.clone();
        self.next += 1;
        Some(Dynamic::from_map(row))
    }
}

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Table>("Table").register_iterator::<Table>().register_get("len", |table: &mut Table| count(table)).register_indexer_get(
        |table: &mut Table, index: i64| -> Result<Dynamic, Box<EvalAltResult>> {
            let row = usize::try_from(index).ok().and_then(|index| table.0.get(index));
            row.map(|row| Dynamic::from_map(row.clone())).ok_or_else(|| EvalAltResult::ErrorArrayBounds(table.0.len(), index, Position::NONE).into())
        },
    );
    register_brackets(engine);
}

fn register_brackets(engine: &mut Engine) {
    engine
        .register_fn("first_up_to", |table: &mut Table, rule: ImmutableString, column: ImmutableString, value: i64, unit: i64| {
            first(table, &rule, &column, |threshold| Some(value <= threshold.checked_mul(unit)?))
        })
        .register_fn("first_below", |table: &mut Table, rule: ImmutableString, column: ImmutableString, value: i64, unit: i64| {
            first(table, &rule, &column, |threshold| Some(value < threshold.checked_mul(unit)?))
        });
}

/// The first row whose threshold covers the value, each try recorded.
fn first(table: &Table, rule: &ImmutableString, column: &ImmutableString, covers: impl Fn(i64) -> Option<bool>) -> Recorded<Dynamic> {
    for row in table.rows() {
        let threshold = row.get(column.as_str()).and_then(|cell| cell.as_int().ok()).ok_or_else(|| format!("each row needs a whole number `{column}`"))?;
        let matched = covers(threshold).ok_or_else(|| format!("`{column}` {threshold} is too large"))?;
        record(Step::Rule { rule: rule.clone(), matched, detail: Some(Dynamic::from_int(threshold)) })?;
        if matched {
            return Ok(Dynamic::from_map(row.clone()));
        }
    }
    Ok(Dynamic::UNIT)
}

fn count(table: &Table) -> i64 {
    i64::try_from(table.0.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::policy::{PolicySource, compile, evaluate_output};
    use serde_json::{Value, json};

    fn output(body: &str) -> Result<Value, String> {
        let script = format!("fn decide(input, params) {{ {body} }}");
        let source = PolicySource { kind: "test".into(), number: 1, script, params: json!({ "rows": [{ "a": 1 }, { "a": 2 }], "plain": [1, 2] }) };
        let policy = compile(&source).unwrap();
        evaluate_output(&policy, &json!({})).map_err(|error| error.to_string())
    }

    #[test]
    fn a_script_walks_counts_and_indexes_a_table() {
        let cases = [
            ("let sum = 0; for row in params.rows { sum += row.a; } #{ x: sum }", json!({ "x": 3 })),
            ("for row in params.rows { if row.a == 1 { return #{ x: row }; } }", json!({ "x": { "a": 1 } })),
            ("#{ x: params.rows.len, y: params.rows[1].a }", json!({ "x": 2, "y": 2 })),
            ("#{ x: params.rows, y: params.plain }", json!({ "x": [{ "a": 1 }, { "a": 2 }], "y": [1, 2] })),
        ];
        for (body, expected) in cases {
            assert_eq!(output(body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn a_bracket_table_gives_its_first_row_that_covers_the_value_and_records_each_try() {
        let script = "fn decide(input, params) { let row = params.rows.first_up_to(\"up\", \"a\", input.v, 10); #{ x: if row == () { 0 } else { row.a } } }";
        let policy =
            compile(&PolicySource { kind: "test".into(), number: 1, script: script.into(), params: json!({ "rows": [{ "a": 1 }, { "a": 2 }] }) }).unwrap();
        for (value, row, tries) in [(10, 1, vec![true]), (11, 2, vec![false, true]), (21, 0, vec![false, false])] {
            let decision = crate::policy::evaluate(&policy, &json!({ "v": value })).unwrap();
            let trace: Vec<Value> = (1..).zip(tries).map(|(a, matched)| json!({ "rule": "up", "matched": matched, "detail": a })).collect();
            assert_eq!((decision.output, serde_json::to_value(&decision.trace).unwrap()), (json!({ "x": row }), json!(trace)), "{value}");
        }
        assert_eq!(output("let row = params.rows.first_below(\"below\", \"a\", 1, 1); #{ x: row.a }"), Ok(json!({ "x": 2 })));
        assert!(output("params.rows.first_below(\"below\", \"b\", 1, 1)").unwrap_err().contains("each row needs a whole number `b`"));
    }

    #[test]
    fn a_row_past_the_end_is_an_error_and_a_changed_copy_changes_nothing() {
        assert_eq!(output("#{ x: params.rows[2] }").unwrap_err(), "line 1, column 45: Array index 2 out of bounds: only 2 elements in array");
        let copy = "let row = params.rows[0]; row.a = 9; #{ x: params.rows[0].a, y: row.a }";
        assert_eq!(output(copy), Ok(json!({ "x": 1, "y": 9 })));
        assert!(output("params.rows[0] = #{ a: 9 }; #{}").is_err());
    }
}
