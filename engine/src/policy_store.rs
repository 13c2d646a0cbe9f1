//! Policy versions in the database, compiled into the host on first use.
//!
//! A version never changes once written, so a compiled one is good for as long as the program runs.

use crate::db;
use crate::policy::{self, CompiledPolicy, PolicyError, PolicyHost, PolicySource};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

/// The compiled version, read from the database when the host does not hold it yet.
pub async fn ensure(conn: &impl ConnectionTrait, host: &PolicyHost, kind: &str, number: i64) -> Result<CompiledPolicy, Failure> {
    if let Ok(known) = host.get(kind, number) {
        return Ok(known);
    }
    let sql = "SELECT script, params FROM policy_version WHERE kind = ? AND number = ?";
    let row = db::row(conn, sql, vec![kind.into(), number.into()]).await?.ok_or_else(|| PolicyError::NotFound { kind: kind.into(), number })?;
    let source = PolicySource { kind: kind.into(), number, script: row.try_get("", "script")?, params: row.try_get("", "params")? };
    let compiled = policy::compile(&source)?;
    host.insert(compiled.clone());
    Ok(compiled)
}

/// The number of the version in force at an instant: the newest active one whose time has come.
pub async fn in_force(conn: &impl ConnectionTrait, kind: &str, at: DateTime<Utc>) -> Result<i64, Failure> {
    let sql = "SELECT number FROM policy_version WHERE kind = ? AND state = 'ACTIVE' AND effective_from <= ? ORDER BY effective_from DESC, number DESC LIMIT 1";
    let row = db::row(conn, sql, vec![kind.into(), at.into()]).await?.ok_or_else(|| PolicyError::NotFound { kind: kind.into(), number: 0 })?;
    Ok(row.try_get("", "number")?)
}
