//! A CSV file as rows of text under known columns.
//!
//! UTF-8 with or without a byte order mark; separated by comma, semicolon or tab, whichever the header uses.
//! What makes a file unreadable as a whole is an [`ImportError`]; what is wrong with one row is a problem of that row.

use crate::import::problem::Problems;
use crate::import::{Columns, ImportError};
use serde::Serialize;

/// The largest file taken.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The most rows taken, the header not counted.
pub const MOST_ROWS: usize = 100_000;
/// The longest text a cell may hold, in characters.
const MOST_CHARACTERS: usize = 2_000;

/// The rows of a file. Cells stand in the order of `columns`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    pub columns: Vec<&'static str>,
    pub records: Vec<Record>,
}

/// One row: the line of the file it starts on, and its cells, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    pub line: u64,
    pub cells: Vec<String>,
}

impl Sheet {
    /// Reads a file whose header must name `columns`. Rows that cannot be read are noted in `problems` and left out.
    pub fn read(csv: &[u8], columns: &Columns, problems: &mut Problems) -> Result<Self, ImportError> {
        let mut sheet = Self::as_it_is(csv, columns)?;
        let width = sheet.columns.len();
        sheet.records.retain(|row| is_readable(row, width, problems));
        Ok(sheet)
    }

    /// Every row of the file, also those that cannot be read; for people who mend them.
    pub fn as_it_is(csv: &[u8], columns: &Columns) -> Result<Self, ImportError> {
        let text = text_of(csv)?;
        let mut reader = csv::ReaderBuilder::new().delimiter(separator_of(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = records.next().ok_or(ImportError::Empty)?.map_err(ImportError::Unreadable)?;
        let columns = columns_of(&header, columns)?;
        let mut rows = Vec::new();
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        for record in records {
            let record = record.map_err(ImportError::Unreadable)?;
            let line = lines.of(&record);
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if rows.len() >= MOST_ROWS {
                return Err(ImportError::TooManyRows { most: MOST_ROWS });
            }
            rows.push(row_of(&record, line));
        }
        Ok(Self { columns, records: rows })
    }
}

fn text_of(csv: &[u8]) -> Result<&str, ImportError> {
    if csv.len() > MOST_BYTES {
        return Err(ImportError::TooLarge { bytes: csv.len(), most: MOST_BYTES });
    }
    let text = std::str::from_utf8(csv).map_err(|error| ImportError::NotUtf8 { line: line_at(csv, error.valid_up_to()) })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() { Err(ImportError::Empty) } else { Ok(text) }
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// The candidate that stands most often in the first line with text.
fn separator_of(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // `max_by_key` takes the last of equals: the comma when none occurs.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// The header as columns we know, or everything that is wrong with it at once.
fn columns_of(header: &csv::StringRecord, columns: &Columns) -> Result<Vec<&'static str>, ImportError> {
    let (mut known, mut unknown, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for title in header {
        let name = title.trim().to_lowercase().replace([' ', '-'], "_");
        match columns.all().find(|column| **column == name) {
            Some(column) if known.contains(column) => repeated.push(title.trim().to_owned()),
            Some(column) => known.push(*column),
            None => unknown.push(title.trim().to_owned()),
        }
    }
    let missing: Vec<&'static str> = columns.required.iter().copied().filter(|column| !known.contains(column)).collect();
    if missing.is_empty() && unknown.is_empty() && repeated.is_empty() {
        return Ok(known);
    }
    Err(ImportError::Columns { missing, unknown, repeated, expected: columns.all().copied().collect(), optional: columns.optional.to_vec() })
}

/// Counts the lines of the file as its records go by. The reader's own count lags behind after a blank line and
/// after a line that ends as on Windows.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let before = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let blank = self.text[before..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text[self.at..before + blank].iter().filter(|byte| **byte == b'\n').count();
        self.line += passed as u64;
        self.at = before + blank;
        self.line
    }
}

fn row_of(record: &csv::StringRecord, line: u64) -> Record {
    Record { line, cells: record.iter().map(|cell| plain(cell.trim()).to_owned()).collect() }
}

/// Without the apostrophe that our exports put in front of what a spreadsheet would take for a formula.
fn plain(cell: &str) -> &str {
    let rest = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
    rest.unwrap_or(cell)
}

fn is_readable(row: &Record, width: usize, problems: &mut Problems) -> bool {
    if row.cells.len() != width {
        let found = row.cells.len();
        let params = || vec![("found", found.into()), ("expected", width.into())];
        problems.of_row(row.line, "wrong_cell_count", || (format!("has {found} cells, the header has {width}"), params()));
        return false;
    }
    if row.cells.iter().any(|cell| cell.chars().count() > MOST_CHARACTERS) {
        problems.of_row(row.line, "too_long", || (format!("a cell is longer than {MOST_CHARACTERS} characters"), vec![("most", MOST_CHARACTERS.into())]));
        return false;
    }
    let is_odd = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if row.cells.iter().any(|cell| cell.contains(is_odd)) {
        problems.of_row(row.line, "control_character", || ("a cell holds a control character".into(), vec![]));
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { required: &["code", "name"], optional: &["status"] };

    fn read(csv: &[u8]) -> (Result<Sheet, ImportError>, Problems) {
        let mut problems = Problems::default();
        (Sheet::read(csv, &COLUMNS, &mut problems), problems)
    }

    #[test]
    fn any_separator_a_byte_order_mark_and_loose_titles_are_understood() {
        let formula = read("code,name\n'+62,'A\n".as_bytes()).0.unwrap();
        assert_eq!(formula.records[0].cells, ["+62", "'A"], "only the apostrophe of a formula is ours");
        for csv in ["code,name\nA,B", "\u{feff}Code;NAME\r\nA;B\r\n", "code\tname\nA\tB\n", " code , name \n A ,B \n\n"] {
            let sheet = read(csv.as_bytes()).0.unwrap();
            assert_eq!(sheet.columns, ["code", "name"]);
            assert_eq!((sheet.records[0].line, sheet.records[0].cells.join("|")), (2, "A|B".into()), "{csv:?}");
        }
    }

    #[test]
    fn a_wrong_header_is_refused_naming_all_that_is_wrong_and_what_is_expected() {
        let error = read(b"code,nama,Code\nA,B,C").0.err().unwrap();
        let text = error.to_string();
        for part in ["missing: name", "unknown: nama", "repeated: Code", "expected: code, name, status"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn rows_that_cannot_be_read_are_named_and_the_others_kept() {
        let (sheet, problems) = read("code,name\r\nA\r\nB,\"two\nlines\"\nC,x\u{0}y\n\n\r\nD,ok\n".as_bytes());
        let lines: Vec<u64> = sheet.unwrap().records.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 8]);
        let found: Vec<(u64, String)> = problems.into_lists().0.into_iter().map(|error| (error.line, error.code)).collect();
        assert_eq!(found, [(2, "wrong_cell_count".into()), (5, "control_character".into())]);
    }

    #[test]
    fn files_that_are_too_large_empty_or_no_utf8_are_refused() {
        assert!(matches!(read(&vec![b'a'; MOST_BYTES + 1]).0, Err(ImportError::TooLarge { .. })));
        assert!(matches!(read(b"\xef\xbb\xbf \n").0, Err(ImportError::Empty)));
        assert!(matches!(read(b"code,name\nA,B\nC,\xe9\n").0, Err(ImportError::NotUtf8 { line: 3 })));
        let many = format!("code,name\n{}", "A,B\n".repeat(MOST_ROWS + 1));
        assert!(matches!(read(many.as_bytes()).0, Err(ImportError::TooManyRows { .. })));
    }
}
