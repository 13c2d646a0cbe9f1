//! The business of a sesi: what happens next, or why not. Pure.

use super::approval;
use super::booking;
use super::change::Change;
use super::closing;
use super::command::{Command, Report};
use super::facts::Booking;
use super::rejection::Rejection;
use super::state::State;
use super::substitution;
use super::{Sesi, facts};
use crate::records::sesi::{Model, Party};
use chrono::{SubsecRound, TimeDelta};
use engine::plan::{Effect, JobSpec, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;

pub(super) type Decision = Result<PlanOf<Sesi>, Verdict<Rejection>>;

/// A sesi may be started this long before its time.
const START_EARLY: TimeDelta = TimeDelta::minutes(30);
/// A sesi still APPROVED this long after its end asks for a follow-up (SES-11).
pub(super) const NOT_STARTED_AFTER: TimeDelta = TimeDelta::hours(2);
/// The attempts a job gets before it becomes a dead letter.
const JOB_ATTEMPTS: i64 = 5;

pub(super) fn decide(case: &Case<'_, Sesi>) -> Decision {
    match case.command {
        Command::Request(request) => booking::request(case, request, None),
        Command::RequestRescheduled { request, rescheduled_from_id } => booking::request(case, request, Some(*rescheduled_from_id)),
        Command::Edit(edit) => booking::edit(case, edit),
        Command::Approve { outside_slots_reason } => approval::approve(case, outside_slots_reason.as_deref()),
        Command::Reject => Ok(Plan::new(State::Rejected, Change::Rejected { reason: case.ctx.reason.map(str::to_owned) })),
        Command::Start { started_at } => start(case, *started_at),
        Command::Report(report) => report_lesson(case, report),
        Command::Confirm => confirm(case),
        Command::Validate => closing::validate(case),
        Command::SendBack => Ok(Plan::new(State::InProgress, Change::SentBack)
            .effect(Effect::CloseTask("validate"))
            .effect(Effect::OpenTask { name: "report", due_at: Some(case.ctx.now + TimeDelta::hours(known(case)?.sla_request_hours)) })),
        Command::NoShowStudent => closing::no_show_student(case),
        Command::NoShowTutor => closing::no_show_tutor(case),
        Command::Cancel { party } => closing::cancel(case, *party),
        Command::Reschedule(reschedule) => closing::reschedule(case, reschedule),
        Command::SeekSubstitute => substitution::seek(case),
        Command::Substitute(substitute) => substitution::substitute(case, substitute),
        Command::FlagSeekingOver => substitution::flag(),
        Command::RaiseSla => Ok(Plan::new(State::Requested, Change::SlaRaised).effect(Effect::FlagTask("approve"))),
        Command::FlagNotStarted => {
            Ok(Plan::new(State::Approved, Change::NotStartedFlagged).effect(Effect::OpenTask { name: "not_started", due_at: Some(case.ctx.now) }))
        }
        Command::FlagAnomaly { anomaly_type } => {
            Ok(Plan::new(State::AwaitingValidation, Change::AnomalyFlagged { anomaly_type: *anomaly_type, at: case.ctx.now }))
        }
    }
}

/// The row, which every command but a request has.
pub(super) fn row<'a>(case: &Case<'a, Sesi>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

/// The people and settings, which every command of a person has.
pub(super) fn known<'a>(case: &Case<'a, Sesi>) -> Result<&'a Booking, Verdict<Rejection>> {
    let facts: &'a facts::Facts = case.facts;
    facts.booking.as_ref().ok_or_else(|| missing("booking"))
}

pub(super) fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "sesi".into(), rule: format!("decided without its {what}") })
}

fn start(case: &Case<'_, Sesi>, started_at: Option<chrono::DateTime<chrono::Utc>>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    let at = started_at.map_or(case.ctx.now, |told| told.trunc_subsecs(6));
    if at > case.ctx.now {
        return Err(Verdict::Rejected(Rejection::InTheFuture));
    }
    let from = sesi.starts_at - START_EARLY;
    if at < from {
        return Err(Verdict::Rejected(Rejection::TooEarly { from }));
    }
    let due_at = sesi.ends_at.max(case.ctx.now) + TimeDelta::hours(booking.sla_request_hours);
    let plan = Plan::new(State::InProgress, Change::Started { at })
        .effect(Effect::DisarmTimer("not_started"))
        .effect(Effect::CloseTask("not_started"))
        .effects(substitution::over())
        .effect(Effect::OpenTask { name: "report", due_at: Some(due_at) });
    Ok(for_tutor(plan, sesi, booking))
}

fn report_lesson(case: &Case<'_, Sesi>, report: &Report) -> Decision {
    if *report == Report::default() {
        return Err(Verdict::Rejected(Rejection::NothingToChange));
    }
    if report.photo_document_id.is_some() && !case.facts.document_known {
        return Err(Verdict::Rejected(Rejection::DocumentUnknown));
    }
    Ok(for_tutor(Plan::new(State::InProgress, Change::Reported { report: report.clone() }), row(case)?, known(case)?))
}

fn confirm(case: &Case<'_, Sesi>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    let needed = [
        ("attendance", sesi.attendance.is_some()),
        ("topic", sesi.materi.as_ref().is_some_and(|materi| !materi.topic.trim().is_empty())),
        ("photo_document_id", sesi.photo_document_id.is_some()),
    ];
    let missing: Vec<&'static str> = needed.iter().filter(|(_, present)| !present).map(|(field, _)| *field).collect();
    if !missing.is_empty() {
        return Err(Verdict::Rejected(Rejection::ReportIncomplete { missing }));
    }
    let job = JobSpec {
        kind: "sesi_anomaly",
        key: format!("{}:{}", sesi.id, case.ctx.now.timestamp_micros()),
        payload: json!({ "sesi_id": sesi.id }),
        max_attempts: JOB_ATTEMPTS,
    };
    let plan = Plan::new(State::AwaitingValidation, Change::Confirmed { at: case.ctx.now })
        .effect(Effect::CloseTask("report"))
        .effect(Effect::OpenTask { name: "validate", due_at: Some(case.ctx.now + TimeDelta::hours(booking.sla_request_hours)) })
        .effect(Effect::Enqueue(job));
    Ok(for_tutor(plan, sesi, booking))
}

/// An admin enters what the tutor did (SES-5).
fn for_tutor(plan: PlanOf<Sesi>, sesi: &Model, booking: &Booking) -> PlanOf<Sesi> {
    Plan { on_behalf_of: booking.party(Party::Tutor), done_for: sesi.party(Party::Tutor), ..plan }
}
