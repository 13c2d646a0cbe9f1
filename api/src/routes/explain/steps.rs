//! From what a figure rests on to its steps. Pure.

use super::read::{Decided, Facts, Matrix};
use super::substitution::StoodIn;
use super::{ExplainedAmount, Step};
use crate::routes::overrides::OverrideView;
use sea_orm::{ActiveEnum, Iterable};
use serde_json::Value;
use workflows::result_override::record::ResultKind;

/// The policy that sets the frozen figures; every other decision is about how a sesi closed.
const PRICING: &str = "pricing";
/// How the entries of a denda begin; every other entry is about the lesson.
const DENDA: &str = "tutor_denda";
/// The state of an override that counts.
const APPLIED: &str = "APPLIED";
const STRAIGHT: [&str; 3] = ["tagihan", "honorarium", "transport"];

/// The figures fixed at approval, then those a cancellation or no-show brought.
pub fn amounts(facts: &Facts) -> Vec<ExplainedAmount> {
    let mut all: Vec<ExplainedAmount> = vec![];
    for (key, rp) in STRAIGHT.into_iter().zip(facts.frozen.into_iter().flatten()) {
        all.push(explained(facts, key, rp, frozen_steps(facts, key)));
    }
    for amount in facts.closing.iter().filter(|amount| !STRAIGHT.contains(&amount.key.as_str())) {
        if let Some(rp) = amount.rp {
            all.push(explained(facts, &amount.key, rp, closing_steps(facts, &amount.key)));
        }
    }
    all
}

/// A figure with what people have put in its place.
fn explained(facts: &Facts, key: &str, computed_rp: i64, mut steps: Vec<Step>) -> ExplainedAmount {
    let is_result = facts.closing.iter().any(|amount| amount.key == key);
    let result = ResultKind::iter().find(|result| is_result && result.keys().contains(&key));
    let name = result.map(|result| result.to_value());
    let made: Vec<&OverrideView> = facts.overrides.iter().filter(|made| name.as_ref() == Some(&made.result)).collect();
    let standing = made.iter().rfind(|made| made.state == APPLIED).map_or(computed_rp, |made| made.final_rp);
    let rp = if key == "denda" && facts.denda_reversed { 0 } else { standing };
    for each in made {
        steps.push(Step::Override { made: Box::new(each.clone()) });
        steps.extend(each.entries.iter().map(|entry| Step::Entry { entry: entry.clone() }));
    }
    ExplainedAmount { key: key.into(), rp, computed_rp, result: name, steps }
}

fn frozen_steps(facts: &Facts, key: &str) -> Vec<Step> {
    let matrix = |turn: usize| match key {
        "tagihan" => facts.student.as_ref().map(|row| matrix_step(facts, row, "price_student", None)),
        "honorarium" => tutor_matrix(facts, turn),
        _ => None,
    };
    // Approval decides first, then every substitution for the tutor's side.
    let mut pricings = facts.decisions.iter().filter(|decided| decided.kind == PRICING);
    let mut steps: Vec<Step> = matrix(0).into_iter().collect();
    steps.extend(pricings.next().into_iter().flat_map(policy_steps));
    steps.extend(facts.approved.iter().map(|(actor, at)| Step::Approval { actor: actor.clone(), at: *at }));
    for (turn, made) in facts.substitutions.iter().enumerate().filter(|_| key != "tagihan") {
        let StoodIn { from, to, way, at, by, .. } = made;
        steps.push(Step::Substitution { from: from.clone(), to: to.clone(), way: way.clone(), actor: by.clone(), at: *at });
        steps.extend(matrix(turn + 1));
        steps.extend(pricings.next().into_iter().flat_map(policy_steps));
    }
    let completed = facts.closing.iter().any(|amount| amount.key == "tagihan");
    if completed {
        steps.extend(entry_steps(facts, false));
    }
    steps
}

fn closing_steps(facts: &Facts, key: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = facts.decisions.iter().filter(|decided| decided.kind != PRICING).flat_map(policy_steps).collect();
    steps.extend(entry_steps(facts, key == "denda"));
    steps
}

/// The row of the tutor's matrix after so many substitutions.
fn tutor_matrix(facts: &Facts, turn: usize) -> Option<Step> {
    match facts.substitutions.get(turn) {
        Some(next) => next.before.as_ref().map(|(row, golongan)| matrix_step(facts, row, "price_tutor", Some(golongan))),
        None => facts.tutor.as_ref().map(|row| matrix_step(facts, row, "price_tutor", Some(&facts.golongan))),
    }
}

fn matrix_step(facts: &Facts, row: &Matrix, label_code: &str, golongan: Option<&str>) -> Step {
    let mut params = facts.combination.clone();
    params.insert("golongan".into(), golongan.map_or(Value::Null, Value::from));
    Step::Matrix { label_code: label_code.into(), rp: row.rp, params, price_id: row.price_id }
}

/// The decision, and what its rounding left over, if anything.
pub(super) fn policy_steps(decided: &Decided) -> Vec<Step> {
    let rounded = decided.trace.iter().filter_map(|step| {
        let remainder = step.get("remainder")?.as_i64().filter(|remainder| *remainder != 0)?;
        Some(Step::Rounding { rounding: step.get("rounding")?.as_str()?.to_owned(), remainder })
    });
    let policy = Step::Policy {
        policy: decided.kind.clone(),
        version: decided.version,
        sha256: decided.sha256.clone(),
        trace: decided.trace.clone(),
        input: decided.input.clone(),
        output: decided.output.clone(),
    };
    std::iter::once(policy).chain(rounded).collect()
}

fn entry_steps(facts: &Facts, denda: bool) -> impl Iterator<Item = Step> + '_ {
    facts.entries.iter().filter(move |entry| entry.kind.starts_with(DENDA) == denda).map(|entry| Step::Entry { entry: entry.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::plan::Amount;
    use serde_json::json;

    fn facts() -> Facts {
        let decided = |kind: &str, trace: Vec<Value>| Decided { kind: kind.into(), version: 1, sha256: "h".into(), input: json!({}), output: json!({}), trace };
        Facts {
            student: Some(Matrix { price_id: None, rp: 150_000 }),
            tutor: Some(Matrix { price_id: None, rp: 90_000 }),
            combination: [("subject".to_owned(), json!("Matematika"))].into_iter().collect(),
            golongan: "GOL_2".into(),
            frozen: Some([150_000, 90_000, 0]),
            approved: Some(("A".into(), chrono::DateTime::UNIX_EPOCH)),
            substitutions: vec![],
            decisions: vec![decided("pricing", vec![]), decided("cancellation.tutor", vec![json!({ "pct": 25, "rounding": "half_up", "remainder": 50 })])],
            entries: vec![],
            denda_reversed: false,
            closing: vec![Amount::rp("denda", 22_500), Amount::count("strikes", 1)],
            overrides: vec![],
        }
    }

    fn kinds(amount: &ExplainedAmount) -> Vec<String> {
        amount.steps.iter().map(|step| serde_json::to_value(step).unwrap()["kind"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_figure_leads_back_to_matrix_policy_and_approval() {
        let all = amounts(&facts());
        assert_eq!(all.iter().map(|amount| amount.key.as_str()).collect::<Vec<_>>(), ["tagihan", "honorarium", "transport", "denda"]);
        assert_eq!(kinds(&all[0]), ["matrix", "policy", "approval"]);
        assert_eq!(kinds(&all[2]), ["policy", "approval"]);
        assert_eq!(kinds(&all[3]), ["policy", "rounding"]);
    }

    #[test]
    fn a_request_has_no_figures_yet() {
        let facts = Facts { frozen: None, closing: vec![], student: None, tutor: None, approved: None, decisions: vec![], ..facts() };
        assert!(amounts(&facts).is_empty());
    }
}
