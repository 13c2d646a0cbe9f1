//! Lists of people taken out, as CSV or Excel, with the filters of the list. Who took them out is in the audit.

use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Column, Line, Lines, Table, Turn};
use crate::listing::{Cursor, Listing};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::Db;
use engine::id::new_id;
use engine::personal;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use sea_orm::QueryResult;
use serde_json::json;

/// People in memory at a time.
const PAGE: u64 = 500;

/// What a list looks like outside.
pub struct Sheet {
    /// `tutor` or `siswa`: the file, and what the audit says was taken out.
    pub name: &'static str,
    /// Titles in Indonesian and English, and widths.
    pub columns: &'static [(&'static str, &'static str, u16)],
    pub line: fn(&QueryResult) -> Result<Line, Failure>,
}

/// A table of the rows of a list.
pub async fn table(
    app: &App,
    who: &SignedIn,
    sheet: &'static Sheet,
    listing: Listing<'static>,
    (q, lang, format): (Option<&str>, Option<&str>, &str),
) -> Result<Table, Problem> {
    let (now, zone, english) = (app.engine.clock.now(), Tz::Asia__Jakarta, lang == Some("en"));
    let turn = Turn::take()?;
    record(app, who, (sheet.name, format, q), now).await?;
    let made_at = format!("{} {}", now.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S"), zone.name());
    let (about, at, by) = if english { ("About", "Made at", "Made by") } else { ("Keterangan", "Dibuat pada", "Dibuat oleh") };
    Ok(Table {
        file: format!("{}-{}", sheet.name, now.with_timezone(&zone).format("%Y%m%d-%H%M%S")),
        sheet: sheet.name.into(),
        columns: sheet.columns.iter().map(|(id, en, width)| Column { title: (if english { *en } else { *id }).into(), width: *width }).collect(),
        zone,
        about: vec![(at.into(), made_at), (by.into(), who.actor.name.clone())],
        about_sheet: about.into(),
        lines: lines(app.engine.db.clone(), listing, sheet.line),
        turn,
    })
}

/// Before the first line leaves. What was searched for may be a name: only whoever searched is known to be meant.
async fn record(app: &App, who: &SignedIn, (name, format, q): (&str, &str, Option<&str>), now: DateTime<Utc>) -> Result<(), Failure> {
    let search = q.map(|q| personal::marked(q.into(), &[who.actor.id]));
    let action = Action {
        action: format!("{name}.export"),
        entity_type: "person_export",
        entity_id: new_id(now),
        entity_code: None,
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "format": format, "search": search })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(action, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

fn lines(db: Db, listing: Listing<'static>, read: fn(&QueryResult) -> Result<Line, Failure>) -> Lines {
    let begin: Option<Option<Cursor>> = Some(None);
    let pages = stream::try_unfold((db, listing, begin), move |(db, listing, place)| async move {
        let Some(after) = place else { return Ok(None) };
        let (rows, next) = listing.rows_after(&db, after, PAGE).await?;
        let page = rows.iter().map(read).collect::<Result<Vec<Line>, Failure>>()?;
        Ok(Some((page, (db, listing, next.map(Some)))))
    });
    pages.boxed()
}

/// A text column.
pub fn text(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(Cell::text_or_nothing(row.try_get("", column)?))
}

/// A column of degrees.
pub fn degrees(row: &QueryResult, column: &str) -> Result<Cell, Failure> {
    Ok(row.try_get::<Option<f64>>("", column)?.map_or(Cell::Nothing, Cell::Number))
}
