//! The numbers of today, for the first page.

use super::OurApp;
use crate::auth::guard::SignedIn;
use crate::listing::Where;
use crate::office_day;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// Sesi that start today at their office, by state.
    sesi_today: BTreeMap<String, i64>,
    tasks_late: i64,
    /// Open tasks the caller may do.
    tasks_open: i64,
    dead_jobs: i64,
}

pub async fn show(State(app): OurApp, who: SignedIn) -> Result<Json<Overview>, Problem> {
    let db = &app.engine.db;
    let now = app.engine.clock.now();
    let mut open = Where::default();
    open.and("t.state = 'OPEN'", []);
    super::tasks::mine(&mut open, &who.actor);
    let mut late = open.clone();
    late.and("t.due_at < ?", [now.into()]);
    Ok(Json(Overview {
        sesi_today: sesi_today(&app).await?,
        tasks_late: count(db, late.select("count(*) AS n", "task t", "")).await?,
        tasks_open: count(db, open.select("count(*) AS n", "task t", "")).await?,
        dead_jobs: count(db, ("SELECT count(*) AS n FROM job WHERE state = 'DEAD'".into(), vec![])).await?,
    }))
}

async fn count(db: &Db, (sql, values): (String, Vec<Value>)) -> Result<i64, Failure> {
    let row = db::row(db.reader(), &sql, values).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn sesi_today(app: &crate::app::App) -> Result<BTreeMap<String, i64>, Failure> {
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
