//! The business of an override: what may be overridden, by whom, and how the books follow. Pure.

use super::ResultOverride;
use super::command::Command;
use super::facts::{Closed, Standing, settled};
use super::record::{Asked, Change, ResultKind};
use super::rejection::Rejection;
use super::state::State;
use crate::books::{self, Parties, Worth, kind};
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::plan::{Amount, AnyCommand, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

type Decision = Result<PlanOf<ResultOverride>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, ResultOverride>) -> Decision {
    let (by, at) = (case.ctx.actor.id, case.ctx.now);
    match case.command {
        Command::Request { sesi_id, result, final_rp } => request(case, (*sesi_id, *result), *final_rp),
        Command::Approve => approve(case),
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { by, at })),
        Command::Withdraw => Ok(Plan::new(State::Withdrawn, Change::Withdrawn)),
    }
}

fn request(case: &Case<'_, ResultOverride>, (sesi_id, result): (Uuid, ResultKind), final_rp: i64) -> Decision {
    let closed = closed(case)?;
    let computed_rp = may_change(case, closed, result)?;
    let before_rp = case.facts.standing.of(result);
    if before_rp == final_rp {
        return Err(Verdict::Rejected(Rejection::Unchanged));
    }
    let asked = Asked {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        sesi_id,
        siswa_id: closed.siswa_id,
        tutor_id: closed.tutor_id,
        result,
        kind: closed.kind(),
        period_month: closed.period_month.clone(),
        computed_rp,
        before_rp,
        final_rp,
        reason: case.ctx.reason.map(str::to_owned),
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    // From what was computed as well as from what counts: many small steps are a large one, and so is the way back.
    let difference = final_rp.abs_diff(computed_rp).max(final_rp.abs_diff(before_rp));
    let plan = if i64::try_from(difference).unwrap_or(i64::MAX) > case.facts.senior_above_rp {
        // Looked at now as well: whoever asks is told at once what would stand in the way.
        posted_on(closed)?;
        Plan::new(State::Requested, Change::Requested { asked }).effect(Effect::OpenTask { name: "approve", due_at: None })
    } else {
        let entries = entries(case, closed, result, final_rp)?;
        let charged = charged(case, (sesi_id, closed.tutor_id), result, final_rp);
        Plan::new(State::Applied, Change::Made { asked }).effects(entries.into_iter().map(Effect::Post)).effects(charged)
    };
    Ok(plan.amounts(amounts(computed_rp, before_rp, final_rp)))
}

fn approve(case: &Case<'_, ResultOverride>) -> Decision {
    let (record, closed) = (case.record.ok_or_else(|| missing("record"))?, closed(case)?);
    may_change(case, closed, record.result)?;
    let now_rp = case.facts.standing.of(record.result);
    if now_rp != record.before_rp {
        return Err(Verdict::Rejected(Rejection::ResultChanged { now_rp }));
    }
    let entries = entries(case, closed, record.result, record.final_rp)?;
    let change = Change::Approved { by: case.ctx.actor.id, at: case.ctx.now };
    let charged = charged(case, (record.sesi_id, record.tutor_id), record.result, record.final_rp);
    let plan = Plan::new(State::Applied, change).effect(Effect::CloseTask("approve")).effects(entries.into_iter().map(Effect::Post));
    Ok(plan.effects(charged).amounts(amounts(record.computed_rp, record.before_rp, record.final_rp)))
}

/// The denda is a case of its own: it is told its new amount, or begun where there was none.
fn charged(case: &Case<'_, ResultOverride>, (sesi_id, tutor_id): (Uuid, Uuid), result: ResultKind, final_rp: i64) -> Option<Effect> {
    if result != ResultKind::Denda {
        return None;
    }
    if let Some(id) = case.facts.standing.denda_id {
        let command = AnyCommand::with("amend", &json!({ "amount_rp": final_rp }));
        return Some(Effect::Send { workflow: "denda", id, command });
    }
    let new = case.facts.new_denda.as_ref()?;
    let body = json!({ "sesi_id": sesi_id, "tutor_id": tutor_id, "number": new.number, "amount_rp": final_rp, "contest_until": new.contest_until });
    Some(Effect::Start { workflow: "denda", id: new.id, command: AnyCommand::with("impose_by_override", &body) })
}

/// What closing the sesi computed, when it may still be overridden.
fn may_change(case: &Case<'_, ResultOverride>, closed: &Closed, result: ResultKind) -> Result<i64, Verdict<Rejection>> {
    let rejection = match (&case.facts.standing.status, &case.facts.open) {
        _ if !closed.terminal => Rejection::NotClosed { state: closed.state.clone() },
        (Some(status), _) if status == "REVERSED" => Rejection::AlreadyReversed,
        _ if case.facts.billed.is_some() => return Err(Verdict::Rejected(billed(case, result)?)),
        (Some(status), _) if status == "PAID" => Rejection::AlreadyPaid,
        (Some(status), _) if status == "HELD" => Rejection::DendaHeld,
        (Some(status), _) if status == "FINAL" => Rejection::DendaFinal,
        (_, Some(open)) => Rejection::AlreadyRequested(open.clone()),
        (_, None) => return closed.computed(result).ok_or(Verdict::Rejected(Rejection::NotComputed)),
    };
    Err(Verdict::Rejected(rejection))
}

/// What a document says is fixed: the siswa's side is credited, the tutor's adjusted.
fn billed(case: &Case<'_, ResultOverride>, result: ResultKind) -> Result<Rejection, Verdict<Rejection>> {
    let document = case.facts.billed.clone().ok_or_else(|| missing("document"))?;
    Ok(match result {
        ResultKind::Tagihan => Rejection::SiswaBilled(document),
        ResultKind::Honorarium | ResultKind::Transport | ResultKind::Denda => Rejection::TutorBilled(document),
    })
}

/// What was computed, what counted until now, what counts from now on.
fn amounts(computed_rp: i64, before_rp: i64, final_rp: i64) -> Vec<Amount> {
    let mut amounts = vec![Amount::rp("override_computed", computed_rp)];
    if before_rp != computed_rp {
        amounts.push(Amount::rp("override_before", before_rp));
    }
    amounts.push(Amount::rp("override_final", final_rp));
    amounts
}

/// The standing entry reversed, and the one that takes its place; nothing posted is touched (SPEC MON-2).
fn entries(case: &Case<'_, ResultOverride>, closed: &Closed, result: ResultKind, final_rp: i64) -> Result<Vec<JournalEntry>, Verdict<Rejection>> {
    let posted_on = posted_on(closed)?;
    let now = &case.facts.standing;
    let key = |what: &str| format!("override:{}:{what}", case.ctx.id);
    let back = books::undone(entry(closed, key("reversal"), result, now), &kind::OVERRIDE_REVERSAL, now.entry_id);
    let anew = entry(closed, key("entry"), result, &changed(now, result, final_rp));
    let posted = [back, anew].into_iter().filter(|entry| !entry.postings.is_empty());
    Ok(posted.map(|entry| JournalEntry { posted_on, ..entry }).collect())
}

fn entry(closed: &Closed, natural_key: String, result: ResultKind, worth: &Standing) -> JournalEntry {
    let parties = Parties { siswa_id: closed.siswa_id, tutor_id: closed.tutor_id };
    if result == ResultKind::Denda {
        return books::denda(natural_key, closed.held_on, closed.tutor_id, worth.denda_rp);
    }
    let worth = Worth { siswa_rp: worth.tagihan_rp, honorarium_rp: worth.honorarium_rp, transport_rp: worth.transport_rp };
    books::lesson(natural_key, closed.held_on, settled(closed.kind()), parties, worth)
}

fn changed(now: &Standing, result: ResultKind, rp: i64) -> Standing {
    let now = now.clone();
    match result {
        ResultKind::Tagihan => Standing { tagihan_rp: rp, ..now },
        ResultKind::Honorarium => Standing { honorarium_rp: rp, ..now },
        ResultKind::Transport => Standing { transport_rp: rp, ..now },
        ResultKind::Denda => Standing { denda_rp: rp, ..now },
    }
}

/// In the month of the sesi while that is open, otherwise today (SPEC FIN-8).
fn posted_on(closed: &Closed) -> Result<NaiveDate, Verdict<Rejection>> {
    books::posted_on(closed.held_on, closed.today, &closed.locked_months).map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))
}

fn closed<'a>(case: &Case<'a, ResultOverride>) -> Result<&'a Closed, Verdict<Rejection>> {
    case.facts.closed.as_ref().ok_or_else(|| missing("sesi"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "override".into(), rule: format!("no {what} among the facts") })
}
