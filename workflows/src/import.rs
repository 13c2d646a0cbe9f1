//! CSV import of master data (SPEC MD-7): a result per row, all or nothing unless the valid rows are asked for.
//!
//! Called by the API and by `alur import`. A row is found again by its natural key, so a file can be imported twice
//! and changes nothing the second time. Everything happens in one transaction: rows, and an audit row for each.
//! Columns that the file lacks leave existing records as they are; records that it lacks stay untouched.

mod cell;
mod problem;
mod reference;
mod row;
mod sheet;

mod office;
mod price;
mod siswa;
mod slot;
mod subject;
mod tutor;
mod tutor_subject;

mod known;

use crate::changes::{Changes, Written};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::id::new_id;
use engine::refusal::Failure;
use engine::tag::Tag;
use known::Keys;
use problem::Problems;
use row::Row;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::Hash;
use thiserror::Error;

pub use problem::RowProblem;
pub use sheet::{MOST_BYTES, MOST_ROWS, Record, Sheet};

engine::tags! {
    /// What a file holds.
    pub enum Kind {
        Office => "office",
        Subject => "subject",
        Tutor => "tutor",
        TutorSubject => "tutor_subject",
        Slot => "slot",
        Siswa => "siswa",
        Price => "price",
    }
}

/// How to import, when, and on whose account.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Report what would happen and write nothing.
    pub dry_run: bool,
    /// Write the rows without errors even when others have some.
    pub only_valid: bool,
    pub now: DateTime<Utc>,
    pub actor: Actor,
    /// What the file is called, for the audit.
    pub file: Option<String>,
}

/// What happened, or in a dry run would happen. `created`, `updated` and `unchanged` count rows of the file.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    pub kind: Kind,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// The first thousand; `error_count` counts all.
    pub errors: Vec<RowProblem>,
    pub error_count: u64,
    /// Where the rows with errors begin: every one of them.
    pub failed_lines: Vec<u64>,
    /// Rows that are taken but deserve a look.
    pub warnings: Vec<RowProblem>,
    pub written: bool,
    /// Of the bytes of the file, in hexadecimal digits.
    pub sha256: String,
}

/// Why a file cannot be read at all, or nothing could be written.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("the file has {bytes} bytes, more than {most}")]
    TooLarge { bytes: usize, most: usize },
    #[error("the file has more than {most} rows")]
    TooManyRows { most: usize },
    #[error("line {line} is not UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8 { line: usize },
    #[error("the file is empty")]
    Empty,
    #[error("{}", header_text(missing, unknown, repeated, expected, optional))]
    Columns { missing: Vec<&'static str>, unknown: Vec<String>, repeated: Vec<String>, expected: Vec<&'static str>, optional: Vec<&'static str> },
    #[error("the file is not CSV")]
    Unreadable(#[source] csv::Error),
    #[error("the import cannot be carried out")]
    Database(#[from] DbErr),
    #[error("the import cannot be recorded")]
    Record(#[from] Failure),
}

impl ImportError {
    /// The stable code for API and UI.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Empty => "file_empty",
            Self::Columns { .. } => "columns_wrong",
            Self::Unreadable(_) => "not_csv",
            Self::Database(_) | Self::Record(_) => "database",
        }
    }
}

fn header_text(missing: &[&str], unknown: &[String], repeated: &[String], expected: &[&str], optional: &[&str]) -> String {
    let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
    let repeated: Vec<&str> = repeated.iter().map(String::as_str).collect();
    let part = |name: &str, columns: &[&str]| (!columns.is_empty()).then(|| format!("{name}: {}", columns.join(", ")));
    let parts =
        [part("missing", missing), part("unknown", &unknown), part("repeated", &repeated), part("expected", expected), part("of these optional", optional)];
    format!("the columns are wrong; {}", parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The columns of a kind of file.
pub struct Columns {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

impl Columns {
    fn all(&self) -> impl Iterator<Item = &'static &'static str> {
        self.required.iter().chain(self.optional)
    }
}

/// The header of a kind of file and one example row.
pub fn template(kind: Kind) -> &'static str {
    match kind {
        Kind::Office => office::TEMPLATE,
        Kind::Subject => subject::TEMPLATE,
        Kind::Tutor => tutor::TEMPLATE,
        Kind::TutorSubject => tutor_subject::TEMPLATE,
        Kind::Slot => slot::TEMPLATE,
        Kind::Siswa => siswa::TEMPLATE,
        Kind::Price => price::TEMPLATE,
    }
}

/// The columns of a kind of file, the required ones first.
pub fn columns(kind: Kind) -> &'static Columns {
    match kind {
        Kind::Office => &office::COLUMNS,
        Kind::Subject => &subject::COLUMNS,
        Kind::Tutor => &tutor::COLUMNS,
        Kind::TutorSubject => &tutor_subject::COLUMNS,
        Kind::Slot => &slot::COLUMNS,
        Kind::Siswa => &siswa::COLUMNS,
        Kind::Price => &price::COLUMNS,
    }
}

/// The rows of a file as they stand in it, for people who mend them.
///
/// # Errors
/// As [`import`] refuses a file that cannot be read at all.
pub fn sheet(kind: Kind, csv: &[u8]) -> Result<Sheet, ImportError> {
    Sheet::as_it_is(csv, columns(kind))
}

/// The kinds of file that this header would do for.
pub fn fitting(csv: &[u8]) -> Vec<Kind> {
    let header = csv.split_inclusive(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or(csv);
    Kind::ALL.iter().copied().filter(|kind| sheet(*kind, header).is_ok()).collect()
}

/// Imports one file. `db` must be a connection that may write.
pub async fn import(
    db: &(impl TransactionTrait<Transaction = DatabaseTransaction> + ConnectionTrait),
    kind: Kind,
    csv: &[u8],
    options: &ImportOptions,
) -> Result<ImportReport, ImportError> {
    let mut problems = Problems::default();
    let sheet = Sheet::read(csv, columns(kind), &mut problems)?;
    let immediate = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    let tx = db.begin_with_options(immediate).await?;
    let rows = sheet.records.len() as u64 + problems.error_count();
    let mut reading = Reading { sheet: &sheet, problems, options };
    let changes = reading.changes(kind, &tx).await?;
    let report = report(kind, rows, hex::encode(Sha256::digest(csv)), &changes, reading.problems, options);
    if report.written {
        let by = Written { actor: &options.actor, at: options.now, reason: None };
        changes.write(&tx, &format!("import.{kind}"), &by).await?;
        if report.created + report.updated > 0 {
            record_file(&tx, &report, options).await?;
        }
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(report)
}

fn report(kind: Kind, rows: u64, sha256: String, changes: &Changes, problems: Problems, options: &ImportOptions) -> ImportReport {
    let (error_count, failed_lines) = (problems.error_count(), problems.failed_lines());
    let written = !options.dry_run && (error_count == 0 || options.only_valid);
    let (errors, warnings) = problems.into_lists();
    let Changes { created, updated, unchanged, .. } = *changes;
    ImportReport { kind, rows, created, updated, unchanged, errors, error_count, failed_lines, warnings, written, sha256 }
}

/// The audit record of the file as a whole, beside those of its rows.
async fn record_file(tx: &DatabaseTransaction, report: &ImportReport, options: &ImportOptions) -> Result<(), Failure> {
    let action = Action {
        action: "import.file".into(),
        entity_type: "import",
        entity_id: new_id(options.now),
        entity_code: None,
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({
            "what": report.kind, "file": options.file, "sha256": report.sha256, "rows": report.rows, "created": report.created,
            "updated": report.updated, "unchanged": report.unchanged, "left_out": report.failed_lines.len(),
        })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(action, &options.actor, options.now, &mut batch);
    batch.run(tx).await?;
    Ok(())
}

/// A file on its way from rows to changes.
pub(crate) struct Reading<'a> {
    sheet: &'a Sheet,
    problems: Problems,
    options: &'a ImportOptions,
}

impl Reading<'_> {
    async fn changes(&mut self, kind: Kind, tx: &DatabaseTransaction) -> Result<Changes, DbErr> {
        match kind {
            Kind::Office => office::changes(self, tx).await,
            Kind::Subject => subject::changes(self, tx).await,
            Kind::Tutor => tutor::changes(self, tx).await,
            Kind::TutorSubject => tutor_subject::changes(self, tx).await,
            Kind::Slot => slot::changes(self, tx).await,
            Kind::Siswa => siswa::changes(self, tx).await,
            Kind::Price => price::changes(self, tx).await,
        }
    }

    /// Reads every row of a file in which one row is one record: its `key` first, then the rest by `read`, given
    /// the record of that key. Gives the records that passed, each with how it was before.
    fn records<K: Hash + Eq + Clone, M: Clone>(
        &mut self,
        before: &HashMap<K, M>,
        key_column: &'static str,
        key: impl Fn(&mut Row<'_>) -> Option<K>,
        mut read: impl FnMut(&mut Row<'_>, Option<&K>, Option<&M>) -> Option<M>,
    ) -> Vec<(Option<M>, M)> {
        let (mut passed, mut keys) = (Vec::new(), Keys::new(key_column));
        for record in &self.sheet.records {
            let mut row = Row::new(self.sheet, record, &mut self.problems);
            let key = key(&mut row);
            let known = key.as_ref().and_then(|key| before.get(key));
            let after = read(&mut row, key.as_ref(), known);
            if let Some(key) = key {
                keys.take(key, record.line, &mut self.problems);
            }
            if let Some(after) = after.filter(|_| !self.problems.has_failed(record.line)) {
                passed.push((known.cloned(), after));
            }
        }
        passed
    }
}
