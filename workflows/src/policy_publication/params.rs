//! What the parameters of a kind must be: every field there and of its type, brackets without gap or overlap (SPEC
//! POL-3). Pure; each fault names its row and column: `params.brackets[1].threshold_hours`.

use engine::refusal::FieldError;
use policies::{Brackets, Field, Kind, Param, Shape};
use serde_json::{Map, Value};

/// The most rows of one table.
pub const MOST_ROWS: usize = 50;

/// Everything wrong with the parameters, in the order of the kind's description.
pub fn faults(kind: &Kind, params: &Value) -> Vec<FieldError> {
    let Some(object) = params.as_object() else { return vec![FieldError::new("params", "malformed")] };
    let mut faults = vec![];
    for param in kind.params {
        let path = format!("params.{}", param.name());
        match (param, object.get(param.name())) {
            (_, None | Some(Value::Null)) => faults.push(FieldError::new(path, "required")),
            (Param::Value(field), value) => faults.extend(of_value(field, value, &path)),
            (Param::Group { fields, .. }, Some(Value::Object(group))) => faults.extend(of_fields(fields, group, &path)),
            (Param::Brackets(brackets), Some(Value::Array(rows))) => faults.extend(of_brackets(brackets, rows, &path)),
            (Param::Group { .. } | Param::Brackets(_), Some(_)) => faults.push(FieldError::new(path, "malformed")),
        }
    }
    let known = |name: &str| kind.params.iter().any(|param| param.name() == name);
    faults.extend(object.keys().filter(|name| !known(name)).map(|name| FieldError::new(format!("params.{name}"), "unknown_field")));
    faults
}

/// Everything wrong with the values of an object that has exactly these fields.
pub fn of_fields(fields: &[Field], object: &Map<String, Value>, path: &str) -> Vec<FieldError> {
    let known = |name: &str| fields.iter().any(|field| field.name == name);
    let unknown = object.keys().filter(|name| !known(name)).map(|name| FieldError::new(format!("{path}.{name}"), "unknown_field"));
    let wrong = fields.iter().filter_map(|field| of_value(field, object.get(field.name), &format!("{path}.{}", field.name)));
    wrong.chain(unknown).collect()
}

fn of_value(field: &Field, value: Option<&Value>, path: &str) -> Option<FieldError> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return (!field.optional).then(|| FieldError::new(path, "required"));
    };
    match field.shape {
        Shape::Integer { min, max, .. } => match value.as_i64() {
            None => Some(FieldError::new(path, "not_whole_number")),
            Some(number) if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) => {
                Some(FieldError::new(path, "out_of_range").with("min", min).with("max", max))
            }
            Some(_) => None,
        },
        Shape::Choice(choices) => {
            let known = value.as_str().is_some_and(|text| choices.contains(&text));
            (!known).then(|| FieldError::new(path, "not_a_choice").with("choices", choices.to_vec()))
        }
        Shape::Boolean => (!value.is_boolean()).then(|| FieldError::new(path, "not_boolean")),
    }
}

/// A row covers what lies between the threshold before it and its own. So two equal thresholds overlap, a row without
/// one leaves a gap, and the rows rise.
fn of_brackets(brackets: &Brackets, rows: &[Value], path: &str) -> Vec<FieldError> {
    if rows.is_empty() {
        return vec![FieldError::new(path, "bracket_none")];
    }
    if rows.len() > MOST_ROWS {
        return vec![FieldError::new(path, "too_many").with("max", MOST_ROWS)];
    }
    let fields: Vec<Field> = std::iter::once(brackets.threshold).chain(brackets.columns.iter().copied()).collect();
    let name = brackets.threshold.name;
    let mut faults = vec![];
    let mut before: Option<i64> = None;
    for (position, row) in rows.iter().enumerate() {
        let here = format!("{path}[{position}]");
        let Some(row) = row.as_object() else {
            faults.push(FieldError::new(here, "malformed"));
            continue;
        };
        let at = format!("{here}.{name}");
        let found = of_fields(&fields, row, &here);
        let sound = !found.iter().any(|fault| fault.field == at);
        faults.extend(found.into_iter().map(|fault| if fault.field == at && fault.code == "required" { FieldError::new(&at, "bracket_gap") } else { fault }));
        let Some(threshold) = row.get(name).and_then(Value::as_i64).filter(|_| sound) else { continue };
        let fault = match (before, brackets.first) {
            (Some(before), _) if threshold == before => Some(FieldError::new(at, "bracket_overlap").with("row", position)),
            (Some(before), _) if threshold < before => Some(FieldError::new(at, "bracket_unsorted").with("before", before)),
            (None, Some(first)) if position == 0 && threshold > first => Some(FieldError::new(at, "bracket_begins_late").with("from", first)),
            _ => None,
        };
        faults.extend(fault);
        before = Some(before.map_or(threshold, |before| before.max(threshold)));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(kind: &str, params: Value) -> Vec<(String, String)> {
        faults(policies::kind(kind).unwrap(), &params).into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    /// The faults of a table of `cancellation.siswa`, without the path to it.
    fn of_rows(rows: Value) -> Vec<String> {
        let short = |(field, code): (String, String)| format!("{} {code}", field.trim_start_matches("params.brackets"));
        found("cancellation.siswa", json!({ "brackets": rows })).into_iter().map(short).collect()
    }

    fn row(hours: i64) -> Value {
        json!({ "threshold_hours": hours, "charge_pct_siswa": 50, "honor_pct_tutor": 50 })
    }

    #[test]
    fn the_opening_parameters_have_no_fault() {
        for version in policies::seed() {
            assert_eq!(found(version.kind, serde_json::from_str(version.params).unwrap()), [], "{}", version.kind);
        }
    }

    #[test]
    fn thresholds_rise_without_gap_or_overlap() {
        assert_eq!(of_rows(json!([row(1), row(2), row(4)])), Vec::<String>::new());
        assert_eq!(of_rows(json!([row(1), row(1), row(4)])), ["[1].threshold_hours bracket_overlap"]);
        assert_eq!(of_rows(json!([row(1), row(4), row(2)])), ["[2].threshold_hours bracket_unsorted"]);
        assert_eq!(of_rows(json!([row(4), row(1), row(2)])), ["[1].threshold_hours bracket_unsorted", "[2].threshold_hours bracket_unsorted"]);
        let hole = json!({ "charge_pct_siswa": 50, "honor_pct_tutor": 50 });
        assert_eq!(of_rows(json!([row(1), hole, row(4)])), ["[1].threshold_hours bracket_gap"]);
        assert_eq!(of_rows(json!([row(0)])), ["[0].threshold_hours out_of_range"]);
        assert_eq!(of_rows(json!([])), [" bracket_none"]);
        assert_eq!(of_rows(json!((1..=51).map(row).collect::<Vec<_>>())), [" too_many"]);
    }

    #[test]
    fn a_table_that_must_begin_somewhere_has_no_gap_before_its_first_row() {
        let step = |strikes: i64| json!({ "threshold_strikes": strikes, "sanction": "WARNING", "suspension_days": 0 });
        assert_eq!(found("strike.sanction", json!({ "steps": [step(1), step(3)] })), []);
        let late = found("strike.sanction", json!({ "steps": [step(2), step(3)] }));
        assert_eq!(late, [("params.steps[0].threshold_strikes".into(), "bracket_begins_late".into())]);
    }

    #[test]
    fn a_cell_is_of_its_type_and_within_its_range() {
        let with = |name: &str, value: Value| {
            let mut row = row(1);
            row[name] = value;
            of_rows(json!([row]))
        };
        assert_eq!(with("charge_pct_siswa", json!(0)), Vec::<String>::new());
        assert_eq!(with("charge_pct_siswa", json!(100)), Vec::<String>::new());
        assert_eq!(with("charge_pct_siswa", json!(101)), ["[0].charge_pct_siswa out_of_range"]);
        assert_eq!(with("honor_pct_tutor", json!(-1)), ["[0].honor_pct_tutor out_of_range"]);
        assert_eq!(with("honor_pct_tutor", json!(12.5)), ["[0].honor_pct_tutor not_whole_number"]);
        assert_eq!(with("honor_pct_tutor", json!("50")), ["[0].honor_pct_tutor not_whole_number"]);
        assert_eq!(with("honor_pct_tutor", Value::Null), ["[0].honor_pct_tutor required"]);
        assert_eq!(with("honour", json!(1)), ["[0].honour unknown_field"]);
        assert_eq!(of_rows(json!([7])), ["[0] malformed"]);
        assert_eq!(of_rows(json!(7)), [" malformed"]);
    }

    #[test]
    fn strikes_are_never_below_zero_and_switches_and_choices_are_what_they_say() {
        let params = json!({
            "denda_basis": "TRANSPORT", "base_penalty_enabled": "yes", "extra": 1,
            "brackets": [{ "threshold_hours": 1, "substitution_denda_pct": 100, "strike_added": -1 }],
        });
        let expected = [
            ("params.denda_basis", "not_a_choice"),
            ("params.base_penalty_enabled", "not_boolean"),
            ("params.brackets[0].strike_added", "out_of_range"),
            ("params.extra", "unknown_field"),
        ];
        assert_eq!(found("cancellation.tutor", params), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
        let missing: Vec<String> = found("transport", json!({})).into_iter().map(|(field, code)| format!("{field} {code}")).collect();
        assert_eq!(missing, ["params.transport_brackets required", "params.transport_beyond_rp required"]);
        assert_eq!(found("transport", json!([])), [("params".into(), "malformed".into())]);
        let group = found("no_show", json!({ "siswa": { "charge_pct_siswa": 300 }, "tutor": 5 }));
        let expected = [("params.siswa.charge_pct_siswa", "out_of_range"), ("params.siswa.honor_pct_tutor", "required"), ("params.tutor", "malformed")];
        assert_eq!(group, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    }
}
