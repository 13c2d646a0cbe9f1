//! What is wrong with the rows of a file, with a limit on how much of it is kept.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most errors, and the most warnings, a report lists; all are counted.
pub const MOST_LISTED: usize = 1_000;

/// Something about one row, or one cell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// Line of the file, the header being line 1.
    pub line: u64,
    /// The column, when it is about one.
    pub column: Option<&'static str>,
    /// Stable code for the UI.
    pub code: String,
    /// For the log and the command line, in English.
    pub message: String,
    /// What the UI's own sentence needs beside the code and the cell.
    pub params: Map<String, Value>,
}

/// The parameters of one problem.
pub type Params = Vec<(&'static str, Value)>;

/// Errors keep their row out, warnings do not.
#[derive(Debug, Default)]
pub struct Problems {
    errors: Vec<RowProblem>,
    warnings: Vec<RowProblem>,
    error_count: u64,
    failed: BTreeSet<u64>,
}

impl Problems {
    /// An error in one cell. The message is made only while there is room for it.
    pub fn of_cell(&mut self, line: u64, column: &'static str, code: &str, message: impl FnOnce() -> String) {
        self.add(line, Some(column), code, || (message(), vec![]));
    }

    /// The same with parameters for the UI's sentence.
    pub fn of_cell_with(&mut self, line: u64, column: &'static str, code: &str, said: impl FnOnce() -> (String, Params)) {
        self.add(line, Some(column), code, said);
    }

    /// An error of a whole row.
    pub fn of_row(&mut self, line: u64, code: &str, said: impl FnOnce() -> (String, Params)) {
        self.add(line, None, code, said);
    }

    fn add(&mut self, line: u64, column: Option<&'static str>, code: &str, said: impl FnOnce() -> (String, Params)) {
        self.error_count += 1;
        self.failed.insert(line);
        if self.errors.len() < MOST_LISTED {
            self.errors.push(problem(line, column, code, said()));
        }
    }

    /// Something unusual that a person should look at.
    pub fn warn(&mut self, line: u64, column: &'static str, code: &str, message: impl FnOnce() -> String) {
        if self.warnings.len() < MOST_LISTED {
            self.warnings.push(problem(line, Some(column), code, (message(), vec![])));
        }
    }

    pub fn has_failed(&self, line: u64) -> bool {
        self.failed.contains(&line)
    }

    pub fn error_count(&self) -> u64 {
        self.error_count
    }

    /// The lines that cannot be imported, all of them.
    pub fn failed_lines(&self) -> Vec<u64> {
        self.failed.iter().copied().collect()
    }

    /// Errors and warnings, each in the order of the file.
    pub fn into_lists(mut self) -> (Vec<RowProblem>, Vec<RowProblem>) {
        self.errors.sort_by_key(|problem| problem.line);
        self.warnings.sort_by_key(|problem| problem.line);
        (self.errors, self.warnings)
    }
}

fn problem(line: u64, column: Option<&'static str>, code: &str, (message, params): (String, Params)) -> RowProblem {
    let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    RowProblem { line, column, code: code.to_owned(), message, params }
}
