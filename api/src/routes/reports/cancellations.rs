//! Cancellations measured (SPEC CAN-8): how many of the planned sesi, how long before, and why; no-shows and moved sesi apart.
//!
//! A sesi counts to the month of its start at its office. Planned is what was approved. Everything is summed by the database,
//! and every figure leads to its sesi by the filters of [`list`].

mod filter;
mod lead;
mod rows;

use super::super::OurApp;
use crate::listing::Where;
use crate::problem::Problem;
use crate::request::List;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use engine::db::{self, Db};
use engine::refusal::Failure;
use filter::CancellationFilter;
use lead::LeadTimes;
pub use rows::{csv, list, xlsx};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// As many different reasons are told one by one.
const MOST_REASONS: usize = 20;

#[derive(Serialize, ToSchema)]
pub struct CancellationReport {
    /// First and last day, at each office.
    from: NaiveDate,
    until: NaiveDate,
    total: Counts,
    /// Months in which something was planned, oldest first.
    months: Vec<Month>,
    /// One distribution per party that cancels.
    lead_times: Vec<LeadTimes>,
    /// The most frequent first.
    reasons: Vec<Reason>,
    /// Cancellations for other reasons than these.
    other_reasons: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CancellationMonth)]
struct Month {
    /// `2026-11`
    month: String,
    counts: Counts,
}

/// Sesi by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = CancellationCounts)]
struct Counts {
    /// All that were approved.
    planned: i64,
    cancelled_by_siswa: i64,
    cancelled_by_tutor: i64,
    cancelled_by_admin: i64,
    no_show_student: i64,
    no_show_tutor: i64,
    rescheduled: i64,
    /// Whose tutor was replaced, whatever became of it.
    substituted: i64,
}

/// Why sesi were cancelled: the category of a claim where there is one, else the reason that was given.
#[derive(Serialize, ToSchema)]
#[schema(as = CancellationReason)]
struct Reason {
    #[schema(required)]
    category: Option<String>,
    /// In lower case, without the stop at its end; empty when none can be read any more.
    #[schema(required)]
    said: Option<String>,
    count: i64,
}

pub async fn show(State(app): OurApp, list: List<CancellationFilter>) -> Result<Json<CancellationReport>, Problem> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let days = filter::days(&list.filter, now)?;
    let planned = filter::planned(db, &list.filter, days).await?;
    let months = months(db, &planned).await?;
    let mut total = Counts::default();
    months.iter().for_each(|month| total.add(&month.counts));
    let (reasons, other_reasons) = reasons(db, &planned).await?;
    Ok(Json(CancellationReport { from: days.0, until: days.1, total, months, lead_times: lead::times(db, &planned, now).await?, reasons, other_reasons }))
}

async fn months(db: &Db, planned: &Where) -> Result<Vec<Month>, Failure> {
    let columns = "s.period_month AS month, s.state, s.cancelled_party AS party, s.substitutions > 0 AS replaced, count(*) AS n";
    let (sql, values) = planned.select(columns, "sesi s", " GROUP BY s.period_month, s.state, s.cancelled_party, s.substitutions > 0");
    let mut months: BTreeMap<String, Counts> = BTreeMap::new();
    for row in db::rows(db.reader(), &sql, values).await? {
        let (state, party): (String, Option<String>) = (row.try_get("", "state")?, row.try_get("", "party")?);
        let counts = months.entry(row.try_get("", "month")?).or_default();
        counts.count(&state, party.as_deref(), row.try_get("", "n")?);
        if row.try_get("", "replaced")? {
            counts.substituted += row.try_get::<i64>("", "n")?;
        }
    }
    Ok(months.into_iter().map(|(month, counts)| Month { month, counts }).collect())
}

impl Counts {
    fn count(&mut self, state: &str, party: Option<&str>, n: i64) {
        self.planned += n;
        match (state, party) {
            ("CANCELLED", Some("SISWA")) => self.cancelled_by_siswa += n,
            ("CANCELLED", Some("TUTOR")) => self.cancelled_by_tutor += n,
            ("CANCELLED", _) => self.cancelled_by_admin += n,
            ("NO_SHOW_STUDENT", _) => self.no_show_student += n,
            ("NO_SHOW_TUTOR", _) => self.no_show_tutor += n,
            ("RESCHEDULED", _) => self.rescheduled += n,
            _ => {}
        }
    }

    fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.cancelled_by_siswa += other.cancelled_by_siswa;
        self.cancelled_by_tutor += other.cancelled_by_tutor;
        self.cancelled_by_admin += other.cancelled_by_admin;
        self.no_show_student += other.no_show_student;
        self.no_show_tutor += other.no_show_tutor;
        self.rescheduled += other.rescheduled;
        self.substituted += other.substituted;
    }
}

async fn reasons(db: &Db, planned: &Where) -> Result<(Vec<Reason>, i64), Failure> {
    let mut cancelled = planned.clone();
    cancelled.and("s.state = 'CANCELLED'", []);
    let each = format!("{} AS category, {} AS said", filter::CATEGORY, filter::SAID);
    let (sql, values) = cancelled.select(&each, "sesi s", "");
    let sql = format!(
        "SELECT r.category, CASE WHEN r.category IS NULL THEN r.said END AS said, count(*) AS n FROM ({sql}) r \
         GROUP BY r.category, CASE WHEN r.category IS NULL THEN r.said END ORDER BY n DESC, category, said"
    );
    let mut reasons = vec![];
    let mut others = 0;
    for row in db::rows(db.reader(), &sql, values).await? {
        let reason = Reason { category: row.try_get("", "category")?, said: row.try_get("", "said")?, count: row.try_get("", "n")? };
        if reasons.len() < MOST_REASONS {
            reasons.push(reason);
        } else {
            others += reason.count;
        }
    }
    Ok((reasons, others))
}
