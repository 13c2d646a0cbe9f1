//! The final settlement (SPEC HR-5): every unpaid sesi − denda ± adjustments, less what was paid on earlier revisions.
//! What it comes to is the policy's word; this only gathers the figures and tells what is still to move. Pure.

use super::billed::Correction;
use super::ledger::{Earned, Taken};
use super::record::{LineKind, Model, SettlementStatus};
use chrono::{DateTime, NaiveDate, Utc};
use engine::policy::{self, CompiledPolicy, PolicyDecision};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The kind of policy that decides.
pub const POLICY: &str = "final_settlement";

/// One revision, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub id: Uuid,
    pub revision: i64,
    pub at: DateTime<Utc>,
    pub policy_version: i64,
    pub policy_sha256: String,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub denda_rp: i64,
    /// Below zero when it is against the tutor.
    pub adjustment_rp: i64,
    /// What months that were billed add: adjustments, denda returned, sesi reversed, what was carried over.
    #[serde(default)]
    pub corrections_rp: i64,
    pub payable_rp: i64,
    pub owed_rp: i64,
    /// A shortfall that the policy lets go.
    pub waived_rp: i64,
    pub paid_before_rp: i64,
    pub received_before_rp: i64,
    /// What is still to be paid to the tutor.
    pub due_rp: i64,
    /// What is to be had from them.
    pub claim_rp: i64,
    pub lines: Vec<Line>,
}

/// What a settlement is the sum of; a denda is below zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: LineKind,
    pub sesi_id: Option<Uuid>,
    /// The settlement of the sesi, or the denda.
    pub source_id: Option<Uuid>,
    pub code: String,
    pub held_on: Option<NaiveDate>,
    pub amount_rp: i64,
}

impl Settlement {
    pub fn status(&self) -> SettlementStatus {
        match (self.due_rp, self.claim_rp) {
            (0, 0) => SettlementStatus::Balanced,
            (0, _) => SettlementStatus::Owed,
            (_, _) => SettlementStatus::Due,
        }
    }

    /// What stands on the account of what tutors owe on its behalf.
    pub(super) fn receivable_rp(&self) -> i64 {
        self.claim_rp + self.received_before_rp
    }
}

/// What a revision is calculated from.
pub(super) struct Basis<'a> {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub earned: &'a [Earned],
    pub taken: &'a [Taken],
    pub corrections: &'a [Correction],
    pub adjustment_rp: i64,
    /// The termination so far; none for an estimate before it is decided.
    pub record: Option<&'a Model>,
}

#[derive(Deserialize)]
struct Answer {
    payable_rp: i64,
    owed_rp: i64,
}

/// The next revision, and how the policy decided.
pub(super) fn calculate(policy: &CompiledPolicy, basis: &Basis<'_>) -> Result<(Settlement, PolicyDecision), Failure> {
    let lines = lines(basis);
    let total = |kind: LineKind| lines.iter().filter(|line| line.kind == kind).map(|line| line.amount_rp).sum::<i64>();
    let (honorarium_rp, transport_rp, denda_rp) = (total(LineKind::Honorarium), total(LineKind::Transport), -total(LineKind::Denda));
    let adjustment_rp = basis.adjustment_rp;
    let corrections_rp: i64 = basis.corrections.iter().map(|one| one.amount_rp).sum();
    let adjusted_rp = adjustment_rp + corrections_rp;
    let input = json!({ "honorarium_rp": honorarium_rp, "transport_rp": transport_rp, "denda_rp": denda_rp, "adjustment_rp": adjusted_rp });
    let decision = policy::evaluate(policy, &input)?;
    let answer: Answer = serde_json::from_value(decision.output.clone())
        .map_err(|source| Failure::Stored { what: format!("output of policy {POLICY} v{}", decision.version), source })?;
    let balance_rp = honorarium_rp + transport_rp - denda_rp + adjusted_rp;
    let (paid_before_rp, received_before_rp) = basis.record.map_or((0, 0), |record| (record.paid_rp, record.received_rp));
    let open_rp = answer.payable_rp - answer.owed_rp - paid_before_rp + received_before_rp;
    let settlement = Settlement {
        id: basis.id,
        revision: basis.record.map_or(0, |record| record.settlement_revision) + 1,
        at: basis.at,
        policy_version: decision.version,
        policy_sha256: decision.sha256.clone(),
        honorarium_rp,
        transport_rp,
        denda_rp,
        adjustment_rp,
        corrections_rp,
        payable_rp: answer.payable_rp,
        owed_rp: answer.owed_rp,
        // What is neither paid nor owed of the balance.
        waived_rp: answer.payable_rp - answer.owed_rp - balance_rp,
        paid_before_rp,
        received_before_rp,
        due_rp: open_rp.max(0),
        claim_rp: (-open_rp).max(0),
        lines,
    };
    Ok((settlement, decision))
}

/// Every line, in the order of the sesi; what is worth nothing has none.
pub(super) fn lines(basis: &Basis<'_>) -> Vec<Line> {
    let earned = basis.earned.iter().flat_map(|one| {
        let line =
            |kind, amount_rp| Line { kind, sesi_id: Some(one.sesi_id), source_id: Some(one.id), code: one.code.clone(), held_on: Some(one.held_on), amount_rp };
        [line(LineKind::Honorarium, one.honorarium_rp), line(LineKind::Transport, one.transport_rp)]
    });
    let taken = basis.taken.iter().map(|one| Line {
        kind: LineKind::Denda,
        sesi_id: Some(one.sesi_id),
        source_id: Some(one.id),
        code: one.code.clone(),
        held_on: Some(one.held_on),
        amount_rp: -one.amount_rp,
    });
    let corrections = basis.corrections.iter().map(|one| Line {
        kind: one.kind,
        sesi_id: one.sesi_id,
        source_id: Some(one.source_id),
        code: one.code.clone(),
        held_on: one.held_on,
        amount_rp: one.amount_rp,
    });
    let adjustment = Line { kind: LineKind::Adjustment, sesi_id: None, source_id: None, code: String::new(), held_on: None, amount_rp: basis.adjustment_rp };
    earned.chain(taken).chain(corrections).chain([adjustment]).filter(|line| line.amount_rp != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::policy::{PolicySource, compile};

    fn policy(shortfall_claimed: bool) -> CompiledPolicy {
        let seed = policies::seed().iter().find(|version| version.kind == POLICY).unwrap();
        let params = json!({ "shortfall_claimed": shortfall_claimed });
        compile(&PolicySource { kind: POLICY.into(), number: 1, script: seed.script.into(), params }).unwrap()
    }

    fn earned(rp: i64) -> Earned {
        let held_on = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        Earned { id: Uuid::from_u128(1), sesi_id: Uuid::from_u128(2), code: "SES-2026-000001".into(), held_on, honorarium_rp: rp, transport_rp: 0, paid: false }
    }

    fn taken(rp: i64) -> Taken {
        let held_on = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        Taken { id: Uuid::from_u128(3), sesi_id: Uuid::from_u128(4), code: "DND-2026-000001".into(), held_on, amount_rp: rp }
    }

    fn open(claimed: bool, (earned_rp, denda_rp, adjustment_rp): (i64, i64, i64), (paid, received): (i64, i64)) -> (i64, i64, i64) {
        let record = Model { settlement_revision: 1, paid_rp: paid, received_rp: received, ..super::super::record::tests::begun() };
        let basis = Basis {
            id: Uuid::nil(),
            at: record.decided_at,
            earned: &[earned(earned_rp)],
            taken: &[taken(denda_rp)],
            corrections: &[],
            adjustment_rp,
            record: Some(&record),
        };
        let (settlement, _) = calculate(&policy(claimed), &basis).unwrap();
        // Whatever it comes to, the tutor's account is left with exactly what is still to be paid.
        let account = earned_rp - denda_rp + adjustment_rp - paid + settlement.receivable_rp() + settlement.waived_rp;
        assert_eq!(account, settlement.due_rp);
        (settlement.due_rp, settlement.claim_rp, settlement.waived_rp)
    }

    #[test]
    fn what_is_still_to_move_counts_what_has_moved_already() {
        for (claimed, figures, moved, expected) in [
            (true, (450, 90, 0), (0, 0), (360, 0, 0)),
            // A denda taken back after the payout: the difference is due.
            (true, (450, 0, 0), (360, 0), (90, 0, 0)),
            // Nothing has changed since it was paid.
            (true, (450, 90, 0), (360, 0), (0, 0, 0)),
            // More was paid than is due now.
            (true, (450, 90, -100), (360, 0), (0, 100, 0)),
            (true, (100, 150, 0), (0, 0), (0, 50, 0)),
            // What the tutor has paid back comes back to them when the denda falls.
            (true, (100, 0, 0), (0, 50), (150, 0, 0)),
            (false, (100, 150, 0), (0, 0), (0, 0, 50)),
            (false, (100, 150, 0), (40, 0), (0, 40, 50)),
            (true, (90, 90, 0), (0, 0), (0, 0, 0)),
        ] {
            assert_eq!(open(claimed, figures, moved), expected, "{claimed} {figures:?} {moved:?}");
        }
    }
}
