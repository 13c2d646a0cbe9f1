//! Rows of parameters, shared and read-only. A list of objects in `params` becomes a [`Table`], so
//! that handing it to a script copies nothing and no script can alter it for the next one.
//!
//! In a script: `for row in params.rows`, `params.rows.len`, `params.rows[0]`. A row is a copy.

use rhai::{Dynamic, Engine, EvalAltResult, Map, Position};
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
    fn a_row_past_the_end_is_an_error_and_a_changed_copy_changes_nothing() {
        assert_eq!(output("#{ x: params.rows[2] }").unwrap_err(), "line 1, column 45: Array index 2 out of bounds: only 2 elements in array");
        let copy = "let row = params.rows[0]; row.a = 9; #{ x: params.rows[0].a, y: row.a }";
        assert_eq!(output(copy), Ok(json!({ "x": 1, "y": 9 })));
        assert!(output("params.rows[0] = #{ a: 9 }; #{}").is_err());
    }
}
