//! Human codes (SPEC IDN-1). Those of siswa and tutors are numbered by the database without gaps to fill or rows to lock on
//! Postgres. Imported records may bring their own codes, so a number may meet a taken code and is then passed over.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use std::collections::HashSet;

/// How often a reservation that met taken codes is repeated.
const MOST_ROUNDS: usize = 1_000;

/// Whose codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    Siswa,
    Tutor,
}

impl Sequence {
    fn name(self) -> &'static str {
        match self {
            Self::Siswa => "siswa",
            Self::Tutor => "tutor",
        }
    }

    /// `SIS-000123`, `TUT-000123`.
    fn code(self, number: i64) -> String {
        match self {
            Self::Siswa => format!("SIS-{number:06}"),
            Self::Tutor => format!("TUT-{number:06}"),
        }
    }
}

/// The next `count` codes that are not among `taken`.
pub async fn next(conn: &impl ConnectionTrait, sequence: Sequence, count: usize, taken: &HashSet<String>) -> Result<Vec<String>, DbErr> {
    let mut codes = Vec::with_capacity(count);
    for _ in 0..MOST_ROUNDS {
        let missing = count - codes.len();
        if missing == 0 {
            return Ok(codes);
        }
        let numbers = reserve(conn, sequence, missing).await?;
        codes.extend(numbers.into_iter().map(|number| sequence.code(number)).filter(|code| !taken.contains(code)));
    }
    Err(DbErr::Custom(format!("no free {} code within {MOST_ROUNDS} tries", sequence.name())))
}

/// The next code of a workflow's instances, with the year in WIB: `FM-2026-000001`. Gaps are fine: a code names, it does not count.
pub async fn yearly(tx: &Tx, sequence: &'static str, prefix: &str, now: DateTime<Utc>) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => format!("SELECT nextval('code_{sequence}') AS value"),
        _ => format!("UPDATE code_sequence SET value = value + 1 WHERE name = '{sequence}' RETURNING value"),
    };
    let row = db::row(tx, &sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: sequence.into() })?;
    Ok(format!("{prefix}-{}-{:06}", now.with_timezone(&Jakarta).year(), row.try_get::<i64>("", "value")?))
}

async fn reserve(conn: &impl ConnectionTrait, sequence: Sequence, count: usize) -> Result<Vec<i64>, DbErr> {
    let backend = conn.get_database_backend();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if backend == DbBackend::Postgres {
        let sql = format!("SELECT nextval('code_{}') AS value FROM generate_series(1, $1)", sequence.name());
        let rows = conn.query_all_raw(Statement::from_sql_and_values(backend, sql, [count.into()])).await?;
        return rows.iter().map(|row| row.try_get("", "value")).collect();
    }
    let sql = "UPDATE code_sequence SET value = value + ? WHERE name = ? RETURNING value";
    let row = conn.query_one_raw(Statement::from_sql_and_values(backend, sql, [count.into(), sequence.name().into()])).await?;
    let last: i64 = row.ok_or_else(|| DbErr::RecordNotFound(sequence.name().into()))?.try_get("", "value")?;
    Ok((last - count + 1..=last).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_six_digits_or_more() {
        assert_eq!(Sequence::Tutor.code(7), "TUT-000007");
        assert_eq!(Sequence::Siswa.code(1_234_567), "SIS-1234567");
    }
}
