//! Writes seals and their rows as JSON lines that can be checked without the database.
//!
//! Whole seals are written, since only a whole seal gives its root; of rows outside the days asked for only the
//! hash. The last line holds the hash of all lines before it.

use super::Seal;
use super::proof::Proof;
use super::verify::{Sealed, sealed, seals};
use crate::db::{self, Db};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use uuid::Uuid;

pub(super) const FORMAT: u32 = 1;

/// Which rows to export: from an instant on, and until before another. Without either, everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

impl Range {
    fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// One line of an export.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub(super) enum Line {
    Export {
        format: u32,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    },
    Seal(Seal),
    Row {
        place: i64,
        hash: String,
        row: Value,
    },
    /// Outside the range.
    Withheld {
        place: i64,
        hash: String,
        id: Uuid,
    },
    /// The first line of a file of proofs; `of` says what they are about.
    Proofs {
        format: u32,
        of: String,
    },
    /// A record that proves by itself where it stands.
    Proof(Box<Proof>),
    /// Not in the database any more.
    Gone {
        place: i64,
        hash: String,
        id: Uuid,
    },
    End {
        seals: u64,
        rows: u64,
        sha256: String,
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub seals: u64,
    pub rows: u64,
}

/// An export that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("the file cannot be written")]
    File(#[from] io::Error),
    #[error("a line cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// Writes the seals that cover rows of a range, one seal in memory at a time.
///
/// # Errors
/// The database cannot be read or the file not written.
pub async fn export(db: &Db, range: Range, out: impl Write + Send) -> Result<Exported, ExportError> {
    export_within(db, range, Positions::ALL, out).await
}

/// As [`export`], of rows that were sealed between two positions. Rows and seals never change, so the same bounds
/// give the same bytes whenever and by whomever they are written.
///
/// # Errors
/// The database cannot be read or the file not written.
pub async fn export_within(db: &Db, range: Range, within: Positions, out: impl Write + Send) -> Result<Exported, ExportError> {
    let mut lines = Lines::to(out);
    let mut exported = Exported::default();
    lines.write(&Line::Export { format: FORMAT, from: range.from, until: range.until })?;
    let Positions { mut after, last } = touched(db, range, within).await?;
    loop {
        let page = seals(db, after, last).await?;
        let Some(end) = page.last() else { break };
        after = end.position;
        for seal in page {
            let rows = sealed(db, &seal).await?;
            lines.write(&Line::Seal(seal))?;
            exported.seals += 1;
            for row in rows {
                let line = row_line(row, range);
                exported.rows += u64::from(matches!(line, Line::Row { .. }));
                lines.write(&line)?;
            }
        }
    }
    lines.end(exported)?;
    Ok(exported)
}

/// Seals after one position, up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Positions {
    pub after: i64,
    pub last: i64,
}

impl Positions {
    pub const ALL: Self = Self { after: 0, last: i64::MAX };
}

/// The seals that cover rows of a range, as few as hold all of them that lie within the bounds.
pub async fn touched(db: &Db, range: Range, within: Positions) -> Result<Positions, Failure> {
    if range == Range::default() {
        return Ok(within);
    }
    let mut sql = String::from(
        "SELECT min(s.seal) AS first, max(s.seal) AS last FROM audit_record a JOIN audit_sealed s ON s.record_id = a.id WHERE s.seal > ? AND s.seal <= ?",
    );
    let mut values = vec![within.after.into(), within.last.into()];
    for (condition, bound) in [(" AND a.at >= ?", range.from), (" AND a.at < ?", range.until)] {
        if let Some(bound) = bound {
            sql.push_str(condition);
            values.push(bound.into());
        }
    }
    let Some(row) = db::row(db.reader(), &sql, values).await? else { return Ok(Positions { after: 0, last: 0 }) };
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get("", "first")?, row.try_get("", "last")?);
    Ok(Positions { after: first.unwrap_or(1) - 1, last: last.unwrap_or(0) })
}

fn row_line(sealed: Sealed, range: Range) -> Line {
    let Sealed { id, place, hash, content } = sealed;
    match content {
        None => Line::Gone { place, hash, id },
        Some(row) if row["at"].as_str().and_then(|at| at.parse().ok()).is_some_and(|at| !range.holds(at)) => Line::Withheld { place, hash, id },
        Some(row) => Line::Row { place, hash, row },
    }
}

pub(super) struct Lines<W: Write> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Lines<W> {
    pub fn to(out: W) -> Self {
        Self { out, hasher: Sha256::new() }
    }

    pub fn write(&mut self, line: &Line) -> Result<(), ExportError> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.hasher.update(&text);
        Ok(self.out.write_all(&text)?)
    }

    pub fn end(mut self, Exported { seals, rows }: Exported) -> Result<(), ExportError> {
        let sha256 = hex::encode(self.hasher.clone().finalize());
        self.write(&Line::End { seals, rows, sha256 })?;
        Ok(self.out.flush()?)
    }
}
