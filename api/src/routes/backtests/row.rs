//! A backtest in a list: what was asked, how far it is, and what it comes to.

use crate::view::Named;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct BacktestRow {
    id: Uuid,
    code: String,
    /// `RUNNING`, `DONE`, `FAILED` or `CANCELLED`.
    state: String,
    /// `POLICY` or `PRICE`.
    subject: String,
    /// The policy whose decisions are decided anew.
    kind: String,
    #[schema(required)]
    publication_id: Option<Uuid>,
    #[schema(required)]
    publication_code: Option<String>,
    draft_sha256: String,
    from_on: NaiveDate,
    to_on: NaiveDate,
    /// How many decisions there are.
    total: i64,
    done: i64,
    changed: i64,
    /// How many the draft cannot decide.
    failed: i64,
    /// What siswa would pay more, what tutors would get more, what the company would keep more; as far as it is.
    siswa_rp: i64,
    tutor_rp: i64,
    company_rp: i64,
    strikes: i64,
    asked_by: Named,
    asked_at: DateTime<Utc>,
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
    /// Whether it is about what the publication holds now; null when no publication was asked about.
    #[schema(required)]
    is_current: Option<bool>,
}

pub const SELECT: &str = "b.id, b.code, b.state, b.subject, b.kind, b.publication_id, p.code AS publication_code, b.draft_sha256, b.from_on, b.to_on, b.total, \
    b.done, b.changed, b.failed, b.siswa_rp, b.tutor_rp, b.company_rp, b.strikes, b.asked_by, u.name AS asked_by_name, b.asked_at, b.ended_at";
pub const FROM: &str = "backtest b LEFT JOIN policy_publication p ON p.id = b.publication_id LEFT JOIN user_account u ON u.id = b.asked_by";

/// `sha256` is that of the content asked about.
pub fn read(row: &QueryResult, sha256: Option<&str>) -> Result<BacktestRow, Failure> {
    let draft_sha256: String = row.try_get("", "draft_sha256")?;
    Ok(BacktestRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        subject: row.try_get("", "subject")?,
        kind: row.try_get("", "kind")?,
        publication_id: row.try_get("", "publication_id")?,
        publication_code: row.try_get("", "publication_code")?,
        from_on: row.try_get("", "from_on")?,
        to_on: row.try_get("", "to_on")?,
        total: row.try_get("", "total")?,
        done: row.try_get("", "done")?,
        changed: row.try_get("", "changed")?,
        failed: row.try_get("", "failed")?,
        siswa_rp: row.try_get("", "siswa_rp")?,
        tutor_rp: row.try_get("", "tutor_rp")?,
        company_rp: row.try_get("", "company_rp")?,
        strikes: row.try_get("", "strikes")?,
        asked_by: Named { id: row.try_get("", "asked_by")?, name: row.try_get::<Option<String>>("", "asked_by_name")?.unwrap_or_default() },
        asked_at: row.try_get("", "asked_at")?,
        ended_at: row.try_get("", "ended_at")?,
        is_current: sha256.map(|sha256| sha256 == draft_sha256),
        draft_sha256,
    })
}
