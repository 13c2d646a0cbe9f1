//! `alur period list|status|verify`: how far months are, what stands in the way of closing one, and whether a closed one still is
//! what it was closed as.

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use engine::db::{self, Db};
use engine::tag::Tag;
use serde::Serialize;
use workflows::books::balance::Month;
use workflows::period::contents::Contents;
use workflows::period::evidence::{self, Asked, Check, Evidence};
use workflows::period::{receipt, verify};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the closings there are.
    List,
    /// Show what stands in the way of closing a month.
    Status {
        /// `2026-09`
        month: String,
    },
    /// Make the documents of a closed month again from their sources and compare the hashes.
    Verify {
        /// `2026-09`
        month: String,
    },
}

pub async fn run(config: &Config, now: DateTime<Utc>, command: Command, output: Output) -> anyhow::Result<Finished> {
    let db = app::connect(config).await?;
    match command {
        Command::List => list(&db, output).await,
        Command::Status { month } => status(&db, parse(&month)?, now, output).await,
        Command::Verify { month } => verified(&db, parse(&month)?, output).await,
    }
}

fn parse(text: &str) -> anyhow::Result<Month> {
    Month::parse(text).with_context(|| format!("`{text}` is no month like 2026-09"))
}

#[derive(Debug, Serialize)]
struct Closing {
    month: String,
    number: i64,
    closed_at: DateTime<Utc>,
    documents: i64,
    entries: i64,
    sha256: String,
}

async fn list(db: &Db, output: Output) -> anyhow::Result<Finished> {
    let months = db::rows(db.reader(), "SELECT DISTINCT month FROM period_closing ORDER BY month", vec![]).await?;
    let mut closings = vec![];
    for row in months {
        let month: String = row.try_get("", "month")?;
        for stored in receipt::of_month(db.reader(), &month).await?.into_iter().rev() {
            let Contents { entries, .. } = stored.receipt.contents;
            let documents = stored.receipt.contents.documents();
            closings.push(Closing {
                month: month.clone(),
                number: stored.receipt.number,
                closed_at: stored.receipt.closed_at,
                documents,
                entries,
                sha256: stored.sha256,
            });
        }
    }
    output.value(&closings)?;
    for Closing { month, number, closed_at, documents, entries, sha256 } in &closings {
        output.text(format!("{month}  closing {number}  {}  {documents} documents, {entries} entries  {sha256}", closed_at.format("%Y-%m-%d %H:%M")));
    }
    output.text(format!("{} closings", closings.len()));
    Ok(Finished::Well)
}

#[derive(Debug, Serialize)]
struct Status {
    month: String,
    contents: Contents,
    checks: Vec<Evidence>,
}

/// The books as a whole are `alur ledger check`'s.
async fn status(db: &Db, month: Month, now: DateTime<Utc>, output: Output) -> anyhow::Result<Finished> {
    let found = evidence::gather(db.reader(), Asked { month, now, books: None }).await?;
    let checks: Vec<Evidence> = found.into_iter().filter(|evidence| evidence.check != Check::Books).collect();
    let status = Status { month: month.to_string(), contents: Contents::read(db.reader(), month).await?, checks };
    output.value(&status)?;
    for evidence in &status.checks {
        let state = if evidence.is_clear() { "clear".into() } else { format!("{} in the way", evidence.blocking_count) };
        output.text(format!("{:<14} {state}, {} to look at", evidence.check.as_str(), evidence.noted_count));
        for item in &evidence.blocking {
            output.text(format!("    {} {} {}", item.kind, item.code, item.state));
        }
    }
    let blocked: Vec<&Evidence> = status.checks.iter().filter(|evidence| !evidence.is_clear()).collect();
    Ok(Finished::without(&blocked))
}

#[derive(Debug, Serialize)]
struct Verified {
    month: String,
    closing: i64,
    sha256: String,
    documents: i64,
    differences: Vec<verify::Difference>,
}

async fn verified(db: &Db, month: Month, output: Output) -> anyhow::Result<Finished> {
    let report = verify::month(db.reader(), month).await?.with_context(|| format!("{month} was never closed"))?;
    let (closing, sha256) = (report.closing.receipt.number, report.closing.sha256);
    let verified = Verified { month: month.to_string(), closing, sha256, documents: report.documents, differences: report.differences };
    output.value(&verified)?;
    for difference in &verified.differences {
        let verify::Difference { what, subject, line, field, stated, found, .. } = difference;
        let place = line.map_or_else(String::new, |line| format!(", line {line}"));
        output.text(format!("{subject}{place}: {field} was closed or stated as {stated}, found {found} ({})", what.as_str()));
    }
    output.text(format!("{month}, closing {closing}: {} documents made again, {} differences", verified.documents, verified.differences.len()));
    Ok(Finished::without(&verified.differences))
}
