//! A backtest of many decisions: in parts, over dead workers, each decision counted once (SPEC POL-7, ENG-3).

use chrono::TimeDelta;
use engine::actor::Actor;
use engine::backtest::{self, Asked, Report};
use engine::clock::SystemClock;
use engine::execute::{Engine, Origin, Request, Target};
use engine::job::LEASE;
use engine::plan::AnyCommand;
use engine::policy::{PolicyHost, PolicySource, compile};
use engine::refusal::{Halt, Refusal};
use sea_orm::QueryResult;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::app::TestApp;
use tests::both_databases;
use tests::company::{Company, person};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use uuid::Uuid;
use worker::jobs::{Done, Work};
use worker::{ApalisAnnouncer, Wake};
use workflows::backtest::report;

/// More than two parts.
const DECISIONS: i64 = 21_000;
/// What a killed worker held is taken over when its lease is over, after half a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN: Duration = Duration::from_millis(20);

/// As if so many tutors had cancelled three hours before: 25 % of an honorarium of 90.000 to 96.000.
async fn decisions(company: &Company) {
    let sesi = company.approved(&company.lesson()).await;
    let (id, of, json, at) = match company.db.is_postgres() {
        true => ("gen_random_uuid()", "CAST(? AS uuid)", "::jsonb", "CAST(? AS timestamptz)"),
        false => ("randomblob(16)", "?", "", "?"),
    };
    let sql = format!(
        "INSERT INTO policy_decision (id, instance_id, seq, kind, version, sha256, input, output, trace, at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DECISIONS}) \
         SELECT {id}, {of}, 2, 'cancellation.tutor', 1, 'x', \
         ('{{\"lead_time_s\":10800,\"tagihan_rp\":150000,\"honorarium_rp\":' || (90000 + (i % 7) * 1000) || '}}'){json}, \
         ('{{\"denda_pct\":25,\"strikes\":1,\"honor_rp\":0,\"denda_rp\":' || (22500 + (i % 7) * 250) || '}}'){json}, ('[]'){json}, {at} FROM n",
    );
    company.db.run(&sql, vec![sesi.into(), (company.now() - TimeDelta::hours(1)).into()]).await;
}

/// Of 25 % in the draft 10 %: denda falls by 13.500 and 150 for each thousand above 90.000.
fn less_denda_rp() -> i64 {
    (1..=DECISIONS).map(|i| 13_500 + (i % 7) * 150).sum()
}

fn draft() -> (String, Value) {
    let seed = policies::seed().iter().find(|version| version.kind == "cancellation.tutor").unwrap();
    let mut params: Value = serde_json::from_str(seed.params).unwrap();
    params["brackets"][2]["substitution_denda_pct"] = json!(10);
    (seed.script.into(), params)
}

fn start(id: Uuid, day: &str) -> Request {
    let (script, params) = draft();
    let body = json!({ "subject": "POLICY", "kind": "cancellation.tutor", "script": script, "params": params, "from_on": day, "to_on": day });
    Request::new("backtest", Target::New(id), AnyCommand::with("start", &body), person(7, "Wulan", &["policy.backtest"]))
}

/// The same by one look at everything.
async fn by_hand(company: &Company) -> Report {
    let (script, params) = draft();
    let draft = compile(&PolicySource { kind: "cancellation.tutor".into(), number: 0, script, params }).unwrap();
    let asked = Asked { kind: "cancellation.tutor".into(), from: company.now() - TimeDelta::days(1), until: company.now() };
    backtest::run(company.db.db.reader(), &draft, workflows::backtest::parties::of("cancellation.tutor"), &asked).await.unwrap()
}

async fn all_counted_once(company: &Company, id: Uuid) {
    let model = report::find(company.db.db.reader(), id).await.unwrap().unwrap();
    assert_eq!((model.state.as_str(), model.parts, model.total, model.done, model.changed, model.failed), ("DONE", 3, DECISIONS, DECISIONS, DECISIONS, 0));
    assert_eq!((model.siswa_rp, model.tutor_rp, model.company_rp, model.strikes), (0, less_denda_rp(), -less_denda_rp(), 0));
    assert_eq!(report::whole(company.db.db.reader(), id).await.unwrap(), by_hand(company).await);
    assert_eq!(company.faults().await, Vec::<String>::new());
}

/// What a worker that claims the job brings back; nothing is settled yet.
async fn worked(app: &TestApp, job: Uuid) -> (engine::job::Claimed, AnyCommand) {
    let engine = &app.app.engine;
    let claimed = engine.claim_job(job).await.unwrap().unwrap();
    let handlers = worker::handlers(&app.app.deps());
    let handler = handlers.iter().find(|handler| handler.kind() == "backtest").unwrap();
    match handler.run(&Work { engine, job: &claimed }).await.unwrap() {
        Done::Command { command, .. } => (claimed, command),
        other @ Done::Effect { .. } => panic!("{other:?}"),
    }
}

both_databases! {
    /// One worker dies with its part done but not reported; another is so slow that its part is taken over, and reports late.
    async fn a_long_backtest_goes_on_where_a_dead_worker_left_it_and_counts_nothing_twice(app: TestApp) {
        let company = &app.company;
        decisions(company).await;
        let (engine, id) = (&app.app.engine, company.new_id());
        let day = company.now().date_naive().to_string();
        engine.execute(&start(id, &day)).await.unwrap();
        let job = engine.overdue_jobs(TimeDelta::zero(), 1).await.unwrap()[0].id;
        worked(app, job).await;
        company.clock.advance(LEASE + TimeDelta::seconds(1));
        let (slow, late) = worked(app, job).await;
        company.clock.advance(LEASE + TimeDelta::seconds(1));
        app.drain().await;
        let mut request = Request::new("backtest", Target::Existing(id), late, Actor::system());
        request.origin = Origin::Job { id: slow.id, attempt: slow.attempt };
        assert!(matches!(engine.execute(&request).await, Err(Halt::Refused(Refusal::Settled))));
        all_counted_once(company, id).await;
    }

    async fn a_backtest_that_is_stopped_between_two_parts_keeps_what_it_has(app: TestApp) {
        let company = &app.company;
        decisions(company).await;
        let (engine, id) = (&app.app.engine, company.new_id());
        engine.execute(&start(id, &company.now().date_naive().to_string())).await.unwrap();
        let job = engine.overdue_jobs(TimeDelta::zero(), 1).await.unwrap()[0].id;
        let (claimed, command) = worked(app, job).await;
        let mut request = Request::new("backtest", Target::Existing(id), command, Actor::system());
        request.origin = Origin::Job { id: claimed.id, attempt: claimed.attempt };
        engine.execute(&request).await.unwrap();
        let cancel = Request::new("backtest", Target::Existing(id), AnyCommand::new("cancel"), person(7, "Wulan", &["policy.backtest"]));
        engine.execute(&cancel).await.unwrap();
        app.drain().await;
        let model = report::find(company.db.db.reader(), id).await.unwrap().unwrap();
        assert_eq!((model.state.as_str(), model.parts, model.done, model.total), ("CANCELLED", 1, workflows::backtest::PART, DECISIONS));
        assert_eq!(report::whole(company.db.db.reader(), id).await.unwrap().decisions, workflows::backtest::PART);
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}

/// The program is killed while a part is on its way; the next one takes it over.
async fn killed(database: TestDb) {
    let company = Company::on(database).await;
    decisions(&company).await;
    let clock = Arc::new(SystemClock);
    let announcer = Arc::new(ApalisAnnouncer::new(company.db.db.backend(), clock.clone(), Wake::new()));
    let engine = Engine::new(company.db.db.clone(), clock, Arc::new(workflows::registry()), Arc::new(PolicyHost::default()), announcer);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&company.db.url, folder.path());
    assert!(home.run(&["migrate"]).status.success());
    let id = engine::id::new_id(engine.clock.now());
    engine.execute(&start(id, &company.now().date_naive().to_string())).await.unwrap();
    let worker = home.start("worker");
    until(&company, "SELECT count(*) AS n FROM job WHERE kind = 'backtest' AND state = 'RUNNING'").await;
    worker.kill();
    let held = company.db.count("SELECT count(*) FROM job WHERE kind = 'backtest' AND state = 'RUNNING'", vec![]).await;
    let _worker = home.start("worker");
    until(&company, "SELECT count(*) AS n FROM backtest WHERE state = 'DONE'").await;
    let tried = company.db.count("SELECT max(attempt) FROM job WHERE kind = 'backtest'", vec![]).await;
    assert_eq!(tried, 1 + held, "a part that was on its way is tried again");
    all_counted_once(&company, id).await;
}

async fn until(company: &Company, sql: &str) {
    let began = Instant::now();
    loop {
        let rows: Vec<QueryResult> = company.db.rows(sql, vec![]).await;
        if rows[0].try_get::<i64>("", "n").unwrap() > 0 {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "still nothing: {sql}");
        tokio::time::sleep(BETWEEN).await;
    }
}

#[test]
fn a_worker_killed_in_the_middle_loses_and_doubles_no_decision_on_sqlite() {
    on_sqlite(killed);
}

#[test]
fn a_worker_killed_in_the_middle_loses_and_doubles_no_decision_on_postgres() {
    on_postgres(killed);
}
