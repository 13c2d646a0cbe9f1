//! `alur doctor`: looks at everything the program rests on and says what is wrong.

use super::output::{Finished, Output};
use crate::app::{self, App};
use crate::auth::roles;
use crate::config::Config;
use anyhow::Context;
use engine::boot;
use engine::clock::Clock;
use engine::db::{self, Db};
use migrations::{Migrator, MigratorTrait};
use sea_orm::Value;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

impl Check {
    fn of(name: &'static str, result: anyhow::Result<String>) -> Self {
        match result {
            Ok(detail) => Self { name, ok: true, detail },
            Err(error) => Self { name, ok: false, detail: crate::problem::chain(error.as_ref()) },
        }
    }
}

pub async fn run(config: &Config, clock: Arc<dyn Clock>, output: Output) -> anyhow::Result<Finished> {
    let mut checks = vec![Check::of("configuration", Ok(format!("{} on {}", config.base_url(), config.server.listen)))];
    match app::connect(config).await {
        Err(error) => checks.push(Check::of("database", Err(error.into()))),
        Ok(db) => {
            checks.push(Check::of("database", Ok(format!("{:?}", db.backend()))));
            let schema = schema(&db).await;
            let usable = schema.is_ok();
            checks.push(Check::of("schema", schema));
            if usable {
                checks.push(Check::of("contents", contents(&db).await));
                checks.push(Check::of("owner", owner(&db).await));
                checks.push(Check::of("jobs", jobs(&db).await));
                checks.push(Check::of("timers", timers(&db, clock.as_ref()).await));
                checks.push(Check::of("storage", storage(config, clock).await));
            }
        }
    }
    output.value(&checks)?;
    for check in &checks {
        output.text(format!("{} {:<14} {}", if check.ok { "ok  " } else { "FAIL" }, check.name, check.detail));
    }
    Ok(if checks.iter().all(|check| check.ok) { Finished::Well } else { Finished::WithFindings })
}

async fn schema(db: &Db) -> anyhow::Result<String> {
    let pending = Migrator::get_pending_migrations(db.writer()).await?.len();
    anyhow::ensure!(pending == 0, "{pending} migrations are not applied; run `alur migrate`");
    Ok("up to date".into())
}

async fn contents(db: &Db) -> anyhow::Result<String> {
    let stranded = boot::stranded(db, &workflows::registry(), worker::KINDS, &app::policy_kinds()).await?;
    let list: Vec<String> = stranded.iter().map(ToString::to_string).collect();
    anyhow::ensure!(stranded.is_empty(), "this program does not know {}", list.join(", "));
    Ok("everything is known to this program".into())
}

async fn owner(db: &Db) -> anyhow::Result<String> {
    let sql = "SELECT count(*) AS n FROM user_account u JOIN user_role ur ON ur.user_id = u.id JOIN role r ON r.id = ur.role_id WHERE r.code = ? AND u.account_state = 'ACTIVE'";
    let owners = count(db, sql, vec![roles::OWNER.into()]).await?;
    anyhow::ensure!(owners > 0, "no active owner; `alur serve` prints a link for the first one");
    Ok(format!("{owners} active"))
}

async fn jobs(db: &Db) -> anyhow::Result<String> {
    let dead = count(db, "SELECT count(*) AS n FROM job WHERE state = 'DEAD'", vec![]).await?;
    anyhow::ensure!(dead == 0, "{dead} dead letters wait for a person");
    Ok("no dead letters".into())
}

/// A timer that should have fired a while ago says that no worker runs.
async fn timers(db: &Db, clock: &dyn Clock) -> anyhow::Result<String> {
    let since = clock.now() - chrono::TimeDelta::minutes(5);
    let overdue = count(db, "SELECT count(*) AS n FROM timer WHERE state = 'ARMED' AND due_at < ?", vec![since.into()]).await?;
    anyhow::ensure!(overdue == 0, "{overdue} timers are overdue by more than five minutes; is a worker running?");
    Ok("none overdue".into())
}

async fn storage(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<String> {
    let app = App::build(config.clone(), clock).await?;
    let key = app.documents.put(b"alur doctor".to_vec()).await.context("a document cannot be stored")?;
    let bytes = app.documents.get(&key).await.context("a stored document cannot be read back")?;
    anyhow::ensure!(bytes == b"alur doctor", "a document came back changed");
    Ok(config.storage.bucket.clone().map_or_else(|| config.document_folder().display().to_string(), |bucket| format!("bucket {bucket}")))
}

async fn count(db: &Db, sql: &str, values: Vec<Value>) -> anyhow::Result<i64> {
    let row = db::row(db.reader(), sql, values).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}
