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
static KINDS: [(&str, [Measure; 3]); 8] = [
    ("cancellation.siswa", parties(&[("charge_rp", 1)], &[("honor_rp", 1)], &[("charge_rp", 1), ("honor_rp", -1)])),
    ("cancellation.tutor", parties(&[], &[("honor_rp", 1), ("denda_rp", -1)], &[("honor_rp", -1), ("denda_rp", 1)])),
    ("final_settlement", parties(&[], &[("payable_rp", 1), ("owed_rp", -1)], &[("payable_rp", -1), ("owed_rp", 1)])),
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
    // It moves no money by itself.
    ("strike.sanction", parties(&[], &[], &[])),
    ("transport", parties(&[], &[("transport_rp", 1)], &[("transport_rp", -1)])),
];

/// What the decisions of a kind are measured by; nothing for a kind that moves no money we know of.
pub fn of(kind: &str) -> &'static [Measure] {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, measures)| measures.as_slice())
}

/// Amounts that are told beside others they are part of.
const BESIDE: [(&str, &str); 3] = [("final_settlement", "gross_rp"), ("final_settlement", "denda_rp"), ("final_settlement", "adjustment_rp")];

/// Whether an amount under this name is in somebody's sum, or known to be part of one that is.
pub fn knows(kind: &str, field: &str) -> bool {
    BESIDE.contains(&(kind, field)) || of(kind).iter().any(|measure| measure.terms.iter().any(|(term, _)| *term == field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_amount_a_kind_answers_is_somebodys() {
        let amounts =
            policies::KINDS.iter().flat_map(|kind| kind.output.iter().map(move |field| (kind.kind, field.name))).filter(|(_, field)| field.ends_with("_rp"));
        let nobodys: Vec<_> = amounts.filter(|(kind, field)| !knows(kind, field)).collect();
        assert!(nobodys.is_empty(), "{nobodys:?}");
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
