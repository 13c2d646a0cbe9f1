//! Puts every month of the audit that is over into the document store, reads it back, and proves it (SPEC AUD-5).
//!
//! A month is archived when all its records are sealed: rows, seals and proof in one file, in the format of
//! `alur audit export`. The same bounds give the same bytes and the same key, so that any number of workers may do it
//! at once or die at any moment: what counts is the row in `audit_archive`, which one of them writes. Records that
//! turn up later for a month archived before go into a further part of it.

mod month;
mod part;
mod verify;

pub use month::{Month, NotMonth};
pub use part::{Archived, archives};
pub use verify::{Checked, verify};

use crate::documents::{DocumentStore, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use engine::db::{self, Db};
use engine::execute::Engine;
use engine::refusal::Failure;
use engine::seal::{self, ExportError};
use part::Part;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// Between two rounds while a month waits to be sealed, which takes seconds.
const SOON: Duration = Duration::from_secs(15);
/// How long after its end a month is archived: transactions begun before it have ended by then.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// A bound for months in one round: a hundred years.
const MOST_MONTHS: usize = 1_200;

/// Why a month is not archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the month {0} is not over yet")]
    NotOver(Month),
    #[error("records of {0} are not sealed yet; the worker seals them within seconds")]
    NotSealed(Month),
    #[error("the archive of {month} does not stand up to its check: {told}")]
    Unproven { month: Month, told: String },
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("the archive cannot be written")]
    Export(#[from] ExportError),
    #[error("the document store failed")]
    Store(#[from] StoreError),
    #[error("a temporary file failed")]
    File(#[from] io::Error),
}

impl ArchiveError {
    /// A stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOver(_) => "not_over",
            Self::NotSealed(_) => "not_sealed",
            Self::Unproven { .. } => "unproven",
            Self::Failed(_) => "database",
            Self::Export(_) => "export",
            Self::Store(_) => "store",
            Self::File(_) => "file",
        }
    }
}

/// What one round did.
#[derive(Debug, Default)]
pub struct Round {
    pub archived: Vec<Archived>,
    pub failed: Vec<(Month, ArchiveError)>,
}

pub(crate) async fn run(engine: Engine, store: Arc<dyn DocumentStore>, stop: CancellationToken) {
    let mut pause = Duration::ZERO;
    loop {
        // What is under way when the worker stops is begun anew by the next round of anyone.
        tokio::select! {
            () = stop.cancelled() => return,
            next = after(pause, &engine, store.as_ref()) => pause = next,
        }
    }
}

/// Waits, makes one round, and answers how long to wait for the next.
async fn after(pause: Duration, engine: &Engine, store: &dyn DocumentStore) -> Duration {
    tokio::time::sleep(pause).await;
    let Round { archived, failed } = match round(engine, store, None).await {
        Ok(round) => round,
        Err(error) => {
            tracing::warn!(error = format!("{:#}", anyhow::Error::new(error)), "cannot look for audit records to archive");
            return EVERY;
        }
    };
    for one in archived {
        tracing::info!(month = %one.month, part = one.part, rows = one.rows, "archived audit records");
    }
    let mut next = EVERY;
    for (month, error) in failed {
        match error {
            ArchiveError::NotSealed(_) => next = SOON,
            error => tracing::warn!(%month, error = format!("{:#}", anyhow::Error::new(error)), "cannot archive audit records"),
        }
    }
    next
}

/// Archives every month that is over and not archived, and what came late for those that are; with `only`, this month
/// alone. A month that fails does not keep the others.
///
/// # Errors
/// The database cannot be read, or `only` is not over.
pub async fn round(engine: &Engine, store: &dyn DocumentStore, only: Option<Month>) -> Result<Round, ArchiveError> {
    let db = &engine.db;
    let running = running(engine.clock.now());
    if let Some(month) = only.filter(|month| *month >= running) {
        return Err(ArchiveError::NotOver(month));
    }
    let mut last_seals = BTreeMap::new();
    for one in archives(db).await? {
        let known = last_seals.entry(one.month).or_insert((0, 0));
        *known = (*known).max((one.part, one.last_seal));
    }
    let mut due: Vec<Part> = vec![];
    for month in waiting(db, engine.clock.now()).await? {
        due.push(Part { month, part: 0, after_seal: 0 });
    }
    due.extend(late_parts(db, &last_seals, running).await?);
    let mut done = Round::default();
    for part in due.into_iter().filter(|part| only.is_none_or(|month| month == part.month)) {
        match part::archive(engine, store, part).await {
            Ok(archived) => done.archived.extend(archived),
            Err(error) => {
                note_trouble(engine, part.month, &error).await?;
                done.failed.push((part.month, error));
            }
        }
    }
    Ok(done)
}

/// The month that is not over, or so shortly that it is not archived yet.
pub fn running(now: DateTime<Utc>) -> Month {
    Month::of(now - GRACE)
}

/// Months that are over, have records, and are not archived, oldest first.
pub async fn waiting(db: &Db, now: DateTime<Utc>) -> Result<Vec<Month>, Failure> {
    let Some(first) = seal::first_at(db).await? else { return Ok(vec![]) };
    let archived: BTreeSet<Month> = archives(db).await?.into_iter().map(|one| one.month).collect();
    let mut months = vec![];
    for month in std::iter::successors(Some(Month::of(first)), |month| Some(month.next())).take_while(|month| *month < running(now)).take(MOST_MONTHS) {
        if !archived.contains(&month) && has_records(db, month).await? {
            months.push(month);
        }
    }
    Ok(months)
}

async fn has_records(db: &Db, month: Month) -> Result<bool, Failure> {
    let sql = "SELECT id FROM audit_record WHERE at >= ? AND at < ? LIMIT 1";
    Ok(db::row(db.reader(), sql, vec![month.begins().into(), month.ends().into()]).await?.is_some())
}

/// The next parts of months that are archived, for records sealed after that. `known`: last part and seal by month.
async fn late_parts(db: &Db, known: &BTreeMap<Month, (i64, i64)>, running: Month) -> Result<Vec<Part>, Failure> {
    let Some(oldest) = known.values().map(|(_, last)| *last).min() else { return Ok(vec![]) };
    let mut parts = BTreeMap::new();
    for (seal, at) in seal::late(db, oldest, running.begins()).await? {
        let month = Month::of(at);
        if let Some((part, last)) = known.get(&month).filter(|(_, last)| seal > *last) {
            parts.insert(month, Part { month, part: part + 1, after_seal: *last });
        }
    }
    Ok(parts.into_values().collect())
}

/// Keeps why a month is not archived, for people to see; waiting for seals is no trouble.
async fn note_trouble(engine: &Engine, month: Month, error: &ArchiveError) -> Result<(), Failure> {
    if matches!(error, ArchiveError::NotSealed(_)) {
        return Ok(());
    }
    let sql = "INSERT INTO audit_archive_trouble (month, code, detail, at) VALUES (?,?,?,?) \
               ON CONFLICT (month) DO UPDATE SET code = excluded.code, detail = excluded.detail, at = excluded.at";
    let tx = engine.db.begin().await?;
    let values = vec![month.to_string().into(), error.code().into(), error.to_string().into(), engine.clock.now().into()];
    db::run(&tx, sql, values).await?;
    Ok(tx.commit().await?)
}
