//! `alur audit archive` and `alur audit verify --archive`: the monthly archives in the document store (SPEC AUD-5).

use super::super::output::{Finished, Output};
use crate::app::App;
use crate::config::Config;
use engine::clock::SystemClock;
use engine::seal::{self, Look};
use serde_json::json;
use std::sync::Arc;
use worker::archiver::{self, Month, Round};

/// Seals what is not sealed, then does what the worker does every ten minutes.
pub async fn run(config: &Config, month: Option<Month>, output: Output) -> anyhow::Result<Finished> {
    let app = App::build(config.clone(), Arc::new(SystemClock)).await?;
    let engine = &app.engine;
    seal::seal(&engine.db, engine.clock.as_ref(), Look::Everywhere).await?;
    let Round { archived, failed } = archiver::round(engine, app.documents.as_ref(), month).await?;
    let done: Vec<_> =
        archived.iter().map(|one| json!({ "archive": one.name(), "rows": one.rows, "seals": one.seals, "sha256": one.sha256, "size": one.size })).collect();
    let wrong: Vec<_> = failed.iter().map(|(month, error)| json!({ "month": month.to_string(), "code": error.code(), "message": error.to_string() })).collect();
    output.value(&json!({ "archived": done, "failed": wrong }))?;
    for one in &archived {
        output.text(format!("{}: {} rows in {} seals, {} bytes, {}", one.name(), one.rows, one.seals, one.size, one.sha256));
    }
    for (month, error) in &failed {
        output.text(format!("{month}: {error}"));
    }
    output.text(format!("{} archived, {} failed", archived.len(), failed.len()));
    Ok(Finished::without(&failed))
}

/// Fetches every part of a month and proves it.
pub async fn verify(config: &Config, month: Month, output: Output) -> anyhow::Result<Finished> {
    let app = App::build(config.clone(), Arc::new(SystemClock)).await?;
    let checked = archiver::verify(&app.engine.db, app.documents.as_ref(), month).await?;
    anyhow::ensure!(!checked.is_empty(), "there is no archive of {month}");
    output.value(&checked)?;
    for one in &checked {
        for fault in &one.faults {
            output.text(format!("{}: {fault}", one.archive));
        }
        output.text(format!("{}: {} rows in {} seals, {} faults", one.archive, one.rows, one.seals, one.faults.len()));
    }
    let faults: Vec<&String> = checked.iter().flat_map(|one| &one.faults).collect();
    Ok(Finished::without(&faults))
}
