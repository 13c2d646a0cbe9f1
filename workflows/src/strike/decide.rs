//! The business of a strike: what it calls for, who decides, and what falls when it goes. Pure.

use super::Strike;
use super::command::{Command, Issued};
use super::definition::DECAY;
use super::record::{Change, Decided, Proposal};
use super::rejection::Rejection;
use super::sanction::{carry_out, closed, follow, has_left, propose, reconsidered, tutor, undone};
use super::state::State;
use crate::records::strike::{Decision as Made, Model, Sanction, Status};
use engine::plan::{Amount, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<Strike>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, Strike>) -> Decision {
    match case.command {
        Command::Issue(asked) => issue(case, asked),
        Command::Adopt => adopt(case),
        Command::ConfirmSanction => {
            let strike = open(case)?;
            decided(case, Made::Confirmed, strike.proposed, strike.proposed_days)
        }
        Command::ChangeSanction { sanction, suspension_days } => change(case, *sanction, suspension_days.unwrap_or(0)),
        Command::DismissSanction => {
            open(case)?;
            decided(case, Made::Dismissed, Sanction::None, 0)
        }
        Command::Revoke => revoke(case, None),
        Command::RevokeByFm { fm_claim_id } => revoke(case, Some(*fm_claim_id)),
        Command::Hold { fm_claim_id } => hold(case, *fm_claim_id),
        Command::Release => release(case),
        Command::Reconsider => reconsider(case),
        Command::RaiseSla => Ok(Plan::new(State::Live, Change::SlaRaised).effect(Effect::FlagTask(super::definition::TASK))),
        Command::Decay => {
            let counted = row(case)?.status == Status::Live;
            Ok(Plan::new(State::Decayed, Change::Decayed).effects(counted.then(|| reconsidered(case.facts)).into_iter().flatten()))
        }
    }
}

fn issue(case: &Case<'_, Strike>, asked: &Issued) -> Decision {
    let points = tutor(case)?.other_points + asked.points;
    let (proposal, decision) = propose(case, points)?;
    let row = Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        sesi_id: asked.sesi_id,
        tutor_id: asked.tutor_id,
        number: asked.number,
        points: asked.points,
        cause: asked.cause,
        at: case.ctx.now,
        decays_at: asked.decays_at,
        status: Status::Live,
        proposed: Sanction::None,
        proposed_days: 0,
        policy_version: 0,
        decision: None,
        sanction: None,
        sanction_days: None,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        fm_claim_id: None,
        revoked_at: None,
        revoked_by: None,
        revoked_reason: None,
    };
    let plan = Plan::new(State::Live, Change::Issued { row, proposal })
        .effect(Effect::ArmTimer { name: DECAY, due_at: asked.decays_at })
        .effects(decision.map(Effect::Decided))
        .effects(follow(case, case.ctx.id, asked.tutor_id, proposal)?);
    Ok(plan.amounts(called_for(points, proposal)))
}

fn adopt(case: &Case<'_, Strike>) -> Decision {
    let row = case.facts.adopted.clone().ok_or_else(|| missing("row"))?;
    if row.status == Status::Revoked {
        return Ok(Plan::new(State::Revoked, Change::Adopted { row }));
    }
    let due_at = row.decays_at;
    Ok(Plan::new(State::Live, Change::Adopted { row: Model { status: Status::Live, ..row } }).effect(Effect::ArmTimer { name: DECAY, due_at }))
}

fn change(case: &Case<'_, Strike>, sanction: Sanction, days: i64) -> Decision {
    let strike = open(case)?;
    if sanction == Sanction::Termination && days > 0 {
        return Err(Verdict::Rejected(Rejection::DaysWithTermination));
    }
    if (sanction, days) == (strike.proposed, strike.proposed_days) {
        return Err(Verdict::Rejected(Rejection::Unchanged));
    }
    decided(case, Made::Changed, sanction, days)
}

fn decided(case: &Case<'_, Strike>, decision: Made, sanction: Sanction, days: i64) -> Decision {
    let decided = Decided { decision, sanction, days, reason: case.ctx.reason.map(str::to_owned), by: case.ctx.actor.id, at: case.ctx.now };
    let followed = carry_out(case, sanction, days)?;
    let plan = Plan::new(State::Live, Change::Decided { decided }).effects(closed()).effects(followed).warnings(has_left(case));
    Ok(plan.amounts([Amount::count("suspension_days", days)]))
}

fn revoke(case: &Case<'_, Strike>, fm_claim_id: Option<Uuid>) -> Decision {
    let strike = row(case)?;
    let change = Change::Revoked { reason: case.ctx.reason.map(str::to_owned), by: case.ctx.actor.id, at: case.ctx.now, fm_claim_id };
    let counted = strike.status == Status::Live;
    let plan =
        Plan::new(State::Revoked, change).effects(undone(case.facts, &strike.code)).effects(counted.then(|| reconsidered(case.facts)).into_iter().flatten());
    let live = tutor(case)?.other_points;
    Ok(plan.amounts([Amount::count("strikes_revoked", strike.points), Amount::count("strikes_live", live)]))
}

fn hold(case: &Case<'_, Strike>, fm_claim_id: Uuid) -> Decision {
    let withdrawn = case.facts.open;
    let plan = Plan::new(State::Held, Change::Held { fm_claim_id, withdrawn }).effects(closed()).effects(reconsidered(case.facts));
    Ok(plan.amounts([Amount::count("strikes_live", tutor(case)?.other_points)]))
}

fn release(case: &Case<'_, Strike>) -> Decision {
    let strike = row(case)?;
    let points = tutor(case)?.other_points + strike.points;
    if strike.decays_at <= case.ctx.now {
        return Ok(Plan::new(State::Live, Change::Released { proposal: None }));
    }
    // It counts again, for every proposal that is still open.
    let others = reconsidered(case.facts);
    let (proposal, decision) = propose(case, points)?;
    if is_decided(case, strike, proposal)? {
        return Ok(Plan::new(State::Live, Change::Released { proposal: None }).effects(others));
    }
    let plan = Plan::new(State::Live, Change::Released { proposal: Some(proposal) })
        .effects(decision.map(Effect::Decided))
        .effects(follow(case, strike.id, strike.tutor_id, proposal)?)
        .effects(others);
    Ok(plan.amounts(called_for(points, proposal)))
}

/// Whether HR has decided about as much before. Strikes that came while it was held may call for more: then somebody
/// decides that, here unless another strike asks for it already.
fn is_decided(case: &Case<'_, Strike>, strike: &Model, proposal: Proposal) -> Result<bool, Verdict<Rejection>> {
    let more = proposal.sanction > strike.proposed && tutor(case)?.other_proposals.is_empty();
    Ok(strike.decision.is_some() && !more)
}

/// Only an open proposal is asked anew; what was decided stays decided.
fn reconsider(case: &Case<'_, Strike>) -> Decision {
    let strike = row(case)?;
    if !case.facts.open {
        return Ok(Plan::new(State::Live, Change::Reconsidered { proposal: None }));
    }
    let own = if strike.decays_at > case.ctx.now { strike.points } else { 0 };
    let points = tutor(case)?.other_points + own;
    let (proposal, decision) = propose(case, points)?;
    let plan = Plan::new(State::Live, Change::Reconsidered { proposal: Some(proposal) }).effects(decision.map(Effect::Decided)).effects(follow(
        case,
        strike.id,
        strike.tutor_id,
        proposal,
    )?);
    Ok(plan.amounts(called_for(points, proposal)))
}

fn called_for(points: i64, proposal: Proposal) -> [Amount; 2] {
    [Amount::count("strikes_live", points), Amount::count("suspension_days", proposal.days)]
}

/// The strike, when it waits for a decision.
fn open<'a>(case: &Case<'a, Strike>) -> Result<&'a Model, Verdict<Rejection>> {
    if case.facts.open { row(case) } else { Err(Verdict::Rejected(Rejection::NothingProposed)) }
}

pub(super) fn row<'a>(case: &Case<'a, Strike>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

pub(super) fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "strike".into(), rule: format!("decided without its {what}") })
}
