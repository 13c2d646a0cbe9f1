//! The business of a claim: when it may be filed and appealed, and what each decision means for the penalty. Pure.

use super::FmClaim;
use super::command::Command;
use super::evidence::Evidence;
use super::facts::Rules;
use super::penalty::{Penalty, Told};
use super::record::{Category, Change, Filed, Model};
use super::rejection::Rejection;
use super::state::State;
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::{Amount, Effect, Plan};
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<FmClaim>, Verdict<Rejection>>;

/// What is received in time may be carried out a little later: a timer that closes a window leaves it this long.
const GRACE: TimeDelta = TimeDelta::seconds(60);

pub(super) fn decide(case: &Case<'_, FmClaim>) -> Decision {
    match case.command {
        Command::File { sesi_id, tutor_id, category, story, .. } => file(case, (*sesi_id, *tutor_id), (*category, story)),
        Command::AddEvidence { .. } => add_evidence(case),
        Command::Note { comp_notes } => Ok(for_tutor(case, Plan::new(state(case)?, Change::Noted { comp_notes: comp_notes.clone() }))),
        Command::Withdraw => withdraw(case),
        Command::Approve => approve(case),
        Command::Reject => reject(case),
        Command::Appeal => appeal(case),
        Command::Uphold => uphold(case),
        Command::Overturn => overturn(case),
        Command::CloseWindow => {
            let plan = Plan::new(State::Final, Change::WindowClosed { at: case.ctx.now });
            Ok(telling(plan, penalty(case)?.finalised()))
        }
        Command::FlagReview => {
            let state = state(case)?;
            Ok(Plan::new(state, Change::ReviewLate).effect(Effect::FlagTask(review(state))))
        }
    }
}

fn file(case: &Case<'_, FmClaim>, (sesi_id, tutor_id): (Uuid, Uuid), (category, story): (Category, &str)) -> Decision {
    let (facts, rules) = (case.facts, rules(case)?);
    let penalty = facts.penalty.as_ref().ok_or(Verdict::Rejected(Rejection::NothingToClaim))?;
    let claim_until = may_be_claimed(case, penalty, rules)?;
    let evidence = accepted(case)?;
    let sesi = facts.sesi.as_ref().ok_or_else(|| missing("sesi"))?;
    let review_due_at = case.ctx.now + TimeDelta::hours(rules.review_hours);
    let denda = penalty.denda.as_ref();
    let filed = Filed {
        id: case.ctx.id,
        code: facts.code.clone().ok_or_else(|| missing("code"))?,
        sesi_id,
        siswa_id: sesi.siswa_id,
        tutor_id,
        number: penalty.number,
        denda_id: denda.map(|denda| denda.id),
        strike_id: penalty.strike.as_ref().map(|strike| strike.id),
        denda_rp: denda.map(|denda| denda.amount_rp),
        penalty_at: penalty.at,
        category,
        story: story.trim().to_owned(),
        levels: rules.levels,
        by: case.ctx.actor.id,
        at: case.ctx.received_at,
        claim_until,
        review_due_at,
        evidence,
    };
    let plan = Plan::new(State::PendingL1, Change::Filed { filed: Box::new(filed) }).effects(reviewed_by(State::PendingL1, review_due_at));
    let amounts = [Amount::rp("denda", penalty.returned_rp()), Amount::count("strikes", penalty.revoked_points())];
    Ok(for_tutor(case, telling(plan, penalty.held(case.ctx.id)).amounts(amounts)))
}

/// Until when it can be claimed, when it still can.
fn may_be_claimed(case: &Case<'_, FmClaim>, penalty: &Penalty, rules: Rules) -> Result<DateTime<Utc>, Verdict<Rejection>> {
    if let Some(other) = &case.facts.other {
        return Err(Verdict::Rejected(Rejection::AlreadyClaimed(other.clone())));
    }
    // A denda says itself until when; it was fixed when it was imposed.
    let fixed = penalty.denda.as_ref().and_then(|denda| denda.contest_until);
    let until = fixed.unwrap_or(penalty.at + TimeDelta::days(rules.claim_window_days));
    if is_past(case, until) || penalty.is_closed() {
        return Err(Verdict::Rejected(Rejection::ClaimWindowClosed { until }));
    }
    if penalty.counts() { Ok(until) } else { Err(Verdict::Rejected(Rejection::NothingToClaim)) }
}

fn add_evidence(case: &Case<'_, FmClaim>) -> Decision {
    let evidence = accepted(case)?;
    if evidence.is_empty() {
        return Err(Verdict::Rejected(Rejection::Evidence { code: "evidence_empty" }));
    }
    Ok(for_tutor(case, Plan::new(state(case)?, Change::EvidenceAdded { evidence })))
}

/// The files offered, when all can be evidence.
fn accepted(case: &Case<'_, FmClaim>) -> Result<Vec<Evidence>, Verdict<Rejection>> {
    if let Some(fault) = case.facts.offered.iter().find_map(|offered| offered.fault) {
        return Err(Verdict::Rejected(Rejection::Evidence { code: fault.as_str() }));
    }
    Ok(case.facts.offered.iter().map(|offered| offered.evidence.clone()).collect())
}

fn withdraw(case: &Case<'_, FmClaim>) -> Decision {
    let until = record(case)?.claim_until;
    // While there is time it may be claimed anew.
    let contest_until = (!is_past(case, until)).then_some(until);
    let plan = Plan::new(State::Withdrawn, Change::Withdrawn { reason: reason(case), at: case.ctx.now });
    Ok(for_tutor(case, telling(plan, penalty(case)?.released(contest_until))))
}

fn approve(case: &Case<'_, FmClaim>) -> Decision {
    let change = Change::Approved { by: case.ctx.actor.id, at: case.ctx.now, reason: reason(case) };
    undo(case, Plan::new(State::Approved, change))
}

fn reject(case: &Case<'_, FmClaim>) -> Decision {
    let two_levels = record(case)?.levels > 1;
    let appeal_until = two_levels.then_some(case.ctx.now + TimeDelta::days(rules(case)?.appeal_window_days));
    let change = Change::Rejected { by: case.ctx.actor.id, at: case.ctx.now, reason: reason(case), appeal_until };
    let next = if appeal_until.is_some() { State::Rejected } else { State::Final };
    let plan = Plan::new(next, change)
        .effects(review_over(State::PendingL1))
        .effects(appeal_until.map(|until| Effect::ArmTimer { name: "appeal_closes", due_at: until + GRACE }));
    let penalty = penalty(case)?;
    Ok(telling(plan, penalty.released(appeal_until)).amounts([Amount::rp("denda", penalty.returned_rp()), Amount::count("strikes", penalty.revoked_points())]))
}

fn appeal(case: &Case<'_, FmClaim>) -> Decision {
    let (penalty, until) = (penalty(case)?, record(case)?.appeal_until.ok_or_else(|| missing("appeal window"))?);
    // The denda has a timer of its own for the same instant: when that was first, the window was closed.
    if is_past(case, until) || penalty.is_closed() {
        return Err(Verdict::Rejected(Rejection::AppealWindowClosed { until }));
    }
    let review_due_at = case.ctx.now + TimeDelta::hours(rules(case)?.review_hours);
    let change = Change::Appealed { by: case.ctx.actor.id, at: case.ctx.received_at, reason: reason(case), review_due_at };
    let plan = Plan::new(State::PendingL2, change).effect(Effect::DisarmTimer("appeal_closes")).effects(reviewed_by(State::PendingL2, review_due_at));
    Ok(for_tutor(case, telling(plan, penalty.contested(case.ctx.id))))
}

fn uphold(case: &Case<'_, FmClaim>) -> Decision {
    let change = Change::Upheld { by: case.ctx.actor.id, at: case.ctx.now, reason: reason(case) };
    let penalty = penalty(case)?;
    let amounts = [Amount::rp("denda", penalty.returned_rp()), Amount::count("strikes", penalty.revoked_points())];
    Ok(telling(Plan::new(State::Upheld, change), penalty.finalised()).amounts(amounts))
}

fn overturn(case: &Case<'_, FmClaim>) -> Decision {
    let change = Change::Overturned { by: case.ctx.actor.id, at: case.ctx.now, reason: reason(case) };
    undo(case, Plan::new(State::Overturned, change))
}

/// Denda paid back, strike revoked.
fn undo(case: &Case<'_, FmClaim>, plan: PlanOf<FmClaim>) -> Decision {
    let penalty = penalty(case)?;
    let amounts = [Amount::rp("denda_returned", penalty.returned_rp()), Amount::count("strikes_revoked", penalty.revoked_points())];
    Ok(telling(plan, penalty.undone(case.ctx.id)).amounts(amounts))
}

/// Whether the request came in after the deadline; the last second belongs to it.
fn is_past(case: &Case<'_, FmClaim>, until: DateTime<Utc>) -> bool {
    case.ctx.received_at.timestamp() > until.timestamp()
}

/// The task of a review with its promised end.
fn reviewed_by(state: State, due_at: DateTime<Utc>) -> [Effect; 2] {
    [Effect::OpenTask { name: review(state), due_at: Some(due_at) }, Effect::ArmTimer { name: "review_sla", due_at }]
}

fn review_over(state: State) -> [Effect; 2] {
    [Effect::CloseTask(review(state)), Effect::DisarmTimer("review_sla")]
}

fn review(state: State) -> &'static str {
    if state == State::PendingL2 { "review_l2" } else { "review_l1" }
}

fn telling(plan: PlanOf<FmClaim>, told: Told) -> PlanOf<FmClaim> {
    plan.effects(told.effects).warnings(told.warnings)
}

/// Entered by an admin for the tutor.
fn for_tutor(case: &Case<'_, FmClaim>, plan: PlanOf<FmClaim>) -> PlanOf<FmClaim> {
    let tutor = match (case.command, case.record) {
        (Command::File { tutor_id, .. }, _) => Some(*tutor_id),
        (_, record) => record.map(|record| record.tutor_id),
    };
    Plan { on_behalf_of: case.facts.tutor_name.clone(), done_for: tutor, ..plan }
}

fn reason(case: &Case<'_, FmClaim>) -> Option<String> {
    case.ctx.reason.map(str::to_owned)
}

fn state(case: &Case<'_, FmClaim>) -> Result<State, Verdict<Rejection>> {
    case.state.ok_or_else(|| missing("state"))
}

fn record<'a>(case: &Case<'a, FmClaim>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn penalty<'a>(case: &Case<'a, FmClaim>) -> Result<&'a Penalty, Verdict<Rejection>> {
    case.facts.penalty.as_ref().ok_or_else(|| missing("penalty"))
}

fn rules(case: &Case<'_, FmClaim>) -> Result<Rules, Verdict<Rejection>> {
    case.facts.rules.ok_or_else(|| missing("settings"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "fm_claim".into(), rule: format!("no {what} among the facts") })
}
