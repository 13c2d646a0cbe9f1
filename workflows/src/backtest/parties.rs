//! Which field of a decision is whose money, for every kind of policy: the siswa pays, the tutor gets, the company keeps
//! what lies between. A denda is the tutor's to pay and the company's to have (SPEC 0, CAN-1).

use engine::backtest::Measure;

pub const SISWA: &str = "siswa";
pub const TUTOR: &str = "tutor";
pub const COMPANY: &str = "company";
/// The field that counts strikes, in every kind that adds some.
pub const STRIKES: &str = "strikes";

type Terms = &'static [(&'static str, i64)];

const fn parties(siswa: Terms, tutor: Terms, company: Terms) -> [Measure; 3] {
    [Measure { name: SISWA, terms: siswa }, Measure { name: TUTOR, terms: tutor }, Measure { name: COMPANY, terms: company }]
}

/// In alphabetical order of kinds.
static KINDS: [(&str, [Measure; 3]); 6] = [
    ("cancellation.siswa", parties(&[("charge_rp", 1)], &[("honor_rp", 1)], &[("charge_rp", 1), ("honor_rp", -1)])),
    ("cancellation.tutor", parties(&[], &[("honor_rp", 1), ("denda_rp", -1)], &[("honor_rp", -1), ("denda_rp", 1)])),
    (
        "no_show",
        parties(
            &[("charge_rp", 1)],
            &[("honor_rp", 1), ("transport_rp", 1), ("denda_rp", -1)],
            &[("charge_rp", 1), ("honor_rp", -1), ("transport_rp", -1), ("denda_rp", 1)],
        ),
    ),
    ("pricing", parties(&[("tagihan_rp", 1)], &[("honorarium_rp", 1), ("transport_rp", 1)], &[("tagihan_rp", 1), ("honorarium_rp", -1), ("transport_rp", -1)])),
    ("reschedule", parties(&[("charge_rp", 1)], &[("honor_rp", 1), ("denda_rp", -1)], &[("charge_rp", 1), ("honor_rp", -1), ("denda_rp", 1)])),
    ("transport", parties(&[], &[("transport_rp", 1)], &[("transport_rp", -1)])),
];

/// What the decisions of a kind are measured by; nothing for a kind that moves no money we know of.
pub fn of(kind: &str) -> &'static [Measure] {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, measures)| measures.as_slice())
}

/// Whether an amount under this name is in somebody's sum.
pub fn knows(kind: &str, field: &str) -> bool {
    of(kind).iter().any(|measure| measure.terms.iter().any(|(term, _)| *term == field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Every amount that a seeded policy has ever answered in its cases.
    fn amounts() -> Vec<(&'static str, String)> {
        let mut all = vec![];
        for seed in policies::seed() {
            for case in seed.cases.iter().flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap()) {
                let output = case["output"].as_object().unwrap().clone();
                all.extend(output.into_iter().map(|(field, _)| (seed.kind, field)).filter(|(_, field)| field.ends_with("_rp")));
            }
        }
        all
    }

    #[test]
    fn every_amount_of_a_kind_is_somebodys() {
        let strange: Vec<_> = amounts().into_iter().filter(|(kind, _)| !of(kind).is_empty()).filter(|(kind, field)| !knows(kind, field)).collect();
        assert!(strange.is_empty(), "{strange:?}");
        for (kind, field) in amounts() {
            assert!(!of(kind).is_empty(), "{kind} answers {field}, but nobody says whose it is");
        }
    }

    #[test]
    fn the_company_keeps_what_the_siswa_pays_and_the_tutor_does_not_get() {
        for (kind, [siswa, tutor, company]) in &KINDS {
            let mut fields: Vec<&str> = [siswa, tutor, company].iter().flat_map(|one| one.terms.iter().map(|(field, _)| *field)).collect();
            fields.sort_unstable();
            fields.dedup();
            for field in fields {
                let output = serde_json::json!({ field: 1_000 });
                assert_eq!(company.of(&output), siswa.of(&output) - tutor.of(&output), "{kind} {field}");
            }
        }
        assert!(KINDS.iter().map(|(kind, _)| *kind).is_sorted());
    }
}
