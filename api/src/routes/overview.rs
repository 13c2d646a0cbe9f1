//! What matters this morning, for the first page: each figure only for whoever may open what it leads to. The books are summed by a
//! request of their own ([`money`]), so that nobody waits for them.

mod money;
mod month;

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::auth::permissions::{FM_READ, JOB_READ, SESI_READ, TAGIHAN_READ};
use crate::listing::Where;
use crate::office_day;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::actor::Permission;
use engine::db::{self, Db};
use engine::refusal::Failure;
pub use money::show as money;
use sea_orm::Value;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

const BILLING_READ: Permission = Permission("billing.read");
const PERIOD_READ: Permission = Permission("period.read");
/// What approves something in the inbox is called so.
const APPROVAL: &str = "approve";

#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// Sesi that start today at their office, by state.
    sesi_today: BTreeMap<String, i64>,
    tasks_late: i64,
    /// Of those: approvals, past the time that was promised.
    approvals_late: i64,
    /// Open tasks the caller may do.
    tasks_open: i64,
    dead_jobs: i64,
    /// Tagihan past their day; null for whoever may not read them.
    #[schema(required)]
    overdue: Option<Overdue>,
    #[schema(required)]
    cancellations: Option<Cancellations>,
    #[schema(required)]
    fm: Option<FmQueue>,
    /// How far the month that is being closed is.
    #[schema(required)]
    month: Option<month::MonthProgress>,
}

/// Issued and not paid by their day.
#[derive(Serialize, ToSchema)]
pub struct Overdue {
    documents: i64,
    siswa: i64,
    open_rp: i64,
}

/// Sesi of this month that were approved, and how many of them were called off or missed; and the month before.
#[derive(Serialize, ToSchema)]
pub struct Cancellations {
    /// `2026-11`
    month: String,
    planned: i64,
    cancelled: i64,
    no_show: i64,
    before_month: String,
    before_planned: i64,
    before_cancelled: i64,
    before_no_show: i64,
}

/// Force majeure claims that wait for a decision.
#[derive(Default, Serialize, ToSchema)]
pub struct FmQueue {
    pending_l1: i64,
    pending_l2: i64,
    /// Of both: longer than promised.
    late: i64,
}

pub async fn show(State(app): OurApp, who: SignedIn) -> Result<Json<Overview>, Problem> {
    let db = &app.engine.db;
    let now = app.engine.clock.now();
    let today = now.with_timezone(&Jakarta).date_naive();
    let tasks = tasks(&app, &who).await?;
    let sesi = who.may(SESI_READ);
    let month = who.may(PERIOD_READ) || who.may(BILLING_READ);
    Ok(Json(Overview {
        sesi_today: if sesi { sesi_today(&app).await? } else { BTreeMap::new() },
        tasks_late: tasks.late,
        approvals_late: tasks.approvals_late,
        tasks_open: tasks.open,
        dead_jobs: if who.may(JOB_READ) { count(db, ("SELECT count(*) AS n FROM job WHERE state = 'DEAD'".into(), vec![])).await? } else { 0 },
        overdue: if who.may(TAGIHAN_READ) && sesi { Some(overdue(db, today).await?) } else { None },
        cancellations: if sesi { cancellations(db, today).await? } else { None },
        fm: if who.may(FM_READ) { Some(fm(db).await?) } else { None },
        month: if month { month::of(db, today).await? } else { None },
    }))
}

struct Tasks {
    open: i64,
    late: i64,
    approvals_late: i64,
}

/// All three in one statement.
async fn tasks(app: &App, who: &SignedIn) -> Result<Tasks, Failure> {
    let mut open = Where::default();
    open.and("t.state = 'OPEN'", []);
    super::tasks::mine(&mut open, &who.actor);
    let (sql, values) = open.select("t.id, t.name, t.due_at", "task t", "");
    let sql = format!(
        "SELECT count(*) AS n, CAST(COALESCE(sum(CASE WHEN m.due_at < ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS late, \
         CAST(COALESCE(sum(CASE WHEN m.due_at < ? AND m.name = ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS approvals FROM ({sql}) m"
    );
    let now = app.engine.clock.now();
    let values = [now.into(), now.into(), APPROVAL.into()].into_iter().chain(values).collect();
    let Some(row) = db::row(app.engine.db.reader(), &sql, values).await? else { return Ok(Tasks { open: 0, late: 0, approvals_late: 0 }) };
    Ok(Tasks { open: row.try_get("", "n")?, late: row.try_get("", "late")?, approvals_late: row.try_get("", "approvals")? })
}

async fn count(db: &Db, (sql, values): (String, Vec<Value>)) -> Result<i64, Failure> {
    let row = db::row(db.reader(), &sql, values).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn sesi_today(app: &App) -> Result<BTreeMap<String, i64>, Failure> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let mut today = BTreeMap::new();
    for (office, zone) in office_day::zones(db).await? {
        let date = now.with_timezone(&zone).date_naive();
        let end = date.succ_opt().unwrap_or(date);
        let values = vec![office.into(), office_day::begins(date, zone).into(), office_day::begins(end, zone).into()];
        let sql = "SELECT state, count(*) AS n FROM sesi WHERE office_id = ? AND starts_at >= ? AND starts_at < ? GROUP BY state";
        for row in db::rows(db.reader(), sql, values).await? {
            *today.entry(row.try_get("", "state")?).or_insert(0) += row.try_get::<i64>("", "n")?;
        }
    }
    Ok(today)
}

async fn overdue(db: &Db, today: NaiveDate) -> Result<Overdue, Failure> {
    let sql = "SELECT count(*) AS documents, count(DISTINCT siswa_id) AS siswa, \
               CAST(COALESCE(sum(total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp), 0) AS BIGINT) AS open_rp \
               FROM tagihan WHERE status IN ('ISSUED','PARTIALLY_PAID') AND due_on < ?";
    let Some(row) = db::row(db.reader(), sql, vec![today.into()]).await? else { return Ok(Overdue { documents: 0, siswa: 0, open_rp: 0 }) };
    Ok(Overdue { documents: row.try_get("", "documents")?, siswa: row.try_get("", "siswa")?, open_rp: row.try_get("", "open_rp")? })
}

async fn cancellations(db: &Db, today: NaiveDate) -> Result<Option<Cancellations>, Failure> {
    let Some((month, before)) = month::this_and_before(today) else { return Ok(None) };
    let sql = "SELECT period_month AS month, count(*) AS planned, CAST(sum(CASE WHEN state = 'CANCELLED' THEN 1 ELSE 0 END) AS BIGINT) AS cancelled, \
               CAST(sum(CASE WHEN state IN ('NO_SHOW_STUDENT','NO_SHOW_TUTOR') THEN 1 ELSE 0 END) AS BIGINT) AS no_show \
               FROM sesi WHERE approved_at IS NOT NULL AND period_month IN (?,?) GROUP BY period_month";
    let mut by_month: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    for row in db::rows(db.reader(), sql, vec![month.clone().into(), before.clone().into()]).await? {
        by_month.insert(row.try_get("", "month")?, [row.try_get("", "planned")?, row.try_get("", "cancelled")?, row.try_get("", "no_show")?]);
    }
    let of = |month: &str| by_month.get(month).copied().unwrap_or_default();
    let ([planned, cancelled, no_show], [before_planned, before_cancelled, before_no_show]) = (of(&month), of(&before));
    Ok(Some(Cancellations { month, planned, cancelled, no_show, before_month: before, before_planned, before_cancelled, before_no_show }))
}

async fn fm(db: &Db) -> Result<FmQueue, Failure> {
    let sql = "SELECT state, count(*) AS n, CAST(sum(CASE WHEN sla_flagged THEN 1 ELSE 0 END) AS BIGINT) AS late FROM fm_claim \
               WHERE state IN ('PENDING_L1','PENDING_L2') GROUP BY state";
    let mut queue = FmQueue::default();
    for row in db::rows(db.reader(), sql, vec![]).await? {
        let n: i64 = row.try_get("", "n")?;
        match row.try_get::<String>("", "state")?.as_str() {
            "PENDING_L1" => queue.pending_l1 = n,
            _ => queue.pending_l2 = n,
        }
        queue.late += row.try_get::<i64>("", "late")?;
    }
    Ok(queue)
}
