//! Every decision that would have come out otherwise, or not at all, as an Excel workbook. Nothing of it is stored: the
//! draft decides once more, and says the same. Who took it out is in the audit.

use super::super::OurApp;
use super::detail::find;
use super::words::Words;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Column, Line, Lines, Table, Turn, Xlsx};
use crate::problem::Problem;
use crate::request::{At, List};
use axum::extract::State;
use axum::http::StatusCode;
use chrono_tz::Asia::Jakarta;
use engine::audit::{self, Action};
use engine::backtest::{self, Asked, Difference, Place};
use engine::batch::Batch;
use engine::execute::Engine;
use engine::refusal::Failure;
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use uuid::Uuid;
use workflows::backtest::draft::Draft;
use workflows::backtest::parties;
use workflows::backtest::record::Model;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ExportFilter {
    /// `id` or `en`.
    lang: Option<String>,
}

/// 409 `backtest_running` until it has ended.
pub async fn xlsx(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, list: List<ExportFilter>) -> Result<Xlsx, Problem> {
    let backtest = find(&app.engine.db, id).await?;
    if backtest.is_running() {
        return Err(Problem::new(StatusCode::CONFLICT, "backtest_running"));
    }
    let turn = Turn::take()?;
    let words = Words::of(list.filter.lang.as_deref());
    let draft = Draft::new(&backtest)?;
    record_export(&app, &who, &backtest).await?;
    let fields = fields(&backtest.kind);
    Xlsx::of(Table {
        file: backtest.code.to_lowercase(),
        sheet: words.sheet.into(),
        columns: columns(words, &fields),
        about: about(words, &who, &backtest),
        about_sheet: words.about.into(),
        zone: Jakarta,
        lines: lines(app.engine.clone(), draft, read_to(&backtest), (fields, words)),
        turn,
    })
    .await
}

/// What was decided anew; after a cancelled one, no further than it came.
fn read_to(backtest: &Model) -> (Asked, Place) {
    let last = match (backtest.ended_at, backtest.cursor_at, backtest.cursor_id) {
        (Some(_), Some(at), Some(id)) => Place { at, id },
        _ => backtest.asked().start(),
    };
    (backtest.asked(), last)
}

async fn record_export(app: &App, who: &SignedIn, backtest: &Model) -> Result<(), Failure> {
    let now = app.engine.clock.now();
    let record = Action {
        action: "backtest.export".into(),
        entity_type: "backtest",
        entity_id: backtest.id,
        entity_code: Some(&backtest.code),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "format": "xlsx", "records": backtest.changed + backtest.failed })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// The fields of an answer of this kind.
fn fields(kind: &str) -> Vec<&'static str> {
    policies::kind(kind).map(|kind| kind.output.iter().map(|field| field.name).collect()).unwrap_or_default()
}

fn columns(words: &Words, fields: &[&'static str]) -> Vec<Column> {
    let fixed = words.columns.iter().map(|(title, width)| Column { title: (*title).into(), width: *width });
    let two = fields.iter().flat_map(|field| [words.recorded, words.draft].map(|side| Column { title: format!("{field} ({side})"), width: 18 }));
    let last = [(words.error, 40), (words.id, 38)].map(|(title, width)| Column { title: title.into(), width });
    fixed.chain(two).chain(last).collect()
}

fn about(words: &Words, who: &SignedIn, backtest: &Model) -> Vec<(String, String)> {
    vec![
        (words.made_by.into(), who.actor.name.clone()),
        (words.backtest.into(), backtest.code.clone()),
        (words.kind.into(), backtest.kind.clone()),
        (words.period.into(), format!("{} – {} (WIB)", backtest.from_on, backtest.to_on)),
        (words.content.into(), backtest.draft_sha256.clone()),
        (words.decisions.into(), backtest.done.to_string()),
        (words.changed.into(), backtest.changed.to_string()),
        (words.failed.into(), backtest.failed.to_string()),
        (words.note.into(), words.explained.into()),
    ]
}

type Shape = (Vec<&'static str>, &'static Words);

fn lines(engine: Engine, draft: Draft, (asked, last): (Asked, Place), (fields, words): Shape) -> Lines {
    let begin = Some(asked.start());
    let pages = stream::try_unfold((engine, draft, asked, fields, begin), move |(engine, draft, asked, fields, place)| async move {
        let Some(place) = place else { return Ok(None) };
        let mut page = backtest::page(engine.db.reader(), &asked, place).await?;
        page.retain(|one| (one.at, one.id) <= (last.at, last.id));
        let next = page.last().map(backtest::Recorded::place);
        if next.is_none() {
            return Ok(None);
        }
        let anew = draft.decide(&engine.db, &engine.policies, page).await?;
        let measures = parties::of(&asked.kind);
        let differences = anew.into_iter().filter_map(|(one, said)| Difference::between(measures, one, said));
        let page: Vec<Line> = differences.map(|one| line(&one, &fields, words)).collect();
        Ok(Some((page, (engine, draft, asked, fields, next))))
    });
    pages.boxed()
}

fn line(one: &Difference, fields: &[&str], words: &Words) -> Line {
    let moved = |party: &str| if one.draft.is_some() { Cell::Rupiah(one.measures.get(party).copied().unwrap_or(0)) } else { Cell::Nothing };
    let mut line = vec![
        Cell::text(&one.code),
        Cell::Instant(one.at),
        Cell::text(format!("v{}", one.version)),
        Cell::text(if one.draft.is_some() { words.otherwise } else { words.fails }),
        moved(parties::SISWA),
        moved(parties::TUTOR),
        moved(parties::COMPANY),
    ];
    for field in fields {
        line.push(cell(field, one.recorded.get(field)));
        line.push(cell(field, one.draft.as_ref().and_then(|draft| draft.get(field))));
    }
    line.push(Cell::text_or_nothing(one.error.clone()));
    line.push(Cell::text(one.instance_id.to_string()));
    line
}

fn cell(field: &str, value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Nothing,
        Some(Value::Number(number)) => match number.as_i64() {
            Some(rupiah) if field.ends_with("_rp") => Cell::Rupiah(rupiah),
            _ => number.as_f64().map_or_else(|| Cell::text(number.to_string()), Cell::Number),
        },
        Some(Value::String(text)) => Cell::text(text),
        Some(other) => Cell::text(other.to_string()),
    }
}
