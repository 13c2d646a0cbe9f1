//! An Excel workbook, its rows written to the disk as they come: real dates and figures, a head that stays in sight,
//! filters, sums by formula, and a sheet about where the tables come from.

use super::{Book, Cell, Column, Line, Pages, pieces};
use crate::problem::{Problem, chain};
use axum::body::Body;
use chrono_tz::Tz;
use futures::StreamExt;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError, utility};
use std::fs::File;
use std::io::{self, Seek};
use tokio::sync::mpsc;

/// Rows of a sheet below its head, and one for sums; Excel has no more.
const MOST_ROWS: u32 = 1_048_574;
/// Letters of a cell; Excel has no more.
const MOST_LETTERS: usize = 32_000;
/// Beyond it a figure would be rounded.
const MOST_EXACT: u64 = 1 << 53;
const RUPIAH: &str = "\"Rp\"#,##0;-\"Rp\"#,##0";
/// Pages that wait to be written.
const PAGES_AHEAD: usize = 2;
const TOTAL: &str = "Total";

/// What the writer is told.
enum Piece {
    Begin { sheet: String, columns: Vec<Column>, sums: Vec<u16> },
    Lines(Vec<Line>),
}

/// The finished workbook, read from the disk as it is sent.
pub async fn body(book: Book) -> Result<Body, Problem> {
    let Book { zone, about, about_sheet, sheets, turn, .. } = book;
    let (pieces_out, mut written) = mpsc::channel::<Piece>(PAGES_AHEAD);
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = Writer::new(zone);
        while let Some(piece) = written.blocking_recv() {
            writer.take(piece)?;
        }
        writer.finish(&about_sheet, &about)
    });
    for pages in sheets {
        if !told(pages, &pieces_out).await? {
            break;
        }
    }
    drop(pieces_out);
    let file = match writing.await {
        Ok(Ok(file)) => file,
        Ok(Err(error)) => return Err(broken(&error)),
        Err(error) => return Err(broken(&error)),
    };
    drop(turn);
    Ok(Body::from_stream(pieces(file)))
}

/// Whether the writer still takes anything; one that stopped says why by itself.
async fn told(pages: Pages, out: &mpsc::Sender<Piece>) -> Result<bool, Problem> {
    let Pages { sheet, columns, sums, mut lines } = pages;
    if out.send(Piece::Begin { sheet, columns, sums }).await.is_err() {
        return Ok(false);
    }
    while let Some(page) = lines.next().await {
        if out.send(Piece::Lines(page?)).await.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %chain(error), "a workbook could not be written");
    Problem::internal()
}

#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error("the workbook cannot be made")]
    Xlsx(#[from] XlsxError),
    #[error("its file cannot be written")]
    File(#[from] io::Error),
}

struct Formats {
    head: Format,
    instant: Format,
    day: Format,
    rupiah: Format,
    sum: Format,
    text: Format,
}

struct Writer {
    workbook: Workbook,
    zone: Tz,
    formats: Formats,
    /// Sheets there are.
    sheets: u32,
    table: Option<Table>,
}

/// The table that is written at the moment.
struct Table {
    sheet: String,
    columns: Vec<Column>,
    /// Which columns are summed up, and what stands in them so far on the present sheet.
    sums: Vec<(u16, i64)>,
    /// Its sheets so far: a table longer than a sheet goes on upon the next.
    parts: u32,
    /// The last row written on the present sheet; 0 is its head.
    row: u32,
    /// The last row that is no sum.
    last: u32,
}

impl Writer {
    fn new(zone: Tz) -> Self {
        let formats = Formats {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00E0_F0F0)).set_border_bottom(FormatBorder::Thin).set_text_wrap(),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
            day: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            rupiah: Format::new().set_num_format(RUPIAH),
            sum: Format::new().set_num_format(RUPIAH).set_bold().set_border_top(FormatBorder::Thin),
            text: Format::new().set_num_format("@"),
        };
        Self { workbook: Workbook::new(), zone, formats, sheets: 0, table: None }
    }

    fn take(&mut self, piece: Piece) -> Result<(), BookError> {
        match piece {
            Piece::Begin { sheet, columns, sums } => {
                self.finish_sheet()?;
                let sums = sums.into_iter().map(|column| (column, 0)).collect();
                self.table = Some(Table { sheet, columns, sums, parts: 0, row: 0, last: 0 });
                self.next_sheet()
            }
            Piece::Lines(lines) => lines.iter().try_for_each(|line| self.add(line)),
        }
    }

    fn next_sheet(&mut self) -> Result<(), BookError> {
        let Some(table) = self.table.as_mut() else { return Ok(()) };
        table.parts += 1;
        (table.row, table.last) = (0, 0);
        table.sums.iter_mut().for_each(|(_, sum)| *sum = 0);
        let name = if table.parts == 1 { table.sheet.clone() } else { format!("{} {}", table.sheet, table.parts) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (place, column) in (0..).zip(&table.columns) {
            sheet.set_column_width(place, column.width)?;
            sheet.write_string_with_format(0, place, &column.title, &self.formats.head)?;
        }
        self.sheets += 1;
        Ok(())
    }

    /// The sums below the present sheet, and filters that leave them where they are.
    fn finish_sheet(&mut self) -> Result<(), BookError> {
        let (Some(table), Some(index)) = (&self.table, self.sheets.checked_sub(1)) else { return Ok(()) };
        let sheet = self.workbook.worksheet_from_index(index as usize)?;
        let below = table.row + 1;
        if table.row > 0 && !table.sums.is_empty() {
            sheet.write_string_with_format(below, 0, TOTAL, &self.formats.sum)?;
            for (column, sum) in &table.sums {
                sheet.write_formula_with_format(below, *column, sum_above((below, *column), *sum), &self.formats.sum)?;
            }
        }
        let columns = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(0);
        sheet.autofilter(0, 0, table.last, columns)?;
        Ok(())
    }

    fn add(&mut self, line: &Line) -> Result<(), BookError> {
        if self.table.as_ref().is_some_and(|table| table.row == MOST_ROWS) {
            self.finish_sheet()?;
            self.next_sheet()?;
        }
        let (Some(table), Some(index)) = (self.table.as_mut(), self.sheets.checked_sub(1)) else { return Ok(()) };
        table.row += 1;
        if !line.iter().any(|cell| matches!(cell, Cell::Sum(_))) {
            table.last = table.row;
        }
        let sheet = self.workbook.worksheet_from_index(index as usize)?;
        for (place, cell) in (0..).zip(line) {
            write(sheet, (table.row, place), cell, self.zone, &self.formats)?;
        }
        for (column, sum) in &mut table.sums {
            if let Some(Cell::Rupiah(rupiah)) = line.get(usize::from(*column)) {
                *sum = sum.saturating_add(*rupiah);
            }
        }
        Ok(())
    }

    fn finish(mut self, about_sheet: &str, about: &[(String, String)]) -> Result<File, BookError> {
        self.finish_sheet()?;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(about_sheet)?.set_column_width(0, 28)?.set_column_width(1, 80)?;
        for (row, (name, value)) in (0..).zip(about) {
            sheet.write_string_with_format(row, 0, name, &self.formats.head)?;
            sheet.write_string_with_format(row, 1, shortened(value), &self.formats.text)?;
        }
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(io::BufWriter::new(&mut file))?;
        file.rewind()?;
        Ok(file)
    }
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, zone: Tz, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Nothing => return Ok(()),
        Cell::Text(text) => sheet.write_string_with_format(row, column, shortened(text), &formats.text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Rupiah(rupiah) if rupiah.unsigned_abs() > MOST_EXACT => sheet.write_string_with_format(row, column, rupiah.to_string(), &formats.text)?,
        Cell::Rupiah(rupiah) => sheet.write_number_with_format(row, column, *rupiah as f64, &formats.rupiah)?,
        Cell::Sum(rupiah) => sheet.write_formula_with_format(row, column, sum_above((row, column), *rupiah), &formats.sum)?,
        Cell::Day(day) => match sheet.write_datetime_with_format(row, column, *day, &formats.day) {
            Ok(sheet) => sheet,
            Err(_) => sheet.write_string_with_format(row, column, day.to_string(), &formats.text)?,
        },
        Cell::Instant(at) => match sheet.write_datetime_with_format(row, column, at.with_timezone(&zone).naive_local(), &formats.instant) {
            Ok(sheet) => sheet,
            // Before 1900 or after 9999.
            Err(_) => sheet.write_string_with_format(row, column, at.to_rfc3339(), &formats.text)?,
        },
    };
    Ok(())
}

/// All below the head; the result stands beside the formula for programs that do not calculate.
fn sum_above((row, column): (u32, u16), rupiah: i64) -> Formula {
    let column = utility::column_number_to_name(column);
    Formula::new(format!("=SUM({column}2:{column}{row})")).set_result(rupiah.to_string())
}

/// At most as long as a cell may be; what is left out is marked.
fn shortened(text: &str) -> String {
    if text.chars().count() <= MOST_LETTERS {
        return text.to_owned();
    }
    text.chars().take(MOST_LETTERS).chain(['…']).collect()
}
