//! Why a line is what it is: read from the decisions about its sesi, only what concerns the tutor.

use super::of;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What is said beside an amount; which parts there are depends on the kind of line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The share that was taken, and of what.
    pub pct: Option<i64>,
    pub of_rp: Option<i64>,
    /// How long before the start it was cancelled or moved.
    pub lead_time_s: Option<i64>,
    /// Whether somebody has put another amount in the place of the computed one.
    pub changed: bool,
    /// Of transport.
    pub distance_m: Option<i64>,
    /// Of an adjustment.
    pub reason: Option<String>,
}

/// What a policy has said of what a tutor gets or is fined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    honor_rp: Option<i64>,
    denda_rp: Option<i64>,
    lead_time_s: Option<i64>,
    /// Shares that were taken: percent, of what, what it came to.
    shares: Vec<(i64, i64, i64)>,
}

const SQL: &str = "SELECT d.instance_id, d.input, d.output, d.trace FROM policy_decision d \
    WHERE d.kind IN ('cancellation.siswa', 'cancellation.tutor', 'no_show', 'reschedule') AND d.instance_id IN \
    (SELECT l.sesi_id FROM honorarium_line l WHERE l.kind IN ('CANCELLATION', 'NO_SHOW', 'RESCHEDULE', 'DENDA', 'DENDA_RETURNED') AND l.honorarium_id IN";

/// By the sesi they were about, the latest last.
pub(super) async fn rulings(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Ruling>>, Failure> {
    let mut all: HashMap<Uuid, Vec<Ruling>> = HashMap::new();
    for row in of(conn, SQL, ids, ") ORDER BY d.id").await? {
        all.entry(row.try_get("", "instance_id")?).or_default().push(ruling(&row)?);
    }
    Ok(all)
}

fn ruling(row: &QueryResult) -> Result<Ruling, Failure> {
    let (input, output, trace): (Value, Value, Value) = (row.try_get("", "input")?, row.try_get("", "output")?, row.try_get("", "trace")?);
    Ok(read(&input, &output, &trace))
}

fn read(input: &Value, output: &Value, trace: &Value) -> Ruling {
    let share = |step: &Value| Some((step["pct"].as_i64()?, step["of_rp"].as_i64()?, step["result_rp"].as_i64()?));
    Ruling {
        honor_rp: output["honor_rp"].as_i64(),
        denda_rp: output["denda_rp"].as_i64(),
        lead_time_s: input["lead_time_s"].as_i64(),
        shares: trace.as_array().into_iter().flatten().filter_map(share).collect(),
    }
}

/// Of what the tutor gets for a sesi that was not held.
pub(super) fn of_honorarium(rulings: &[Ruling], amount_rp: i64) -> Why {
    told(rulings, amount_rp, |ruling| ruling.honor_rp)
}

pub(super) fn of_denda(rulings: &[Ruling], amount_rp: i64) -> Why {
    told(rulings, amount_rp, |ruling| ruling.denda_rp)
}

/// The latest decision that came to the amount; when none did, somebody has put it there.
fn told(rulings: &[Ruling], amount_rp: i64, of: fn(&Ruling) -> Option<i64>) -> Why {
    let Some(ruling) = rulings.iter().rfind(|ruling| of(ruling) == Some(amount_rp)) else {
        let about = rulings.iter().rfind(|ruling| of(ruling).is_some());
        return Why { changed: about.is_some(), lead_time_s: about.and_then(|ruling| ruling.lead_time_s), ..Why::default() };
    };
    // The last one: what goes to the siswa is taken before.
    let share = ruling.shares.iter().rfind(|(_, _, result_rp)| *result_rp == amount_rp);
    Why { pct: share.map(|one| one.0), of_rp: share.map(|one| one.1), lead_time_s: ruling.lead_time_s, ..Why::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_is_told_by_the_decision_that_came_to_its_amount() {
        let siswa = read(
            &json!({ "lead_time_s": 5_400 }),
            &json!({ "charge_rp": 75_000, "honor_rp": 45_000 }),
            &json!([{ "pct": 50, "of_rp": 150_000, "result_rp": 75_000 }, { "pct": 50, "of_rp": 90_000, "result_rp": 45_000 }]),
        );
        let tutor = read(&json!({ "lead_time_s": 7_200 }), &json!({ "denda_rp": 45_000 }), &json!([{ "pct": 50, "of_rp": 90_000, "result_rp": 45_000 }]));
        let both = [siswa, tutor];
        assert_eq!(of_honorarium(&both, 45_000), Why { pct: Some(50), of_rp: Some(90_000), lead_time_s: Some(5_400), ..Why::default() });
        assert_eq!(of_denda(&both, 45_000), Why { pct: Some(50), of_rp: Some(90_000), lead_time_s: Some(7_200), ..Why::default() });
        assert_eq!(of_denda(&both, 10_000), Why { changed: true, lead_time_s: Some(7_200), ..Why::default() }, "somebody has changed it");
        assert_eq!(of_denda(&[], 10_000), Why::default());
    }
}
