//! Monthly archives of the audit: each month once, proved, whoever dies when (SPEC AUD-5).

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::Db;
use engine::seal::{self, Look, verify_export};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::app::TestApp;
use tests::both_databases;
use tests::bucket::Bucket;
use tests::company::{Company, person};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use uuid::Uuid;
use worker::archiver::{self, Archived, Month, Round};
use worker::documents::{DocumentStore, Key, S3, S3Config, StoreError};

const PATIENCE: Duration = Duration::from_secs(60);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Writes so many records a second apart from an instant on.
async fn write(db: &Db, from: DateTime<Utc>, count: i64) {
    let mut batch = Batch::default();
    for n in 0..count {
        let record = Action {
            action: "toy.noted".into(),
            entity_type: "toy",
            entity_id: Uuid::from_u128(7),
            entity_code: Some("T-7"),
            instance_seq: None,
            on_behalf_of: None,
            before: None,
            after: Some(json!({ "n": n })),
            reason: None,
        };
        audit::record(record, &person(77, "Rina", &[]), from + TimeDelta::seconds(n), &mut batch);
    }
    let tx = db.begin().await.unwrap();
    batch.run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn seal_all(app: &TestApp) {
    seal::seal(&app.app.engine.db, app.company.clock.as_ref(), Look::Everywhere).await.unwrap();
}

async fn round(app: &TestApp) -> Round {
    archiver::round(&app.app.engine, app.app.documents.as_ref(), None).await.unwrap()
}

fn names(archived: &[Archived]) -> Vec<String> {
    archived.iter().map(Archived::name).collect()
}

async fn faults(app: &TestApp, of: &str) -> Vec<String> {
    let checked = archiver::verify(&app.app.engine.db, app.app.documents.as_ref(), month(of)).await.unwrap();
    checked.into_iter().flat_map(|one| one.faults).collect()
}

fn path(app: &TestApp, key: &Key) -> PathBuf {
    app.app.config.document_folder().join(key.to_string())
}

/// September and October with records on both sides of their borders, all sealed.
async fn two_months(app: &TestApp) {
    for (from, count) in [("2026-09-01T00:00:00Z", 3), ("2026-09-30T23:59:57Z", 3), ("2026-10-01T00:00:00Z", 5), ("2026-11-01T00:00:00Z", 2)] {
        write(&app.app.engine.db, at(from), count).await;
    }
    seal_all(app).await;
}

/// A store that takes what it is given and then breaks, as a process that dies between two steps.
struct Breaking<'a> {
    inner: &'a dyn DocumentStore,
    broken: AtomicBool,
}

#[async_trait]
impl DocumentStore for Breaking<'_> {
    async fn put(&self, bytes: Vec<u8>) -> Result<Key, StoreError> {
        self.inner.put(bytes).await
    }
    async fn put_file(&self, file: File) -> Result<Key, StoreError> {
        self.inner.put_file(file).await
    }
    async fn get(&self, key: &Key) -> Result<Vec<u8>, StoreError> {
        self.inner.get(key).await
    }
    async fn get_file(&self, key: &Key) -> Result<File, StoreError> {
        if self.broken.load(Ordering::SeqCst) { Err(StoreError::NotFound(key.clone())) } else { self.inner.get_file(key).await }
    }
    async fn exists(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.exists(key).await
    }
    async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        self.inner.remove(key).await
    }
}

both_databases! {
    async fn a_month_that_is_over_is_archived_once_and_proved(app: TestApp) {
        two_months(app).await;
        let first = round(app).await;
        assert_eq!((names(&first.archived), first.failed.len()), (vec!["2026-09".to_owned(), "2026-10".to_owned()], 0));
        assert_eq!(first.archived.iter().map(|one| one.rows).collect::<Vec<_>>(), [6, 5]);
        let again = round(app).await;
        assert!(again.archived.is_empty() && again.failed.is_empty());
        for one in &first.archived {
            assert_eq!(faults(app, &one.month.to_string()).await, Vec::<String>::new());
            let text = std::fs::read(path(app, &one.key)).unwrap();
            assert_eq!(verify_export(text.as_slice()).unwrap().findings, []);
            assert_eq!(text.len() as i64, one.size);
        }
        // The row and its audit record are there together.
        seal_all(app).await;
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'audit.archive'", vec![]).await, 2);
        assert_eq!(seal::verify(&app.app.engine.db).await.unwrap().findings, []);
        for sql in ["UPDATE audit_archive SET sha256 = 'x'", "DELETE FROM audit_archive"] {
            assert!(app.company.db.try_run(sql, vec![]).await.unwrap_err().contains("append_only:audit_archive"));
        }
    }

    async fn a_month_waits_until_it_is_over_and_sealed(app: TestApp) {
        write(&app.app.engine.db, at("2026-11-30T23:59:58Z"), 2).await;
        app.company.clock.set(at("2026-12-01T00:59:59Z"));
        seal_all(app).await;
        assert!(round(app).await.archived.is_empty(), "an hour has not passed");
        write(&app.app.engine.db, at("2026-11-30T23:59:59Z"), 1).await;
        app.company.clock.set(at("2026-12-01T01:00:00Z"));
        let unsealed = round(app).await;
        assert_eq!((unsealed.archived.len(), unsealed.failed[0].1.code()), (0, "not_sealed"));
        let auditor = app.signed_in_as("AUDITOR").await;
        let shown = auditor.get("/api/v1/audit/archives").await.well();
        assert_eq!((&shown["waiting"][0]["month"], &shown["waiting"][0]["trouble"], &shown["running"]), (&json!("2026-11"), &Value::Null, &json!("2026-12")));
        seal_all(app).await;
        assert_eq!(names(&round(app).await.archived), ["2026-11"]);
    }

    async fn records_that_come_late_go_into_a_further_part_once(app: TestApp) {
        two_months(app).await;
        round(app).await;
        for n in 1..=2 {
            write(&app.app.engine.db, at("2026-10-31T23:59:50Z"), 4).await;
            write(&app.app.engine.db, app.company.now(), 3).await;
            seal_all(app).await;
            let late = round(app).await;
            assert_eq!((names(&late.archived), late.archived[0].rows), (vec![format!("2026-10+{n}")], 4));
            assert!(round(app).await.archived.is_empty());
        }
        assert_eq!(faults(app, "2026-10").await, Vec::<String>::new());
        // No record stands in two parts, and none is left out.
        let mut ids = vec![];
        for one in archiver::archives(&app.app.engine.db).await.unwrap() {
            let text = std::fs::read_to_string(path(app, &one.key)).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            ids.extend(lines.filter(|line| line["line"] == "row").map(|line| line["row"]["id"].as_str().unwrap().to_owned()));
        }
        let written = app.company.db.count("SELECT count(*) FROM audit_record WHERE at < ?", vec![at("2026-11-01T00:00:00Z").into()]).await;
        assert_eq!(ids.len() as i64, written);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len() as i64, written);
    }

    async fn several_workers_at_once_archive_each_month_once(app: TestApp) {
        two_months(app).await;
        let mut rounds = vec![];
        for _ in 0..3 {
            let app = app.app.clone();
            rounds.push(tokio::spawn(async move { archiver::round(&app.engine, app.documents.as_ref(), None).await.unwrap() }));
        }
        let mut archived = vec![];
        for one in rounds {
            let round = one.await.unwrap();
            assert_eq!(round.failed.len(), 0);
            archived.extend(names(&round.archived));
        }
        archived.sort();
        assert_eq!(archived, ["2026-09", "2026-10"]);
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_archive", vec![]).await, 2);
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'audit.archive'", vec![]).await, 2);
    }

    async fn what_was_stored_and_not_noted_is_taken_up_again(app: TestApp) {
        two_months(app).await;
        let store = Breaking { inner: app.app.documents.as_ref(), broken: AtomicBool::new(true) };
        let broken = archiver::round(&app.app.engine, &store, None).await.unwrap();
        assert_eq!((broken.archived.len(), broken.failed.len(), broken.failed[0].1.code()), (0, 2, "store"));
        let auditor = app.signed_in_as("AUDITOR").await;
        let shown = auditor.get("/api/v1/audit/archives").await.well();
        assert_eq!((&shown["items"], &shown["waiting"][1]["trouble"], &shown["waiting"][1]["month"]), (&json!([]), &json!("store"), &json!("2026-09")));
        store.broken.store(false, Ordering::SeqCst);
        let whole = archiver::round(&app.app.engine, &store, None).await.unwrap();
        assert_eq!(names(&whole.archived), ["2026-09", "2026-10"]);
        assert_eq!(auditor.get("/api/v1/audit/archives").await.well()["waiting"], json!([]));
    }

    async fn a_changed_or_missing_archive_is_named_with_the_row(app: TestApp) {
        two_months(app).await;
        let archived = round(app).await.archived;
        let file = path(app, &archived[1].key);
        let text = std::fs::read_to_string(&file).unwrap();
        let changed = text.replacen("\"n\":3", "\"n\":4", 1);
        assert_ne!(changed, text);
        let row: Value = changed.lines().map(|line| serde_json::from_str(line).unwrap()).find(|line: &Value| line["row"]["after"]["n"] == 4).unwrap();
        std::fs::write(&file, &changed).unwrap();
        let told = faults(app, "2026-10").await;
        assert!(told[0].contains(&archived[1].sha256) && told[1].contains(row["row"]["id"].as_str().unwrap()), "{told:?}");
        assert_eq!(faults(app, "2026-09").await, Vec::<String>::new());
        std::fs::remove_file(&file).unwrap();
        assert!(faults(app, "2026-10").await[0].contains("the store has nothing"));
    }

    async fn a_month_whose_records_were_tampered_with_is_not_archived_and_says_so(app: TestApp) {
        two_months(app).await;
        let db = &app.company.db;
        db.tamper("audit_record", "UPDATE audit_record SET action = 'toy.forged' WHERE at = ?", vec![at("2026-10-01T00:00:02Z").into()]).await;
        let round = round(app).await;
        assert_eq!((names(&round.archived), round.failed.len(), round.failed[0].1.code()), (vec!["2026-09".to_owned()], 1, "unproven"));
        let auditor = app.signed_in_as("AUDITOR").await;
        let shown = auditor.get("/api/v1/audit/archives").await.well();
        assert_eq!((&shown["waiting"][0]["month"], &shown["waiting"][0]["trouble"]), (&json!("2026-10"), &json!("unproven")));
    }

    async fn in_a_bucket_a_month_is_archived_proved_and_downloaded_as_in_a_folder(database: TestDb) {
        let bucket = Bucket::start().await;
        let app = TestApp::with(database.clone(), bucket.settings()).await;
        two_months(&app).await;
        // A bucket that refuses us leaves the months waiting, and says so.
        let stranger = S3::new(S3Config { secret_access_key: "wrong".into(), ..bucket.config.clone() });
        let refused = archiver::round(&app.app.engine, &stranger, None).await.unwrap();
        assert_eq!((refused.archived.len(), refused.failed.len(), refused.failed[0].1.code()), (0, 2, "store"));
        let whole = round(&app).await;
        assert_eq!((names(&whole.archived), whole.failed.len()), (vec!["2026-09".to_owned(), "2026-10".to_owned()], 0));
        assert!(round(&app).await.archived.is_empty());
        let october = &whole.archived[1];
        let file = bucket.file(&october.key.to_string());
        assert_eq!(verify_export(std::fs::read(&file).unwrap().as_slice()).unwrap().findings, []);
        assert_eq!(faults(&app, "2026-10").await, Vec::<String>::new());
        let auditor = app.signed_in_as("AUDITOR").await;
        let answer = auditor.request(Method::GET, &format!("/api/v1/audit/archives/{}/content", october.id)).send().await.unwrap();
        assert_eq!(Key::of(&answer.bytes().await.unwrap()), october.key);
        // What somebody does to the bucket behind our back is named.
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen("\"n\":3", "\"n\":4", 1)).unwrap();
        let told = faults(&app, "2026-10").await;
        assert!(told[0].contains(&format!("does not give {} whole", october.key)), "{told:?}");
        std::fs::remove_file(&file).unwrap();
        assert!(faults(&app, "2026-10").await[0].contains("the store has nothing"));
        assert_eq!(faults(&app, "2026-09").await, Vec::<String>::new());
    }

    async fn an_auditor_downloads_an_archive_and_that_is_kept(app: TestApp) {
        two_months(app).await;
        let archived = round(app).await.archived;
        let auditor = app.signed_in_as("AUDITOR").await;
        let shown = auditor.get("/api/v1/audit/archives").await.well();
        let october = &shown["items"][0];
        assert_eq!((&october["month"], &october["part"], &october["records"], &october["sha256"]), (&json!("2026-10"), &json!(0), &json!(5), &json!(archived[1].sha256)));
        let address = format!("/api/v1/audit/archives/{}/content", archived[1].id);
        let answer = auditor.request(Method::GET, &address).send().await.unwrap();
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"audit-2026-10.jsonl\"");
        let bytes = answer.bytes().await.unwrap();
        assert_eq!((Key::of(&bytes), verify_export(bytes.as_ref()).unwrap().findings), (archived[1].key.clone(), vec![]));
        assert_eq!(app.signed_in_as("FINANCE").await.get(&address).await.problem(), "403 forbidden");
        assert_eq!(auditor.get(&format!("/api/v1/audit/archives/{}/content", Uuid::from_u128(4))).await.problem(), "404 not_found");
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'audit.archive_read'", vec![]).await, 1);
    }
}

/// SIGKILL at moments spread over the first half second of a worker, which is when it archives.
async fn survives(database: TestDb) {
    let company = Company::on(database).await;
    let months = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"];
    for month in months {
        write(&company.engine.db, at(&format!("{month}-15T00:00:00Z")), 400).await;
    }
    seal::seal(&company.engine.db, company.clock.as_ref(), Look::Everywhere).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&company.db.url, folder.path());
    assert!(home.run(&["migrate"]).status.success());
    for n in 0..12 {
        let program = home.start("worker");
        tokio::time::sleep(Duration::from_millis(60 + n * 40)).await;
        program.kill();
    }
    let running = home.start("worker");
    let began = Instant::now();
    while company.db.count("SELECT count(*) FROM audit_archive", vec![]).await < 6 {
        assert!(began.elapsed() < PATIENCE, "months are left after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.kill();
    assert_eq!(company.db.texts("SELECT month AS text FROM audit_archive ORDER BY month", vec![]).await, months);
    assert_eq!(company.db.count("SELECT count(*) FROM audit_record WHERE action = 'audit.archive'", vec![]).await, 6);
    for month in months {
        let checked = home.run(&["audit", "verify", "--archive", month, "--json"]);
        assert!(checked.status.success(), "{month}: {checked:?}");
    }
    let again = home.run(&["audit", "archive", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&again.stdout).unwrap(), json!({ "archived": [], "failed": [] }));
    let early = home.run(&["audit", "archive", "--month", "2099-01"]);
    assert!(!early.status.success() && String::from_utf8_lossy(&early.stderr).contains("not over"), "{early:?}");
    assert!(!home.run(&["audit", "verify", "--archive", "2026-04"]).status.success(), "no archive is no proof");
}

mod a_worker_killed_at_any_moment_archives_each_month_once {
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
