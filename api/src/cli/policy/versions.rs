//! The policy versions to work with. An empty folder has no database yet; then the embedded ones serve.

use crate::app;
use crate::config::Config;
use chrono::{DateTime, NaiveTime, Utc};
use engine::db::{self, Db};
use engine::policy::content_sha256;
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

#[derive(Clone, Debug, Serialize)]
pub struct Version {
    pub kind: String,
    pub number: i64,
    pub state: String,
    pub in_force: bool,
    pub sha256: String,
    pub effective_from: Option<DateTime<Utc>>,
    pub reason: String,
    #[serde(skip)]
    pub script: String,
    #[serde(skip)]
    pub params: Value,
    #[serde(skip)]
    pub tests: Value,
}

/// Every version, by kind, the newest first.
pub async fn all(config: &Config, now: DateTime<Utc>) -> anyhow::Result<Vec<Version>> {
    if !has_database(config) {
        return embedded(now);
    }
    let db = app::connect(config).await?;
    // A database nobody has migrated yet is as good as none.
    if db::row(db.reader(), "SELECT count(*) AS n FROM policy_version", vec![]).await.is_err() {
        return embedded(now);
    }
    stored(&db, now).await
}

/// Looks without touching: connecting would make an empty SQLite file.
fn has_database(config: &Config) -> bool {
    match config.database_url().strip_prefix("sqlite:") {
        Some(file) => Path::new(file.trim_start_matches("//").split('?').next().unwrap_or_default()).exists(),
        None => true,
    }
}

async fn stored(db: &Db, now: DateTime<Utc>) -> anyhow::Result<Vec<Version>> {
    let sql = "SELECT kind, number, state, sha256, effective_from, reason, script, params, tests FROM policy_version ORDER BY kind, number DESC";
    let mut versions = vec![];
    for row in db::rows(db.reader(), sql, vec![]).await? {
        versions.push(Version {
            kind: row.try_get("", "kind")?,
            number: row.try_get("", "number")?,
            state: row.try_get("", "state")?,
            in_force: false,
            sha256: row.try_get("", "sha256")?,
            effective_from: row.try_get("", "effective_from")?,
            reason: row.try_get("", "reason")?,
            script: row.try_get("", "script")?,
            params: row.try_get("", "params")?,
            tests: row.try_get("", "tests")?,
        });
    }
    mark(&mut versions, now);
    Ok(versions)
}

/// The versions this program would seed.
pub fn embedded(now: DateTime<Utc>) -> anyhow::Result<Vec<Version>> {
    let mut versions = vec![];
    for seed in policies::seed() {
        let params: Value = serde_json::from_str(seed.params)?;
        let mut tests = vec![];
        for cases in seed.cases {
            tests.extend(serde_json::from_str::<Vec<Value>>(cases)?);
        }
        versions.push(Version {
            kind: seed.kind.into(),
            number: seed.number,
            state: "ACTIVE".into(),
            in_force: false,
            sha256: content_sha256(seed.script, &params),
            effective_from: Some(seed.effective_from.parse::<chrono::NaiveDate>()?.and_time(NaiveTime::MIN).and_utc()),
            reason: seed.reason.into(),
            script: seed.script.into(),
            params,
            tests: tests.into(),
        });
    }
    versions.sort_by(|one, other| one.kind.cmp(&other.kind).then(other.number.cmp(&one.number)));
    mark(&mut versions, now);
    Ok(versions)
}

/// Marks the newest active version of each kind whose time has come.
fn mark(versions: &mut [Version], now: DateTime<Utc>) {
    let begun = |version: &Version| version.state == "ACTIVE" && version.effective_from.is_some_and(|from| from <= now);
    let kinds: Vec<String> = versions.iter().map(|version| version.kind.clone()).collect();
    for kind in kinds {
        let of_kind = versions.iter_mut().filter(|version| version.kind == kind && begun(version));
        if let Some(newest) = of_kind.max_by_key(|version| (version.effective_from, version.number)) {
            newest.in_force = true;
        }
    }
}
