//! What a decision is measured by: rupiah of its output put together for somebody, and how differences spread.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// An amount made of fields of an output, each counted so many times (1 or -1), e.g. what somebody gets in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    pub name: &'static str,
    pub terms: &'static [(&'static str, i64)],
}

impl Measure {
    /// What an output comes to; a field that is not there is nothing.
    pub fn of(&self, output: &Value) -> i64 {
        self.terms.iter().fold(0, |sum: i64, (field, times)| {
            let amount = output.get(field).and_then(Value::as_i64).unwrap_or(0);
            sum.saturating_add(amount.saturating_mul(*times))
        })
    }
}

/// How one measure moves over many decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What all decisions came to, those the draft cannot decide left out.
    pub recorded_rp: i64,
    /// What they come to by the draft.
    pub draft_rp: i64,
    /// Decisions that come to more, and by how much in all.
    pub more: i64,
    pub more_rp: i64,
    /// Decisions that come to less, and by how much in all; zero or negative.
    pub less: i64,
    pub less_rp: i64,
    /// Decisions by the size of their difference: see [`Bucket`].
    #[serde(with = "pairs")]
    spread: BTreeMap<i64, i64>,
}

/// As a list of pairs: the keys of an object would be texts, and would not come back as numbers from every place.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub fn serialize<S: Serializer>(spread: &BTreeMap<i64, i64>, serializer: S) -> Result<S::Ok, S::Error> {
        spread.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<i64, i64>, D::Error> {
        Ok(Vec::<(i64, i64)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Decisions whose difference lies from one amount up to, not with, another, counted away from zero:
/// -2.000 to -1.000 holds -1.999 to -1.000. The outermost have no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub from_rp: Option<i64>,
    pub to_rp: Option<i64>,
    pub decisions: i64,
}

/// Where sizes of differences are cut.
const CUTS: [i64; 11] = [1, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];

impl Moved {
    pub fn add(&mut self, recorded_rp: i64, draft_rp: i64) {
        self.recorded_rp = self.recorded_rp.saturating_add(recorded_rp);
        self.draft_rp = self.draft_rp.saturating_add(draft_rp);
        let delta = draft_rp.saturating_sub(recorded_rp);
        match delta {
            0 => return,
            1.. => {
                self.more += 1;
                self.more_rp = self.more_rp.saturating_add(delta);
            }
            _ => {
                self.less += 1;
                self.less_rp = self.less_rp.saturating_add(delta);
            }
        }
        *self.spread.entry(cut(delta)).or_default() += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        self.recorded_rp = self.recorded_rp.saturating_add(other.recorded_rp);
        self.draft_rp = self.draft_rp.saturating_add(other.draft_rp);
        self.more += other.more;
        self.more_rp = self.more_rp.saturating_add(other.more_rp);
        self.less += other.less;
        self.less_rp = self.less_rp.saturating_add(other.less_rp);
        for (cut, decisions) in &other.spread {
            *self.spread.entry(*cut).or_default() += decisions;
        }
    }

    /// What the draft makes of it: more, or less.
    pub fn delta_rp(&self) -> i64 {
        self.draft_rp.saturating_sub(self.recorded_rp)
    }

    /// From the biggest loss to the biggest gain, without gaps between the outermost.
    pub fn buckets(&self) -> Vec<Bucket> {
        let (Some(first), Some(last)) = (self.spread.keys().next(), self.spread.keys().next_back()) else { return vec![] };
        let all = CUTS.iter().rev().map(|cut| -cut).chain(CUTS);
        all.filter(|cut| first <= cut && cut <= last)
            .map(|cut| {
                let decisions = self.spread.get(&cut).copied().unwrap_or(0);
                let far = CUTS.iter().copied().find(|further| *further > cut.abs());
                if cut > 0 {
                    Bucket { from_rp: Some(cut), to_rp: far, decisions }
                } else {
                    Bucket { from_rp: far.map(|far| -far), to_rp: Some(cut), decisions }
                }
            })
            .collect()
    }
}

/// The cut a difference lies beyond, with its sign.
fn cut(delta: i64) -> i64 {
    let size = delta.saturating_abs();
    let cut = CUTS.iter().rev().copied().find(|cut| *cut <= size).unwrap_or(1);
    cut * delta.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_measure_puts_fields_together() {
        let net = Measure { name: "net", terms: &[("in_rp", 1), ("out_rp", -1)] };
        assert_eq!(net.of(&json!({ "in_rp": 50, "out_rp": 20, "other_rp": 7 })), 30);
        assert_eq!(net.of(&json!({ "out_rp": 20, "in_rp": "much" })), -20);
    }

    #[test]
    fn differences_lie_in_buckets_cut_away_from_zero() {
        let mut moved = Moved::default();
        for delta in [-2_500, -1_000, -999, 0, 1, 999, 1_000, 1_999, 5_000_000] {
            moved.add(10_000, 10_000 + delta);
        }
        assert_eq!((moved.more, moved.less, moved.less_rp), (5, 3, -4_499));
        assert_eq!(moved.delta_rp(), moved.more_rp + moved.less_rp);
        let buckets: Vec<(Option<i64>, Option<i64>, i64)> = moved.buckets().iter().map(|one| (one.from_rp, one.to_rp, one.decisions)).collect();
        assert_eq!(
            buckets[..5],
            [
                (Some(-5_000), Some(-2_000), 1),
                (Some(-2_000), Some(-1_000), 1),
                (Some(-1_000), Some(-1), 1),
                (Some(1), Some(1_000), 2),
                (Some(1_000), Some(2_000), 2),
            ]
        );
        assert_eq!(buckets.last(), Some(&(Some(1_000_000), None, 1)));
        assert_eq!(buckets.iter().map(|(_, _, decisions)| decisions).sum::<i64>(), 8);
    }
}
