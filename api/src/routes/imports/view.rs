//! The shapes an import speaks.

use super::permission;
use crate::view::AnyObject;
use engine::tag::Tag;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use workflows::import::{self, ImportReport, Kind, Record, RowProblem, Sheet};

/// A kind of file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportKind {
    /// `office`, `subject`, `tutor`, `tutor_subject`, `slot`, `siswa` or `price`.
    kind: String,
    columns: Vec<ImportColumn>,
    /// Who may import it.
    permission: String,
    /// Whether the caller may.
    allowed: bool,
    most_rows: i64,
    most_bytes: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportColumn {
    name: String,
    required: bool,
}

/// What happened, or in a dry run would happen. `created`, `updated` and `unchanged` count rows of the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    kind: String,
    rows: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    /// The first thousand; `error_count` counts all.
    errors: Vec<ImportFault>,
    error_count: i64,
    /// Where the rows with errors begin: every one of them.
    failed_lines: Vec<i64>,
    /// Of rows that are taken; the first thousand.
    warnings: Vec<ImportFault>,
    written: bool,
    sha256: String,
    /// When the rows were asked for.
    #[schema(required)]
    sheet: Option<ImportSheet>,
}

/// Something about one row, or one cell of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportFault {
    /// Line of the file, the header being line 1.
    line: i64,
    /// The column, when it is about one.
    #[schema(required)]
    column: Option<String>,
    code: String,
    /// In English, for developers.
    message: String,
    #[schema(value_type = AnyObject)]
    params: Map<String, Value>,
}

/// A file as it was read, also the rows that cannot be imported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportSheet {
    /// In the order of the file.
    columns: Vec<String>,
    rows: Vec<ImportRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// Where it begins.
    line: i64,
    cells: Vec<String>,
}

impl ImportKind {
    pub fn of(kind: Kind, allowed: bool) -> Self {
        let columns = import::columns(kind);
        let column = |required: bool| move |name: &&str| ImportColumn { name: (*name).into(), required };
        Self {
            kind: kind.as_str().into(),
            columns: columns.required.iter().map(column(true)).chain(columns.optional.iter().map(column(false))).collect(),
            permission: permission(kind).0.into(),
            allowed,
            most_rows: count(import::MOST_ROWS as u64),
            most_bytes: count(import::MOST_BYTES as u64),
        }
    }
}

impl ImportAnswer {
    pub fn of(report: ImportReport, sheet: Option<Sheet>) -> Self {
        Self {
            kind: report.kind.as_str().into(),
            rows: count(report.rows),
            created: count(report.created),
            updated: count(report.updated),
            unchanged: count(report.unchanged),
            errors: report.errors.into_iter().map(Into::into).collect(),
            error_count: count(report.error_count),
            failed_lines: report.failed_lines.into_iter().map(count).collect(),
            warnings: report.warnings.into_iter().map(Into::into).collect(),
            written: report.written,
            sha256: report.sha256,
            sheet: sheet.map(Into::into),
        }
    }
}

impl From<RowProblem> for ImportFault {
    fn from(problem: RowProblem) -> Self {
        let RowProblem { line, column, code, message, params } = problem;
        Self { line: count(line), column: column.map(Into::into), code, message, params }
    }
}

impl From<Sheet> for ImportSheet {
    fn from(sheet: Sheet) -> Self {
        let row = |Record { line, cells }| ImportRow { line: count(line), cells };
        Self { columns: sheet.columns.into_iter().map(Into::into).collect(), rows: sheet.records.into_iter().map(row).collect() }
    }
}

/// Counts are far below the limit.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
