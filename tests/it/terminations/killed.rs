//! Killed inside the decision and inside the settlement: all of it is there, or nothing (invariants I2, I5).

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::json;
use std::time::Duration;
use tests::browser::Browser;
use tests::company::{Company, Lesson};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use uuid::Uuid;

/// How many tutors are left, each while the program is killed.
const TUTORS: usize = 10;
const BETWEEN: Duration = Duration::from_millis(10);
/// The worker takes over what a killed one held when its lease is over.
const PATIENCE: Duration = Duration::from_mins(1);

/// A tutor with a sesi that is not paid, and an account that is signed in.
async fn employed(company: &Company) -> Uuid {
    let lesson = Lesson { tutor_id: company.new_tutor("JKT").await, siswa_id: company.new_siswa("JKT").await, ..company.lesson() };
    company.completed(&lesson).await;
    company.clock.set(lesson.starts_at - chrono::TimeDelta::days(1));
    let (user, at) = (company.new_id(), company.now());
    let sql = "INSERT INTO user_account (id, email, name, user_type, account_state, created_at, tutor_id) VALUES (?,?,'Tutor','TUTOR','ACTIVE',?,?)";
    company.db.run(sql, vec![user.into(), format!("{user}@example.com").into(), at.into(), lesson.tutor_id.into()]).await;
    let until = at + chrono::TimeDelta::days(3650);
    let sql = "INSERT INTO user_session (id, token_hash, csrf_token, user_id, created_at, last_seen_at, idle_expires_at, absolute_expires_at) VALUES (?,?,'c',?,?,?,?,?)";
    company.db.run(sql, vec![company.new_id().into(), user.to_string().into(), user.into(), at.into(), at.into(), until.into(), until.into()]).await;
    lesson.tutor_id
}

/// What a decision leaves of a tutor: terminations, whether they have left, open sessions, active accounts, records.
async fn left_of(company: &Company, tutor: Uuid) -> [i64; 5] {
    let count = async |sql: &str| company.db.count(sql, vec![tutor.into()]).await;
    [
        count("SELECT count(*) FROM termination WHERE tutor_id = ?").await,
        count("SELECT count(*) FROM tutor WHERE id = ? AND status = 'TERMINATED'").await,
        count("SELECT count(*) FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE u.tutor_id = ? AND s.revoked_at IS NULL").await,
        count("SELECT count(*) FROM user_account WHERE tutor_id = ? AND account_state = 'ACTIVE'").await,
        count("SELECT count(*) FROM audit_record WHERE action = 'tutor.terminate' AND entity_id = ?").await,
    ]
}

const NOTHING: [i64; 5] = [0, 0, 1, 1, 0];
const ALL: [i64; 5] = [1, 1, 0, 0, 1];

async fn survives(database: TestDb) {
    let company = Company::on(database).await;
    let mut tutors = vec![];
    for _ in 0..TUTORS {
        tutors.push(employed(&company).await);
    }
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&company.db.url, folder.path());
    let browser = Browser::new(&home.url());
    let mut program = home.serve();
    program.ready(&browser).await;
    let browser = browser.sign_in(&program.first_link()).await;
    let mut chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for tutor in &tutors {
        let body = json!({ "tutor_id": tutor, "reason": "Mengundurkan diri" });
        let key = Uuid::new_v4().to_string();
        let deciding = tokio::spawn({
            let (browser, body, key) = (browser.clone(), body.clone(), key.clone());
            async move { browser.try_post("/api/v1/terminations", &body, &key).await.is_ok_and(|answer| answer.status < 300) }
        });
        tokio::time::sleep(Duration::from_millis(chance.next_u64() % 60)).await;
        program.kill();
        let acknowledged = deciding.await.unwrap();
        let left = left_of(&company, *tutor).await;
        assert!(left == ALL || (left == NOTHING && !acknowledged), "{left:?} acknowledged: {acknowledged}");
        program = home.serve();
        program.ready(&browser).await;
        // The same request again: done once, whether or not the first one was.
        assert!(browser.try_post("/api/v1/terminations", &body, &key).await.is_ok_and(|answer| answer.status < 300));
        assert_eq!(left_of(&company, *tutor).await, ALL);
    }
    settled(&company).await;
    program.kill();
    // The lessons were held by a clock of their own, ahead of the program's: the order of the audit says nothing here.
    for check in [["workflow", "verify", "--json"], ["ledger", "check", "--json"]] {
        let output = home.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Every tutor has one settlement of one lesson, whichever worker died over it.
async fn settled(company: &Company) {
    let began = std::time::Instant::now();
    while company.db.count("SELECT count(*) FROM job WHERE kind = 'final_settlement' AND state <> 'DONE'", vec![]).await > 0 {
        assert!(began.elapsed() < PATIENCE, "settlements are left after {PATIENCE:?}");
        tokio::time::sleep(BETWEEN).await;
    }
    let tutors = i64::try_from(TUTORS).unwrap();
    let count = async |sql: &str| company.db.count(sql, vec![]).await;
    assert_eq!(count("SELECT count(*) FROM final_settlement").await, tutors);
    assert_eq!(count("SELECT count(*) FROM final_settlement WHERE due_rp = 90000 AND revision = 1").await, tutors);
    assert_eq!(count("SELECT count(*) FROM final_settlement_line").await, tutors);
    assert_eq!(count("SELECT count(*) FROM policy_decision WHERE kind = 'final_settlement'").await, tutors);
}

mod a_program_killed_while_the_work_with_somebody_ends_does_it_wholly_or_not_at_all {
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
