//! The trial balance (SPEC FIN-12): what stood on each account, what moved it, what stands there now. An entry belongs to the
//! day it is posted on.

use chrono::{Datelike, Days, Months, NaiveDate};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value;

/// A month of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// An account in a trial balance. Debit is positive, credit negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub code: String,
    pub name: String,
    /// `ASSET`, `LIABILITY`, `REVENUE`, `EXPENSE` or `EQUITY`.
    pub class: String,
    pub opening_rp: i64,
    /// What was posted in between, neither below zero.
    pub debit_rp: i64,
    pub credit_rp: i64,
}

impl Month {
    /// `2026-11`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != "2026-11".len() {
            return None;
        }
        Self::of(format!("{text}-01").parse().ok()?)
    }

    /// The month of a day.
    pub fn of(day: NaiveDate) -> Option<Self> {
        let first = day.with_day(1)?;
        Some(Self { first, last: first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))? })
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl Balance {
    pub const fn closing_rp(&self) -> i64 {
        self.opening_rp + self.debit_rp - self.credit_rp
    }

    /// What it adds to the earnings of the month; nothing when it is an account of the balance sheet.
    pub fn earned_rp(&self) -> i64 {
        if matches!(self.class.as_str(), "REVENUE" | "EXPENSE") { self.credit_rp - self.debit_rp } else { 0 }
    }
}

/// One walk over all postings in the order of an index that holds them whole, and of each only the day of its entry; a row of
/// `journal_entry` always exists, so the join is to the left only to keep that order.
const UP_TO: &str = "SELECT p.account, sum(CASE WHEN e.posted_on < ? THEN p.amount_rp ELSE 0 END) AS opening, \
    sum(CASE WHEN e.posted_on >= ? AND e.posted_on <= ? AND p.amount_rp > 0 THEN p.amount_rp ELSE 0 END) AS debit, \
    sum(CASE WHEN e.posted_on >= ? AND e.posted_on <= ? AND p.amount_rp < 0 THEN -p.amount_rp ELSE 0 END) AS credit \
    FROM posting p LEFT JOIN journal_entry e ON e.id = p.entry_id GROUP BY p.account";
const ALL: &str = "SELECT account, 0 AS opening, sum(CASE WHEN amount_rp > 0 THEN amount_rp ELSE 0 END) AS debit, \
    sum(CASE WHEN amount_rp < 0 THEN -amount_rp ELSE 0 END) AS credit FROM posting GROUP BY account";

/// The trial balance of a month, accounts by code.
pub async fn of_month(db: &Db, month: Month) -> Result<Vec<Balance>, Failure> {
    let Month { first, last } = month;
    balances(db, UP_TO, [first, first, last, first, last].map(Value::from).to_vec()).await
}

/// Everything that was ever posted.
pub async fn of_all(db: &Db) -> Result<Vec<Balance>, Failure> {
    balances(db, ALL, vec![]).await
}

async fn balances(db: &Db, parts: &str, values: Vec<Value>) -> Result<Vec<Balance>, Failure> {
    let sum = |column: &str| format!("CAST(COALESCE(sum(x.{column}), 0) AS BIGINT) AS {column}");
    let sql = format!(
        "SELECT a.code, a.name, a.kind, {}, {}, {} FROM ledger_account a LEFT JOIN ({parts}) x ON x.account = a.code GROUP BY a.code, a.name, a.kind ORDER BY a.code",
        sum("opening"),
        sum("debit"),
        sum("credit")
    );
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Balance {
                code: row.try_get("", "code")?,
                name: row.try_get("", "name")?,
                class: row.try_get("", "kind")?,
                opening_rp: row.try_get("", "opening")?,
                debit_rp: row.try_get("", "debit")?,
                credit_rp: row.try_get("", "credit")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_with_its_own_last_day() {
        for (text, last) in [("2026-11", "2026-11-30"), ("2026-12", "2026-12-31"), ("2028-02", "2028-02-29")] {
            let month = Month::parse(text).unwrap();
            assert_eq!((month.to_string(), month.last.to_string()), (text.to_owned(), last.to_owned()));
        }
        for text in ["", "2026-13", "2026-1", "2026-11-01", "11-2026", "2026-é"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }
}
