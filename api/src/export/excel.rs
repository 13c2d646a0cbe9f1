//! An Excel workbook, its rows written to the disk as they come: real dates and figures, a head that stays in sight,
//! filters, and a sheet about where the table comes from.

use super::{Cell, Column, Line, Table, pieces};
use crate::problem::{Problem, chain};
use axum::body::Body;
use chrono_tz::Tz;
use futures::StreamExt;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError, utility};
use std::fs::File;
use std::io::{self, Seek};
use tokio::sync::mpsc;

/// Rows of a sheet below its head; Excel has no more.
const MOST_ROWS: u32 = 1_048_575;
/// Letters of a cell; Excel has no more.
const MOST_LETTERS: usize = 32_000;
/// Beyond it a figure would be rounded.
const MOST_EXACT: u64 = 1 << 53;
const RUPIAH: &str = "\"Rp\"#,##0;-\"Rp\"#,##0";
/// Pages that wait to be written.
const PAGES_AHEAD: usize = 2;

/// The finished workbook, read from the disk as it is sent.
pub async fn body(table: Table) -> Result<Body, Problem> {
    let Table { sheet, columns, zone, about, about_sheet, mut lines, turn, .. } = table;
    let (pages, mut written) = mpsc::channel::<Vec<Line>>(PAGES_AHEAD);
    let writing = tokio::task::spawn_blocking(move || {
        let mut book = Book::new(sheet, columns, zone)?;
        while let Some(page) = written.blocking_recv() {
            for line in page {
                book.add(&line)?;
            }
        }
        book.finish(&about_sheet, &about)
    });
    while let Some(page) = lines.next().await {
        // A writer that stopped says why below.
        if pages.send(page?).await.is_err() {
            break;
        }
    }
    drop(pages);
    let file = match writing.await {
        Ok(Ok(file)) => file,
        Ok(Err(error)) => return Err(broken(&error)),
        Err(error) => return Err(broken(&error)),
    };
    drop(turn);
    Ok(Body::from_stream(pieces(file)))
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

struct Book {
    workbook: Workbook,
    sheet: String,
    columns: Vec<Column>,
    zone: Tz,
    formats: Formats,
    sheets: u32,
    /// The last row written on the present sheet; 0 is its head.
    row: u32,
}

impl Book {
    fn new(sheet: String, columns: Vec<Column>, zone: Tz) -> Result<Self, BookError> {
        let formats = Formats {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00E0_F0F0)).set_border_bottom(FormatBorder::Thin).set_text_wrap(),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
            day: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            rupiah: Format::new().set_num_format(RUPIAH),
            sum: Format::new().set_num_format(RUPIAH).set_bold().set_border_top(FormatBorder::Thin),
            text: Format::new().set_num_format("@"),
        };
        let mut book = Self { workbook: Workbook::new(), sheet, columns, zone, formats, sheets: 0, row: 0 };
        book.next_sheet()?;
        Ok(book)
    }

    fn next_sheet(&mut self) -> Result<(), BookError> {
        self.finish_sheet()?;
        self.sheets += 1;
        self.row = 0;
        let name = if self.sheets == 1 { self.sheet.clone() } else { format!("{} {}", self.sheet, self.sheets) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (place, column) in (0..).zip(&self.columns) {
            sheet.set_column_width(place, column.width)?;
            sheet.write_string_with_format(0, place, &column.title, &self.formats.head)?;
        }
        Ok(())
    }

    /// Lets people filter what is on the present sheet.
    fn finish_sheet(&mut self) -> Result<(), BookError> {
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(0);
        let row = self.row;
        if let Some(sheet) = self.present()? {
            sheet.autofilter(0, 0, row, last)?;
        }
        Ok(())
    }

    fn present(&mut self) -> Result<Option<&mut Worksheet>, BookError> {
        match self.sheets.checked_sub(1) {
            Some(index) => Ok(Some(self.workbook.worksheet_from_index(index as usize)?)),
            None => Ok(None),
        }
    }

    fn add(&mut self, line: &Line) -> Result<(), BookError> {
        if self.row == MOST_ROWS {
            self.next_sheet()?;
        }
        self.row += 1;
        let index = self.sheets.saturating_sub(1) as usize;
        let sheet = self.workbook.worksheet_from_index(index)?;
        for (place, cell) in (0..).zip(line) {
            write(sheet, (self.row, place), cell, self.zone, &self.formats)?;
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
