//! The rules a new installation starts with: policy scripts, their parameters and golden cases.
//!
//! Only text, embedded; the versions in force live in the database and may long have moved on.
//! Read by the seeding of a database and by the tests. Imports nothing.

mod kinds;

pub use kinds::{Brackets, Field, KINDS, Kind, Param, Shape, Unit, kind};

/// One version as it is seeded, active from `effective_from`.
#[derive(Clone, Copy, Debug)]
pub struct SeedVersion {
    /// The name of the rule (SPEC POL-1), as stored.
    pub kind: &'static str,
    pub number: i64,
    /// rhai, with `fn decide(input, params)`.
    pub script: &'static str,
    /// A JSON object: the bracket tables and switches a person may edit (SPEC POL-3).
    pub params: &'static str,
    /// JSON arrays of `{"name", "input", "output"}`.
    pub cases: &'static [&'static str],
    /// The first day it holds, `YYYY-MM-DD` in the office's zone.
    pub effective_from: &'static str,
    pub reason: &'static str,
}

/// The start of the Tahun Ajaran before the first data: no sesi is older than the opening rules.
const OPENING: &str = "2024-07-01";

/// Every seeded version, ordered by kind and number.
pub fn seed() -> &'static [SeedVersion] {
    &SEED
}

static SEED: [SeedVersion; 8] = [
    SeedVersion {
        kind: "cancellation.siswa",
        number: 1,
        script: include_str!("../scripts/cancellation.siswa/v1.rhai"),
        params: include_str!("../params/cancellation.siswa/v1.json"),
        cases: &[
            include_str!("../cases/cancellation.siswa/v1/after_start.json"),
            include_str!("../cases/cancellation.siswa/v1/brackets.json"),
            include_str!("../cases/cancellation.siswa/v1/rounding.json"),
        ],
        effective_from: OPENING,
        reason: "Opening rule: charge 100/50/25 % below 1/2/4 h (SPEC CAN-1)",
    },
    SeedVersion {
        kind: "cancellation.tutor",
        number: 1,
        script: include_str!("../scripts/cancellation.tutor/v1.rhai"),
        params: include_str!("../params/cancellation.tutor/v1.json"),
        cases: &[
            include_str!("../cases/cancellation.tutor/v1/after_start.json"),
            include_str!("../cases/cancellation.tutor/v1/brackets.json"),
            include_str!("../cases/cancellation.tutor/v1/rounding.json"),
        ],
        effective_from: OPENING,
        reason: "Opening rule: denda 100/50/25 % up to 1/2/4 h, with a strike (SPEC CAN-1)",
    },
    SeedVersion {
        kind: "final_settlement",
        number: 1,
        script: include_str!("../scripts/final_settlement/v1.rhai"),
        params: include_str!("../params/final_settlement/v1.json"),
        cases: &[include_str!("../cases/final_settlement/v1/balance.json")],
        effective_from: OPENING,
        reason: "Opening rule: unpaid sesi less denda, with adjustments; a shortfall is claimed (SPEC HR-5)",
    },
    SeedVersion {
        kind: "no_show",
        number: 1,
        script: include_str!("../scripts/no_show/v1.rhai"),
        params: include_str!("../params/no_show/v1.json"),
        cases: &[include_str!("../cases/no_show/v1/siswa.json"), include_str!("../cases/no_show/v1/tutor.json")],
        effective_from: OPENING,
        reason: "Opening rule: siswa pays all, tutor owes all (SPEC SES-7)",
    },
    SeedVersion {
        kind: "pricing",
        number: 1,
        script: include_str!("../scripts/pricing/v1.rhai"),
        params: include_str!("../params/pricing/v1.json"),
        cases: &[include_str!("../cases/pricing/v1/flat.json"), include_str!("../cases/pricing/v1/transport.json")],
        effective_from: OPENING,
        reason: "Opening rule: matrix amounts, flat per sesi (SPEC PRC-4)",
    },
    SeedVersion {
        kind: "reschedule",
        number: 1,
        script: include_str!("../scripts/reschedule/v1.rhai"),
        params: include_str!("../params/reschedule/v1.json"),
        cases: &[include_str!("../cases/reschedule/v1/free.json")],
        effective_from: OPENING,
        reason: "Opening rule: moving a sesi is free (SPEC SES-8)",
    },
    SeedVersion {
        kind: "strike.sanction",
        number: 1,
        script: include_str!("../scripts/strike.sanction/v1.rhai"),
        params: include_str!("../params/strike.sanction/v1.json"),
        cases: &[include_str!("../cases/strike.sanction/v1/steps.json")],
        effective_from: OPENING,
        reason: "Opening rule: warning, final warning with 7 days of suspension, termination (SPEC HR-2)",
    },
    SeedVersion {
        kind: "transport",
        number: 1,
        script: include_str!("../scripts/transport/v1.rhai"),
        params: include_str!("../params/transport/v1.json"),
        cases: &[include_str!("../cases/transport/v1/brackets.json")],
        effective_from: OPENING,
        reason: "Opening rule: Rp10.000 up to 20 km, Rp12.000 beyond (SPEC MD-8)",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_file_in_the_folders_is_embedded() {
        let embedded: BTreeSet<&str> =
            seed().iter().flat_map(|version| [version.script, version.params].into_iter().chain(version.cases.iter().copied())).collect();
        for folder in ["scripts", "params", "cases"] {
            for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
                let text = fs::read_to_string(&path).unwrap();
                assert!(embedded.contains(text.as_str()), "{} is not on the list in lib.rs", path.display());
            }
        }
    }

    #[test]
    fn versions_are_listed_once_in_order_and_say_since_when() {
        let keys: Vec<_> = seed().iter().map(|version| (version.kind, version.number)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
        for version in seed() {
            let header: String = version.script.lines().take_while(|line| line.starts_with("//")).collect();
            assert!(header.starts_with(&format!("// {} v{}: ", version.kind, version.number)), "{header}");
            for part in ["SPEC ", version.effective_from] {
                assert!(header.contains(part), "the header of {} lacks {part}", version.kind);
            }
        }
    }

    #[test]
    fn parameters_are_objects_and_cases_are_named_once() {
        for version in seed() {
            assert!(serde_json::from_str::<Value>(version.params).unwrap().is_object(), "{}", version.kind);
            let mut names = BTreeSet::new();
            for text in version.cases {
                for case in serde_json::from_str::<Vec<Value>>(text).unwrap() {
                    let name = case["name"].as_str().unwrap().to_owned();
                    assert!(case["input"].is_object() && case["output"].is_object(), "{}: {name}", version.kind);
                    assert!(names.insert(name.clone()), "{}: {name} twice", version.kind);
                }
            }
            assert!(!names.is_empty(), "{} has no cases", version.kind);
        }
    }

    /// Whether a value may stand in this field.
    fn fits(field: &Field, value: Option<&Value>) -> bool {
        match (field.shape, value) {
            (_, None | Some(Value::Null)) => field.optional,
            (Shape::Integer { min, max, .. }, Some(value)) => {
                value.as_i64().is_some_and(|number| min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max))
            }
            (Shape::Choice(choices), Some(value)) => value.as_str().is_some_and(|text| choices.contains(&text)),
            (Shape::Boolean, Some(value)) => value.is_boolean(),
        }
    }

    fn fits_all(fields: &[Field], object: &Value) -> bool {
        let known = object.as_object().unwrap().keys().all(|key| fields.iter().any(|field| field.name == key));
        known && fields.iter().all(|field| fits(field, object.get(field.name)))
    }

    /// The names behind `prefix.` in a script without its comments.
    fn read_by<'s>(script: &'s str, prefix: &str) -> BTreeSet<&'s str> {
        let code = script.lines().filter(|line| !line.trim_start().starts_with("//"));
        let places = code.flat_map(|line| line.split(prefix).skip(1));
        places.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()).collect()
    }

    #[test]
    fn every_kind_is_described_once_and_has_an_opening_version() {
        let described: Vec<&str> = KINDS.iter().map(|kind| kind.kind).collect();
        let seeded: BTreeSet<&str> = seed().iter().map(|version| version.kind).collect();
        assert!(described.is_sorted());
        assert_eq!(described, seeded.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn the_scripts_their_parameters_and_their_cases_agree_with_the_description_of_their_kind() {
        for version in seed() {
            let kind = kind(version.kind).unwrap();
            let inputs: BTreeSet<&str> = kind.input.iter().map(|field| field.name).collect();
            let unknown: Vec<_> = read_by(version.script, "input.").difference(&inputs).copied().collect();
            assert!(unknown.is_empty(), "{} reads {unknown:?}", version.kind);
            let params: BTreeSet<&str> = kind.params.iter().map(Param::name).collect();
            assert_eq!(read_by(version.script, "params."), params, "{}", version.kind);
            let value: Value = serde_json::from_str(version.params).unwrap();
            assert_eq!(value.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(), params, "{}", version.kind);
            for text in version.cases {
                for case in serde_json::from_str::<Vec<Value>>(text).unwrap() {
                    assert!(fits_all(kind.input, &case["input"]), "{}: input of {}", version.kind, case["name"]);
                    assert!(fits_all(kind.output, &case["output"]), "{}: output of {}", version.kind, case["name"]);
                }
            }
        }
    }

    #[test]
    fn the_cases_of_a_kind_use_every_choice_of_its_input_and_meet_every_threshold_from_all_sides() {
        for version in seed() {
            let kind = kind(version.kind).unwrap();
            let cases: Vec<Value> = version.cases.iter().flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap()).collect();
            for field in kind.input {
                let Shape::Choice(choices) = field.shape else { continue };
                for choice in choices {
                    assert!(cases.iter().any(|case| case["input"][field.name] == *choice), "{}: no case with {} {choice}", version.kind, field.name);
                }
            }
            let params: Value = serde_json::from_str(version.params).unwrap();
            for brackets in kind.params.iter().filter_map(|param| if let Param::Brackets(brackets) = param { Some(brackets) } else { None }) {
                let (input, unit) = match brackets.threshold.name {
                    "threshold_hours" => ("lead_time_s", 3600),
                    "threshold_m" => ("distance_m", 1),
                    "threshold_strikes" => ("active_strikes", 1),
                    other => panic!("teach this test what {other} is compared with"),
                };
                for row in params[brackets.name].as_array().unwrap() {
                    let at = row[brackets.threshold.name].as_i64().unwrap() * unit;
                    for value in [at - 1, at, at + 1] {
                        assert!(cases.iter().any(|case| case["input"][input] == value), "{}: no case with {input} {value}", version.kind);
                    }
                }
            }
        }
    }
}
