//! Killed at any moment under load, nothing is lost and nothing is doubled.
//!
//! Clients walk sesi after sesi from request to settlement over HTTP, each command under its own
//! idempotency key, tried again under the same key until it is acknowledged.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::browser::{Browser, command_path};
use tests::company::{Company, Lesson};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use uuid::Uuid;

const KILLS: usize = 26;
const CLIENTS: usize = 4;
/// Between two tries of a client while the program is down.
const BETWEEN: Duration = Duration::from_millis(10);
/// The worker takes over what a killed one held when its lease is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client with a tutor and a siswa of its own, so that no sesi is in the way of another's.
pub struct Client {
    browser: Browser,
    lesson: Lesson,
    photo_id: Uuid,
    over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
}

impl Client {
    /// Sends until it is acknowledged; the answer of an acknowledged command is never lost.
    async fn insist(&self, path: &str, body: &Value) -> Value {
        let key = Uuid::new_v4().to_string();
        loop {
            match self.browser.try_post(path, body, &key).await {
                Ok(answer) if answer.status < 300 => {
                    self.acknowledged.fetch_add(1, Ordering::SeqCst);
                    return answer.body;
                }
                // Busy or going down; anything else is a wrong answer.
                Ok(answer) => assert!(answer.status == 503, "{path}: {answer:?}"),
                Err(_) => tokio::time::sleep(BETWEEN).await,
            }
        }
    }

    /// One sesi after the other until the test is over; the last one is finished.
    pub async fn work(self) {
        let mut starts_at: DateTime<Utc> = "2025-03-03T03:00:00Z".parse().unwrap();
        while !self.over.load(Ordering::SeqCst) {
            let lesson = self.lesson.clone().at(starts_at);
            let id: Uuid = self.insist("/api/v1/sesi", &lesson.body()).await["id"].as_str().unwrap().parse().unwrap();
            let report = json!({ "attendance": "PRESENT", "topic": "Pecahan", "photo_document_id": self.photo_id });
            for (name, body) in
                [("approve", json!({})), ("start", json!({ "started_at": starts_at })), ("report", report), ("confirm", json!({})), ("validate", json!({}))]
            {
                self.insist(&command_path(id, name), &body).await;
            }
            starts_at += TimeDelta::hours(2);
        }
    }
}

pub async fn clients(company: &Company, browser: &Browser, over: &Arc<AtomicBool>, acknowledged: &Arc<AtomicUsize>) -> Vec<Client> {
    let mut all = vec![];
    for _ in 0..CLIENTS {
        let lesson = Lesson { tutor_id: company.new_tutor("JKT").await, siswa_id: company.new_siswa("JKT").await, ..company.lesson() };
        all.push(Client { browser: browser.clone(), lesson, photo_id: company.photo_id, over: over.clone(), acknowledged: acknowledged.clone() });
    }
    all
}

async fn survives(database: TestDb) {
    let company = Company::on(database).await;
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&company.db.url, folder.path());
    let browser = Browser::new(&home.url());
    let mut program = home.serve();
    program.ready(&browser).await;
    let browser = browser.sign_in(&program.first_link()).await;
    let (over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let working: Vec<_> = clients(&company, &browser, &over, &acknowledged).await.into_iter().map(|client| tokio::spawn(client.work())).collect();
    let mut chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for _ in 0..KILLS {
        let moment = chance.next_u64() % 700;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        program.kill();
        program = home.serve();
        program.ready(&browser).await;
    }
    over.store(true, Ordering::SeqCst);
    for client in working {
        client.await.unwrap();
    }
    all_is_there_once(&company, acknowledged.load(Ordering::SeqCst)).await;
    settled(&company).await;
    program.kill();
    for check in [["workflow", "verify", "--json"], ["ledger", "check", "--json"], ["audit", "verify", "--json"]] {
        let output = home.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Each acknowledged command has exactly one step in the history, one audit record and one answer.
pub async fn all_is_there_once(company: &Company, acknowledged: usize) {
    let acknowledged = i64::try_from(acknowledged).unwrap();
    assert!(acknowledged > 100, "hardly any load: {acknowledged}");
    let count = async |sql: &str| company.db.count(sql, vec![]).await;
    assert_eq!(count("SELECT count(*) FROM workflow_history WHERE actor_kind = 'PERSON'").await, acknowledged);
    assert_eq!(count("SELECT count(*) FROM idempotency_key").await, acknowledged);
    assert_eq!(count("SELECT count(*) FROM audit_record WHERE entity_type = 'sesi' AND actor_kind = 'PERSON'").await, acknowledged);
    let completed = count("SELECT count(*) FROM sesi WHERE state = 'COMPLETED'").await;
    assert_eq!(count("SELECT count(*) FROM sesi").await, completed);
    assert_eq!(completed * 6, acknowledged);
    for settled in ["siswa_settlement", "tutor_settlement", "journal_entry"] {
        assert_eq!(count(&format!("SELECT count(*) FROM {settled}")).await, completed, "{settled}");
    }
    assert_eq!(count("SELECT count(*) FROM job").await, completed);
    assert_eq!(company.faults().await, Vec::<String>::new());
}

/// What the killed workers left is carried out, also what one held when it died.
pub async fn settled(company: &Company) {
    let began = Instant::now();
    while company.db.count("SELECT count(*) FROM job WHERE state IN ('PENDING','RUNNING')", vec![]).await > 0 {
        assert!(began.elapsed() < PATIENCE, "jobs are left after {PATIENCE:?}");
        tokio::time::sleep(BETWEEN).await;
    }
    assert_eq!(company.db.count("SELECT count(*) FROM job WHERE state = 'DEAD'", vec![]).await, 0);
}

mod a_program_killed_again_and_again_under_load_loses_and_doubles_nothing {
    use super::{on_postgres, on_sqlite, survives};

    #[test]
    fn sqlite() {
        on_sqlite(survives);
    }

    #[test]
    fn postgres() {
        on_postgres(survives);
    }
}
