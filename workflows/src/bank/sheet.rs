//! A bank's file as lines: day, text, amount (what came above zero, what went below), balance. What is wrong is told by line.

use super::amount;
use super::day::{self, Span};
use super::layout::{Layout, Money};
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use thiserror::Error;

/// The largest file, and the most lines in it.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
pub const MOST_LINES: usize = 20_000;
/// The header is among the first.
const HEADER_WITHIN: usize = 40;
const MOST_TEXT: usize = 1_000;
/// The most faults that are explained; all are counted.
const MOST_FAULTS: usize = 1_000;
/// Banks close a file with sums.
const SUMS: &[&str] = &["saldo", "mutasi", "total", "opening balance", "closing balance", "ending balance", "debit", "kredit", "credit"];

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Of the file, the first being 1.
    pub line: u64,
    pub booked_on: NaiveDate,
    pub description: String,
    pub amount_rp: i64,
    pub balance_rp: Option<i64>,
    /// The same for the same line of another export.
    pub fingerprint: String,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineFault {
    pub line: u64,
    /// `day`, `description`, `amount` or `balance`.
    pub column: &'static str,
    pub code: &'static str,
    /// What stands in the cell.
    pub cell: String,
}

#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub lines: Vec<Line>,
    pub faults: Vec<LineFault>,
    pub fault_count: u64,
    /// Rows that are no transactions: sums, and what moved nothing.
    pub skipped: u64,
}

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
pub enum SheetError {
    #[error("the file is larger than {most} bytes")]
    TooLarge { most: usize },
    #[error("the file has more than {most} lines")]
    TooManyRows { most: usize },
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: usize },
    #[error("the file is empty")]
    Empty,
    #[error("the file is not CSV")]
    NotCsv(#[source] csv::Error),
    #[error("no line of the file names its columns")]
    NoHeader,
}

impl SheetError {
    /// The stable code for API and UI.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Empty => "file_empty",
            Self::NotCsv(_) => "not_csv",
            Self::NoHeader => "no_bank_header",
        }
    }
}

/// One row as it stands in the file.
struct Row {
    line: u64,
    cells: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read at all; what is wrong with single lines is in the sheet.
pub fn read(csv: &[u8]) -> Result<Sheet, SheetError> {
    let rows = rows(csv)?;
    let found = rows.iter().take(HEADER_WITHIN).enumerate().find_map(|(at, row)| Layout::of(&row.cells).map(|layout| (at, layout)));
    let (header, layout) = found.ok_or(SheetError::NoHeader)?;
    let span = rows[..header].iter().find_map(|row| Span::read(&row.cells.join(" "))).unwrap_or_default();
    let mut sheet = Sheet::default();
    let mut seen = HashMap::new();
    for row in &rows[header + 1..] {
        take(&mut sheet, row, (layout, span), &mut seen);
    }
    Ok(sheet)
}

fn rows(csv: &[u8]) -> Result<Vec<Row>, SheetError> {
    if csv.len() > MOST_BYTES {
        return Err(SheetError::TooLarge { most: MOST_BYTES });
    }
    let text = std::str::from_utf8(csv).map_err(|error| {
        let line = 1 + csv.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        SheetError::NotUtf8 { line }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(SheetError::Empty);
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(separator(text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(SheetError::NotCsv)?;
        if rows.len() > MOST_LINES + HEADER_WITHIN {
            return Err(SheetError::TooManyRows { most: MOST_LINES });
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { line, cells: record.iter().map(|cell| cell.trim().to_owned()).collect() });
        }
    }
    Ok(rows)
}

/// The candidate that stands most often in the file's first lines; the comma when none does.
fn separator(text: &str) -> u8 {
    let start: Vec<&str> = text.lines().take(HEADER_WITHIN).collect();
    let count = |separator: &u8| start.iter().map(|line| line.bytes().filter(|byte| byte == separator).count()).sum::<usize>();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn take(sheet: &mut Sheet, row: &Row, (layout, span): (Layout, Span), seen: &mut HashMap<String, u32>) {
    let cell = |at: usize| row.cells.get(at).map(String::as_str).unwrap_or_default();
    let first = row.cells.iter().find(|cell| !cell.is_empty()).map(|cell| cell.to_lowercase()).unwrap_or_default();
    let Some(booked_on) = day::read(cell(layout.day), span) else {
        if SUMS.iter().any(|sum| first.starts_with(sum)) {
            sheet.skipped += 1;
        } else {
            fault(sheet, row.line, ("day", "not_date"), cell(layout.day));
        }
        return;
    };
    let amount_rp = match money(&row.cells, layout.money) {
        Ok(Some(0) | None) => {
            sheet.skipped += 1;
            return;
        }
        Ok(Some(rp)) => rp,
        Err((at, code)) => return fault(sheet, row.line, ("amount", code), cell(at)),
    };
    // A balance that cannot be read is only not shown.
    let balance_rp = layout.balance.and_then(|at| amount::read(cell(at)).ok().flatten()).map(|said| if said.came == Some(false) { -said.rp } else { said.rp });
    let description: String =
        cell(layout.description).split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|letter| !letter.is_control()).take(MOST_TEXT).collect();
    let key = format!("{booked_on}|{}|{amount_rp}", description.to_lowercase());
    let times = seen.entry(key.clone()).or_insert(0);
    *times += 1;
    let fingerprint = hex::encode(Sha256::digest(format!("{key}|{times}")));
    sheet.lines.push(Line { line: row.line, booked_on, description, amount_rp, balance_rp, fingerprint });
}

/// What came above zero, what went below; `None` when no cell says anything.
fn money(cells: &[String], money: Money) -> Result<Option<i64>, (usize, &'static str)> {
    let read = |at: usize| amount::read(cells.get(at).map(String::as_str).unwrap_or_default()).map_err(|wrong| (at, wrong.code()));
    match money {
        Money::One { amount: at, way } => {
            let Some(said) = read(at)? else { return Ok(None) };
            let beside = way.and_then(|way| amount::way(cells.get(way).map(String::as_str).unwrap_or_default()));
            Ok(Some(if said.came.or(beside).unwrap_or(true) { said.rp } else { -said.rp }))
        }
        Money::Two { debit, credit } => match (read(debit)?.map_or(0, |said| said.rp), read(credit)?.map_or(0, |said| said.rp)) {
            (0, 0) => Ok(None),
            (went, 0) => Ok(Some(-went)),
            (0, came) => Ok(Some(came)),
            (_, _) => Err((debit, "both_sides")),
        },
    }
}

fn fault(sheet: &mut Sheet, line: u64, (column, code): (&'static str, &'static str), cell: &str) {
    sheet.fault_count += 1;
    if sheet.faults.len() < MOST_FAULTS {
        sheet.faults.push(LineFault { line, column, code, cell: cell.chars().take(80).collect() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(csv: &str) -> Vec<String> {
        read(csv.as_bytes()).unwrap().lines.iter().map(|line| format!("{} {} {} {}", line.line, line.booked_on, line.amount_rp, line.description)).collect()
    }

    #[test]
    fn a_statement_of_bca_is_read_with_its_head_and_its_sums() {
        let csv = "No. rekening : 0123456789\nNama : XPRIVATE\nPeriode : 01/08/2026 - 31/08/2026\nKode Mata Uang : Rp\n\n\
                   Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n\
                   '03/08,TRSF E-BANKING CR  0308/FTSCY/WS95031 TAG-2026-07-00042 RINA,'0000,\"1,250,000.00\",CR,\"5,000,000.00\"\n\
                   '04/08,BIAYA ADM,'0000,15000.00,DB,4985000.00\n\
                   Saldo Awal,:,3750000.00\nMutasi Kredit,:,1250000.00\n";
        assert_eq!(told(csv), ["7 2026-08-03 1250000 TRSF E-BANKING CR 0308/FTSCY/WS95031 TAG-2026-07-00042 RINA", "8 2026-08-04 -15000 BIAYA ADM"]);
        let sheet = read(csv.as_bytes()).unwrap();
        assert_eq!((sheet.skipped, sheet.fault_count, sheet.lines[0].balance_rp), (2, 0, Some(5_000_000)));
    }

    #[test]
    fn a_statement_of_mandiri_and_a_plain_one_are_read() {
        let mandiri = "Account No;Date;Val. Date;Transaction Code;Description;Description;Reference No.;Debit;Credit;\n\
                       123;01/08/26;01/08/26;4522;SA OB CA No Book;DARI BUDI;99;0,00;350.000,00;\n123;02/08/26;02/08/26;1;GAJI;x;1;90.000,00;0,00;\n";
        assert_eq!(told(mandiri), ["2 2026-08-01 350000 SA OB CA No Book", "3 2026-08-02 -90000 GAJI"]);
        assert_eq!(
            told("date,description,amount\n2026-08-01,Budi,150000\n2026-08-02,Honor,-90000\n"),
            ["2 2026-08-01 150000 Budi", "3 2026-08-02 -90000 Honor"]
        );
    }

    #[test]
    fn lines_that_are_wrong_are_named_and_the_others_kept() {
        let sheet = read(b"Tanggal,Keterangan,Jumlah\n32/08/2026,a,1\n01/08/2026,b,seribu\n01/08/2026,c,1.5\n01/08/2026,d,2.000\n").unwrap();
        let told: Vec<String> = sheet.faults.iter().map(|fault| format!("{} {} {} {}", fault.line, fault.column, fault.code, fault.cell)).collect();
        assert_eq!(told, ["2 day not_date 32/08/2026", "3 amount not_amount seribu", "4 amount has_sen 1.5"]);
        assert_eq!((sheet.lines.len(), sheet.fault_count), (1, 3));
        assert!(matches!(read(b"nama,umur\nBudi,9\n"), Err(SheetError::NoHeader)));
        assert!(matches!(read(b" \n"), Err(SheetError::Empty)));
        assert!(matches!(read(b"date,description,amount\n2026-01-01,\xe9,1\n"), Err(SheetError::NotUtf8 { line: 2 })));
    }

    #[test]
    fn two_equal_transfers_of_a_day_are_two_and_the_same_in_another_export() {
        let head = "date,description,amount\n";
        let day = "2026-08-01,BUDI,150000\n2026-08-01,BUDI,150000\n";
        let prints = |csv: &str| read(csv.as_bytes()).unwrap().lines.into_iter().map(|line| line.fingerprint).collect::<Vec<_>>();
        let first = prints(&format!("{head}{day}"));
        assert_ne!(first[0], first[1]);
        assert_eq!(prints(&format!("{head}2026-07-31,x,1\n{day}"))[1..], first);
    }
}
