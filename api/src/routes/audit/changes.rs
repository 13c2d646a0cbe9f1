//! What a record changed, field by field: nested objects are walked, lists stand as they are.

use engine::personal;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Deeper objects are shown whole.
const DEEPEST: usize = 6;

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AuditChange)]
pub struct Change {
    /// The way to the field, with dots: `materi.topic`.
    pub field: String,
    /// Null where there was nothing.
    #[schema(value_type = Value)]
    pub old: Value,
    #[schema(value_type = Value)]
    pub new: Value,
}

/// The fields that differ between two sides, in alphabetical order. Either side may be missing.
pub fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let mut found = vec![];
    walk("", before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), 0, &mut found);
    found
}

fn walk(field: &str, old: &Value, new: &Value, depth: usize, found: &mut Vec<Change>) {
    if old == new && !holds_erased(old) {
        return;
    }
    if depth == DEEPEST || !(is_walked(old, new) || is_walked(new, old)) {
        found.push(Change { field: field.into(), old: old.clone(), new: new.clone() });
        return;
    }
    let names: BTreeSet<&String> = [old, new].into_iter().filter_map(Value::as_object).flat_map(|side| side.keys()).collect();
    for name in names {
        let way = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let at = |side: &Value| side.get(name).cloned().unwrap_or_default();
        walk(&way, &at(old), &at(new), depth + 1, found);
    }
}

/// Two erased values look alike, and did differ when they were stored.
fn holds_erased(value: &Value) -> bool {
    personal::is_erased(value) || value.as_object().is_some_and(|object| object.values().any(holds_erased))
}

/// An object beside another or beside nothing. One whose keys begin with `$` is a mark that stands for one value.
fn is_walked(side: &Value, other: &Value) -> bool {
    let is_plain = |value: &Value| value.as_object().is_some_and(|object| !object.is_empty() && !object.keys().any(|key| key.starts_with('$')));
    is_plain(side) && (other.is_null() || is_plain(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
        changes(Some(before), Some(after)).into_iter().map(|change| (change.field, change.old, change.new)).collect()
    }

    #[test]
    fn only_what_differs_is_told_with_the_way_to_it() {
        let before = json!({ "state": "A", "place": { "lat": 1, "address": "x" }, "same": [1], "roles": ["HR"] });
        let after = json!({ "state": "B", "place": { "lat": 1, "address": "y" }, "same": [1], "roles": ["HR", "OWNER"] });
        let expected = [
            ("place.address".into(), json!("x"), json!("y")),
            ("roles".into(), json!(["HR"]), json!(["HR", "OWNER"])),
            ("state".into(), json!("A"), json!("B")),
        ];
        assert_eq!(of(&before, &after), expected);
    }

    #[test]
    fn a_first_record_is_all_new_and_what_came_or_went_has_nothing_beside_it() {
        assert_eq!(changes(None, Some(&json!({ "a": { "b": 1 } }))), [Change { field: "a.b".into(), old: Value::Null, new: json!(1) }]);
        assert_eq!(of(&json!({ "a": { "b": 1 } }), &json!({ "a": null })), [("a.b".into(), json!(1), Value::Null)]);
        assert_eq!(changes(None, None), []);
    }

    #[test]
    fn a_mark_is_one_value_and_unlike_kinds_stand_whole() {
        let erased = json!({ "$erased": true });
        assert_eq!(of(&json!({ "name": erased }), &json!({ "name": "B" })), [("name".into(), erased.clone(), json!("B"))]);
        assert_eq!(of(&json!({ "name": erased }), &json!({ "name": erased })), [("name".into(), erased.clone(), erased)]);
        assert_eq!(of(&json!({ "a": { "b": 1 } }), &json!({ "a": [1] })), [("a".into(), json!({ "b": 1 }), json!([1]))]);
    }

    #[test]
    fn what_is_nested_without_end_is_shown_whole() {
        let deep = (0..40).fold(json!(1), |inner, _| json!({ "a": inner }));
        let told = changes(None, Some(&deep));
        assert_eq!((told.len(), told[0].field.as_str()), (1, "a.a.a.a.a.a"));
    }
}
