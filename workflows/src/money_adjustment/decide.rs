//! The business of an adjustment: whose it is, in which month it counts, and who has to agree. Pure.

use super::MoneyAdjustment;
use super::command::{Command, Wish};
use super::facts::Party;
use super::record::{Change, Model, Side};
use super::rejection::Rejection;
use super::state::State;
use crate::books::balance::Month;
use crate::books::{self, corrections};
use crate::records::day::month_of;
use chrono::{NaiveDate, TimeDelta};
use engine::ledger::JournalEntry;
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::refusal::{Failure, Params};
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};

type Decision = Result<PlanOf<MoneyAdjustment>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, MoneyAdjustment>) -> Decision {
    let (by, at) = (case.ctx.actor.id, case.ctx.now);
    match case.command {
        Command::Request(wish) => request(case, wish),
        Command::Approve => {
            let row = case.record.ok_or_else(|| missing("record"))?;
            party(case, row.side)?;
            let entry = entry(case, row)?;
            let change = Change::Approved { by, at, period_month: month_of(entry.posted_on) };
            Ok(told(Plan::new(State::Posted, change).effect(Effect::CloseTask("approve")).effect(Effect::Post(entry)), row))
        }
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { by, at })),
    }
}

fn request(case: &Case<'_, MoneyAdjustment>, wish: &Wish) -> Decision {
    let party = party(case, wish.side)?;
    if wish.amount_rp == 0 {
        return Err(Verdict::Rejected(Rejection::Zero));
    }
    let occurred_on = occurred_on(case, wish)?;
    let row = Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        side: wish.side,
        siswa_id: (wish.side == Side::Siswa).then_some(party.id),
        tutor_id: (wish.side == Side::Tutor).then_some(party.id),
        sesi_id: wish.sesi_id,
        amount_rp: wish.amount_rp,
        occurred_on,
        period_month: month_of(occurred_on),
        state: State::Waiting.as_str().into(),
        reason: case.ctx.reason.map(str::to_owned),
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
        decided_by: None,
        decided_at: None,
    };
    // Looked at in any case: whoever asks is told at once what would stand in the way.
    let entry = entry(case, &row)?;
    let row = Model { period_month: month_of(entry.posted_on), ..row };
    if is_large(case, &row) {
        let due_at = Some(case.ctx.now + TimeDelta::hours(case.facts.sla_hours));
        let plan = Plan::new(State::Waiting, Change::Requested { row: row.clone() }).effect(Effect::OpenTask { name: "approve", due_at });
        return Ok(told(plan.warnings([senior(case.facts.senior_above_rp)]), &row));
    }
    let row = Model { state: State::Posted.as_str().into(), ..row };
    Ok(told(Plan::new(State::Posted, Change::Requested { row: row.clone() }).effect(Effect::Post(entry)), &row))
}

/// By itself, or together with what was adjusted for them in that month before: many small steps are a large one.
fn is_large(case: &Case<'_, MoneyAdjustment>, row: &Model) -> bool {
    let before = case.facts.before.iter().find(|(month, _)| *month == row.period_month).map_or(0, |(_, rp)| *rp);
    before.saturating_add(row.amount_rp.abs()) > case.facts.senior_above_rp
}

fn senior(above_rp: i64) -> Notice {
    let mut params = Params::new();
    params.insert("above_rp".into(), above_rp.into());
    Notice { code: "senior_needed".into(), params }
}

fn told(plan: PlanOf<MoneyAdjustment>, row: &Model) -> PlanOf<MoneyAdjustment> {
    plan.amounts([Amount::rp("adjustment", row.amount_rp)])
}

/// Whose it is; of the sesi, when it is about one.
fn party<'a>(case: &Case<'a, MoneyAdjustment>, side: Side) -> Result<&'a Party, Verdict<Rejection>> {
    let field = side.field();
    let party = case.facts.party.as_ref().ok_or(Verdict::Rejected(Rejection::NobodyNamed { field }))?;
    let of_sesi = case.facts.sesi.as_ref().map(|sesi| match side {
        Side::Siswa => sesi.siswa_id,
        Side::Tutor => sesi.tutor_id,
    });
    if of_sesi.is_some_and(|id| id != party.id) {
        return Err(Verdict::Rejected(Rejection::NotOfSesi { field }));
    }
    if party.left { Err(Verdict::Rejected(Rejection::TutorLeft)) } else { Ok(party) }
}

/// The day of the sesi; or the last day of the month that is named; or today.
fn occurred_on(case: &Case<'_, MoneyAdjustment>, wish: &Wish) -> Result<NaiveDate, Verdict<Rejection>> {
    let today = case.facts.days.today;
    if let Some(sesi) = &case.facts.sesi {
        return Ok(sesi.held_on.min(today));
    }
    let Some(text) = wish.month.as_deref().filter(|text| !text.trim().is_empty()) else { return Ok(today) };
    let month = Month::parse(text.trim()).ok_or(Verdict::Rejected(Rejection::NotAMonth))?;
    if month.first > today {
        return Err(Verdict::Rejected(Rejection::MonthInFuture { present: month_of(today) }));
    }
    Ok(month.last.min(today))
}

/// In its month while that is open, otherwise today (SPEC FIN-8).
fn entry(case: &Case<'_, MoneyAdjustment>, row: &Model) -> Result<JournalEntry, Verdict<Rejection>> {
    let days = &case.facts.days;
    let posted_on = books::posted_on(row.occurred_on, days.today, &days.locked_months).map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))?;
    let key = format!("adjustment:{}", row.id);
    let entry = match (row.siswa_id, row.tutor_id) {
        (Some(siswa), _) => corrections::siswa_adjustment(key, row.occurred_on, siswa, row.amount_rp),
        (None, Some(tutor)) => corrections::tutor_adjustment(key, row.occurred_on, tutor, row.amount_rp),
        (None, None) => return Err(missing("party")),
    };
    Ok(JournalEntry { posted_on, ..entry })
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "money_adjustment".into(), rule: format!("no {what} among the facts") })
}
