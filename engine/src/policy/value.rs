//! JSON to script values and back. Whole numbers only: a fraction, on either side, is refused with
//! the path to it (SPEC MON-1).

use super::PolicyError;
use super::table::Table;
use rhai::{Array, Dynamic, Map};
use serde_json::Value;

/// The levels of nesting of any value.
const MAX_DEPTH: usize = 16;

/// A value that is not allowed: the path grows as the error travels up, so the good case pays nothing.
struct Fault {
    path: String,
    message: String,
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    fn under_field(self, name: &str) -> Self {
        Self { path: format!(".{name}{}", self.path), message: self.message }
    }

    fn under_item(self, index: usize) -> Self {
        Self { path: format!("[{index}]{}", self.path), message: self.message }
    }
}

/// What becomes of a list of objects.
#[derive(Clone, Copy)]
enum Lists {
    /// An array of the script's own.
    Copied,
    /// A shared, read-only [`Table`].
    Shared,
}

/// An object for the script to read and change.
///
/// # Errors
/// `Input` naming the path, which begins with `root`.
pub fn object(value: &Value, root: &str) -> Result<Dynamic, PolicyError> {
    top(value, Lists::Copied, root)
}

/// The parameters of a version: as [`object`], with its lists of objects as tables.
pub fn params(value: &Value) -> Result<Dynamic, PolicyError> {
    top(value, Lists::Shared, "params")
}

fn top(value: &Value, lists: Lists, root: &str) -> Result<Dynamic, PolicyError> {
    let made = if value.is_object() { from_json(value, lists, MAX_DEPTH) } else { Err(Fault::new("must be an object")) };
    made.map_err(|Fault { path, message }| PolicyError::Input { path: format!("{root}{path}"), message })
}

fn from_json(value: &Value, lists: Lists, depth: usize) -> Result<Dynamic, Fault> {
    let Some(inside) = depth.checked_sub(1) else { return Err(Fault::new("nested too deeply")) };
    Ok(match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => Dynamic::from_bool(*flag),
        Value::Number(number) => Dynamic::from_int(number.as_i64().ok_or_else(|| Fault::new(format!("{number} is not a whole number of 64 bits")))?),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) if matches!(lists, Lists::Shared) && !items.is_empty() && items.iter().all(Value::is_object) => {
            let rows = items.iter().enumerate().map(|(index, item)| Ok(from_json(item, lists, inside).map_err(|fault| fault.under_item(index))?.cast::<Map>()));
            Dynamic::from(Table::new(rows.collect::<Result<_, _>>()?))
        }
        Value::Array(items) => {
            let items = items.iter().enumerate().map(|(index, item)| from_json(item, lists, inside).map_err(|fault| fault.under_item(index)));
            Dynamic::from_array(items.collect::<Result<Array, _>>()?)
        }
        Value::Object(object) => {
            let mut map = Map::new();
            for (key, value) in object {
                map.insert(key.as_str().into(), from_json(value, lists, inside).map_err(|fault| fault.under_field(key))?);
            }
            Dynamic::from_map(map)
        }
    })
}

/// What `decide` returned, which must be an object.
///
/// # Errors
/// `Output` naming the path.
pub fn output(value: &Dynamic) -> Result<Value, PolicyError> {
    if !value.is_map() {
        return Err(PolicyError::Output { path: "output".into(), message: format!("must be an object, not {}", value.type_name()) });
    }
    json(value, || "output".into())
}

/// A script value as JSON. `root` begins the path of an error.
///
/// # Errors
/// `Output` naming the path.
pub fn json(value: &Dynamic, root: impl FnOnce() -> String) -> Result<Value, PolicyError> {
    to_json(value, MAX_DEPTH).map_err(|Fault { path, message }| PolicyError::Output { path: format!("{}{path}", root()), message })
}

fn to_json(value: &Dynamic, depth: usize) -> Result<Value, Fault> {
    let Some(inside) = depth.checked_sub(1) else { return Err(Fault::new("nested too deeply")) };
    if let Ok(number) = value.as_int() {
        Ok(Value::from(number))
    } else if let Ok(flag) = value.as_bool() {
        Ok(Value::Bool(flag))
    } else if let Ok(text) = value.as_immutable_string_ref() {
        Ok(Value::from(text.as_str()))
    } else if value.is_unit() {
        Ok(Value::Null)
    } else if let Ok(map) = value.as_map_ref() {
        object_to_json(&map, inside)
    } else if let Ok(items) = value.as_array_ref() {
        items.iter().enumerate().map(|(index, item)| to_json(item, inside).map_err(|fault| fault.under_item(index))).collect()
    } else if let Some(table) = value.read_lock::<Table>() {
        table.rows().iter().enumerate().map(|(index, row)| object_to_json(row, inside).map_err(|fault| fault.under_item(index))).collect()
    } else {
        Err(Fault::new(format!("a value of type {} cannot be stored", value.type_name())))
    }
}

fn object_to_json(map: &Map, depth: usize) -> Result<Value, Fault> {
    let mut object = serde_json::Map::new();
    for (key, value) in map {
        object.insert(key.as_str().to_owned(), to_json(value, depth).map_err(|fault| fault.under_field(key))?);
    }
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use crate::policy::{PolicyError, PolicySource, compile, evaluate_output};
    use serde_json::{Value, json};

    fn output(body: &str, params: Value, input: &Value) -> Result<Value, PolicyError> {
        let script = format!("fn decide(input, params) {{ {body} }}");
        evaluate_output(&compile(&PolicySource { kind: "test".into(), number: 1, script, params })?, input)
    }

    #[test]
    fn values_pass_through_unchanged() {
        let input = json!({ "a": [1, -2, { "b": null }], "c": "é", "d": true, "e": i64::MIN, "f": {}, "g": [] });
        assert_eq!(output("input", json!({}), &input), Ok(input.clone()));
        assert_eq!(output("params", input.clone(), &json!({})), Ok(input));
    }

    #[test]
    fn a_fraction_or_an_oversized_number_is_refused_with_its_path() {
        let cases = [
            (json!({ "a": { "b": [0, 1.5] } }), "input.a.b[1]: 1.5 is not a whole number of 64 bits"),
            (json!({ "a": 1.0 }), "input.a: 1.0 is not a whole number of 64 bits"),
            (json!({ "a": u64::MAX }), "input.a: 18446744073709551615 is not a whole number of 64 bits"),
            (json!([1]), "input: must be an object"),
            ((0..20).fold(json!(1), |inner, _| json!({ "a": inner })), "input.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: nested too deeply"),
        ];
        for (input, message) in cases {
            let error = output("#{}", json!({}), &input).unwrap_err();
            assert_eq!((error.to_string().as_str(), matches!(error, PolicyError::Input { .. })), (message, true));
        }
        let error = output("#{}", json!({ "rows": [{ "a": 0.5 }] }), &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "params.rows[0].a: 0.5 is not a whole number of 64 bits");
    }

    #[test]
    fn an_output_that_cannot_be_stored_is_refused_with_its_path() {
        let cases = [
            ("1", "output: must be an object, not i64"),
            ("", "output: must be an object, not ()"),
            ("#{ a: [1, Fn(\"decide\")] }", "output.a[1]: a value of type Fn cannot be stored"),
            ("let a = 1; let n = 0; while n < 20 { a = #{ b: a }; n += 1; } a", "output.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b: nested too deeply"),
            ("note(\"x\", Fn(\"decide\")); #{}", "trace[0]: a value of type Fn cannot be stored"),
        ];
        for (body, message) in cases {
            let script = format!("fn decide(input, params) {{ {body} }}");
            let policy = compile(&PolicySource { kind: "test".into(), number: 1, script, params: json!({}) }).unwrap();
            let error = crate::policy::evaluate(&policy, &json!({})).unwrap_err();
            assert_eq!((error.to_string().as_str(), matches!(error, PolicyError::Output { .. })), (message, true));
        }
    }
}
