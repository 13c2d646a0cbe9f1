//! Drives the sesi through every declared edge, and repeats every command on the way.
//!
//! The engine refuses a decision that is not declared; that every declared one is decided shows here.

use chrono::TimeDelta;
use engine::actor::{Actor, ActorKind};
use engine::definition::Edge;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use engine::workflow::Workflow;
use serde_json::json;
use std::collections::BTreeSet;
use tests::both_databases;
use tests::company::{Company, Lesson, admin};
use uuid::Uuid;
use workflows::sesi::Sesi;

type Walked = BTreeSet<(String, Option<String>, String)>;

/// The next lesson, so that none is in the way of another.
fn next(company: &Company) -> Lesson {
    company.lesson().at(company.now() + TimeDelta::days(2))
}

/// A sesi in this state; the clock stands where its next commands are possible.
async fn stands_in(company: &Company, state: Option<&str>) -> Uuid {
    let lesson = next(company);
    match state {
        None => company.new_id(),
        Some("REQUESTED") => company.requested(&lesson).await,
        Some("APPROVED") => {
            let id = company.approved_outside_slots(&lesson).await;
            company.clock.set(lesson.starts_at);
            id
        }
        Some("IN_PROGRESS") => {
            let id = company.started(&lesson).await;
            company.done(id, company.report()).await;
            id
        }
        Some("AWAITING_VALIDATION") => company.confirmed(&lesson).await,
        Some(other) => panic!("teach this test how a sesi gets into {other}"),
    }
}

/// A command with a body that fits it.
async fn command(company: &Company, name: &str, from: Uuid) -> AnyCommand {
    let later = company.now() + TimeDelta::days(30);
    let request = next(company).at(later).body();
    let body = match name {
        "request" => request,
        "request_rescheduled" => {
            let mut body = request;
            body["rescheduled_from_id"] = json!(from);
            body
        }
        "edit" => json!({ "duration_minutes": 60 }),
        "approve" => json!({ "outside_slots_reason": "diminta" }),
        "report" => return company.report(),
        "cancel" => json!({ "party": "ADMIN" }),
        "reschedule" => json!({ "initiator": "ADMIN", "starts_at": later }),
        "substitute" => json!({ "tutor_id": company.new_tutor("JKT").await, "way": "REASSIGN" }),
        "flag_anomaly" => json!({ "anomaly_type": "CONCURRENCY" }),
        _ => json!({}),
    };
    let definition = Sesi::definition();
    let asks = definition.command(name).is_some_and(|spec| spec.reason != engine::definition::ReasonRule::None);
    let command = AnyCommand::with(name, &body);
    if asks { command.because("alasan") } else { command }
}

/// Walks one edge under a key, twice; the second walk is the first one's echo.
async fn walk(company: &Company, name: &str, by: ActorKind, edge: &Edge, walked: &mut Walked) {
    let other = stands_in(company, Some("REQUESTED")).await;
    // Who looks for a substitute does so before the lesson.
    let id = if name == "seek_substitute" { company.approved_outside_slots(&next(company)).await } else { stands_in(company, edge.from).await };
    let target = if edge.from.is_none() { Target::New(id) } else { Target::Existing(id) };
    let actor = if by == ActorKind::System { Actor::system() } else { admin() };
    let request = Request { idempotency_key: Some(Uuid::new_v4().to_string()), ..Request::new("sesi", target, command(company, name, other).await, actor) };
    let shown = company.engine.preview(&request).await.unwrap_or_else(|halt| panic!("preview of {name}: {halt:?}"));
    let done = company.engine.execute(&request).await.unwrap_or_else(|halt| panic!("{name}: {halt:?}"));
    assert_eq!((&shown.to, &shown.outcome, &shown.amounts), (&done.state, &done.outcome, &done.amounts), "{name}");
    let steps = company.db.count("SELECT count(*) FROM workflow_history", vec![]).await;
    let echo = company.engine.execute(&request).await.unwrap_or_else(|halt| panic!("{name} again: {halt:?}"));
    assert_eq!((echo.repeated, echo.revision, &echo.outcome), (true, done.revision, &done.outcome), "{name}");
    assert_eq!(company.db.count("SELECT count(*) FROM workflow_history", vec![]).await, steps, "{name} had a second effect");
    walked.insert((name.to_owned(), edge.from.map(str::to_owned), done.state));
}

both_databases! {
    async fn every_declared_edge_of_the_sesi_is_decided_previewed_and_repeated_without_a_second_effect(company: Company) {
        let definition = Sesi::definition();
        let (mut declared, mut walked) = (Walked::new(), Walked::new());
        for spec in &definition.commands {
            for edge in &spec.edges {
                declared.insert((spec.name.to_owned(), edge.from.map(str::to_owned), edge.to.to_owned()));
                walk(company, spec.name, spec.by, edge, &mut walked).await;
                company.clock.advance(TimeDelta::days(1));
            }
        }
        assert_eq!(walked, declared);
        company.drain().await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
