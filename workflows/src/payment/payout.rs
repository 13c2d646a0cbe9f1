//! Money that leaves: an Honorarium less the PPh that is withheld, and that PPh to the state. Pure.

use super::Payment;
use super::command::{PaidOut, Remitted};
use super::decide::{Decision, begun, fits_line, natural_key, paid_on, post, recorded, reject};
use super::record::{Kind, Model, SlipMoved};
use super::rejection::Rejection;
use super::standing::{self, Slip};
use crate::books;
use engine::plan::{Amount, Effect};
use engine::workflow::{Case, Verdict};

/// A hundredth of a percent: 10,000 of them are all.
const ALL_BPS: i64 = 10_000;

pub(super) fn pay(case: &Case<'_, Payment>, paid: &PaidOut) -> Decision {
    let Some(slip) = &case.facts.slip else { return reject(Rejection::UnknownHonorarium) };
    if slip.status != "ISSUED" {
        return reject(Rejection::HonorariumClosed { number: slip.number.clone(), status: slip.status.clone() });
    }
    if slip.tutor_left {
        return reject(Rejection::TutorLeft { code: slip.tutor_code.clone() });
    }
    let on = paid_on(case, &paid.moved)?;
    if let Some(from) = slip.issued_on.filter(|day| *day > on) {
        return reject(Rejection::BeforeDocument { from, number: slip.number.clone() });
    }
    let (pph_rp, bps) = withheld(slip, paid)?;
    let amount_rp = slip.net_rp - pph_rp;
    fits_line(case.facts, paid.bank_line_id, -amount_rp)?;
    let payment = Model {
        tutor_id: Some(slip.tutor_id),
        honorarium_id: Some(slip.id),
        amount_rp,
        pph_withheld_rp: pph_rp,
        pph_bps: bps,
        ..begun(case, Kind::Honorarium, on, Some(&paid.moved))?
    };
    let entry = books::honorarium_payment(natural_key(case), on, slip.tutor_id, (amount_rp, pph_rp));
    let amounts = [
        Amount::rp("honorarium_gross", slip.gross_rp),
        Amount::rp("honorarium_net", slip.net_rp),
        Amount::rp("pph_withheld", pph_rp),
        Amount::rp("honorarium_paid", amount_rp),
    ];
    Ok(post(recorded(payment, vec![], Some(moved(slip, "PAID", (amount_rp, pph_rp))), paid.bank_line_id), entry).amounts(amounts))
}

/// The Honorarium after its payment, or after that was taken back.
pub(super) fn moved(slip: &Slip, status: &str, (paid_rp, pph_withheld_rp): (i64, i64)) -> SlipMoved {
    SlipMoved { id: slip.id, number: slip.number.clone(), status_before: slip.status.clone(), status: status.into(), paid_rp, pph_withheld_rp }
}

/// As it was said, or by the rate it was said by, which is kept.
fn withheld(slip: &Slip, paid: &PaidOut) -> Result<(i64, Option<i64>), Verdict<Rejection>> {
    let (pph_rp, bps) = match (paid.pph_withheld_rp, paid.pph_bps) {
        (Some(rp), _) => (rp, None),
        (None, Some(bps)) => (of_gross(slip.gross_rp, bps), Some(bps)),
        (None, None) => (0, None),
    };
    if pph_rp > slip.net_rp { Err(Verdict::Rejected(Rejection::AboveNet { net_rp: slip.net_rp })) } else { Ok((pph_rp, bps)) }
}

/// So many hundredths of a percent of what was earned, rounded half up to the rupiah (SPEC MON-1).
pub fn of_gross(gross_rp: i64, bps: i64) -> i64 {
    let whole = i128::from(gross_rp.max(0)) * i128::from(bps);
    let rounded = (whole + i128::from(ALL_BPS / 2)) / i128::from(ALL_BPS);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

pub(super) fn remit(case: &Case<'_, Payment>, remitted: &Remitted) -> Decision {
    if standing::bounds(&remitted.month).is_none() {
        return reject(Rejection::NotAMonth);
    }
    let on = paid_on(case, &remitted.moved)?;
    fits_line(case.facts, remitted.bank_line_id, -remitted.amount_rp)?;
    let left_rp = case.facts.withheld_rp;
    if remitted.amount_rp > left_rp {
        return reject(Rejection::AboveWithheld { left_rp });
    }
    let payment = Model { pph_month: Some(remitted.month.clone()), amount_rp: remitted.amount_rp, ..begun(case, Kind::Pph, on, Some(&remitted.moved))? };
    let entry = books::pph_remitted(natural_key(case), on, remitted.amount_rp);
    let amounts = [Amount::rp("pph_remitted", remitted.amount_rp), Amount::rp("pph_left", left_rp - remitted.amount_rp)];
    Ok(recorded(payment, vec![], None, remitted.bank_line_id).effect(Effect::Post(entry)).amounts(amounts))
}

#[cfg(test)]
mod tests {
    use super::of_gross;

    #[test]
    fn half_a_rupiah_is_rounded_up() {
        for (gross, bps, pph) in [(1_000_000, 250, 25_000), (100_001, 250, 2_500), (100_020, 250, 2_501), (100_019, 250, 2_500), (0, 500, 0), (-5, 500, 0)] {
            assert_eq!(of_gross(gross, bps), pph, "{gross} at {bps}");
        }
        assert_eq!(of_gross(i64::MAX, 10_000), i64::MAX);
    }
}
