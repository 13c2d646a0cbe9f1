//! The business of a denda: when it counts, and what of it stands in the books. Pure.

use super::Denda;
use super::command::{Command, Imposed};
use super::definition::{GRACE, TIMER};
use super::facts::Lesson;
use super::record::Change;
use super::rejection::Rejection;
use super::state::State;
use crate::books::{self, kind};
use crate::records::denda::{Model, Status};
use chrono::{DateTime, NaiveDate, Utc};
use engine::ledger::JournalEntry;
use engine::plan::{Amount, AnyCommand, Effect, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<Denda>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, Denda>) -> Decision {
    match case.command {
        Command::Impose(asked) => {
            let held_on = lesson(case)?.held_on;
            let entry = books::denda(natural_key(asked), held_on, asked.tutor_id, asked.amount_rp);
            Ok(imposed(case, asked)?.effect(Effect::Post(entry)))
        }
        Command::ImposeByOverride(asked) => imposed(case, asked),
        Command::Adopt => adopt(case),
        Command::Hold { fm_claim_id } => Ok(told(Plan::new(State::Held, Change::Held { fm_claim_id: *fm_claim_id }), row(case)?)
            .effect(Effect::DisarmTimer(TIMER))
            .effect(Effect::WaitOn(*fm_claim_id))),
        Command::Release { contest_until } => release(case, *contest_until),
        Command::Contest { fm_claim_id } => Ok(told(Plan::new(State::Applied, Change::Contested { fm_claim_id: *fm_claim_id }), row(case)?)
            .effect(Effect::DisarmTimer(TIMER))
            .effect(Effect::WaitOn(*fm_claim_id))),
        Command::Finalise | Command::Close => Ok(told(Plan::new(State::Final, Change::Finalised), row(case)?)),
        Command::Amend { amount_rp } => {
            let amended = Plan::new(State::Applied, Change::Amended { amount_rp: *amount_rp });
            Ok(amended.amounts([Amount::rp("denda", *amount_rp)]))
        }
        Command::Reverse { fm_claim_id } => reverse(case, *fm_claim_id),
    }
}

/// The first denda of a sesi keeps the name that denda have always had in the books.
fn natural_key(asked: &Imposed) -> String {
    match asked.number {
        1 => format!("sesi:{}:denda", asked.sesi_id),
        number => format!("sesi:{}:denda:{number}", asked.sesi_id),
    }
}

fn imposed(case: &Case<'_, Denda>, asked: &Imposed) -> Decision {
    let row = Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        sesi_id: asked.sesi_id,
        tutor_id: asked.tutor_id,
        number: asked.number,
        amount_rp: asked.amount_rp,
        status: Status::Applied,
        at: case.ctx.now,
        contest_until: Some(asked.contest_until),
        fm_claim_id: None,
        reversed_at: None,
    };
    Ok(told(Plan::new(State::Applied, Change::Imposed { row: row.clone() }), &row).effect(closes(asked.contest_until)))
}

fn adopt(case: &Case<'_, Denda>) -> Decision {
    let row = case.facts.adopted.clone().ok_or_else(|| missing("row"))?;
    if row.status == Status::Reversed {
        return Ok(Plan::new(State::Reversed, Change::Adopted { row }));
    }
    let row = Model { status: Status::Applied, ..row };
    let until = row.contest_until.unwrap_or(case.ctx.now);
    Ok(Plan::new(State::Applied, Change::Adopted { row }).effect(closes(until)))
}

fn release(case: &Case<'_, Denda>, contest_until: Option<DateTime<Utc>>) -> Decision {
    let change = Change::Released { contest_until };
    let plan = match contest_until {
        Some(until) => Plan::new(State::Applied, change).effect(closes(until)),
        None => Plan::new(State::Final, change),
    };
    Ok(told(plan, row(case)?).effect(Effect::WaitNoMore))
}

/// Nothing posted is touched: an entry the other way, where there is one to undo (SPEC MON-2, FIN-8).
fn reverse(case: &Case<'_, Denda>, fm_claim_id: Option<Uuid>) -> Decision {
    let (denda, lesson) = (row(case)?, lesson(case)?);
    let back = books::denda(format!("denda:{}:reversal", denda.id), lesson.held_on, denda.tutor_id, denda.amount_rp);
    let back = JournalEntry { posted_on: posted_on(lesson)?, ..books::undone(back, &kind::DENDA_REVERSAL, case.facts.entry_id) };
    let change = Change::Reversed { fm_claim_id, at: case.ctx.now };
    let revised = case.facts.settled_by.map(|id| Effect::Send { workflow: "termination", id, command: AnyCommand::new("revise_settlement") });
    let posted = (!back.postings.is_empty()).then_some(Effect::Post(back));
    let plan = Plan::new(State::Reversed, change).amounts([Amount::rp("denda_reversed", denda.amount_rp)]);
    Ok(plan.effects(posted).effects(revised))
}

/// In the month of the sesi while that is open, otherwise today.
fn posted_on(lesson: &Lesson) -> Result<NaiveDate, Verdict<Rejection>> {
    books::posted_on(lesson.held_on, lesson.today, &lesson.locked_months).map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))
}

/// What is contested to the last second may be worked on a little later.
fn closes(contest_until: DateTime<Utc>) -> Effect {
    Effect::ArmTimer { name: TIMER, due_at: contest_until + GRACE }
}

fn told(plan: PlanOf<Denda>, denda: &Model) -> PlanOf<Denda> {
    plan.amounts([Amount::rp("denda", denda.amount_rp)])
}

fn row<'a>(case: &Case<'a, Denda>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn lesson<'a>(case: &Case<'a, Denda>) -> Result<&'a Lesson, Verdict<Rejection>> {
    case.facts.lesson.as_ref().ok_or_else(|| missing("sesi"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "denda".into(), rule: format!("decided without its {what}") })
}
