//! What happens next with a backtest, or why not. Pure.

use super::Backtest;
use super::command::{Command, Start};
use super::definition::JOB;
use super::draft::Snapshot;
use super::facts;
use super::period;
use super::prices;
use super::record::{Change, Model, Started, Subject};
use super::rejection::Rejection;
use super::state::State;
use engine::plan::{Amount, Effect, JobSpec, Plan};
use engine::policy::{self, PolicySource};
use engine::refusal::Failure;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;
use uuid::Uuid;

type Decision = Result<PlanOf<Backtest>, Verdict<Rejection>>;

/// The database may be out of reach for a while.
const JOB_ATTEMPTS: i64 = 10;

pub(super) fn decide(case: &Case<'_, Backtest>) -> Decision {
    let at = case.ctx.now;
    match case.command {
        Command::Start(start) => begin(case, start),
        Command::Progress { part, place, report, ended } => {
            let record = record(case)?;
            if *part != record.parts {
                return Err(Verdict::Rejected(Rejection::PartOutOfOrder));
            }
            let change = Change::Progressed { part: *part, place: *place, report: report.clone(), ended_at: ended.then_some(at) };
            let after = super::record::apply(Some(record.clone()), &change).map_err(Verdict::Failed)?;
            let plan = Plan::new(if *ended { State::Done } else { State::Running }, change).amounts(amounts(&after));
            Ok(if *ended { plan } else { plan.effect(next_part(record.id, part + 1)) })
        }
        Command::Fail { message } => Ok(Plan::new(State::Failed, Change::Failed { message: message.clone(), at })),
        Command::Cancel => Ok(Plan::new(State::Cancelled, Change::Cancelled { at })),
    }
}

fn begin(case: &Case<'_, Backtest>, start: &Start) -> Decision {
    let kind = facts::kind(start);
    check(start, kind, case).map_err(Verdict::Rejected)?;
    let period = period::read(start, case.ctx.now).map_err(Verdict::Rejected)?;
    if let Some(running) = &case.facts.running {
        return Err(Verdict::Rejected(Rejection::AlreadyRunning(running.clone())));
    }
    let draft = Snapshot::of(start);
    let started = Started {
        id: case.ctx.id,
        code: case.facts.code.clone().ok_or_else(|| missing("code"))?,
        subject: start.subject,
        kind: kind.into(),
        publication_id: start.publication_id,
        draft_sha256: draft.sha256(),
        draft,
        from_on: period.from_on,
        to_on: period.to_on,
        from_at: period.from_at,
        until_at: period.until_at,
        total: case.facts.total,
        asked_by: case.ctx.actor.id,
        asked_at: case.ctx.now,
    };
    let plan = Plan::new(State::Running, Change::Started(Box::new(started))).effect(next_part(case.ctx.id, 0));
    Ok(plan.amounts([Amount::count("decisions", case.facts.total)]))
}

fn check(start: &Start, kind: &str, case: &Case<'_, Backtest>) -> Result<(), Rejection> {
    match start.subject {
        Subject::Policy => {
            if kind.is_empty() {
                return Err(Rejection::Required("kind"));
            }
            if !case.facts.kind_known {
                return Err(Rejection::KindUnknown);
            }
            let script = start.script.clone().ok_or(Rejection::Required("script"))?;
            let params = start.params.clone().ok_or(Rejection::Required("params"))?;
            let source = PolicySource { kind: kind.into(), number: 0, script, params };
            policy::compile(&source).map(drop).map_err(Rejection::DraftBroken)
        }
        Subject::Price => prices::check(&start.cells, start.bump.as_ref()),
    }
}

fn amounts(after: &Model) -> Vec<Amount> {
    vec![
        Amount::count("decisions", after.done),
        Amount::count("changed", after.changed),
        Amount::count("failed", after.failed),
        Amount::rp("siswa_pays_more", after.siswa_rp),
        Amount::rp("tutor_gets_more", after.tutor_rp),
        Amount::rp("company_keeps_more", after.company_rp),
    ]
}

fn next_part(id: Uuid, part: i64) -> Effect {
    Effect::Enqueue(JobSpec { kind: JOB, key: format!("{id}:{part}"), payload: json!({ "backtest_id": id, "part": part }), max_attempts: JOB_ATTEMPTS })
}

fn record<'a>(case: &Case<'a, Backtest>) -> Result<&'a Model, Verdict<Rejection>> {
    case.record.ok_or_else(|| missing("record"))
}

fn missing(what: &str) -> Verdict<Rejection> {
    Verdict::Failed(Failure::Broken { workflow: "backtest".into(), rule: format!("decided without its {what}") })
}
