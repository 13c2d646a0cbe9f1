//! The business of a refund: never more than there is, paid on a day that can be booked. Pure.

use super::Refund;
use super::command::{Command, Sent};
use super::record::{Change, Model, Payment, Source};
use super::rejection::Rejection;
use super::state::State;
use crate::books::corrections;
use crate::records::day::month_of;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Asia::Jakarta;
use engine::plan::{Amount, Effect, Plan};
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<Refund>, Verdict<Rejection>>;

const TASK: &str = "refund";

pub(super) fn decide(case: &Case<'_, Refund>) -> Decision {
    match case.command {
        Command::Request { siswa_id, amount_rp } => request(case, *siswa_id, *amount_rp),
        Command::Open { siswa_id, credit_note_id, amount_rp } => {
            let row = begun(case, *siswa_id, (Source::CreditNote, Some(*credit_note_id)), *amount_rp)?;
            Ok(due(case, row))
        }
        Command::Note { text } => {
            let number = row(case)?.notes + 1;
            Ok(Plan::new(State::Due, Change::Noted { number, text: Some(text.clone()), by: case.ctx.actor.id, at: case.ctx.now }))
        }
        Command::Send(sent) => send(case, sent),
        Command::Keep => keep(case),
    }
}

fn request(case: &Case<'_, Refund>, siswa_id: Uuid, amount_rp: i64) -> Decision {
    if amount_rp > case.facts.titipan_rp {
        return Err(Verdict::Rejected(Rejection::AboveTitipan { titipan_rp: case.facts.titipan_rp }));
    }
    let today = open_today(case)?;
    let row = begun(case, siswa_id, (Source::Titipan, None), amount_rp)?;
    let entry = corrections::refund_requested(format!("refund:{}:request", row.id), today, siswa_id, amount_rp);
    let left = Amount::rp("titipan_left", case.facts.titipan_rp - amount_rp);
    Ok(due(case, row).effect(Effect::Post(entry)).amounts([left]))
}

fn begun(case: &Case<'_, Refund>, siswa_id: Uuid, (source, credit_note_id): (Source, Option<Uuid>), amount_rp: i64) -> Result<Model, Verdict<Rejection>> {
    Ok(Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        siswa_id,
        source,
        credit_note_id,
        amount_rp,
        state: State::Due.as_str().into(),
        notes: 0,
        reason: case.ctx.reason.map(str::to_owned),
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
        paid_on: None,
        method: None,
        reference: None,
        proof_document_id: None,
        closed_by: None,
        closed_at: None,
    })
}

fn due(case: &Case<'_, Refund>, row: Model) -> PlanOf<Refund> {
    let due_at = Some(case.ctx.now + TimeDelta::hours(case.facts.sla_hours));
    let amount = Amount::rp("refund", row.amount_rp);
    Plan::new(State::Due, Change::Opened { row }).effect(Effect::OpenTask { name: TASK, due_at }).amounts([amount])
}

fn send(case: &Case<'_, Refund>, sent: &Sent) -> Decision {
    let row = row(case)?;
    if !case.facts.document_known {
        return Err(Verdict::Rejected(Rejection::UnknownDocument));
    }
    let paid_on = paid_on(case, row, &sent.paid_on)?;
    let payment = Payment {
        paid_on,
        method: sent.method,
        reference: sent.reference.clone().filter(|text| !text.trim().is_empty()),
        proof_document_id: sent.proof_document_id,
        by: case.ctx.actor.id,
        at: case.ctx.now,
    };
    let entry = corrections::refund_paid(format!("refund:{}:paid", row.id), paid_on, row.siswa_id, row.amount_rp);
    let plan = Plan::new(State::Sent, Change::Sent { payment }).effect(Effect::CloseTask(TASK)).effect(Effect::Post(entry));
    Ok(plan.amounts([Amount::rp("refund_sent", row.amount_rp)]))
}

fn keep(case: &Case<'_, Refund>) -> Decision {
    let row = row(case)?;
    let entry = corrections::refund_kept(format!("refund:{}:kept", row.id), open_today(case)?, row.siswa_id, row.amount_rp);
    let plan = Plan::new(State::Kept, Change::Kept { by: case.ctx.actor.id, at: case.ctx.now }).effect(Effect::CloseTask(TASK)).effect(Effect::Post(entry));
    Ok(plan.amounts([Amount::rp("refund_kept", row.amount_rp)]))
}

/// A day between the one it became owed on and today, in a month that can be booked in.
fn paid_on(case: &Case<'_, Refund>, row: &Model, text: &str) -> Result<NaiveDate, Verdict<Rejection>> {
    let days = &case.facts.days;
    let from = row.requested_at.with_timezone(&Jakarta).date_naive();
    let Ok(day) = text.trim().parse::<NaiveDate>() else { return Err(Verdict::Rejected(Rejection::NotADay)) };
    let rejection = match day {
        day if day > days.today => Rejection::InTheFuture { today: days.today },
        day if day < from => Rejection::BeforeRefund { from },
        day if days.is_locked(day) => Rejection::PaidInLockedMonth { month: month_of(day) },
        day => return Ok(day),
    };
    Err(Verdict::Rejected(rejection))
}

fn open_today(case: &Case<'_, Refund>) -> Result<NaiveDate, Verdict<Rejection>> {
    case.facts.days.open_today().map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))
}

fn row<'a>(case: &Case<'a, Refund>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "refund".into(), rule: format!("no {what} among the facts") })
}
