//! Entries by themselves: they balance, and each is a kind of the table that moves no account but its own.

use super::Fault;
use crate::books::kind::{Kind, Side};
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

const UNBALANCED: &str = "SELECT e.natural_key AS subject, CAST(COALESCE(sum(p.amount_rp), 0) AS BIGINT) AS rp, count(p.line) AS lines FROM journal_entry e \
    LEFT JOIN posting p ON p.entry_id = e.id GROUP BY e.id, e.natural_key HAVING COALESCE(sum(p.amount_rp), 0) <> 0 OR count(p.line) < 2 ORDER BY 1";
/// One entry stands for all that are alike.
const USED: &str = "SELECT e.kind, p.account, p.amount_rp > 0 AS is_debit, min(e.natural_key) AS subject, count(*) AS n FROM journal_entry e \
    JOIN posting p ON p.entry_id = e.id GROUP BY e.kind, p.account, p.amount_rp > 0 ORDER BY 1, 2, 3";

pub async fn count(db: &Db) -> Result<i64, Failure> {
    let row = db::row(db.reader(), "SELECT count(*) AS n FROM journal_entry", vec![]).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

pub async fn unbalanced(db: &Db) -> Result<Vec<Fault>, Failure> {
    let rows = db::rows(db.reader(), UNBALANCED, vec![]).await?;
    rows.iter()
        .map(|row| {
            let (rp, lines): (i64, i64) = (row.try_get("", "rp")?, row.try_get("", "lines")?);
            Ok(Fault { subject: row.try_get("", "subject")?, fault: format!("{lines} postings that sum to {}", Rupiah(rp)) })
        })
        .collect()
}

pub async fn undeclared(db: &Db) -> Result<Vec<Fault>, Failure> {
    let mut faults = vec![];
    for row in db::rows(db.reader(), USED, vec![]).await? {
        let (kind, account, n): (String, String, i64) = (row.try_get("", "kind")?, row.try_get("", "account")?, row.try_get("", "n")?);
        let (side, word) = if row.try_get("", "is_debit")? { (Side::Debit, "debit") } else { (Side::Credit, "credit") };
        let fault = match Kind::named(&kind) {
            None => format!("{kind} is no kind of entry ({n} postings to account {account})"),
            Some(known) if !known.allows(&account, side) => format!("{kind} may not {word} account {account} ({n} postings)"),
            Some(_) => continue,
        };
        faults.push(Fault { subject: row.try_get("", "subject")?, fault });
    }
    Ok(faults)
}
