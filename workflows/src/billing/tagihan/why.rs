//! Why a line is charged what it is: read from the decision that closed the sesi, only what concerns the siswa.

use super::of;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What is said beside an amount; which parts there are depends on the kind of line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The share of the price that is charged.
    pub pct: Option<i64>,
    /// The price that the share is of.
    pub of_rp: Option<i64>,
    /// How long before the start it was cancelled or moved.
    pub lead_time_s: Option<i64>,
    /// Who moved it.
    pub party: Option<String>,
    /// Whether somebody has put another amount in the place of the computed one.
    pub changed: bool,
    /// Of an adjustment.
    pub code: Option<String>,
    pub reason: Option<String>,
}

/// What a policy has said of what a siswa pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pct: Option<i64>,
    of_rp: Option<i64>,
    charge_rp: i64,
    lead_time_s: Option<i64>,
    party: Option<String>,
}

const SQL: &str = "SELECT d.instance_id, d.input, d.output, d.trace FROM policy_decision d \
    WHERE d.kind IN ('cancellation.siswa', 'no_show', 'reschedule') AND d.instance_id IN \
    (SELECT l.sesi_id FROM tagihan_line l WHERE l.kind IN ('CANCELLATION', 'NO_SHOW', 'RESCHEDULE') AND l.tagihan_id IN";

/// By the sesi they closed.
pub(super) async fn rulings(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Ruling>, Failure> {
    let rows = of(conn, SQL, ids, ")").await?;
    rows.iter().map(|row| Ok((row.try_get("", "instance_id")?, ruling(row)?))).collect()
}

fn ruling(row: &QueryResult) -> Result<Ruling, Failure> {
    let (input, output, trace): (Value, Value, Value) = (row.try_get("", "input")?, row.try_get("", "output")?, row.try_get("", "trace")?);
    Ok(read(&input, &output, &trace))
}

fn read(input: &Value, output: &Value, trace: &Value) -> Ruling {
    let charge_rp = output["charge_rp"].as_i64().unwrap_or_default();
    let of_rp = input["tagihan_rp"].as_i64();
    // The first share that was taken of the price; what was taken of anything else is not the siswa's business.
    let taken = |step: &Value| step["pct"].as_i64().filter(|_| step["of_rp"].as_i64() == of_rp && step["result_rp"].as_i64() == Some(charge_rp));
    Ruling {
        pct: output["charge_pct"].as_i64().or_else(|| trace.as_array().into_iter().flatten().find_map(taken)),
        of_rp,
        charge_rp,
        lead_time_s: input["lead_time_s"].as_i64(),
        party: input["initiator"].as_str().map(str::to_owned),
    }
}

impl Ruling {
    /// Beside a line of this amount.
    pub fn why(&self, amount_rp: i64) -> Why {
        let changed = amount_rp != self.charge_rp;
        let share = |figure: Option<i64>| figure.filter(|_| !changed);
        Why { pct: share(self.pct), of_rp: share(self.of_rp), lead_time_s: self.lead_time_s, party: self.party.clone(), changed, ..Why::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_tells_the_share_and_of_which_price_and_nothing_of_the_tutors() {
        let input = json!({ "lead_time_s": 5400, "honorarium_rp": 90_000, "tagihan_rp": 150_000 });
        let output = json!({ "charge_pct": 50, "charge_rp": 75_000, "honor_pct": 50, "honor_rp": 45_000 });
        let why = read(&input, &output, &json!([])).why(75_000);
        assert_eq!(why, Why { pct: Some(50), of_rp: Some(150_000), lead_time_s: Some(5400), ..Why::default() });
    }

    #[test]
    fn a_policy_that_names_no_share_is_read_by_its_trace() {
        let trace = json!([{ "rule": "siswa_did_not_come" }, { "pct": 60, "of_rp": 90_000, "result_rp": 54_000 }, { "pct": 100, "of_rp": 150_000, "result_rp": 150_000 }]);
        let ruling = read(&json!({ "tagihan_rp": 150_000 }), &json!({ "charge_rp": 150_000 }), &trace);
        assert_eq!(ruling.why(150_000).pct, Some(100));
    }

    #[test]
    fn an_amount_that_somebody_has_changed_is_no_longer_a_share() {
        let ruling = read(&json!({ "tagihan_rp": 150_000, "initiator": "SISWA" }), &json!({ "charge_rp": 75_000, "charge_pct": 50 }), &json!([]));
        assert_eq!(ruling.why(60_000), Why { changed: true, party: Some("SISWA".into()), ..Why::default() });
    }
}
