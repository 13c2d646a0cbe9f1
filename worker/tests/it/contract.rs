//! Our delivery against one that apalis itself pushes: the same row, or an upgrade has changed it.

use crate::lab::Lab;
use crate::on_both;
use apalis_core::backend::TaskSink;
use apalis_core::task::builder::TaskBuilder;
use engine::batch::Batch;
use engine::job::Announcement;
use std::collections::BTreeMap;
use uuid::Uuid;

on_both!(our_delivery_is_the_row_that_apalis_pushes, announcing_twice_adds_nothing, setting_up_twice_changes_nothing);

/// All columns of the row with this key, as text.
async fn row(lab: &Lab, key: &str) -> BTreeMap<String, Option<String>> {
    let columns = if lab.is_postgres() {
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'apalis' AND table_name = 'jobs'"
    } else {
        "SELECT name FROM pragma_table_info('Jobs')"
    };
    let mut found = BTreeMap::new();
    for column in lab.rows(columns, vec![]).await {
        let name: String = column.try_get("", "name").unwrap();
        let text = match (lab.is_postgres(), name.as_str()) {
            (true, "job") => "convert_from(job, 'UTF8')".to_owned(),
            _ => format!("CAST({name} AS text)"),
        };
        let sql = format!("SELECT {text} AS value FROM {} WHERE idempotency_key = ?", lab.deliveries());
        let value = lab.rows(&sql, vec![key.into()]).await[0].try_get("", "value").unwrap();
        found.insert(name, value);
    }
    found
}

async fn push_by_apalis(lab: &Lab, job: Uuid, run_at: u64, key: &str) {
    let task = TaskBuilder::new(job.to_string()).idempotency_key(key).max_attempts(1).run_at_timestamp(run_at).build();
    let writer = lab.engine.db.writer();
    if lab.is_postgres() {
        let config = apalis_postgres::Config::default().queue("alur");
        apalis_postgres::PostgresStorage::<String>::new(writer.get_postgres_connection_pool()).with_config(config).push_task(task).await.unwrap();
    } else {
        let config = apalis_sqlite::Config::default().queue("alur");
        apalis_sqlite::SqliteStorage::<String>::new(writer.get_sqlite_connection_pool()).with_config(config).push_task(task).await.unwrap();
    }
}

async fn our_delivery_is_the_row_that_apalis_pushes(lab: &Lab) {
    let toy = lab.enqueue("report", 1).await;
    let job = lab.job(toy).await;
    push_by_apalis(lab, job.id, u64::try_from(job.run_at.timestamp()).unwrap(), "theirs").await;
    let mut ours = row(lab, &format!("{}@{}", job.id, job.run_at.timestamp_micros())).await;
    let mut theirs = row(lab, "theirs").await;
    for side in [&mut ours, &mut theirs] {
        side.remove("idempotency_key");
        let id = side.remove("id").flatten().unwrap();
        assert!(ulid::Ulid::from_string(&id).is_ok(), "{id}");
    }
    assert_eq!(ours, theirs);
    assert_eq!(ours["job"].as_deref(), Some(format!("\"{}\"", job.id).as_str()));
}

async fn announcing_twice_adds_nothing(lab: &Lab) {
    let toy = lab.enqueue("report", 1).await;
    let job = lab.job(toy).await;
    let count = format!("SELECT count(*) FROM {}", lab.deliveries());
    let mut batch = Batch::default();
    let same = Announcement { id: job.id, kind: "toy".into(), run_at: job.run_at };
    lab.engine.announcer.announce(&[same.clone(), same], &mut batch);
    let tx = lab.engine.db.begin().await.unwrap();
    batch.run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lab.count(&count).await, 1);
    lab.deliver_again(job.id).await;
    assert_eq!(lab.count(&count).await, 2, "another instant is another attempt");
}

async fn setting_up_twice_changes_nothing(lab: &Lab) {
    worker::setup(&lab.engine.db).await.unwrap();
    if lab.is_postgres() {
        let triggers = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'apalis.jobs'::regclass AND NOT tgisinternal";
        assert_eq!(lab.count(triggers).await, 0, "nothing notifies inside a command's transaction");
    } else {
        let row = engine::db::row(lab.engine.db.writer(), "PRAGMA synchronous", vec![]).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "synchronous").unwrap(), 2, "still FULL");
    }
}
