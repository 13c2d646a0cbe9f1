//! The record of a backtest: what is asked, how far it is, and what it comes to so far. Ids only of people.
//!
//! The parts of its report lie in a table of their own: the record changes with every part and stays small.

use super::draft::Snapshot;
use super::parties::{COMPANY, SISWA, STRIKES, TUTOR};
use super::period::Period;
use super::state::State;
use chrono::{DateTime, Utc};
use engine::backtest::{Asked, Place, Report};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What is drafted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    Policy,
    Price,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "backtest")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub subject: Subject,
    /// The policy whose decisions are decided anew.
    pub kind: String,
    pub publication_id: Option<Uuid>,
    /// A [`Snapshot`] of the draft.
    pub draft: Json,
    pub draft_sha256: String,
    pub from_on: Date,
    pub to_on: Date,
    pub from_at: DateTimeUtc,
    pub until_at: DateTimeUtc,
    pub state: String,
    pub total: i64,
    pub done: i64,
    pub changed: i64,
    pub failed: i64,
    /// What siswa would pay more.
    pub siswa_rp: i64,
    /// What tutors would get more.
    pub tutor_rp: i64,
    /// What the company would keep more.
    pub company_rp: i64,
    pub strikes: i64,
    /// How many parts are done.
    pub parts: i64,
    pub cursor_at: Option<DateTimeUtc>,
    pub cursor_id: Option<Uuid>,
    /// Why it failed.
    pub error: Option<String>,
    pub asked_by: Uuid,
    pub asked_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn asked(&self) -> Asked {
        Asked { kind: self.kind.clone(), from: self.from_at, until: self.until_at }
    }

    /// Where the next part begins.
    pub fn place(&self) -> Place {
        match (self.cursor_at, self.cursor_id) {
            (Some(at), Some(id)) => Place { at, id },
            _ => self.asked().start(),
        }
    }

    /// # Errors
    /// When the stored draft cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, Failure> {
        serde_json::from_value(self.draft.clone()).map_err(|source| Failure::Stored { what: "draft of a backtest".into(), source })
    }

    pub fn is_running(&self) -> bool {
        self.state == State::Running.as_str()
    }
}

/// What was asked, when it began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    pub id: Uuid,
    pub code: String,
    pub subject: Subject,
    pub kind: String,
    pub publication_id: Option<Uuid>,
    pub draft: Snapshot,
    pub draft_sha256: String,
    pub from_on: Date,
    pub to_on: Date,
    pub from_at: DateTime<Utc>,
    pub until_at: DateTime<Utc>,
    pub total: i64,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
}

impl Started {
    #[must_use]
    pub fn on(self, period: Period) -> Self {
        Self { from_on: period.from_on, to_on: period.to_on, from_at: period.from_at, until_at: period.until_at, ..self }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Started(Box<Started>),
    Progressed { part: i64, place: Option<Place>, report: Box<Report>, ended_at: Option<DateTime<Utc>> },
    Failed { message: String, at: DateTime<Utc> },
    Cancelled { at: DateTime<Utc> },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Started(started) = change {
        return begun(started);
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "backtest".into(), rule: "a change came before the start".into() })?;
    match change {
        Change::Started(_) => {}
        Change::Progressed { part, place, report, ended_at } => {
            model.parts = part + 1;
            model.done += report.decisions;
            model.changed += report.changed;
            model.failed += report.failed;
            let moved = |party: &str| report.measures.get(party).map_or(0, engine::backtest::Moved::delta_rp);
            model.siswa_rp = model.siswa_rp.saturating_add(moved(SISWA));
            model.tutor_rp = model.tutor_rp.saturating_add(moved(TUTOR));
            model.company_rp = model.company_rp.saturating_add(moved(COMPANY));
            model.strikes = model.strikes.saturating_add(report.delta.get(STRIKES).copied().unwrap_or(0));
            if let Some(place) = place {
                model.cursor_at = Some(place.at);
                model.cursor_id = Some(place.id);
            }
            if let Some(at) = ended_at {
                ended(&mut model, State::Done, *at);
            }
        }
        Change::Failed { message, at } => {
            model.error = Some(message.clone());
            ended(&mut model, State::Failed, *at);
        }
        Change::Cancelled { at } => ended(&mut model, State::Cancelled, *at),
    }
    Ok(model)
}

fn begun(started: &Started) -> Result<Model, Failure> {
    let draft = serde_json::to_value(&started.draft).map_err(|source| Failure::Stored { what: "draft of a backtest".into(), source })?;
    Ok(Model {
        id: started.id,
        code: started.code.clone(),
        subject: started.subject,
        kind: started.kind.clone(),
        publication_id: started.publication_id,
        draft,
        draft_sha256: started.draft_sha256.clone(),
        from_on: started.from_on,
        to_on: started.to_on,
        from_at: started.from_at,
        until_at: started.until_at,
        state: State::Running.as_str().into(),
        total: started.total,
        done: 0,
        changed: 0,
        failed: 0,
        siswa_rp: 0,
        tutor_rp: 0,
        company_rp: 0,
        strikes: 0,
        parts: 0,
        cursor_at: None,
        cursor_id: None,
        error: None,
        asked_by: started.asked_by,
        asked_at: started.asked_at,
        ended_at: None,
    })
}

fn ended(model: &mut Model, state: State, at: DateTime<Utc>) {
    model.state = state.as_str().into();
    model.ended_at = Some(at);
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    if let Change::Progressed { part, report, .. } = change {
        let values = vec![after.id.into(), (*part).into(), json!(report).into()];
        batch.push("INSERT INTO backtest_part (backtest_id, number, report) VALUES (?,?,?)", values);
    }
}
