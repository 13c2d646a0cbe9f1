//! A worker that bills is killed again and again at random moments: the same documents, the same numbers, no gap, no double.

use engine::clock::SystemClock;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::policy::PolicyHost;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::company::{Company, biller};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use worker::{ApalisAnnouncer, Wake};

const KILLS: usize = 20;
/// Many parts, so that there is something left to be killed.
const SISWA: i64 = 9_000;
const TUTORS: i64 = 1_200;
const BETWEEN: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(60);

/// A sesi of October for each siswa: Rp100.001, Rp100.002 and so on; the tutors share them evenly, at Rp50.000 each.
async fn seed(company: &Company) {
    let postgres = company.db.is_postgres();
    let id = |base: i64, number: &str| match postgres {
        true => format!("CAST('00000000-0000-7000-8000-' || lpad(CAST({base} + {number} AS text), 12, '0') AS uuid)"),
        false => format!("unhex('000000000000700080' || '00' || printf('%012d', {base} + {number}))"),
    };
    let numbers = |count: i64| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    let at = if postgres { "TIMESTAMPTZ '2026-10-05 03:00:00+00'" } else { "'2026-10-05T03:00:00+00:00'" };
    let (siswa, tutor, sesi) = (id(1_000_000, "i"), id(2_000_000, &format!("(i % {TUTORS} + 1)")), id(3_000_000, "i"));
    let office = "(SELECT id FROM office ORDER BY code LIMIT 1)";
    for sql in [
        format!(
            "INSERT INTO siswa (id, code, name, tingkat_id, segmentasi_id, office_id, parent_name, parent_phone, parent_relation, status, created_at) {} \
             SELECT {siswa}, 'SIS-K-' || i, 'Siswa', (SELECT id FROM tingkat ORDER BY position LIMIT 1), (SELECT id FROM segmentasi ORDER BY code LIMIT 1), {office}, \
             'Wali', '+62811', 'ibu', 'ACTIVE', {at} FROM n",
            numbers(SISWA)
        ),
        format!(
            "INSERT INTO tutor (id, code, name, phone, golongan_id, office_id, status, contract_signed, created_at) {} \
             SELECT {}, 'TUT-K-' || i, 'Tutor', '+6281' || (10000000 + i), (SELECT id FROM golongan ORDER BY code LIMIT 1), {office}, 'ACTIVE', TRUE, {at} FROM n",
            numbers(TUTORS),
            id(2_000_000, "i")
        ),
        format!(
            "INSERT INTO workflow_instance (id, workflow, version, state, revision, terminal, code, label, created_at, updated_at) {} \
             SELECT {sesi}, 'sesi', 1, 'COMPLETED', 1, TRUE, 'SES-K-' || i, 'Sesi', {at}, {at} FROM n",
            numbers(SISWA)
        ),
        format!(
            "INSERT INTO sesi (id, code, siswa_id, tutor_id, office_id, subject_id, starts_at, ends_at, duration_minutes, mode, mode_surcharge_rp, state, period_month, \
             requested_by, anomaly_flag, sla_flagged, created_at) {} SELECT {sesi}, 'SES-K-' || i, {siswa}, {tutor}, {office}, (SELECT id FROM subject ORDER BY code LIMIT 1), \
             {at}, {}, 90, 'ONLINE', 0, 'COMPLETED', '2026-10', {siswa}, FALSE, FALSE, {at} FROM n",
            numbers(SISWA),
            at.replace("03:00", "04:30")
        ),
        format!(
            "INSERT INTO siswa_settlement (id, sesi_id, siswa_id, kind, amount_rp, status, period_month, created_at) {} \
             SELECT {}, {sesi}, {siswa}, 'COMPLETED', 100000 + i, 'UNPAID', '2026-10', {at} FROM n",
            numbers(SISWA),
            id(4_000_000, "i")
        ),
        format!(
            "INSERT INTO tutor_settlement (id, sesi_id, tutor_id, kind, honorarium_rp, transport_rp, status, period_month, created_at) {} \
             SELECT {}, {sesi}, {tutor}, 'COMPLETED', 50000, 0, 'UNPAID', '2026-10', {at} FROM n",
            numbers(SISWA),
            id(5_000_000, "i")
        ),
    ] {
        company.db.run(&sql, vec![]).await;
    }
}

async fn killed(database: TestDb) {
    let company = Company::on(database).await;
    seed(&company).await;
    let clock = Arc::new(SystemClock);
    let announcer = Arc::new(ApalisAnnouncer::new(company.db.db.backend(), clock.clone(), Wake::new()));
    let engine = Engine::new(company.db.db.clone(), clock, Arc::new(workflows::registry()), Arc::new(PolicyHost::default()), announcer);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&company.db.url, folder.path());
    assert!(home.run(&["migrate"]).status.success());
    let run = new_id(engine.clock.now());
    let begin = AnyCommand::with("begin", &json!({ "period_month": "2026-10" }));
    engine.execute(&Request::new("billing_run", Target::New(run), begin, biller())).await.unwrap();
    let mut chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for kill in 0..KILLS {
        let worker = home.start("worker");
        until(&company, "SELECT count(*) FROM job WHERE kind LIKE 'billing%' AND state = 'RUNNING'", kill).await;
        tokio::time::sleep(Duration::from_millis(chance.next_u64() % 60)).await;
        worker.kill();
        // As if its lease had run out.
        let past = engine.clock.now() - chrono::TimeDelta::minutes(2);
        company.db.run("UPDATE job SET lease_until = ? WHERE state = 'RUNNING'", vec![past.into()]).await;
        company.db.run("UPDATE job SET run_at = ? WHERE state = 'PENDING' AND kind LIKE 'billing%'", vec![past.into()]).await;
    }
    let _worker = home.start("worker");
    until(&company, "SELECT count(*) FROM billing_run WHERE state = 'DONE'", KILLS).await;
    as_if_nothing_had_happened(&company).await;
}

/// The first siswa has the first number and Rp100.001, and so on; each tutor has an even share.
async fn as_if_nothing_had_happened(company: &Company) {
    let sql = "SELECT t.number || ' ' || p.code || ' ' || t.total_rp || ' ' || t.status || ' ' || (SELECT count(*) FROM tagihan_line l WHERE l.tagihan_id = t.id) AS text \
               FROM tagihan t JOIN siswa p ON p.id = t.siswa_id ORDER BY t.number";
    let expected: Vec<String> = (1..=SISWA).map(|i| format!("TAG-2026-10-{i:05} SIS-K-{i} {} ISSUED 1", 100_000 + i)).collect();
    assert_eq!(company.db.texts(sql, vec![]).await, expected);
    let sql = "SELECT t.number || ' ' || p.code || ' ' || t.net_rp || ' ' || t.status || ' ' || (SELECT count(*) FROM honorarium_line l WHERE l.honorarium_id = t.id) AS text \
               FROM honorarium t JOIN tutor p ON p.id = t.tutor_id ORDER BY t.number";
    // What is left of an even share goes to the ones after the first.
    let share = |i: i64| SISWA / TUTORS + i64::from((1..=SISWA % TUTORS).contains(&(i - 1)));
    let expected: Vec<String> = (1..=TUTORS).map(|i| format!("HON-2026-10-{i:05} TUT-K-{i} {} ISSUED {}", 50_000 * share(i), share(i))).collect();
    assert_eq!(company.db.texts(sql, vec![]).await, expected);
    let series = "SELECT series || ' ' || next AS text FROM document_series ORDER BY series";
    assert_eq!(company.db.texts(series, vec![]).await, [format!("HON-2026-10 {}", TUTORS + 1), format!("TAG-2026-10 {}", SISWA + 1)]);
}

async fn until(company: &Company, sql: &str, kill: usize) {
    let began = Instant::now();
    while company.db.count(sql, vec![]).await == 0 {
        assert!(began.elapsed() < PATIENCE, "after {kill} kills still nothing: {sql}");
        tokio::time::sleep(BETWEEN).await;
    }
}

mod a_billing_worker_killed_twenty_times_bills_everybody_once_under_the_same_numbers {
    use super::{killed, on_postgres, on_sqlite};

    #[test]
    fn sqlite() {
        on_sqlite(killed);
    }

    #[test]
    fn postgres() {
        on_postgres(killed);
    }
}
