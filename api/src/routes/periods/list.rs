//! The months there are, the newest first, and how far each is.

use super::super::OurApp;
use super::People;
use crate::problem::Problem;
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use workflows::books::balance::Month;
use workflows::period::evidence::{self, Asked, Check, Evidence};
use workflows::period::{contents::Contents, receipt};
use workflows::{period_close, period_reopening};

/// How many months are told of.
const MOST_MONTHS: usize = 60;
/// Of how many open ones it is told what is missing.
const MOST_LOOKED_AT: usize = 4;

#[derive(Serialize, ToSchema)]
pub struct PeriodList {
    items: Vec<PeriodRow>,
}

/// A month, and how far it is.
#[derive(Serialize, ToSchema)]
pub struct PeriodRow {
    /// `2026-11`
    pub month: String,
    /// `OPEN`, `CLOSING` (checks are looked at), `SEALING` (documents are hashed), `CLOSED`, `REOPENED`, or `OVERDUE` (locked
    /// again, with something in it that no closing says).
    pub state: String,
    pub tagihan: PeriodPapers,
    pub honorarium: PeriodPapers,
    /// How often it was closed.
    pub closings: i64,
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub closed_by: Option<Named>,
    /// Until when it is open again.
    #[schema(required)]
    pub opened_until: Option<DateTime<Utc>>,
    /// What the checks say of an open month; empty when it is closed, or one of many.
    pub checks: Vec<PeriodCheckMark>,
}

/// Documents of one kind that count.
#[derive(Serialize, ToSchema)]
pub struct PeriodPapers {
    pub count: i64,
    pub amount_rp: i64,
}

/// A check at a glance.
#[derive(Serialize, ToSchema)]
pub struct PeriodCheckMark {
    check: String,
    /// `CLEAR`, `BLOCKED`, `TO_SIGN`, `SIGNED` or `STALE`.
    state: String,
    /// How many things stand in the way.
    count: i64,
}

pub async fn list(State(app): OurApp) -> Result<Json<PeriodList>, Problem> {
    let db = &app.engine.db;
    let now = app.engine.clock.now();
    let present = Month::of(now.with_timezone(&Jakarta).date_naive());
    let first = evidence::first_month(db.reader()).await?.or(present);
    let mut months = vec![];
    let mut at = present;
    while let (Some(month), Some(first)) = (at, first) {
        if month.first < first.first || months.len() == MOST_MONTHS {
            break;
        }
        months.push(month);
        at = month.first.pred_opt().and_then(Month::of);
    }
    let (mut items, mut looked_at) = (vec![], 0);
    for month in months {
        let standing = Standing::read(db, month).await?;
        let look = standing.is_open() && (looked_at < MOST_LOOKED_AT || standing.close.is_some());
        looked_at += usize::from(look);
        items.push(row(db, standing, look.then_some(now)).await?);
    }
    Ok(Json(PeriodList { items }))
}

/// A month's row, its newest closing, and the cases about it that are not over.
pub(super) struct Standing {
    pub month: Month,
    locked: bool,
    pub opened_until: Option<DateTime<Utc>>,
    pub closings: Vec<receipt::Stored>,
    pub close: Option<period_close::record::Model>,
    reopening: Option<String>,
}

impl Standing {
    pub async fn read(db: &Db, month: Month) -> Result<Self, Failure> {
        let name = month.to_string();
        let row = db::row(db.reader(), "SELECT state, opened_until FROM period WHERE month = ?", vec![name.clone().into()]).await?;
        let state: Option<String> = row.as_ref().map(|row| row.try_get("", "state")).transpose()?;
        let opened_until: Option<DateTime<Utc>> = row.map(|row| row.try_get("", "opened_until")).transpose()?.flatten();
        let live = period_close::record::Column::State.is_in(["OPEN", "SEALING"]);
        let close = period_close::record::Entity::find().filter(period_close::record::Column::PeriodMonth.eq(&name)).filter(live).one(db.reader()).await?;
        let live = period_reopening::record::Column::State.is_in(["REOPENED", "OVERDUE"]);
        let reopening =
            period_reopening::record::Entity::find().filter(period_reopening::record::Column::PeriodMonth.eq(&name)).filter(live).one(db.reader()).await?;
        Ok(Self {
            month,
            locked: state.as_deref() == Some("LOCKED"),
            opened_until,
            closings: receipt::of_month(db.reader(), &name).await?,
            close,
            reopening: reopening.map(|one| one.state),
        })
    }

    /// Its checks are to be looked at.
    pub fn is_open(&self) -> bool {
        !self.locked || self.reopening.is_some()
    }

    fn state(&self) -> &'static str {
        let closing = self.close.as_ref().map(|close| close.state.as_str());
        match (closing, self.locked, self.reopening.as_deref()) {
            (Some("SEALING"), ..) => "SEALING",
            (_, true, Some("OVERDUE")) => "OVERDUE",
            (_, true, _) => "CLOSED",
            (Some(_), ..) => "CLOSING",
            (None, false, Some(_)) => "REOPENED",
            (None, false, None) => "OPEN",
        }
    }
}

/// The row of a month, with what its checks say at this instant, if that is wanted.
pub(super) async fn row(db: &Db, standing: Standing, look: Option<DateTime<Utc>>) -> Result<PeriodRow, Failure> {
    let contents = papers(db.reader(), standing.month).await?;
    let checks = match look {
        Some(now) => marks(db, &standing, now).await?,
        None => vec![],
    };
    let newest = standing.closings.first().map(|stored| &stored.receipt);
    let closed_by = match newest {
        Some(receipt) => Some(People::read(db, [receipt.closed_by].into()).await?.named(receipt.closed_by)),
        None => None,
    };
    Ok(PeriodRow {
        month: standing.month.to_string(),
        state: standing.state().into(),
        tagihan: contents.0,
        honorarium: contents.1,
        closings: i64::try_from(standing.closings.len()).unwrap_or(i64::MAX),
        closed_at: newest.map(|receipt| receipt.closed_at),
        closed_by,
        opened_until: standing.opened_until.filter(|_| !standing.locked),
        checks,
    })
}

async fn papers(conn: &impl ConnectionTrait, month: Month) -> Result<(PeriodPapers, PeriodPapers), Failure> {
    let contents = Contents::read(conn, month).await?;
    let of = |papers: &workflows::period::contents::Papers| PeriodPapers { count: papers.count, amount_rp: papers.amount_rp };
    Ok((of(&contents.tagihan), of(&contents.honorarium)))
}

async fn marks(db: &Db, standing: &Standing, now: DateTime<Utc>) -> Result<Vec<PeriodCheckMark>, Failure> {
    let close = standing.close.as_ref();
    let books = close.map(period_close::record::Model::books).transpose()?.flatten();
    let signatures = close.map(period_close::record::Model::signatures).transpose()?.unwrap_or_default();
    let found = evidence::gather(db.reader(), Asked { month: standing.month, now, books: books.as_ref() }).await?;
    let mark = |evidence: &Evidence| {
        let state = match (evidence.is_clear(), evidence.check.is_signed(), signatures.of(evidence.check).is_some()) {
            (false, ..) => "BLOCKED",
            (true, false, _) => "CLEAR",
            (true, true, false) => "TO_SIGN",
            (true, true, true) if signatures.holds(evidence) => "SIGNED",
            (true, true, true) => "STALE",
        };
        PeriodCheckMark { check: evidence.check.as_str().into(), state: state.into(), count: evidence.blocking_count }
    };
    // Before anybody has begun, the books were not looked at.
    Ok(found.iter().filter(|evidence| evidence.check != Check::Books || books.is_some()).map(mark).collect())
}
