//! The rules a new installation starts with: policy scripts, their parameters and golden cases.
//!
//! Only text, embedded; the versions in force live in the database and may long have moved on.
//! Read by the seeding of a database and by the tests. Imports nothing.

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

static SEED: [SeedVersion; 6] = [
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
}
