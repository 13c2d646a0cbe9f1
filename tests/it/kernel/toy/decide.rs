//! What the toy does next.

use super::{Change, Command, Record, Rejection, State, Toy};
use chrono::TimeDelta;
use engine::ledger::{JournalEntry, Posting};
use engine::money::Rupiah;
use engine::plan::{Amount, AnyCommand, Effect, JobSpec, Notice, Plan};
use engine::policy;
use engine::refusal::Params;
use engine::workflow::{Case, PlanOf, Verdict};
use serde_json::json;

type Decision = Result<PlanOf<Toy>, Verdict<Rejection>>;

/// The dearest thing a toy pays for.
pub const LIMIT_RP: i64 = 1_000_000;

pub fn decide(case: &Case<'_, Toy>) -> Decision {
    let stay = |change| Plan::new(case.state.unwrap_or(State::Open), change);
    match case.command {
        Command::Open { title, nest, place } => open(case, title, nest.unwrap_or(0), place.as_ref()),
        Command::OpenDone { title } => Ok(Plan::new(State::Done, opened(case, title, None))),
        Command::Pay { amount_rp } => pay(case, *amount_rp),
        Command::Finish => Ok(Plan::new(State::Done, Change::Nothing)),
        Command::Accept => Ok(Plan::new(State::Done, Change::Nothing)),
        Command::Drop => Ok(Plan::new(State::Dropped, Change::Nothing)),
        Command::HandOver => Ok(Plan::new(State::Review, Change::Nothing)
            .effect(Effect::CloseTask("work"))
            .effect(Effect::OpenTask { name: "review", due_at: None })
            .effect(Effect::Enqueue(look(&format!("{}:review", case.ctx.id))))
            .on_behalf_of("somebody else")),
        Command::Refuse => {
            Ok(Plan::new(State::Open, Change::Nothing).effect(Effect::CloseTask("review")).effect(Effect::OpenTask { name: "work", due_at: None }))
        }
        Command::Snooze { hours } => Ok(stay(Change::Nothing)
            .effect(Effect::ArmTimer { name: "reminder", due_at: case.ctx.now + TimeDelta::hours(*hours) })
            .effect(Effect::OpenTask { name: "work", due_at: Some(case.ctx.now + TimeDelta::hours(*hours)) })),
        Command::Quiet => Ok(stay(Change::Nothing).effect(Effect::DisarmTimer("reminder")).effect(Effect::DisarmTimer("pulse"))),
        Command::Enlist { key } => Ok(stay(Change::Nothing).effect(Effect::Enqueue(look(key)))),
        Command::Spawn { title } => Ok(stay(Change::Nothing).effect(child(case, "open", title, 0))),
        Command::Wait { born_done } => Ok(Plan::new(State::Waiting, Change::Nothing)
            .effect(Effect::CloseTask("work"))
            .effect(Effect::DisarmTimer("reminder"))
            .effect(Effect::DisarmTimer("pulse"))
            .effect(child(case, if *born_done == Some(true) { "open_done" } else { "open" }, "child", 0))),
        Command::WaitFor { other } => Ok(Plan::new(State::Waiting, Change::Nothing)
            .effect(Effect::CloseTask("work"))
            .effect(Effect::DisarmTimer("reminder"))
            .effect(Effect::DisarmTimer("pulse"))
            .effect(Effect::WaitOn(*other))),
        Command::Arrive { by } if case.ctx.received_at > *by => Err(Verdict::Rejected(Rejection::TooLate { by: *by })),
        Command::Arrive { .. } => Ok(stay(Change::Nothing)),
        Command::Tell { to, text } => {
            let command = AnyCommand::with("hear", &json!({ "text": text }));
            Ok(stay(Change::Nothing).effect(Effect::Send { workflow: "toy", id: *to, command }))
        }
        Command::Hear { text } => {
            Ok(Plan::new(State::Open, Change::Heard { text: text.clone() }).effect(Effect::WaitNoMore).effect(Effect::OpenTask { name: "work", due_at: None }))
        }
        Command::Break { rule } => Ok(broken(case, rule)),
        Command::Remind => Ok(stay(Change::Nothing).effect(Effect::FlagTask("work"))),
        Command::Beat => Ok(beat(case)),
        Command::Find { finding } => Ok(stay(Change::Heard { text: finding.clone() })),
    }
}

fn opened(case: &Case<'_, Toy>, title: &str, ratio: Option<f64>) -> Change {
    Change::Opened { record: Record { id: case.ctx.id, title: title.into(), paid_rp: 0, beats: 0, heard: None, at: case.ctx.now, ratio } }
}

fn open(case: &Case<'_, Toy>, title: &str, nest: i64, place: Option<&serde_json::Value>) -> Decision {
    if title == "bad" {
        return Err(Verdict::Rejected(Rejection::BadTitle));
    }
    let ratio = place.and_then(|place| place["lat"].as_f64());
    let due_at = case.ctx.now + TimeDelta::hours(1);
    Ok(Plan::new(State::Open, opened(case, title, ratio))
        .effect(Effect::OpenTask { name: "work", due_at: Some(due_at) })
        .effect(Effect::ArmTimer { name: "reminder", due_at })
        .effect(Effect::ArmTimer { name: "pulse", due_at: due_at + TimeDelta::hours(1) })
        .effects((nest > 0).then(|| child(case, "open", title, nest - 1)))
        .warnings((title == "odd").then(|| Notice { code: "odd_title".into(), params: Params::new() })))
}

fn child(case: &Case<'_, Toy>, command: &str, title: &str, nest: i64) -> Effect {
    let body = if nest > 0 { json!({ "title": title, "nest": nest }) } else { json!({ "title": title }) };
    Effect::Start { workflow: "toy", id: case.facts.fresh, command: AnyCommand::with(command, &body) }
}

fn pay(case: &Case<'_, Toy>, amount_rp: i64) -> Decision {
    let decision = policy::evaluate(&case.ctx.policies.get("toy", 1)?, &json!({ "amount_rp": amount_rp, "rate": case.facts.rate }))?;
    let total = decision.output["total_rp"].as_i64().unwrap_or(0);
    if total > LIMIT_RP {
        return Err(Verdict::Rejected(Rejection::TooDear));
    }
    let step = case.record.map_or(0, |record| record.paid_rp);
    let key = format!("toy:{}:{step}:{}", case.ctx.id, case.facts.fresh);
    let entry = JournalEntry::new("toy_paid", key, case.ctx.now.date_naive()).transfer(("1100", Some(case.ctx.id)), ("4100", None), Rupiah(total));
    let posts = (total != 0).then_some(Effect::Post(entry));
    Ok(Plan::new(State::Open, Change::Paid { amount_rp: total }).effect(Effect::Decided(decision)).effects(posts).amounts([Amount::rp("total", total)]))
}

fn look(key: &str) -> JobSpec {
    JobSpec { kind: "look", key: key.into(), payload: json!({ "key": key }), max_attempts: 3 }
}

/// Arms itself anew, twice.
fn beat(case: &Case<'_, Toy>) -> PlanOf<Toy> {
    let again = case.record.is_some_and(|record| record.beats < 2);
    let due_at = case.ctx.now + TimeDelta::hours(1);
    Plan::new(State::Open, Change::Beaten).effects(again.then_some(Effect::ArmTimer { name: "pulse", due_at }))
}

/// A plan that breaks one rule of the engine.
fn broken(case: &Case<'_, Toy>, rule: &str) -> PlanOf<Toy> {
    let stay = Plan::new(State::Open, Change::Nothing);
    let now = case.ctx.now;
    match rule {
        "edge" => Plan::new(State::Review, Change::Nothing),
        "task" => stay.effect(Effect::OpenTask { name: "undeclared", due_at: None }),
        "timer" => stay.effect(Effect::ArmTimer { name: "undeclared", due_at: now }),
        "job" => stay.effect(Effect::Enqueue(JobSpec { kind: "undeclared", ..look("x") })),
        "obligation" => stay.effect(Effect::CloseTask("work")).effect(Effect::DisarmTimer("reminder")).effect(Effect::DisarmTimer("pulse")),
        "balance" => {
            let posting = |account, amount| Posting { account, party_id: None, amount: Rupiah(amount) };
            let postings = vec![posting("1100", 5), posting("4100", -4)];
            stay.effect(Effect::Post(JournalEntry { postings, ..JournalEntry::new("toy_broken", format!("broken:{}", case.ctx.id), now.date_naive()) }))
        }
        "account" => {
            let entry = JournalEntry::new("toy_broken", format!("broken:{}", case.ctx.id), now.date_naive());
            stay.effect(Effect::Post(entry.transfer(("9999", None), ("4100", None), Rupiah(5))))
        }
        "panic" => panic!("the toy broke off"),
        _ => stay,
    }
}
