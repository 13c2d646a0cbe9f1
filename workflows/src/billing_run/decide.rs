//! What happens next with a billing run, or why not. Pure.

use super::BillingRun;
use super::calendar::{Calendar, morning_after};
use super::command::Command;
use super::definition::{FINISH_JOB, PART_JOB, PREFLIGHT_JOB};
use super::facts::Settings;
use super::part::{Due, Part, Range, series};
use super::preflight::Report;
use super::record::{Billed, Change, Document, Model, Parked, ParkedFor};
use super::rejection::Rejection;
use super::state::{Side, State};
use super::store::Rows;
use crate::books;
use chrono::{Days, NaiveDate, TimeDelta};
use engine::plan::{Amount, AnyCommand, Effect, JobSpec, Plan};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

type Decision = Result<PlanOf<BillingRun>, Verdict<Rejection>>;

/// The database may be out of reach for a while.
const JOB_ATTEMPTS: i64 = 10;
/// While the run of an earlier month is under way.
const LOOKS_AGAIN: TimeDelta = TimeDelta::hours(1);

pub(super) fn decide(case: &Case<'_, BillingRun>) -> Decision {
    match case.command {
        Command::Schedule { .. } => schedule(case),
        Command::Wake => wake(case),
        Command::Begin { period_month, due_on } => begin(case, period_month.as_deref(), due_on.as_deref()),
        Command::Preflighted { report, ranges } => preflighted(case, report, ranges),
        Command::Proceed => Ok(Plan::new(State::Running, Change::Proceeded).effect(next_job(record(case)?))),
        Command::Progress { part } => progress(case, *part),
        Command::Finish => finish(case),
        Command::Fail { message } => ended(case, State::Failed, Some(message)),
        Command::Cancel => ended(case, State::Cancelled, None),
    }
}

fn schedule(case: &Case<'_, BillingRun>) -> Decision {
    let (calendar, settings) = (calendar(case)?, settings(case)?);
    if let Some(live) = &calendar.live {
        return no(Rejection::AlreadyRunning(live.clone()));
    }
    let due_at = calendar.looks_at(settings.day, case.ctx.now);
    let change = Change::Scheduled { id: case.ctx.id, calendar: calendar.clone(), at: case.ctx.now };
    Ok(Plan::new(State::Scheduled, change).effect(Effect::ArmTimer { name: "wake", due_at }))
}

/// Begins when its day has come, one month after the other; gives way when its month was locked without it.
fn wake(case: &Case<'_, BillingRun>) -> Decision {
    let (calendar, settings, now) = (calendar(case)?, settings(case)?, case.ctx.now);
    let again = |due_at| Ok(Plan::new(State::Scheduled, Change::Waited).effect(Effect::ArmTimer { name: "wake", due_at }));
    if calendar.locked && calendar.is_over(now) {
        let change = Change::Ended { state: State::Cancelled, message: Some("period_locked".into()), at: now };
        return Ok(Plan::new(State::Cancelled, change).effects(next_run(calendar)));
    }
    if !calendar.day_has_come(settings.day, now) {
        return again(if calendar.is_over(now) { morning_after(now) } else { calendar.looks_at(settings.day, now) });
    }
    if calendar.earlier_live {
        return again(now + LOOKS_AGAIN);
    }
    Ok(begun(case, calendar, None, None))
}

fn begin(case: &Case<'_, BillingRun>, month: Option<&str>, due_on: Option<&str>) -> Decision {
    let Some(asked) = month.or(case.record.map(|record| record.period_month.as_str())) else { return no(Rejection::MonthRequired) };
    let Some(calendar) = &case.facts.calendar else { return no(Rejection::NotAMonth) };
    if asked != calendar.month {
        return no(Rejection::OtherMonth { month: calendar.month.clone() });
    }
    if !calendar.is_over(case.ctx.now) {
        return no(Rejection::MonthNotOver { over_at: calendar.over_at });
    }
    if calendar.locked {
        return no(Rejection::PeriodLocked { month: calendar.month.clone() });
    }
    if let Some(live) = &calendar.live {
        return no(Rejection::AlreadyRunning(live.clone()));
    }
    let due_on: Option<NaiveDate> = due_on.map(str::parse).transpose().map_err(|_| Verdict::Rejected(Rejection::NotADate))?;
    if due_on.is_some_and(|due_on| due_on < calendar.today) {
        return no(Rejection::DueInThePast);
    }
    Ok(begun(case, calendar, due_on, Some(case.ctx.actor.id)))
}

fn begun(case: &Case<'_, BillingRun>, calendar: &Calendar, due_on: Option<NaiveDate>, by: Option<Uuid>) -> PlanOf<BillingRun> {
    let id = case.ctx.id;
    let change = Change::Begun { id, calendar: calendar.clone(), due_on, by, at: case.ctx.now };
    let look = Effect::Enqueue(JobSpec { kind: PREFLIGHT_JOB, key: id.to_string(), payload: json!({ "run_id": id }), max_attempts: JOB_ATTEMPTS });
    let stop = case.record.is_some().then_some(Effect::DisarmTimer("wake"));
    Plan::new(State::Preflight, change).effects(stop).effect(look).effects(next_run(calendar))
}

/// The run of the month after lies ready from now on.
fn next_run(calendar: &Calendar) -> Option<Effect> {
    let (id, month) = calendar.next.clone()?;
    Some(Effect::Start { workflow: "billing_run", id, command: AnyCommand::with("schedule", &json!({ "period_month": month })) })
}

fn preflighted(case: &Case<'_, BillingRun>, report: &Report, ranges: &[Range]) -> Decision {
    let stops = report.stops(record(case)?.number, settings(case)?.halt_above_pct);
    let report = Report { stops, ..report.clone() };
    let amounts = [
        Amount::count("billed_siswa", report.siswa.parties),
        Amount::rp("tagihan", report.siswa.amount_rp),
        Amount::count("billed_tutors", report.tutor.parties),
        Amount::rp("honorarium", report.tutor.amount_rp),
    ];
    let halted = !report.stops.is_empty();
    let change = Change::Preflighted { report: Box::new(report), ranges: ranges.to_vec() };
    let after = super::record::apply(Some(record(case)?.clone()), &change).map_err(Verdict::Failed)?;
    let plan = Plan::new(if halted { State::Halted } else { State::Running }, change).amounts(amounts);
    Ok(plan.effect(if halted { Effect::OpenTask { name: "look_over", due_at: None } } else { next_job(&after) }))
}

fn progress(case: &Case<'_, BillingRun>, number: i64) -> Decision {
    let record = record(case)?;
    let Some(part) = case.facts.part.as_ref().filter(|_| number == record.parts_done) else { return no(Rejection::PartOutOfOrder) };
    let (documents, parked) = documents(part, &record.period_month);
    let amount_rp = documents.iter().map(|document| document.total_rp).sum();
    let billed = Billed {
        number,
        range: part.range.clone(),
        parties: part.parties,
        documents: i64::try_from(documents.len()).unwrap_or(i64::MAX),
        amount_rp,
        first: part.next,
        parked,
        rows: Rows { documents, zones: part.zones.clone(), at: case.ctx.now },
    };
    let count = Amount::count("documents", billed.documents);
    let change = Change::Billed(Box::new(billed));
    let after = super::record::apply(Some(record.clone()), &change).map_err(Verdict::Failed)?;
    Ok(Plan::new(State::Running, change).effect(next_job(&after)).amounts([count, Amount::rp("total", amount_rp)]))
}

/// The documents of a part, numbered on from the last one, and who cannot have one.
fn documents(part: &Part, month: &str) -> (Vec<Document>, Vec<Parked>) {
    let series = series(part.range.side, month);
    let (mut documents, mut parked): (Vec<Document>, Vec<Parked>) = (vec![], vec![]);
    for due in part.due.iter().filter(|due| due.fresh > 0) {
        let balance_rp = balance_rp(due);
        let carried_out_rp = match part.range.side {
            Side::Siswa if balance_rp < 0 => {
                parked.push(Parked { party_id: due.party_id, reason: ParkedFor::NegativeTotal, amount_rp: balance_rp });
                continue;
            }
            Side::Siswa => 0,
            // A tutor's denda stop at nothing; the rest waits for the next one (SPEC CAN-6).
            Side::Tutor => (-balance_rp).max(0),
        };
        let number = part.next + i64::try_from(documents.len()).unwrap_or(i64::MAX);
        documents.push(Document { number: format!("{series}-{number:05}"), due: due.clone(), carried_out_rp, total_rp: balance_rp + carried_out_rp });
    }
    (documents, parked)
}

fn balance_rp(due: &Due) -> i64 {
    let sums = &due.sums;
    sums.sesi_rp + sums.transport_rp + sums.adjustment_rp + sums.returned_rp - sums.reversed_rp - sums.denda_rp - sums.carried_in_rp
}

fn finish(case: &Case<'_, BillingRun>) -> Decision {
    let (record, settings) = (record(case)?, settings(case)?);
    let closing = case.facts.closing.as_ref().ok_or_else(|| missing("closing"))?;
    if record.parts_done < record.parts {
        return no(Rejection::PartOutOfOrder);
    }
    let today = closing.days.today;
    if closing.days.is_locked(today) && !closing.carried.is_empty() {
        return no(Rejection::TodayLocked { month: crate::records::day::month_of(today) });
    }
    let due_on = record.due_on.unwrap_or(today + Days::new(u64::try_from(settings.due_days).unwrap_or(0))).max(today);
    let entries = closing.carried.iter().map(|carried| Effect::Post(books::carry_over(carried.honorarium_id, today, carried.tutor_id, carried.owed_rp)));
    let plan = Plan::new(State::Done, Change::Issued { issued_on: today, due_on, at: case.ctx.now }).effects(entries);
    Ok(plan.amounts([
        Amount::count("billed_siswa", record.tagihan_count),
        Amount::rp("tagihan", record.tagihan_rp),
        Amount::count("billed_tutors", record.honorarium_count),
        Amount::rp("honorarium", record.honorarium_rp),
    ]))
}

fn ended(case: &Case<'_, BillingRun>, state: State, message: Option<&String>) -> Decision {
    Ok(Plan::new(state, Change::Ended { state, message: message.cloned(), at: case.ctx.now }))
}

/// The next part, or the last step behind the last of them.
fn next_job(run: &Model) -> Effect {
    let (id, part) = (run.id, run.parts_done);
    Effect::Enqueue(if part < run.parts {
        JobSpec { kind: PART_JOB, key: format!("{id}:{part}"), payload: json!({ "run_id": id, "part": part }), max_attempts: JOB_ATTEMPTS }
    } else {
        JobSpec { kind: FINISH_JOB, key: id.to_string(), payload: json!({ "run_id": id }), max_attempts: JOB_ATTEMPTS }
    })
}

fn no(rejection: Rejection) -> Decision {
    Err(Verdict::Rejected(rejection))
}

fn calendar<'a>(case: &Case<'a, BillingRun>) -> Result<&'a Calendar, Verdict<Rejection>> {
    case.facts.calendar.as_ref().ok_or(Verdict::Rejected(Rejection::NotAMonth))
}

fn settings(case: &Case<'_, BillingRun>) -> Result<Settings, Verdict<Rejection>> {
    case.facts.settings.ok_or_else(|| missing("settings"))
}

fn record<'a>(case: &Case<'a, BillingRun>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "billing_run".into(), rule: format!("decided without its {what}") })
}
