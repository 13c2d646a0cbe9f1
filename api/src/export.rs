//! Tables people take out: as CSV while they are read, or as an Excel workbook. Neither holds more than a page of
//! rows in memory, however many there are.

mod csv;
mod excel;

use crate::problem::Problem;
use crate::route::describe::{Gives, Sketch};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use futures::Stream;
use futures::stream::{self, BoxStream};
use std::fs::File;
use std::io;
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::{ContentBuilder, KnownFormat, ObjectBuilder, ResponseBuilder, Type};

/// Each reads for a long time; more at once would be felt by people at work.
const AT_ONCE: usize = 3;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// When to come again after every turn was taken.
const COME_AGAIN_S: i64 = 30;
/// Bytes of a file sent at a time.
const PIECE: usize = 64 * 1024;

/// A value in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Nothing,
    Text(String),
    Number(f64),
    Rupiah(i64),
    /// A date without a time.
    Day(NaiveDate),
    /// What stands above it in its column, summed up; in Excel a formula.
    Sum(i64),
    /// Written in the zone of the table.
    Instant(DateTime<Utc>),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    pub fn text_or_nothing(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

pub struct Column {
    pub title: String,
    /// In Excel, in letters.
    pub width: u16,
}

pub type Line = Vec<Cell>;
/// Lines as they are read, a page at a time.
pub type Lines = BoxStream<'static, Result<Vec<Line>, Problem>>;

/// A workbook of several tables, one after the other.
pub struct Book {
    /// Without extension; letters, digits and hyphens.
    pub file: String,
    pub zone: Tz,
    /// What an own sheet says about the workbook: names and values.
    pub about: Vec<(String, String)>,
    pub about_sheet: String,
    pub sheets: Vec<Pages>,
    /// Given back when the last line was read.
    pub turn: Turn,
}

/// A table of a workbook.
pub struct Pages {
    pub sheet: String,
    pub columns: Vec<Column>,
    /// Places of the columns whose rupiah are summed up below the last line, by a formula.
    pub sums: Vec<u16>,
    pub lines: Lines,
}

/// A table to be taken out.
pub struct Table {
    /// Without extension; letters, digits and hyphens.
    pub file: String,
    pub sheet: String,
    pub columns: Vec<Column>,
    pub zone: Tz,
    /// What an own sheet of the workbook says about the table: names and values.
    pub about: Vec<(String, String)>,
    pub about_sheet: String,
    pub lines: Lines,
    /// Given back when the last line was read.
    pub turn: Turn,
}

/// The right to make one export now.
pub struct Turn(#[expect(dead_code, reason = "given back when it is dropped")] SemaphorePermit<'static>);

impl Turn {
    /// Refused while as many are being made as the program takes on at once.
    pub fn take() -> Result<Self, Problem> {
        let busy = |_| Problem::new(StatusCode::TOO_MANY_REQUESTS, "exports_busy").retry_after(COME_AGAIN_S);
        TURNS.try_acquire().map(Self).map_err(busy)
    }
}

/// A CSV file, sent while it is made.
pub struct Csv(Response);

impl Csv {
    pub fn of(table: Table) -> Self {
        let file = format!("{}.csv", table.file);
        Self(attachment(&file, "text/csv; charset=utf-8", Body::from_stream(csv::bytes(table))))
    }
}

/// An Excel workbook.
pub struct Xlsx(Response);

impl Xlsx {
    pub async fn of(table: Table) -> Result<Self, Problem> {
        let Table { file, sheet, columns, zone, about, about_sheet, lines, turn } = table;
        let sheets = vec![Pages { sheet, columns, sums: vec![], lines }];
        Self::of_book(Book { file, zone, about, about_sheet, sheets, turn }).await
    }

    pub async fn of_book(book: Book) -> Result<Self, Problem> {
        let file = format!("{}.xlsx", book.file);
        let body = excel::body(book).await?;
        Ok(Self(attachment(&file, XLSX, body)))
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A file from where it stands, as a body is sent.
pub fn pieces(file: File) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then_some((piece, file)))
    })
}

/// An answer that browsers save under this name; `file` holds letters, digits, hyphens and dots.
pub fn attachment(file: &str, content_type: &'static str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        self.0
    }
}

impl IntoResponse for Xlsx {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for Csv {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, "text/csv");
    }
}

impl Gives for Xlsx {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, XLSX);
    }
}

/// An answer that is a file of this type, in the OpenAPI document.
pub fn describe_file(sketch: &mut Sketch, content_type: &str) {
    let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build();
    let content = ContentBuilder::new().schema(Some(schema)).build();
    sketch.raw_answer("200", ResponseBuilder::new().description("The file").content(content_type, content).build());
}
