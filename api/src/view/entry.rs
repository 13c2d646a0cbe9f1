//! Journal entries as bookkeepers write them.

use chrono::NaiveDate;
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::view as kernel;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One line of an entry: a debit or a credit, the other zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryLine {
    pub account: String,
    pub account_name: String,
    /// Whose account inside the ledger account.
    #[schema(required)]
    pub party_id: Option<Uuid>,
    pub debit_rp: i64,
    pub credit_rp: i64,
}

/// A journal entry, posted or about to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// Null in a preview.
    #[schema(required)]
    pub id: Option<Uuid>,
    pub kind: String,
    pub occurred_on: NaiveDate,
    pub posted_on: NaiveDate,
    pub lines: Vec<EntryLine>,
}

impl Entry {
    pub fn new(entry: kernel::EntryView, accounts: &HashMap<String, String>) -> Self {
        let name = |code: &str| accounts.get(code).cloned().unwrap_or_else(|| code.to_owned());
        let lines = entry
            .lines
            .into_iter()
            .map(|line| EntryLine {
                account_name: name(&line.account),
                account: line.account,
                party_id: line.party_id,
                debit_rp: line.debit_rp,
                credit_rp: line.credit_rp,
            })
            .collect();
        Self { id: entry.id, kind: entry.kind, occurred_on: entry.occurred_on, posted_on: entry.posted_on, lines }
    }
}

/// The names of the ledger accounts by code.
pub async fn accounts(db: &Db) -> Result<HashMap<String, String>, Failure> {
    let rows = db::rows(db.reader(), "SELECT code, name FROM ledger_account", vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "code")?, row.try_get("", "name")?))).collect()
}

/// The entries an instance has posted, oldest first.
pub async fn posted(db: &Db, instance_id: Uuid) -> Result<Vec<Entry>, Failure> {
    let sql = "SELECT e.id, e.kind, e.occurred_on, e.posted_on, p.account, a.name AS account_name, p.party_id, p.amount_rp \
               FROM journal_entry e JOIN posting p ON p.entry_id = e.id JOIN ledger_account a ON a.code = p.account \
               WHERE e.instance_id = ? ORDER BY e.at, e.id, p.line";
    let mut entries: Vec<Entry> = vec![];
    for row in db::rows(db.reader(), sql, vec![instance_id.into()]).await? {
        let id: Uuid = row.try_get("", "id")?;
        let amount: i64 = row.try_get("", "amount_rp")?;
        let line = EntryLine {
            account: row.try_get("", "account")?,
            account_name: row.try_get("", "account_name")?,
            party_id: row.try_get("", "party_id")?,
            debit_rp: amount.max(0),
            credit_rp: amount.min(0).saturating_neg(),
        };
        match entries.last_mut() {
            Some(entry) if entry.id == Some(id) => entry.lines.push(line),
            _ => entries.push(Entry {
                id: Some(id),
                kind: row.try_get("", "kind")?,
                occurred_on: row.try_get("", "occurred_on")?,
                posted_on: row.try_get("", "posted_on")?,
                lines: vec![line],
            }),
        }
    }
    Ok(entries)
}
