//! The business of a reversal: what may be taken back, and the entry the other way. Pure.

use super::SettlementReversal;
use super::command::Command;
use super::facts::Settlement;
use super::record::{Change, Model};
use super::rejection::Rejection;
use super::state::State;
use crate::books::{self, corrections};
use crate::money_adjustment::record::Side;
use crate::records::settlement::Status;
use chrono::NaiveDate;
use engine::ledger::JournalEntry;
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::refusal::{Failure, Params};
use engine::tag::Tag;
use engine::workflow::{Case, PlanOf, Verdict};

type Decision = Result<PlanOf<SettlementReversal>, Verdict<Rejection>>;

pub(super) fn decide(case: &Case<'_, SettlementReversal>) -> Decision {
    let Command::Request { side, settlement_id } = case.command;
    let settlement = case.facts.settlement.as_ref().ok_or_else(|| missing("settlement"))?;
    may_go_back(case, *side, settlement)?;
    let posted_on = posted_on(case, settlement.held_on)?;
    let row = Model {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        side: *side,
        settlement_id: *settlement_id,
        sesi_id: settlement.sesi_id,
        siswa_id: (*side == Side::Siswa).then_some(settlement.party_id),
        tutor_id: (*side == Side::Tutor).then_some(settlement.party_id),
        amount_rp: settlement.amount_rp,
        transport_rp: settlement.transport_rp,
        state: State::Done.as_str().into(),
        posted_on,
        reason: case.ctx.reason.map(str::to_owned),
        requested_by: case.ctx.actor.id,
        requested_at: case.ctx.now,
    };
    let entry = JournalEntry { posted_on, ..entry(&row, settlement) };
    let posted = (!entry.postings.is_empty()).then_some(Effect::Post(entry));
    let plan = Plan::new(State::Done, Change::Reversed { row }).effects(posted).warnings(taken_back(case, *side));
    Ok(plan.amounts([Amount::rp("settlement_reversed", settlement.amount_rp + settlement.transport_rp)]))
}

fn may_go_back(case: &Case<'_, SettlementReversal>, side: Side, settlement: &Settlement) -> Result<(), Verdict<Rejection>> {
    let rejection = match (settlement.status, &case.facts.document, &case.facts.overriding) {
        (Status::Reversed, ..) => Rejection::AlreadyReversed,
        (_, Some(tagihan), _) if side == Side::Siswa => Rejection::Billed(tagihan.clone()),
        (Status::Paid, None, _) if side == Side::Siswa => Rejection::Paid,
        (_, _, Some(overriding)) => Rejection::BeingOverridden(overriding.clone()),
        _ if settlement.left => Rejection::TutorLeft,
        _ => return Ok(()),
    };
    Err(Verdict::Rejected(rejection))
}

/// What a tutor was given already, the next Honorarium takes back.
fn taken_back(case: &Case<'_, SettlementReversal>, side: Side) -> Option<Notice> {
    let document = case.facts.document.as_ref().filter(|_| side == Side::Tutor)?;
    let mut params = Params::new();
    params.insert("number".into(), document.code.clone().into());
    Some(Notice { code: "taken_back_next".into(), params })
}

/// In the month of the sesi while that is open, otherwise today (SPEC FIN-8).
fn posted_on(case: &Case<'_, SettlementReversal>, held_on: NaiveDate) -> Result<NaiveDate, Verdict<Rejection>> {
    let days = &case.facts.days;
    books::posted_on(held_on, days.today, &days.locked_months).map_err(|month| Verdict::Rejected(Rejection::PeriodLocked { month }))
}

fn entry(row: &Model, settlement: &Settlement) -> JournalEntry {
    let (key, on, party) = (format!("settlement_reversal:{}", row.settlement_id), settlement.held_on, settlement.party_id);
    match row.side {
        Side::Siswa => corrections::siswa_settlement_reversal(key, on, party, settlement.kind, settlement.amount_rp),
        Side::Tutor => corrections::tutor_settlement_reversal(key, on, party, (settlement.amount_rp, settlement.transport_rp)),
    }
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "settlement_reversal".into(), rule: format!("no {what} among the facts") })
}
