//! The books taken out, as CSV or Excel; an entry has a row for each of its lines. Who took out what is in the audit.

use super::super::OurApp;
use super::entries::{self, LedgerEntry};
use super::filter::EntryFilter;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Column, Csv, Line, Lines, Table, Turn, Xlsx};
use crate::listing::{Cursor, Listing};
use crate::problem::Problem;
use crate::request::List;
use axum::extract::State;
use chrono_tz::Asia::Jakarta;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::Db;
use engine::id::new_id;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use serde_json::json;

/// Entries in memory at a time.
const PAGE: u64 = 500;

/// What is taken out, and how it is called.
pub struct Made<'a> {
    pub name: &'static str,
    /// Titles in Indonesian and English, and widths.
    pub columns: &'static [(&'static str, &'static str, u16)],
    /// What the table is about: a name in Indonesian and English, and what it is.
    pub about: &'a [(&'static str, &'static str, String)],
    pub lang: Option<&'a str>,
    pub format: &'a str,
}

static COLUMNS: [(&str, &str, u16); 11] = [
    ("Dibukukan", "Posted on", 12),
    ("Terjadi", "Occurred on", 12),
    ("Jenis", "Kind", 26),
    ("Penyebab", "Cause", 20),
    ("Akun", "Account", 10),
    ("Nama akun", "Account name", 26),
    ("Kode pihak", "Party code", 16),
    ("Pihak", "Party", 26),
    ("Debit", "Debit", 16),
    ("Kredit", "Credit", 16),
    ("Entri", "Entry", 38),
];

pub async fn entries_csv(State(app): OurApp, who: SignedIn, list: List<EntryFilter>) -> Result<Csv, Problem> {
    Ok(Csv::of(of_entries(&app, &who, &list, "csv").await?))
}

pub async fn entries_xlsx(State(app): OurApp, who: SignedIn, list: List<EntryFilter>) -> Result<Xlsx, Problem> {
    Xlsx::of(of_entries(&app, &who, &list, "xlsx").await?).await
}

async fn of_entries(app: &App, who: &SignedIn, list: &List<EntryFilter>, format: &str) -> Result<Table, Problem> {
    let EntryFilter { month, account, kind, .. } = list.filter.clone();
    let chosen = |text: Option<String>| text.unwrap_or_else(|| "–".into());
    let about = [("Bulan", "Month", chosen(month)), ("Akun", "Account", chosen(account)), ("Jenis", "Kind", chosen(kind))];
    let made = Made { name: "ledger", columns: &COLUMNS, about: &about, lang: list.filter.lang.as_deref(), format };
    table(app, who, made, pages(app.engine.db.clone(), entries::listing(list)?)).await
}

fn pages(db: Db, listing: Listing<'static>) -> Lines {
    let begin: Option<Option<Cursor>> = Some(None);
    let pages = stream::try_unfold((db, listing, begin), move |(db, listing, place)| async move {
        let Some(after) = place else { return Ok(None) };
        let (rows, next) = listing.rows_after(&db, after, PAGE).await?;
        let heads = rows.iter().map(entries::head).collect::<Result<Vec<LedgerEntry>, Failure>>()?;
        let page: Vec<Line> = entries::with_lines(&db, heads).await?.iter().flat_map(lines_of).collect();
        Ok(Some((page, (db, listing, next.map(Some)))))
    });
    pages.boxed()
}

fn lines_of(entry: &LedgerEntry) -> Vec<Line> {
    let side = |rp: i64| if rp == 0 { Cell::Nothing } else { Cell::Rupiah(rp) };
    let line = |line: &entries::LedgerLine| {
        let party = line.party.as_ref();
        vec![
            Cell::Day(entry.posted_on),
            Cell::Day(entry.occurred_on),
            Cell::text(&entry.kind),
            Cell::text(&entry.cause.code),
            Cell::text(&line.account),
            Cell::text(&line.account_name),
            Cell::text_or_nothing(party.map(|party| party.code.clone())),
            Cell::text_or_nothing(party.map(|party| party.name.clone())),
            side(line.debit_rp),
            side(line.credit_rp),
            Cell::text(entry.id.to_string()),
        ]
    };
    entry.lines.iter().map(line).collect()
}

/// Lines that are all there.
pub fn at_once(lines: Vec<Line>) -> Lines {
    stream::once(async move { Ok(lines) }).boxed()
}

/// The table, once it is recorded who takes it.
pub async fn table(app: &App, who: &SignedIn, made: Made<'_>, lines: Lines) -> Result<Table, Problem> {
    let Made { name, columns, about, lang, .. } = made;
    let (turn, now, english) = (Turn::take()?, app.engine.clock.now(), lang == Some("en"));
    record(app, who, &made).await?;
    let word = |id: &'static str, en: &'static str| if english { en } else { id };
    let local = now.with_timezone(&Jakarta);
    let mut told = vec![
        (word("Dibuat pada", "Made at").to_owned(), local.format("%Y-%m-%d %H:%M:%S %Z").to_string()),
        (word("Dibuat oleh", "Made by").into(), who.actor.name.clone()),
    ];
    told.extend(about.iter().map(|(id, en, value)| (word(id, en).to_owned(), value.clone())));
    Ok(Table {
        file: format!("{name}-{}", local.format("%Y%m%d-%H%M%S")),
        sheet: name.into(),
        columns: columns.iter().map(|(id, en, width)| Column { title: word(id, en).into(), width: *width }).collect(),
        zone: Jakarta,
        about: told,
        about_sheet: word("Keterangan", "About").into(),
        lines,
        turn,
    })
}

async fn record(app: &App, who: &SignedIn, made: &Made<'_>) -> Result<(), Failure> {
    let now = app.engine.clock.now();
    let asked: serde_json::Map<_, _> = made.about.iter().map(|(_, name, value)| (name.to_lowercase(), value.clone().into())).collect();
    let action = Action {
        action: "data.export".into(),
        entity_type: "data_export",
        entity_id: new_id(now),
        entity_code: Some(made.name),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "what": made.name, "format": made.format, "asked": asked })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(action, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}
