//! The report of a backtest: sums, how they spread, and the biggest differences by name. Figures go by the names of the
//! output's fields: `…_rp` are rupiah, `…_pct` cannot be summed, every other whole number is a count.

use super::Recorded;
use super::measure::{Measure, Moved};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many differences are named.
pub const MOST_NAMED: usize = 100;
/// How many failures are.
const MOST_FAILURES: usize = 20;
/// Differences kept between two tidyings.
const MOST_KEPT: usize = MOST_NAMED * 20;

/// What a draft would have changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub decisions: i64,
    /// Of these, how many come out otherwise.
    pub changed: i64,
    /// Of these, how many the draft cannot decide.
    pub failed: i64,
    /// Draft less recorded, by field, in rupiah; zero for a field that stays.
    pub delta_rp: BTreeMap<String, i64>,
    /// The same for counts.
    pub delta: BTreeMap<String, i64>,
    /// By the name of the measure.
    #[serde(default)]
    pub measures: BTreeMap<String, Moved>,
    /// The biggest in rupiah first.
    pub biggest: Vec<Difference>,
    /// The earliest first.
    pub failures: Vec<Difference>,
}

/// One decision that would have come out otherwise, or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub decision_id: Uuid,
    pub instance_id: Uuid,
    pub code: String,
    /// The step of the instance's history it belongs to.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// The version it was decided by.
    pub version: i64,
    pub recorded: Value,
    /// `None` when the draft fails; `error` says why.
    pub draft: Option<Value>,
    pub error: Option<String>,
    /// Rupiah that move, whichever way.
    pub moved_rp: i64,
    /// Draft less recorded, by the name of the measure.
    #[serde(default)]
    pub measures: BTreeMap<String, i64>,
}

impl Difference {
    /// The decision beside what a draft says instead; `None` when that is the same.
    pub fn between(measures: &[Measure], recorded: Recorded, draft: Result<Value, String>) -> Option<Self> {
        let (draft, error) = match draft {
            Ok(output) if output == recorded.output => return None,
            Ok(output) => (Some(output), None),
            Err(error) => (None, Some(error)),
        };
        let moves = draft.iter().flat_map(|draft| measures.iter().map(|one| (one.name.to_owned(), one.of(draft).saturating_sub(one.of(&recorded.output)))));
        let moved_rp = draft.iter().flat_map(|draft| deltas(&recorded.output, draft)).filter(|one| one.is_rp);
        Some(Self {
            measures: moves.collect(),
            moved_rp: moved_rp.fold(0, |sum: i64, one| sum.saturating_add(one.delta.saturating_abs())),
            decision_id: recorded.id,
            instance_id: recorded.instance_id,
            code: recorded.code,
            seq: recorded.seq,
            at: recorded.at,
            version: recorded.version,
            recorded: recorded.output,
            draft,
            error,
        })
    }
}

/// What becomes of one field.
struct Delta<'a> {
    field: &'a str,
    delta: i64,
    is_rp: bool,
}

/// What becomes of every field that can be summed.
fn deltas<'a>(recorded: &'a Value, draft: &'a Value) -> impl Iterator<Item = Delta<'a>> {
    let fields = names(recorded).chain(names(draft).filter(|name| recorded.get(name).is_none()));
    fields.filter(|field| !field.ends_with("_pct")).filter_map(|field| {
        let whole = |output: &Value| output.get(field).and_then(Value::as_i64);
        let (before, now) = (whole(recorded), whole(draft));
        before.or(now)?;
        Some(Delta { field, delta: now.unwrap_or(0).saturating_sub(before.unwrap_or(0)), is_rp: field.ends_with("_rp") })
    })
}

fn names(output: &Value) -> impl Iterator<Item = &str> {
    output.as_object().into_iter().flat_map(|fields| fields.keys().map(String::as_str))
}

impl Report {
    /// Adds a decision and what the draft says to it.
    pub fn add(&mut self, measures: &[Measure], recorded: Recorded, draft: Result<Value, String>) {
        self.decisions += 1;
        if let Ok(output) = &draft {
            for one in deltas(&recorded.output, output) {
                let sums = if one.is_rp { &mut self.delta_rp } else { &mut self.delta };
                add(sums, one.field, one.delta);
            }
            for one in measures {
                let moved = self.measures.entry(one.name.to_owned()).or_default();
                moved.add(one.of(&recorded.output), one.of(output));
            }
        }
        match Difference::between(measures, recorded, draft) {
            None => {}
            Some(failure) if failure.error.is_some() => {
                self.failed += 1;
                if self.failures.len() < MOST_FAILURES {
                    self.failures.push(failure);
                }
            }
            Some(difference) => {
                self.changed += 1;
                self.biggest.push(difference);
                if self.biggest.len() >= MOST_KEPT {
                    self.tidy();
                }
            }
        }
    }

    /// Adds the report of what comes after.
    pub fn merge(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.changed += other.changed;
        self.failed += other.failed;
        other.delta_rp.iter().for_each(|(field, delta)| add(&mut self.delta_rp, field, *delta));
        other.delta.iter().for_each(|(field, delta)| add(&mut self.delta, field, *delta));
        for (name, moved) in &other.measures {
            self.measures.entry(name.clone()).or_default().merge(moved);
        }
        self.biggest.extend(other.biggest);
        self.failures.extend(other.failures);
        self.tidy();
    }

    /// Only the biggest are kept. Stable: of two that are as big, the earlier comes first.
    pub fn tidy(&mut self) {
        self.biggest.sort_by_key(|one| std::cmp::Reverse(one.moved_rp));
        self.biggest.truncate(MOST_NAMED);
        self.failures.truncate(MOST_FAILURES);
    }
}

fn add(sums: &mut BTreeMap<String, i64>, field: &str, delta: i64) {
    match sums.get_mut(field) {
        Some(sum) => *sum = sum.saturating_add(delta),
        None => {
            sums.insert(field.to_owned(), delta);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::decide;
    use crate::policy::{CompiledPolicy, PolicySource, compile};
    use serde_json::json;

    const NET: [Measure; 1] = [Measure { name: "net", terms: &[("due_rp", 1), ("new_rp", -1)] }];

    fn recorded(due_rp: i64, strikes: i64) -> Recorded {
        Recorded {
            id: Uuid::nil(),
            instance_id: Uuid::nil(),
            code: "X".into(),
            seq: 1,
            at: DateTime::UNIX_EPOCH,
            version: 1,
            input: json!({ "due_rp": due_rp }),
            output: json!({ "due_rp": due_rp, "due_pct": 100, "points": strikes, "gone_rp": 5 }),
        }
    }

    fn draft() -> CompiledPolicy {
        let script = "fn decide(input, params) { if input.due_rp < 0 { throw \"never\" } #{ due_rp: input.due_rp / 2, due_pct: 50, points: 0, new_rp: 1 } }";
        compile(&PolicySource { kind: "k".into(), number: 2, script: script.into(), params: json!({}) }).unwrap()
    }

    fn report_of(all: &[(i64, i64)]) -> Report {
        let (draft, mut report) = (draft(), Report::default());
        for (due_rp, points) in all {
            let one = recorded(*due_rp, *points);
            let said = decide(&draft, &one.input);
            report.add(&NET, one, said);
        }
        report.tidy();
        report
    }

    #[test]
    fn fields_are_summed_by_their_names_and_the_biggest_come_first() {
        let report = report_of(&[(100, 1), (1_000, 1), (-1, 0), (10, 0)]);
        assert_eq!((report.decisions, report.changed, report.failed), (4, 3, 1));
        let expected: BTreeMap<String, i64> = [("due_rp".to_owned(), -555), ("gone_rp".to_owned(), -15), ("new_rp".to_owned(), 3)].into();
        assert_eq!(report.delta_rp, expected);
        assert_eq!(report.delta, BTreeMap::from([("points".to_owned(), -2)]));
        assert_eq!(report.biggest.iter().map(|one| one.moved_rp).collect::<Vec<_>>(), [506, 56, 11]);
        assert_eq!((report.biggest[0].measures["net"], report.measures["net"].delta_rp()), (-501, -558));
        assert!(report.failures[0].error.as_ref().unwrap().contains("never"));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let all: Vec<(i64, i64)> = (0..300_i64).map(|n| ((n * 7_919) % 1_000 - 5, n % 2)).collect();
        let whole = report_of(&all);
        for size in [1, 7, 150, 299] {
            let mut parts = Report::default();
            for part in all.chunks(size) {
                let part: Report = serde_json::from_value(serde_json::to_value(report_of(part)).unwrap()).unwrap();
                parts.merge(part);
            }
            assert_eq!(parts, whole, "in parts of {size}");
        }
        assert_eq!(whole.biggest.len(), MOST_NAMED);
    }
}
