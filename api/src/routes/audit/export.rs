//! The audit taken out, with the filters of the list: one line per changed field, the whole record beside it, so that
//! a spreadsheet can filter by field. Oldest first. Who took what out is itself in the audit.

mod words;

use super::super::OurApp;
use super::KEYS;
use super::changes::Change;
use super::filter::{self, AuditFilter, Wanted, Without};
use super::record::{self, AuditRecord};
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Column, Csv, Line, Lines, Table, Turn, Xlsx};
use crate::listing::{Cursor, Listing, Order};
use crate::problem::Problem;
use crate::request::List;
use crate::view::told::Told;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::id::new_id;
use engine::personal;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;
use words::Words;

/// More is refused: nobody opens it, and `alur audit export` is made for it.
const MOST: i64 = 1_000_000;
/// Records in memory at a time.
const PAGE: u64 = 500;
/// Longer values are cut; the record's id leads to the whole.
const LONGEST: usize = 2_000;

pub async fn csv(State(app): OurApp, who: SignedIn, list: List<AuditFilter>) -> Result<Csv, Problem> {
    Ok(Csv::of(table(&app, &who, list, "csv").await?))
}

pub async fn xlsx(State(app): OurApp, who: SignedIn, list: List<AuditFilter>) -> Result<Xlsx, Problem> {
    Xlsx::of(table(&app, &who, list, "xlsx").await?).await
}

async fn table(app: &App, who: &SignedIn, list: List<AuditFilter>, format: &str) -> Result<Table, Problem> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let mut wanted = filter::wanted(db, &list, now, Without::Nothing).await?;
    // What is written from now on, this export's own record included, is not part of it.
    wanted.filter.and("a.at < ?", [now.into()]);
    let (sql, values) = wanted.filter.select("1 AS one", "audit_record a", &format!(" LIMIT {}", MOST + 1));
    let row = db::row(db.reader(), &format!("SELECT count(*) AS n FROM ({sql}) counted"), values).await?;
    let count: i64 = row.map(|row| row.try_get("", "n")).transpose().map_err(Failure::from)?.unwrap_or(0);
    if count > MOST {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "export_too_large").with("most", MOST));
    }
    let turn = Turn::take()?;
    let words = Words::of(list.filter.lang.as_deref());
    let asked = asked(&list, &wanted, who);
    record_export(app, who, format, count, asked, now).await?;
    let listing = Listing { select: record::SELECT, from: record::FROM, id: "a.id", filter: wanted.filter, order: Order::of(Some("at"), "at", &KEYS)? };
    Ok(Table {
        file: format!("audit-{}", now.with_timezone(&wanted.zone).format("%Y%m%d-%H%M%S")),
        sheet: "Audit".into(),
        columns: columns(words, wanted.zone),
        about: about(words, who, (now, wanted.zone), count, &filters(&list)),
        about_sheet: words.about.into(),
        zone: wanted.zone,
        lines: lines(db.clone(), listing, words),
        turn,
    })
}

/// Who took out what, before the first line leaves.
async fn record_export(app: &App, who: &SignedIn, format: &str, count: i64, asked: Value, now: DateTime<Utc>) -> Result<(), Failure> {
    let mut after = json!({ "format": format, "records": count });
    if let (Some(after), Value::Object(asked)) = (after.as_object_mut(), asked) {
        after.extend(asked);
    }
    let record = Action {
        action: "audit.export".into(),
        entity_type: "audit_export",
        entity_id: new_id(now),
        entity_code: None,
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(after),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// The filters as they were asked for. What was searched for may be a name: it is kept under the keys of whoever
/// it may mean.
fn asked(list: &List<AuditFilter>, wanted: &Wanted, who: &SignedIn) -> Value {
    let filter = &list.filter;
    let of: Vec<Uuid> = wanted.people.iter().copied().chain([who.actor.id]).collect();
    json!({
        "search": list.q.as_ref().map(|q| personal::marked(q.as_str().into(), &of)), "from": filter.from, "until": filter.until, "zone": wanted.zone.name(),
        "actor_id": filter.actor_id, "action": filter.action, "entity_type": filter.entity_type,
        "entity_id": filter.entity_id.clone().or_else(|| (!wanted.entities.is_empty()).then(|| wanted.entities.iter().map(Uuid::to_string).collect::<Vec<_>>().join(","))),
    })
}

fn columns(words: &Words, zone: Tz) -> Vec<Column> {
    let local = format!("{} ({})", words.columns[0].0, zone.name());
    let titles = std::iter::once(local).chain(words.columns[1..].iter().map(|(title, _)| (*title).to_owned()));
    titles.zip(words.columns).map(|(title, (_, width))| Column { title, width }).collect()
}

/// The filters as people gave them.
fn filters(list: &List<AuditFilter>) -> Vec<(&'static str, String)> {
    let AuditFilter { entity_id, entity, entity_type, actor_id, action, from, until, zone: _, lang: _ } = &list.filter;
    let all = [
        ("search", &list.q),
        ("from", from),
        ("until", until),
        ("actor_id", actor_id),
        ("action", action),
        ("entity_type", entity_type),
        ("entity", entity),
        ("entity_id", entity_id),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
}

fn about(words: &Words, who: &SignedIn, (now, zone): (DateTime<Utc>, Tz), count: i64, filters: &[(&str, String)]) -> Vec<(String, String)> {
    let mut about = vec![
        (words.made_at.to_owned(), format!("{} {}", now.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S"), zone.name())),
        (words.made_by.to_owned(), who.actor.name.clone()),
        (words.records.to_owned(), count.to_string()),
        (words.note.to_owned(), words.explained.to_owned()),
    ];
    about.extend(filters.iter().map(|(name, value)| (format!("{}: {name}", words.filter), value.clone())));
    about
}

fn lines(db: Db, listing: Listing<'static>, words: &'static Words) -> Lines {
    let begin: Option<Option<Cursor>> = Some(None);
    let pages = stream::try_unfold((db, listing, begin), move |(db, listing, place)| async move {
        let Some(after) = place else { return Ok(None) };
        let (rows, next) = listing.rows_after(&db, after, PAGE).await?;
        let records = record::read(&db, &rows).await?;
        let page: Vec<Line> = records.iter().flat_map(|record| lines_of(record, words)).collect();
        Ok(Some((page, (db, listing, next.map(Some)))))
    });
    pages.boxed()
}

/// One line per changed field; a record that changed none has one line too.
fn lines_of(record: &AuditRecord, words: &Words) -> Vec<Line> {
    if record.changes.is_empty() {
        return vec![line(record, None, words)];
    }
    record.changes.iter().map(|change| line(record, Some(change), words)).collect()
}

fn line(record: &AuditRecord, change: Option<&Change>, words: &Words) -> Line {
    let value = |side: fn(&Change) -> &Value| change.map_or(Cell::Nothing, |change| cell(&change.field, side(change), words));
    let told = |told: Option<&Told>| told.map_or(Cell::Nothing, |told| Cell::text(told.text().unwrap_or(words.erased)));
    vec![
        Cell::Instant(record.at),
        Cell::text(record.at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        told(Some(&record.actor.name)),
        told(record.on_behalf_of.as_ref()),
        Cell::text(&record.action),
        Cell::text(&record.entity_type),
        told(record.entity_code.as_ref()),
        change.map_or(Cell::Nothing, |change| Cell::text(&change.field)),
        value(|change| &change.old),
        value(|change| &change.new),
        told(record.reason.as_ref()),
        told(record.ip.as_ref()),
        Cell::text_or_nothing(record.request_id.clone()),
        record.seal.map_or(Cell::Nothing, |seal| Cell::Number(seal as f64)),
        Cell::text(record.entity_id.to_string()),
        Cell::text(record.id.to_string()),
    ]
}

fn cell(field: &str, value: &Value, words: &Words) -> Cell {
    match value {
        Value::Null => Cell::Nothing,
        Value::Bool(yes) => Cell::text(if *yes { words.yes } else { words.no }),
        Value::Number(number) => match number.as_i64() {
            Some(whole) if field.ends_with("_rp") => Cell::Rupiah(whole),
            _ => number.as_f64().map_or_else(|| Cell::text(number.to_string()), Cell::Number),
        },
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Cell::Instant(at.with_timezone(&Utc)),
            Err(_) => Cell::Text(cut(text)),
        },
        erased if personal::is_erased(erased) => Cell::text(words.erased),
        Value::Array(items) if items.iter().all(Value::is_string) => Cell::Text(cut(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))),
        Value::Array(_) | Value::Object(_) => Cell::Text(cut(&value.to_string())),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}
