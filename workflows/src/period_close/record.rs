//! The record of a period close: who signed what, what the books' check found, how far the documents are hashed. And with the
//! last step the receipt, and the month's own row.

use super::command::Hashed;
use super::state::State;
use crate::period::evidence::{Books, Check, Fault};
use crate::period::lock::{self, Turn};
use crate::period::paper::Place;
use crate::period::receipt::Receipt;
use crate::period::{Signature, Signatures};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "period_close")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub period_month: String,
    pub state: String,
    /// [`Signatures`].
    #[sea_orm(column_type = "JsonBinary")]
    pub signatures: Json,
    /// How often the books were asked about.
    pub books_round: i64,
    /// [`Books`]; nothing before they were checked.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub books: Option<Json>,
    /// How often the documents were begun to be hashed.
    pub attempt: i64,
    pub parts: i64,
    pub hashed: i64,
    pub cursor_kind: Option<String>,
    pub cursor_id: Option<Uuid>,
    pub chain: Option<String>,
    /// [`Stopped`]: why the last attempt closed nothing.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stopped: Option<Json>,
    pub note: Option<String>,
    pub begun_by: Uuid,
    pub begun_at: DateTimeUtc,
    /// Whoever asked for the lock.
    pub closed_by: Option<Uuid>,
    pub closed_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why an attempt closed nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub at: DateTime<Utc>,
    /// Checks that found something meanwhile.
    pub blocked: Vec<Check>,
    /// Documents were made or voided meanwhile.
    pub changed: bool,
    pub faults: Vec<Fault>,
}

impl Model {
    /// # Errors
    /// When what is stored cannot be read.
    pub fn signatures(&self) -> Result<Signatures, Failure> {
        read("signatures", &self.signatures)
    }

    /// # Errors
    /// When what is stored cannot be read.
    pub fn books(&self) -> Result<Option<Books>, Failure> {
        self.books.as_ref().map(|books| read("books", books)).transpose()
    }

    /// # Errors
    /// When what is stored cannot be read.
    pub fn stopped(&self) -> Result<Option<Stopped>, Failure> {
        self.stopped.as_ref().map(|stopped| read("stop", stopped)).transpose()
    }

    /// Where the next part begins.
    pub fn place(&self) -> Place {
        match (self.cursor_kind.as_deref().and_then(Tag::parse), self.cursor_id) {
            (Some(kind), Some(after)) => Place { kind, after },
            _ => Place::START,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(what: &str, json: &Json) -> Result<T, Failure> {
    T::deserialize(json).map_err(|source| Failure::Stored { what: format!("{what} of a period close"), source })
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    pub id: Uuid,
    pub code: String,
    pub month: String,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Begun { begun: Begun },
    Rechecked { round: i64 },
    BooksChecked { books: Books },
    Signed { check: Check, signature: Signature },
    Unsigned { check: Check },
    SealingBegun { by: Uuid, note: Option<String>, attempt: i64 },
    Progressed { part: i64, hashes: Vec<Hashed>, place: Place, chain: String },
    Stopped { blocked: Vec<Check>, changed: bool, faults: Vec<Fault>, at: DateTime<Utc> },
    Closed { receipt: Box<Receipt> },
    Abandoned { at: DateTime<Utc> },
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Begun { begun } = change {
        return Ok(first(begun));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "period_close".into(), rule: "a change came before the beginning".into() })?;
    match change {
        Change::Begun { .. } => {}
        Change::Rechecked { round } => (model.books_round, model.books) = (*round, None),
        Change::BooksChecked { books } => model.books = Some(json!(books)),
        Change::Signed { check, signature } => model.signatures = json!(model.signatures()?.with(*check, signature.clone())),
        Change::Unsigned { check } => model.signatures = json!(model.signatures()?.without(*check)),
        Change::SealingBegun { by, note, attempt } => {
            model.state = State::Sealing.as_str().into();
            (model.closed_by, model.note, model.attempt) = (Some(*by), note.clone(), *attempt);
            (model.parts, model.hashed, model.chain) = (0, 0, None);
            (model.cursor_kind, model.cursor_id, model.stopped) = (None, None, None);
        }
        Change::Progressed { part, hashes, place, chain } => {
            model.parts = part + 1;
            model.hashed += i64::try_from(hashes.len()).unwrap_or(0);
            (model.cursor_kind, model.cursor_id) = (Some(place.kind.as_str().into()), Some(place.after));
            model.chain = Some(chain.clone());
        }
        Change::Stopped { blocked, changed, faults, at } => {
            model.state = State::Open.as_str().into();
            model.closed_by = None;
            model.stopped = Some(json!(Stopped { at: *at, blocked: blocked.clone(), changed: *changed, faults: faults.clone() }));
        }
        Change::Closed { receipt } => {
            model.state = State::Closed.as_str().into();
            (model.closed_at, model.ended_at) = (Some(receipt.closed_at), Some(receipt.closed_at));
        }
        Change::Abandoned { at } => {
            model.state = State::Abandoned.as_str().into();
            model.ended_at = Some(*at);
        }
    }
    Ok(model)
}

fn first(begun: &Begun) -> Model {
    Model {
        id: begun.id,
        code: begun.code.clone(),
        period_month: begun.month.clone(),
        state: State::Open.as_str().into(),
        signatures: json!(Signatures::default()),
        books_round: 1,
        books: None,
        attempt: 0,
        parts: 0,
        hashed: 0,
        cursor_kind: None,
        cursor_id: None,
        chain: None,
        stopped: None,
        note: None,
        begun_by: begun.by,
        begun_at: begun.at,
        closed_by: None,
        closed_at: None,
        ended_at: None,
    }
}

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    match change {
        Change::Progressed { hashes, .. } => keep_hashes(after, hashes, batch),
        Change::Closed { receipt } => {
            keep_receipt(receipt, batch);
            let turn = Turn { month: &receipt.month, action: "period.lock", by: receipt.closed_by, reason: receipt.note.as_deref() };
            lock::lock(ctx, turn, batch);
        }
        Change::Begun { .. }
        | Change::Rechecked { .. }
        | Change::BooksChecked { .. }
        | Change::Signed { .. }
        | Change::Unsigned { .. }
        | Change::SealingBegun { .. }
        | Change::Stopped { .. }
        | Change::Abandoned { .. } => {}
    }
}

/// One statement for all of them.
fn keep_hashes(model: &Model, hashes: &[Hashed], batch: &mut Batch) {
    if hashes.is_empty() {
        return;
    }
    let values = hashes.iter().flat_map(|hashed| -> [Value; 6] {
        let kind = hashed.kind.as_str();
        [model.id.into(), model.attempt.into(), kind.into(), hashed.id.into(), hashed.number.clone().into(), hashed.sha256.clone().into()]
    });
    let rows = vec!["(?,?,?,?,?,?)"; hashes.len()].join(",");
    batch.push(format!("INSERT INTO period_document_hash (close_id, attempt, kind, document_id, number, sha256) VALUES {rows}"), values.collect());
}

fn keep_receipt(receipt: &Receipt, batch: &mut Batch) {
    let sql = "INSERT INTO period_closing (id, month, number, attempt, closed_at, closed_by, note, document_count, entry_count, totals, ledger, signatures, \
        chain, previous_sha256, sha256) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    let values = vec![
        receipt.id.into(),
        receipt.month.clone().into(),
        receipt.number.into(),
        receipt.attempt.into(),
        receipt.closed_at.into(),
        receipt.closed_by.into(),
        receipt.note.clone().into(),
        receipt.contents.documents().into(),
        receipt.contents.entries.into(),
        json!(receipt.contents).into(),
        json!(receipt.ledger).into(),
        json!(receipt.signatures).into(),
        receipt.chain.clone().into(),
        receipt.previous_sha256.clone().into(),
        receipt.sha256().into(),
    ];
    batch.push(sql, values);
}
