//! Master data taken out as CSV or Excel. The columns are those of the import, so a file that comes out goes in again
//! and changes nothing. Who took what out is in the audit.

pub mod aging;
pub mod documents;
pub mod reconciliation;
mod rows;
pub mod workbook;

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Column, Csv, Line, Table, Turn, Xlsx};
use crate::problem::Problem;
use crate::request::At;
use axum::extract::State;
use chrono_tz::Asia::Jakarta;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::id::new_id;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use serde_json::json;
use workflows::catalog::shelf::Shelf;

/// In letters, for Excel.
const WIDTH: u16 = 22;

/// A table to be taken out: its name, its columns, and how its lines are read.
pub(super) struct Sheet {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub lines: Vec<Line>,
}

macro_rules! export_of {
    ($($read:path => $csv:ident, $xlsx:ident;)*) => {
        $(pub async fn $csv(State(app): OurApp, who: SignedIn) -> Result<Csv, Problem> {
            Ok(Csv::of(table(&app, &who, $read(&app.engine.db).await?, "csv").await?))
        }
        pub async fn $xlsx(State(app): OurApp, who: SignedIn) -> Result<Xlsx, Problem> {
            Xlsx::of(table(&app, &who, $read(&app.engine.db).await?, "xlsx").await?).await
        })*
    };
}

export_of! {
    rows::offices => offices_csv, offices_xlsx;
    rows::subjects => subjects_csv, subjects_xlsx;
    rows::slots => slots_csv, slots_xlsx;
    rows::tutor_subjects => tutor_subjects_csv, tutor_subjects_xlsx;
}

pub async fn shelf_csv(State(app): OurApp, who: SignedIn, At(name): At<String>) -> Result<Csv, Problem> {
    let sheet = rows::shelf(&app.engine.db, named(&name)?).await?;
    Ok(Csv::of(table(&app, &who, sheet, "csv").await?))
}

pub async fn shelf_xlsx(State(app): OurApp, who: SignedIn, At(name): At<String>) -> Result<Xlsx, Problem> {
    let sheet = rows::shelf(&app.engine.db, named(&name)?).await?;
    Xlsx::of(table(&app, &who, sheet, "xlsx").await?).await
}

fn named(name: &str) -> Result<Shelf, Problem> {
    Shelf::named(name).ok_or_else(|| Problem::not_found("catalog"))
}

async fn table(app: &App, who: &SignedIn, sheet: Sheet, format: &str) -> Result<Table, Problem> {
    let turn = Turn::take()?;
    let now = app.engine.clock.now();
    let record = Action {
        action: "data.export".into(),
        entity_type: "data_export",
        entity_id: new_id(now),
        entity_code: Some(sheet.name),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "what": sheet.name, "format": format, "rows": sheet.lines.len() })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    let local = now.with_timezone(&Jakarta);
    Ok(Table {
        file: format!("{}-{}", sheet.name.replace('_', "-"), local.format("%Y%m%d-%H%M")),
        sheet: sheet.name.into(),
        columns: sheet.columns.iter().map(|title| Column { title: (*title).into(), width: WIDTH }).collect(),
        zone: Jakarta,
        about: vec![("made_at".into(), local.format("%Y-%m-%d %H:%M:%S %Z").to_string()), ("made_by".into(), who.actor.name.clone())],
        about_sheet: "about".into(),
        lines: stream::once(async move { Ok(sheet.lines) }).boxed(),
        turn,
    })
}
