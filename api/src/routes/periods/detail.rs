//! One month: its checks with their evidence, who closes it, its closings with their receipts, and who opened it again.

use super::super::OurApp;
use super::check::PeriodCheck;
use super::list::{self, PeriodRow, Standing};
use super::{People, month};
use crate::problem::Problem;
use crate::request::At;
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::period::evidence::{self, Asked, Check};
use workflows::period::receipt;
use workflows::period::{Signatures, lock};
use workflows::{period_close, period_reopening};

#[derive(Serialize, ToSchema)]
pub struct PeriodView {
    #[serde(flatten)]
    row: PeriodRow,
    /// When it is over in every office.
    ends_at: DateTime<Utc>,
    is_over: bool,
    /// In the order in which they are gone through; empty while the month is closed.
    steps: Vec<PeriodCheck>,
    /// Who closes it.
    #[schema(required)]
    close: Option<PeriodCloseView>,
    /// The newest first.
    closings: Vec<PeriodClosingView>,
    /// The newest first.
    reopenings: Vec<PeriodReopeningView>,
    /// Later months that are closed: they are opened before this one.
    later_closed: Vec<String>,
}

/// A month being closed.
#[derive(Serialize, ToSchema)]
pub struct PeriodCloseView {
    id: Uuid,
    code: String,
    /// `OPEN` or `SEALING`.
    state: String,
    revision: i64,
    begun_by: Named,
    begun_at: DateTime<Utc>,
    /// When the books were last checked; null while they are.
    #[schema(required)]
    books_at: Option<DateTime<Utc>>,
    /// Documents hashed so far.
    hashed: i64,
    #[schema(required)]
    stopped: Option<PeriodStopped>,
}

/// Why the last attempt closed nothing.
#[derive(Serialize, ToSchema)]
pub struct PeriodStopped {
    at: DateTime<Utc>,
    /// Checks that found something meanwhile.
    blocked: Vec<String>,
    /// Documents were made or voided meanwhile.
    changed: bool,
    faults: Vec<PeriodFault>,
}

#[derive(Serialize, ToSchema)]
pub struct PeriodFault {
    subject: String,
    fault: String,
}

/// The receipt of a closing.
#[derive(Serialize, ToSchema)]
pub struct PeriodClosingView {
    id: Uuid,
    /// 1 for the first.
    number: i64,
    closed_at: DateTime<Utc>,
    closed_by: Named,
    #[schema(required)]
    note: Option<String>,
    documents: i64,
    entries: i64,
    tagihan_count: i64,
    tagihan_rp: i64,
    honorarium_count: i64,
    honorarium_rp: i64,
    void: i64,
    /// What each account was moved by.
    ledger: Vec<PeriodMoved>,
    signatures: Vec<PeriodSigned>,
    /// Of the closing before, of whichever month.
    #[schema(required)]
    previous_sha256: Option<String>,
    /// Of everything that was closed.
    sha256: String,
}

#[derive(Serialize, ToSchema)]
pub struct PeriodMoved {
    account: String,
    debit_rp: i64,
    credit_rp: i64,
}

#[derive(Serialize, ToSchema)]
pub struct PeriodSigned {
    check: String,
    by: Named,
    at: DateTime<Utc>,
    #[schema(required)]
    note: Option<String>,
}

/// Somebody who opened it again, or wants to.
#[derive(Serialize, ToSchema)]
pub struct PeriodReopeningView {
    id: Uuid,
    code: String,
    /// `REQUESTED`, `REOPENED`, `OVERDUE`, `REJECTED`, `WITHDRAWN`, `EXPIRED`, `CLOSED_AGAIN` or `SUPERSEDED`.
    state: String,
    revision: i64,
    reason: String,
    until: DateTime<Utc>,
    /// The closing it opens.
    closing_number: i64,
    requested_by: Named,
    requested_at: DateTime<Utc>,
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
}

pub async fn show(State(app): OurApp, At(text): At<String>) -> Result<Json<PeriodView>, Problem> {
    let (db, now, month) = (&app.engine.db, app.engine.clock.now(), month(&text)?);
    let standing = Standing::read(db, month).await?;
    let reopenings = period_reopening::record::Entity::find()
        .filter(period_reopening::record::Column::PeriodMonth.eq(month.to_string()))
        .order_by_desc(period_reopening::record::Column::RequestedAt)
        .all(db.reader())
        .await?;
    let signatures = standing.close.as_ref().map(period_close::record::Model::signatures).transpose()?.unwrap_or_default();
    let people = People::read(db, concerned(&standing, &reopenings, &signatures)).await?;
    let books = standing.close.as_ref().map(period_close::record::Model::books).transpose()?.flatten();
    let asked = Asked { month, now, books: books.as_ref() };
    let steps = if standing.is_open() { evidence::gather(db.reader(), asked).await? } else { vec![] };
    let ends_at = evidence::ends_at(db.reader(), month).await?;
    let close = match &standing.close {
        Some(close) => Some(closing(db, close, &people).await?),
        None => None,
    };
    let mut views = vec![];
    for one in &reopenings {
        views.push(reopening(db, one, &people).await?);
    }
    Ok(Json(PeriodView {
        ends_at,
        is_over: now >= ends_at,
        steps: steps.into_iter().map(|evidence| PeriodCheck::of(evidence, &signatures, &people)).collect(),
        close,
        closings: standing.closings.iter().map(|stored| closed(stored, &people)).collect(),
        reopenings: views,
        later_closed: lock::later_locked(db.reader(), month).await?,
        row: list::row(db, standing, None).await?,
    }))
}

/// Everybody whose name is told.
fn concerned(standing: &Standing, reopenings: &[period_reopening::record::Model], signatures: &Signatures) -> BTreeSet<Uuid> {
    let signers = |signatures: &Signatures| Check::SIGNED.iter().filter_map(|check| signatures.of(*check)).map(|signature| signature.by).collect::<Vec<_>>();
    let mut ids: BTreeSet<Uuid> = signers(signatures).into_iter().collect();
    ids.extend(standing.close.iter().map(|close| close.begun_by));
    for stored in &standing.closings {
        ids.insert(stored.receipt.closed_by);
        ids.extend(signers(&stored.receipt.signatures));
    }
    ids.extend(reopenings.iter().flat_map(|one| [Some(one.requested_by), one.decided_by]).flatten());
    ids
}

async fn revision(db: &Db, id: Uuid) -> Result<i64, Failure> {
    let row = db::row(db.reader(), "SELECT revision FROM workflow_instance WHERE id = ?", vec![id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "revision")).transpose()?.unwrap_or(0))
}

async fn closing(db: &Db, close: &period_close::record::Model, people: &People) -> Result<PeriodCloseView, Failure> {
    let stopped = close.stopped()?.map(|stopped| PeriodStopped {
        at: stopped.at,
        blocked: stopped.blocked.iter().map(|check| check.as_str().into()).collect(),
        changed: stopped.changed,
        faults: stopped.faults.into_iter().map(|fault| PeriodFault { subject: fault.subject, fault: fault.fault }).collect(),
    });
    Ok(PeriodCloseView {
        id: close.id,
        code: close.code.clone(),
        state: close.state.clone(),
        revision: revision(db, close.id).await?,
        begun_by: people.named(close.begun_by),
        begun_at: close.begun_at,
        books_at: close.books()?.map(|books| books.at),
        hashed: close.hashed,
        stopped,
    })
}

fn closed(stored: &receipt::Stored, people: &People) -> PeriodClosingView {
    let receipt = &stored.receipt;
    let contents = &receipt.contents;
    let signed = |check: &Check| {
        let signature = receipt.signatures.of(*check)?;
        Some(PeriodSigned { check: check.as_str().into(), by: people.named(signature.by), at: signature.at, note: signature.note.clone() })
    };
    let moved = |of: &workflows::period::contents::Moved| PeriodMoved { account: of.account.clone(), debit_rp: of.debit_rp, credit_rp: of.credit_rp };
    PeriodClosingView {
        id: receipt.id,
        number: receipt.number,
        closed_at: receipt.closed_at,
        closed_by: people.named(receipt.closed_by),
        note: receipt.note.clone(),
        documents: contents.documents(),
        entries: contents.entries,
        tagihan_count: contents.tagihan.count,
        tagihan_rp: contents.tagihan.amount_rp,
        honorarium_count: contents.honorarium.count,
        honorarium_rp: contents.honorarium.amount_rp,
        void: contents.tagihan.void + contents.honorarium.void,
        ledger: receipt.ledger.iter().map(moved).collect(),
        signatures: Check::SIGNED.iter().filter_map(signed).collect(),
        previous_sha256: receipt.previous_sha256.clone(),
        sha256: stored.sha256.clone(),
    }
}

async fn reopening(db: &Db, one: &period_reopening::record::Model, people: &People) -> Result<PeriodReopeningView, Failure> {
    Ok(PeriodReopeningView {
        id: one.id,
        code: one.code.clone(),
        state: one.state.clone(),
        revision: revision(db, one.id).await?,
        reason: one.reason.clone(),
        until: one.until,
        closing_number: one.closing_number,
        requested_by: people.named(one.requested_by),
        requested_at: one.requested_at,
        decided_by: one.decided_by.map(|id| people.named(id)),
        decided_at: one.decided_at,
        ended_at: one.ended_at,
    })
}
