//! Tutors who held or reported too few of their lessons of the last thirty days, each with the text they may be sent.

use super::super::OurApp;
use super::{LastReminder, ReminderDueFilter, Text, found, last, marks, quiet_days, values};
use crate::app::App;
use crate::problem::Problem;
use crate::request::List;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use engine::db::{self, Db};
use engine::refusal::{Failure, FieldError};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::notification::COMPANY;
use workflows::notification::markup::Values;
use workflows::reminder::command::Kind;
use workflows::reminder::due::{self, Completion};

/// Fewer than so many of a hundred are few.
const BELOW_PCT: i64 = 80;

#[derive(Serialize, ToSchema)]
pub struct LowCompletion {
    /// At most 200, the most without a report first.
    items: Vec<LowCompletionRow>,
    total: i64,
    /// Lessons are counted so many days back.
    window_days: i64,
    below_pct: i64,
    /// Whoever was reminded within so many days is marked.
    quiet_days: i64,
}

#[derive(Serialize, ToSchema)]
pub struct LowCompletionRow {
    tutor: Coded,
    /// E.164.
    phone: String,
    /// Lessons that should be over; those the siswa or the company called off do not count.
    planned: i64,
    /// Taught and reported, or the siswa did not come.
    held: i64,
    /// Over by the clock, and nothing was entered.
    unreported: i64,
    /// False: they do not want this text.
    wanted: bool,
    #[schema(required)]
    last_reminder: Option<LastReminder>,
    /// What may be sent to them.
    text: String,
}

pub async fn low_completion(State(app): OurApp, list: List<ReminderDueFilter>) -> Result<Json<LowCompletion>, Problem> {
    let (db, kind) = (&app.engine.db, Kind::LowCompletion);
    let below_pct = list.filter.below_pct.unwrap_or(BELOW_PCT);
    if !(1..=100).contains(&below_pct) {
        return Err(Problem::invalid(FieldError::new("filter[below_pct]", "out_of_range").with("min", 1).with("max", 100)));
    }
    let only = found(db, kind, list.q.as_deref()).await?;
    let mut low = due::completion(db.reader(), app.engine.clock.now(), only.as_deref()).await?;
    low.retain(|one| one.held * 100 < one.planned * below_pct);
    if list.filter.fresh == Some(true) {
        let ids: Vec<Uuid> = low.iter().map(|one| one.tutor_id).collect();
        let last = last(&app, kind, &ids).await?;
        low.retain(|one| last.get(&one.tutor_id).is_none_or(|last| !last.recent));
    }
    let total = i64::try_from(low.len()).unwrap_or(i64::MAX);
    low.truncate(due::MOST);
    let items = rows(&app, &low).await?;
    Ok(Json(LowCompletion { items, total, window_days: due::WINDOW_DAYS, below_pct, quiet_days: quiet_days(&app).await? }))
}

async fn rows(app: &App, low: &[Completion]) -> Result<Vec<LowCompletionRow>, Problem> {
    let (db, kind) = (&app.engine.db, Kind::LowCompletion);
    let ids: Vec<Uuid> = low.iter().map(|one| one.tutor_id).collect();
    let (mut tutors, refused, mut last) = (tutors(db, &ids).await?, due::opted_out(db.reader(), kind, &ids).await?, last(app, kind, &ids).await?);
    let text = Text::of(db, kind).await?;
    let mut rows = vec![];
    for one in low {
        let Some((tutor, phone)) = tutors.remove(&one.tutor_id) else { continue };
        rows.push(LowCompletionRow {
            text: text.written(&said(one, &tutor))?,
            tutor,
            phone,
            planned: one.planned,
            held: one.held,
            unreported: one.unreported,
            wanted: !refused.contains(&one.tutor_id),
            last_reminder: last.remove(&one.tutor_id),
        });
    }
    Ok(rows)
}

fn said(one: &Completion, tutor: &Coded) -> Values {
    Values::from([
        ("name", tutor.name.clone()),
        ("company", COMPANY.into()),
        ("days", due::WINDOW_DAYS.to_string()),
        ("planned", one.planned.to_string()),
        ("held", one.held.to_string()),
        ("unreported", one.unreported.to_string()),
    ])
}

async fn tutors(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, (Coded, String)>, Failure> {
    let sql = format!("SELECT id, code, name, phone FROM tutor WHERE id IN ({})", marks(ids.len()));
    let rows = db::rows(db.reader(), &sql, values(ids)).await?;
    rows.iter()
        .map(|row| {
            let tutor = Coded { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? };
            Ok((tutor.id, (tutor, row.try_get("", "phone")?)))
        })
        .collect()
}
