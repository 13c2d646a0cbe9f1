//! The business of a write-off: what is open of a live Tagihan, and nothing else. Pure.

use super::WriteOff;
use super::command::Command;
use super::record::{Change, Model};
use super::rejection::Rejection;
use super::state::State;
use crate::books::corrections;
use crate::records::tagihan::Tagihan;
use chrono::{NaiveDate, TimeDelta};
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::refusal::{Failure, Params};
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};
use uuid::Uuid;

type Decision = Result<PlanOf<WriteOff>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, WriteOff>) -> Decision {
    match case.command {
        Command::Request { tagihan_id, tax_compliant, tax_note } => request(case, *tagihan_id, (*tax_compliant, tax_note)),
        Command::Approve => approve(case),
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { by: case.ctx.actor.id, at: case.ctx.now })),
    }
}

fn request(case: &Case<'_, WriteOff>, tagihan_id: Uuid, (tax_compliant, tax_note): (bool, &str)) -> Decision {
    let (tagihan, amount_rp) = open(case)?;
    if let Some(open) = &case.facts.open {
        return Err(Verdict::Rejected(Rejection::AlreadyRequested(open.clone())));
    }
    today(case)?;
    let row = Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        tagihan_id,
        siswa_id: tagihan.siswa_id,
        amount_rp,
        tax_compliant,
        tax_note: Some(tax_note.to_owned()),
        state: State::Requested.as_str().into(),
        written_off_on: None,
        reason: case.ctx.reason.map(str::to_owned),
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
        decided_by: None,
        decided_at: None,
    };
    let due_at = Some(case.ctx.now + TimeDelta::hours(case.facts.sla_hours));
    let plan = Plan::new(State::Requested, Change::Requested { row }).effect(Effect::OpenTask { name: "approve", due_at });
    Ok(plan.amounts([Amount::rp("write_off", amount_rp)]).warnings(not_due(case, tagihan)))
}

/// Somebody may still pay it in time.
fn not_due(case: &Case<'_, WriteOff>, tagihan: &Tagihan) -> Option<Notice> {
    let due_on = tagihan.due_on.filter(|due_on| *due_on >= case.facts.days.today)?;
    let mut params = Params::new();
    params.insert("due_on".into(), due_on.to_string().into());
    Some(Notice { code: "tagihan_not_due".into(), params })
}

fn approve(case: &Case<'_, WriteOff>) -> Decision {
    let row = case.record.ok_or_else(|| missing("record"))?;
    let (before, now_rp) = open(case)?;
    if now_rp != row.amount_rp {
        return Err(Verdict::Rejected(Rejection::Changed { now_rp }));
    }
    let on = today(case)?;
    let after = Tagihan { written_off_rp: before.written_off_rp + row.amount_rp, ..before.clone() }.with_status();
    let entry = corrections::write_off(format!("write_off:{}", row.id), on, row.siswa_id, row.amount_rp);
    let change = Change::Approved { by: case.ctx.actor.id, at: case.ctx.now, on, before: before.clone(), after };
    let plan = Plan::new(State::WrittenOff, change).effect(Effect::CloseTask("approve")).effect(Effect::Post(entry));
    Ok(plan.amounts([Amount::rp("write_off", row.amount_rp)]))
}

/// What is still to be paid of a Tagihan that counts.
fn open<'a>(case: &Case<'a, WriteOff>) -> Result<(&'a Tagihan, i64), Verdict<Rejection>> {
    let tagihan = case.facts.tagihan.as_ref().ok_or_else(|| missing("Tagihan"))?;
    if !tagihan.is_live() {
        return Err(Verdict::Rejected(Rejection::TagihanNotLive { status: tagihan.status.as_str() }));
    }
    if tagihan.open_rp() > 0 { Ok((tagihan, tagihan.open_rp())) } else { Err(Verdict::Rejected(Rejection::NothingOpen)) }
}

fn today(case: &Case<'_, WriteOff>) -> Result<NaiveDate, Verdict<Rejection>> {
    case.facts.days.open_today().map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "write_off".into(), rule: format!("no {what} among the facts") })
}
