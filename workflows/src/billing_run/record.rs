//! The record of a billing run: which month, how far it is, what it comes to. The documents themselves lie in their own tables.

use super::calendar::Calendar;
use super::part::{Due, Range};
use super::preflight::Report;
use super::state::{Side, State};
use super::store::Rows;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "billing_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub period_month: String,
    /// Which run of its month, from 1.
    pub number: i64,
    pub state: String,
    /// When its Tagihan are to be paid, once that is said.
    pub due_on: Option<Date>,
    /// A [`Report`].
    pub preflight: Option<Json>,
    pub parts: i64,
    pub parts_done: i64,
    pub tagihan_count: i64,
    pub tagihan_rp: i64,
    pub honorarium_count: i64,
    pub honorarium_rp: i64,
    pub parked_count: i64,
    /// Why it failed, or was given up by itself.
    pub error: Option<String>,
    /// Nobody when its day had come.
    pub started_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A run of this month that nothing has happened to.
    fn of(id: Uuid, calendar: &Calendar, at: DateTime<Utc>) -> Self {
        Self {
            id,
            code: calendar.code.clone(),
            period_month: calendar.month.clone(),
            number: calendar.number,
            state: State::Scheduled.as_str().into(),
            due_on: None,
            preflight: None,
            parts: 0,
            parts_done: 0,
            tagihan_count: 0,
            tagihan_rp: 0,
            honorarium_count: 0,
            honorarium_rp: 0,
            parked_count: 0,
            error: None,
            started_by: None,
            created_at: at,
            started_at: None,
            ended_at: None,
        }
    }

    pub fn is_in(&self, state: State) -> bool {
        self.state == state.as_str()
    }
}

/// Somebody who cannot be billed as it stands; a further run takes what is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    pub party_id: Uuid,
    pub reason: ParkedFor,
    pub amount_rp: i64,
}

engine::tags! {
    /// Why somebody is put aside.
    pub enum ParkedFor {
        /// Adjustments take more than there is to bill.
        NegativeTotal => "NEGATIVE_TOTAL",
    }
}

/// What a part came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Billed {
    pub number: i64,
    pub range: Range,
    pub parties: i64,
    pub documents: i64,
    pub amount_rp: i64,
    /// The first number it took of its series; so many follow.
    pub first: i64,
    pub parked: Vec<Parked>,
    /// What is written beside the record; afterwards the documents tell it.
    #[serde(skip)]
    pub(super) rows: Rows,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Scheduled {
        id: Uuid,
        calendar: Calendar,
        at: DateTime<Utc>,
    },
    Waited,
    Begun {
        id: Uuid,
        calendar: Calendar,
        due_on: Option<NaiveDate>,
        by: Option<Uuid>,
        at: DateTime<Utc>,
    },
    Preflighted {
        report: Box<Report>,
        ranges: Vec<Range>,
    },
    Proceeded,
    Billed(Box<Billed>),
    Issued {
        issued_on: NaiveDate,
        due_on: NaiveDate,
        at: DateTime<Utc>,
    },
    /// Nothing of it counts; its numbers stay its own.
    Ended {
        state: State,
        message: Option<String>,
        at: DateTime<Utc>,
    },
}

/// A document to be, of either side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    pub number: String,
    pub due: Due,
    pub carried_out_rp: i64,
    /// The total of a Tagihan, the net of a Honorarium.
    pub total_rp: i64,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    let begun = |id: Uuid, calendar: &Calendar, at| record.clone().unwrap_or_else(|| Model::of(id, calendar, at));
    match change {
        Change::Scheduled { id, calendar, at } => return Ok(begun(*id, calendar, *at)),
        Change::Begun { id, calendar, due_on, by, at } => {
            let state = State::Preflight.as_str().into();
            return Ok(Model { state, due_on: *due_on, started_by: *by, started_at: Some(*at), ..begun(*id, calendar, *at) });
        }
        _ => {}
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "billing_run".into(), rule: "a change came before the beginning".into() })?;
    match change {
        Change::Scheduled { .. } | Change::Begun { .. } | Change::Waited => {}
        Change::Preflighted { report, ranges } => {
            model.state = if report.stops.is_empty() { State::Running } else { State::Halted }.as_str().into();
            model.parts = i64::try_from(ranges.len()).unwrap_or(i64::MAX);
            model.preflight = Some(serde_json::to_value(report).map_err(|source| Failure::Stored { what: "preflight of a billing run".into(), source })?);
        }
        Change::Proceeded => model.state = State::Running.as_str().into(),
        Change::Billed(billed) => add(&mut model, billed),
        Change::Issued { due_on, at, .. } => {
            model.due_on = Some(*due_on);
            ended(&mut model, State::Done, *at);
        }
        Change::Ended { state, message, at } => {
            model.error.clone_from(message);
            ended(&mut model, *state, *at);
        }
    }
    Ok(model)
}

fn add(model: &mut Model, billed: &Billed) {
    model.parts_done = billed.number + 1;
    model.parked_count += i64::try_from(billed.parked.len()).unwrap_or(i64::MAX);
    let (count, rp) = match billed.range.side {
        Side::Siswa => (&mut model.tagihan_count, &mut model.tagihan_rp),
        Side::Tutor => (&mut model.honorarium_count, &mut model.honorarium_rp),
    };
    *count += billed.documents;
    *rp += billed.amount_rp;
}

fn ended(model: &mut Model, state: State, at: DateTime<Utc>) {
    model.state = state.as_str().into();
    model.ended_at = Some(at);
}
