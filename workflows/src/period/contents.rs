//! What there is in a month, in figures: entries and documents. Documents and entries are never taken away, so two such counts that
//! are alike mean that nothing came in between.

use crate::books::balance::Month;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    pub entries: i64,
    pub tagihan: Papers,
    pub honorarium: Papers,
}

/// Documents of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Papers {
    pub count: i64,
    /// Totals of Tagihan, net amounts of Honorarium.
    pub amount_rp: i64,
    pub void: i64,
}

/// What the accounts were moved by in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub account: String,
    pub debit_rp: i64,
    pub credit_rp: i64,
}

impl Display for Contents {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let papers = |of: &Papers| format!("{}-{}-{}", of.count, of.amount_rp, of.void);
        write!(f, "{}/{}/{}", self.entries, papers(&self.tagihan), papers(&self.honorarium))
    }
}

impl Contents {
    pub async fn read(conn: &impl ConnectionTrait, month: Month) -> Result<Self, Failure> {
        let sql = "SELECT count(*) AS n FROM journal_entry WHERE posted_on >= ? AND posted_on <= ?";
        let row = db::row(conn, sql, vec![month.first.into(), month.last.into()]).await?;
        let entries = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
        Ok(Self { entries, tagihan: papers(conn, month, ("tagihan", "total_rp")).await?, honorarium: papers(conn, month, ("honorarium", "net_rp")).await? })
    }

    pub const fn documents(&self) -> i64 {
        self.tagihan.count + self.honorarium.count
    }
}

async fn papers(conn: &impl ConnectionTrait, month: Month, (table, amount): (&str, &str)) -> Result<Papers, Failure> {
    let sql = format!(
        "SELECT CAST(COALESCE(sum(CASE WHEN status <> 'VOID' THEN 1 ELSE 0 END), 0) AS BIGINT) AS n, \
         CAST(COALESCE(sum(CASE WHEN status <> 'VOID' THEN {amount} ELSE 0 END), 0) AS BIGINT) AS rp, \
         CAST(COALESCE(sum(CASE WHEN status = 'VOID' THEN 1 ELSE 0 END), 0) AS BIGINT) AS void \
         FROM {table} WHERE period_month = ? AND status <> 'DRAFT'"
    );
    let Some(row) = db::row(conn, &sql, vec![month.to_string().into()]).await? else { return Ok(Papers::default()) };
    Ok(Papers { count: row.try_get("", "n")?, amount_rp: row.try_get("", "rp")?, void: row.try_get("", "void")? })
}

/// The movements of a month, accounts by code.
pub async fn moved(conn: &impl ConnectionTrait, month: Month) -> Result<Vec<Moved>, Failure> {
    let sql = "SELECT p.account, CAST(sum(CASE WHEN p.amount_rp > 0 THEN p.amount_rp ELSE 0 END) AS BIGINT) AS debit, \
        CAST(sum(CASE WHEN p.amount_rp < 0 THEN -p.amount_rp ELSE 0 END) AS BIGINT) AS credit FROM journal_entry e JOIN posting p ON p.entry_id = e.id \
        WHERE e.posted_on >= ? AND e.posted_on <= ? GROUP BY p.account ORDER BY p.account";
    let rows = db::rows(conn, sql, vec![month.first.into(), month.last.into()]).await?;
    rows.iter()
        .map(|row| Ok(Moved { account: row.try_get("", "account")?, debit_rp: row.try_get("", "debit")?, credit_rp: row.try_get("", "credit")? }))
        .collect()
}

/// How many of the documents that an attempt at closing has hashed are still documents of the month that count.
pub async fn still_there(conn: &impl ConnectionTrait, (close, attempt): (Uuid, i64)) -> Result<i64, Failure> {
    let of = |table: &str| {
        format!(
            "(SELECT count(*) FROM period_document_hash h JOIN {table} d ON d.id = h.document_id AND d.status NOT IN ('DRAFT', 'VOID') \
             WHERE h.close_id = ? AND h.attempt = ?)"
        )
    };
    let sql = format!("SELECT {} + {} AS n", of("tagihan"), of("honorarium"));
    let row = db::row(conn, &sql, vec![close.into(), attempt.into(), close.into(), attempt.into()]).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}
