//! The sesi of a tutor that lie in a time: asked for or approved, not yet begun, and theirs.

use chrono::{DateTime, Utc};
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many are named.
const MOST_NAMED: i64 = 10;

/// From when on, and until when; without an end for good. Whatever starts exactly at the end lies outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub tutor_id: Uuid,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

impl Window {
    /// The condition on a sesi `s`, and its values.
    pub fn condition(self) -> (&'static str, Vec<Value>) {
        let mut values: Vec<Value> = vec![self.tutor_id.into(), self.from.into()];
        values.extend(self.until.map(Value::from));
        let sql = match self.until {
            Some(_) => "s.tutor_id = ? AND s.state IN ('REQUESTED','APPROVED') AND s.starts_at >= ? AND s.starts_at < ?",
            None => "s.tutor_id = ? AND s.state IN ('REQUESTED','APPROVED') AND s.starts_at >= ?",
        };
        (sql, values)
    }
}

/// What lies in a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Affected {
    pub count: i64,
    pub first_starts_at: Option<DateTime<Utc>>,
    /// The first of them; the label is the state.
    pub named: Vec<Blocking>,
}

/// Looks at what lies in a window now.
///
/// # Errors
/// When the database fails.
pub async fn look(tx: &Tx, window: Window) -> Result<Affected, Failure> {
    let (condition, values) = window.condition();
    let counted = db::row(tx, &format!("SELECT count(*) AS n, min(s.starts_at) AS first FROM sesi s WHERE {condition}"), values.clone()).await?;
    let Some(counted) = counted else { return Ok(Affected::default()) };
    let mut affected = Affected { count: counted.try_get("", "n")?, first_starts_at: counted.try_get("", "first")?, named: vec![] };
    let named = format!("SELECT s.id, s.code, s.state FROM sesi s WHERE {condition} ORDER BY s.starts_at, s.id LIMIT {MOST_NAMED}");
    for row in db::rows(tx, &named, values).await? {
        affected.named.push(Blocking { kind: "sesi".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "state")? });
    }
    Ok(affected)
}
