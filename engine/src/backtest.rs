//! Backtest: every decision recorded under a policy in some time, decided again by a draft (SPEC POL-7).
//!
//! Reads only. Decisions come in pages and only the biggest differences are kept, so that a year takes no more memory
//! than a day. Figures go by the names of the output's fields: `…_rp` are rupiah, `…_pct` cannot be summed, every
//! other whole number is a count.

use crate::db::{self, Db};
use crate::policy::{self, CompiledPolicy};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many decisions are read at once.
const PAGE: i64 = 1_000;
/// How many differences, and how many failures, are named.
pub const MOST_NAMED: usize = 20;

/// What a draft would have changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    pub decisions: i64,
    /// Of these, how many come out otherwise.
    pub changed: i64,
    /// Of these, how many the draft cannot decide.
    pub failed: i64,
    /// Draft less recorded, by field, in rupiah; zero for a field that stays.
    pub delta_rp: BTreeMap<String, i64>,
    /// The same for counts, e.g. strikes.
    pub delta: BTreeMap<String, i64>,
    /// The biggest in rupiah first.
    pub biggest: Vec<Difference>,
    /// The earliest first.
    pub failures: Vec<Difference>,
}

/// One decision that would have come out otherwise, or not at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub instance_id: Uuid,
    pub code: String,
    /// The step of the instance's history it belongs to.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// The version it was decided by.
    pub version: i64,
    pub input: Value,
    pub recorded: Value,
    /// `None` when the draft fails; `error` says why.
    pub draft: Option<Value>,
    pub error: Option<String>,
    /// Rupiah that move, whichever way.
    pub moved_rp: i64,
}

/// A decision as it is recorded, with where it stands in the order of reading.
struct Recorded {
    id: Uuid,
    difference: Difference,
}

/// Decides anew whatever was decided under the draft's kind from an instant on, until before another.
///
/// # Errors
/// When the database cannot be read; a draft that fails on an input is in the report.
pub async fn run(db: &Db, draft: &CompiledPolicy, (from, until): (DateTime<Utc>, DateTime<Utc>)) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut after = (from, Uuid::nil());
    loop {
        let page = page(db, draft.kind(), after, until).await?;
        let Some(last) = page.last() else { return Ok(report) };
        after = (last.difference.at, last.id);
        for recorded in page {
            report.add(draft, recorded.difference);
        }
        report.trim();
    }
}

async fn page(db: &Db, kind: &str, (at, id): (DateTime<Utc>, Uuid), until: DateTime<Utc>) -> Result<Vec<Recorded>, Failure> {
    let sql = format!(
        "SELECT d.id, d.instance_id, i.code, d.seq, d.at, d.version, d.input, d.output FROM policy_decision d JOIN workflow_instance i ON i.id = d.instance_id \
         WHERE d.kind = ? AND d.at >= ? AND d.at < ? AND (d.at > ? OR d.id > ?) ORDER BY d.at, d.id LIMIT {PAGE}"
    );
    let rows = db::rows(db.reader(), &sql, vec![kind.into(), at.into(), until.into(), at.into(), id.into()]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Recorded, Failure> {
    let difference = Difference {
        instance_id: row.try_get("", "instance_id")?,
        code: row.try_get("", "code")?,
        seq: row.try_get("", "seq")?,
        at: row.try_get("", "at")?,
        version: row.try_get("", "version")?,
        input: row.try_get("", "input")?,
        recorded: row.try_get("", "output")?,
        draft: None,
        error: None,
        moved_rp: 0,
    };
    Ok(Recorded { id: row.try_get("", "id")?, difference })
}

impl Report {
    fn add(&mut self, draft: &CompiledPolicy, mut one: Difference) {
        self.decisions += 1;
        match policy::evaluate_output(draft, &one.input) {
            Err(error) => {
                self.failed += 1;
                one.error = Some(error.to_string());
                if self.failures.len() < MOST_NAMED {
                    self.failures.push(one);
                }
            }
            Ok(output) => {
                let is_changed = output != one.recorded;
                one.moved_rp = self.sum(&one.recorded, &output);
                if is_changed {
                    self.changed += 1;
                    one.draft = Some(output);
                    self.biggest.push(one);
                }
            }
        }
    }

    /// Adds up what moves field by field; answers the rupiah that do, whichever way.
    fn sum(&mut self, recorded: &Value, draft: &Value) -> i64 {
        let mut moved_rp: i64 = 0;
        for field in names(recorded).chain(names(draft).filter(|name| recorded.get(name).is_none())) {
            let whole = |output: &Value| output.get(field).and_then(Value::as_i64);
            let (before, now) = (whole(recorded), whole(draft));
            if field.ends_with("_pct") || before.or(now).is_none() {
                continue;
            }
            let delta = now.unwrap_or(0).saturating_sub(before.unwrap_or(0));
            let is_rp = field.ends_with("_rp");
            let sums = if is_rp { &mut self.delta_rp } else { &mut self.delta };
            let sum = sums.entry(field.to_owned()).or_default();
            *sum = sum.saturating_add(delta);
            if is_rp {
                moved_rp = moved_rp.saturating_add(delta.saturating_abs());
            }
        }
        moved_rp
    }

    fn trim(&mut self) {
        // Stable: of two that are as big, the earlier comes first.
        self.biggest.sort_by_key(|one| std::cmp::Reverse(one.moved_rp));
        self.biggest.truncate(MOST_NAMED);
    }
}

fn names(output: &Value) -> impl Iterator<Item = &str> {
    output.as_object().into_iter().flat_map(|fields| fields.keys().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, compile};
    use serde_json::json;

    fn recorded(due_rp: i64, strikes: i64) -> Difference {
        Difference {
            instance_id: Uuid::nil(),
            code: "X".into(),
            seq: 1,
            at: DateTime::UNIX_EPOCH,
            version: 1,
            input: json!({ "due_rp": due_rp }),
            recorded: json!({ "due_rp": due_rp, "due_pct": 100, "strikes": strikes, "gone_rp": 5 }),
            draft: None,
            error: None,
            moved_rp: 0,
        }
    }

    #[test]
    fn fields_are_summed_by_their_names_and_the_biggest_come_first() {
        let script = "fn decide(input, params) { if input.due_rp < 0 { throw \"never\" } #{ due_rp: input.due_rp / 2, due_pct: 50, strikes: 0, new_rp: 1 } }";
        let draft = compile(&PolicySource { kind: "k".into(), number: 2, script: script.into(), params: json!({}) }).unwrap();
        let mut report = Report::default();
        for (due_rp, strikes) in [(100, 1), (1_000, 1), (-1, 0), (10, 0)] {
            report.add(&draft, recorded(due_rp, strikes));
        }
        report.trim();
        assert_eq!((report.decisions, report.changed, report.failed), (4, 3, 1));
        let expected: BTreeMap<String, i64> = [("due_rp".to_owned(), -555), ("gone_rp".to_owned(), -15), ("new_rp".to_owned(), 3)].into();
        assert_eq!(report.delta_rp, expected);
        assert_eq!(report.delta, BTreeMap::from([("strikes".to_owned(), -2)]));
        assert_eq!(report.biggest.iter().map(|one| one.moved_rp).collect::<Vec<_>>(), [506, 56, 11]);
        assert!(report.failures[0].error.as_ref().unwrap().contains("never"));
    }
}
