//! The business of a credit note: no line beyond its amount, what is open first, and who has to agree. Pure.

use super::CreditNote;
use super::command::Command;
use super::facts::{Facts, series};
use super::record::{Asked, Change, Issue, Keep, Model};
use super::rejection::Rejection;
use super::state::State;
use crate::books::corrections::{self, Credited};
use crate::records::tagihan::Tagihan;
use chrono::TimeDelta;
use engine::plan::{Amount, AnyCommand, Effect, Notice, Plan};
use engine::refusal::{Failure, Params};
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

type Decision = Result<PlanOf<CreditNote>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, CreditNote>) -> Decision {
    let (by, at) = (case.ctx.actor.id, case.ctx.now);
    match case.command {
        Command::Request { tagihan_id, lines, keep } => request(case, *tagihan_id, lines, *keep),
        Command::Approve => {
            let row = case.record.ok_or_else(|| missing("record"))?;
            creditable(case.facts, &case.facts.asked)?;
            let issue = issue(case, row, &case.facts.asked)?;
            let plan = Plan::new(State::Issued, Change::Approved { by, at, issue: Box::new(issue.clone()) }).effect(Effect::CloseTask("approve"));
            Ok(issued(plan, row, &issue))
        }
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { by, at })),
    }
}

fn request(case: &Case<'_, CreditNote>, tagihan_id: Uuid, lines: &Value, keep: Keep) -> Decision {
    let facts = case.facts;
    let asked = read(lines)?;
    let amount_rp = creditable(facts, &asked)?;
    if let Some(open) = &facts.open {
        return reject(Rejection::AlreadyRequested(open.clone()));
    }
    let row = Model {
        id: case.ctx.id,
        code: facts.code.clone().ok_or_else(|| missing("code"))?,
        number: None,
        tagihan_id,
        siswa_id: tagihan(facts)?.siswa_id,
        amount_rp,
        open_rp: 0,
        paid_rp: 0,
        keep,
        state: State::Requested.as_str().into(),
        issued_on: None,
        refund_id: None,
        reason: case.ctx.reason.map(str::to_owned),
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
        decided_by: None,
        decided_at: None,
    };
    // Looked at in any case: whoever asks is told at once what would stand in the way.
    let issue = issue(case, &row, &asked)?;
    if facts.before_rp.saturating_add(amount_rp) > facts.senior_above_rp {
        let due_at = Some(case.ctx.now + TimeDelta::hours(facts.sla_hours));
        let plan = Plan::new(State::Requested, Change::Requested { row, lines: asked }).effect(Effect::OpenTask { name: "approve", due_at });
        return Ok(plan.amounts(amounts(&issue)).warnings([senior(facts.senior_above_rp)]));
    }
    let change = Change::Made { row: row.clone(), lines: asked, issue: Box::new(issue.clone()) };
    Ok(issued(Plan::new(State::Issued, change), &row, &issue))
}

/// Every line that is asked for, once, above zero.
fn read(lines: &Value) -> Result<Vec<Asked>, Verdict<Rejection>> {
    let asked: Vec<Asked> = serde_json::from_value(lines.clone()).map_err(|_| Verdict::Rejected(Rejection::LinesMalformed))?;
    let mut seen = BTreeSet::new();
    for line in &asked {
        if line.amount_rp <= 0 {
            return Err(Verdict::Rejected(Rejection::NothingCredited { number: line.number }));
        }
        if !seen.insert(line.number) {
            return Err(Verdict::Rejected(Rejection::LineTwice { number: line.number }));
        }
    }
    if asked.is_empty() { Err(Verdict::Rejected(Rejection::NoLines)) } else { Ok(asked) }
}

/// What the lines come to, when each and all of them may be credited that much.
fn creditable(facts: &Facts, asked: &[Asked]) -> Result<i64, Verdict<Rejection>> {
    let tagihan = tagihan(facts)?;
    if !tagihan.is_live() {
        return Err(Verdict::Rejected(Rejection::TagihanNotLive { status: tagihan.status.as_str() }));
    }
    let mut sum: i64 = 0;
    for line in asked {
        let Some(known) = facts.lines.iter().find(|known| known.number == line.number) else {
            return Err(Verdict::Rejected(Rejection::UnknownLine { number: line.number }));
        };
        if line.amount_rp > known.left_rp {
            return Err(Verdict::Rejected(Rejection::AboveLine { number: line.number, left_rp: known.left_rp.max(0) }));
        }
        sum = sum.saturating_add(line.amount_rp);
    }
    let left_rp = tagihan.total_rp - tagihan.credited_rp;
    if sum > left_rp { Err(Verdict::Rejected(Rejection::AboveTagihan { left_rp })) } else { Ok(sum) }
}

/// What issuing it today changes.
fn issue(case: &Case<'_, CreditNote>, row: &Model, lines: &[Asked]) -> Result<Issue, Verdict<Rejection>> {
    let (facts, before) = (case.facts, tagihan(case.facts)?);
    let issued_on = facts.days.open_today().map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))?;
    let open_rp = row.amount_rp.min(before.open_rp());
    let paid_rp = row.amount_rp - open_rp;
    let after = Tagihan { credited_rp: before.credited_rp + row.amount_rp, refunded_rp: before.refunded_rp + paid_rp, ..before.clone() };
    let series = series(&facts.days);
    Ok(Issue {
        number: format!("{series}-{:05}", facts.next_number),
        series,
        issued_on,
        open_rp,
        paid_rp,
        refund_id: (paid_rp > 0 && row.keep == Keep::Refund).then_some(facts.refund_id),
        lines: lines.to_vec(),
        before: before.clone(),
        after: after.with_status(),
    })
}

fn issued(plan: PlanOf<CreditNote>, row: &Model, issue: &Issue) -> PlanOf<CreditNote> {
    let (refund_rp, deposit_rp) = if row.keep == Keep::Refund { (issue.paid_rp, 0) } else { (0, issue.paid_rp) };
    let worth = Credited { open_rp: issue.open_rp, refund_rp, deposit_rp };
    let entry = corrections::credit_note(format!("credit_note:{}", row.id), issue.issued_on, row.siswa_id, worth);
    let refund = issue.refund_id.map(|id| {
        let body = json!({ "siswa_id": row.siswa_id, "credit_note_id": row.id, "amount_rp": issue.paid_rp });
        let command = AnyCommand { reason: row.reason.clone(), ..AnyCommand::with("open", &body) };
        Effect::Start { workflow: "refund", id, command }
    });
    plan.effect(Effect::Post(entry)).effects(refund).amounts(amounts(issue))
}

/// What is credited, where it goes, and what is left to pay.
fn amounts(issue: &Issue) -> Vec<Amount> {
    let mut amounts = vec![Amount::rp("credited", issue.open_rp + issue.paid_rp)];
    if issue.open_rp > 0 && issue.paid_rp > 0 {
        amounts.push(Amount::rp("credited_open", issue.open_rp));
    }
    if issue.paid_rp > 0 {
        amounts.push(Amount::rp(if issue.refund_id.is_some() { "credited_refund" } else { "credited_deposit" }, issue.paid_rp));
    }
    amounts.push(Amount::rp("tagihan_open", issue.after.open_rp()));
    amounts
}

fn senior(above_rp: i64) -> Notice {
    let mut params = Params::new();
    params.insert("above_rp".into(), above_rp.into());
    Notice { code: "senior_needed".into(), params }
}

fn tagihan(facts: &Facts) -> Result<&Tagihan, Verdict<Rejection>> {
    facts.tagihan.as_ref().ok_or_else(|| missing("Tagihan"))
}

fn reject(rejection: Rejection) -> Decision {
    Err(Verdict::Rejected(rejection))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "credit_note".into(), rule: format!("no {what} among the facts") })
}
