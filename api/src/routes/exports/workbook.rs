//! Workbooks of money and lessons (SPEC FIN-11): several tables in one file, their rows read a page at a time. Who took
//! out what is in the audit before the first byte leaves.

use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Book, Cell, Column, Line, Lines, Pages, Turn, Xlsx};
use crate::listing::{Cursor, Listing};
use crate::problem::Problem;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::id::new_id;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use sea_orm::{QueryResult, Value};
use serde_json::json;

/// Rows in memory at a time; their ids fit into one statement.
const PAGE: u64 = 1_000;

/// A column: titles in Indonesian and English, its width, and whether its rupiah are summed up.
pub type Titled = (&'static str, &'static str, u16, bool);
pub type Read = fn(&QueryResult) -> Result<Line, Failure>;

/// What is taken out.
pub struct Taken<'a> {
    /// The file, and what the audit calls it.
    pub name: &'static str,
    /// What it is about: names in Indonesian and English, and what was asked for.
    pub asked: Vec<(&'static str, &'static str, Option<&'a str>)>,
    pub lang: Option<&'a str>,
}

/// One of its tables.
pub struct Part {
    /// In Indonesian and English.
    pub title: (&'static str, &'static str),
    pub columns: &'static [Titled],
    pub lines: Lines,
}

/// The workbook, once it is recorded who takes it.
pub async fn make(app: &App, who: &SignedIn, taken: Taken<'_>, parts: Vec<Part>) -> Result<Xlsx, Problem> {
    let (turn, now, english) = (Turn::take()?, app.engine.clock.now(), taken.lang == Some("en"));
    record(app, who, &taken).await?;
    let word = |(id, en): (&'static str, &'static str)| if english { en } else { id };
    let local = now.with_timezone(&Jakarta);
    let mut about = vec![
        (word(("Dibuat pada", "Made at")).to_owned(), local.format("%Y-%m-%d %H:%M:%S %Z").to_string()),
        (word(("Dibuat oleh", "Made by")).to_owned(), who.actor.name.clone()),
    ];
    about.extend(taken.asked.iter().map(|(id, en, value)| (word((id, en)).to_owned(), value.unwrap_or("–").to_owned())));
    let sheets = parts.into_iter().map(|part| Pages {
        sheet: word(part.title).into(),
        columns: part.columns.iter().map(|(id, en, width, _)| Column { title: word((id, en)).into(), width: *width }).collect(),
        sums: (0..).zip(part.columns).filter(|(_, column)| column.3).map(|(place, _)| place).collect(),
        lines: part.lines,
    });
    Xlsx::of_book(Book {
        file: format!("{}-{}", taken.name, local.format("%Y%m%d-%H%M%S")),
        zone: Jakarta,
        about,
        about_sheet: word(("Keterangan", "About")).into(),
        sheets: sheets.collect(),
        turn,
    })
    .await
}

async fn record(app: &App, who: &SignedIn, taken: &Taken<'_>) -> Result<(), Failure> {
    let now = app.engine.clock.now();
    let asked: serde_json::Map<_, _> = taken.asked.iter().map(|(_, name, value)| (name.to_lowercase(), json!(value))).collect();
    let action = Action {
        action: "data.export".into(),
        entity_type: "data_export",
        entity_id: new_id(now),
        entity_code: Some(taken.name),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "what": taken.name, "format": "xlsx", "asked": asked })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(action, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// The rows of a list.
pub fn rows(db: Db, listing: Listing<'static>, read: Read) -> Lines {
    let begin: Option<Option<Cursor>> = Some(None);
    let pages = stream::try_unfold((db, listing, begin), move |(db, listing, place)| async move {
        let Some(after) = place else { return Ok(None) };
        let (rows, next) = listing.rows_after(&db, after, PAGE).await?;
        let page = rows.iter().map(read).collect::<Result<Vec<Line>, Failure>>()?;
        Ok(Some((page, (db, listing, next.map(Some)))))
    });
    pages.boxed()
}

/// What lies below the rows of a list: `sql` says `{ids}` where the ids of a page of it belong.
pub fn below(db: Db, listing: Listing<'static>, sql: &'static str, read: Read) -> Lines {
    let begin: Option<Option<Cursor>> = Some(None);
    let pages = stream::try_unfold((db, listing, begin), move |(db, listing, place)| async move {
        let Some(after) = place else { return Ok(None) };
        let (heads, next) = listing.rows_after(&db, after, PAGE).await?;
        let ids = heads.iter().map(|row| Ok(row.try_get::<uuid::Uuid>("", "id")?.into())).collect::<Result<Vec<Value>, Failure>>()?;
        let mut page = vec![];
        if !ids.is_empty() {
            let sql = sql.replace("{ids}", &vec!["?"; ids.len()].join(","));
            page = db::rows(db.reader(), &sql, ids).await?.iter().map(read).collect::<Result<Vec<Line>, Failure>>()?;
        }
        Ok(Some((page, (db, listing, next.map(Some)))))
    });
    pages.boxed()
}

pub fn text(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(Cell::text_or_nothing(row.try_get("", column)?))
}

pub fn rupiah(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(row.try_get::<Option<i64>>("", column)?.map_or(Cell::Nothing, Cell::Rupiah))
}

pub fn number(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(row.try_get::<Option<i64>>("", column)?.map_or(Cell::Nothing, |number| Cell::Number(number as f64)))
}

pub fn day(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(row.try_get::<Option<NaiveDate>>("", column)?.map_or(Cell::Nothing, Cell::Day))
}
