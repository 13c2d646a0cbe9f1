//! Whether a closed month still is what it was closed as (`alur period verify`): every document is made again from its sources and
//! read from its own rows, and both must hash to what the closing kept; and so must the movements of the accounts and the receipt.

use super::contents::{self, Contents, Moved};
use super::paper::{self, Line, Pair, Paper, Place};
use super::receipt::{self, Stored};
use crate::books::balance::Month;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many differences are told.
const MOST_TOLD: usize = 1_000;

engine::tags! {
    pub enum What {
        /// The document's own rows are not what was closed.
        Document => "DOCUMENT",
        /// What the document came of is not what it was.
        Source => "SOURCE",
        /// Both, alike or not.
        Both => "BOTH",
        /// It was made, or counts again, since.
        Added => "ADDED",
        /// It is gone, or void, since.
        Missing => "MISSING",
        /// An account was moved otherwise.
        Ledger => "LEDGER",
        /// The receipt does not hash to what it says.
        Receipt => "RECEIPT",
    }
}

/// Something that is not as it was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub what: What,
    /// The number of the document, the code of the account, or the month.
    pub subject: String,
    pub document_id: Option<Uuid>,
    /// The line of the document; nothing when it is about the whole.
    pub line: Option<i64>,
    /// Which figure.
    pub field: String,
    /// As the document or the receipt says.
    pub stated: String,
    /// As it comes out of the sources or the journal.
    pub found: String,
}

/// A month held against its newest closing.
#[derive(Clone, Debug)]
pub struct Report {
    pub month: Month,
    pub closing: Stored,
    /// How many documents were made again.
    pub documents: i64,
    pub differences: Vec<Difference>,
}

/// Nothing when the month was never closed.
pub async fn month(conn: &impl ConnectionTrait, month: Month) -> Result<Option<Report>, Failure> {
    let Some(closing) = receipt::of_month(conn, &month.to_string()).await?.into_iter().next() else { return Ok(None) };
    let mut closed = hashes(conn, &closing).await?;
    let mut differences = receipt_itself(&closing, &closed);
    let mut documents = 0;
    let mut place = Some(Place::START);
    while let Some(at) = place {
        let pairs = paper::page(conn, &month.to_string(), at).await?;
        place = pairs.last().map(|pair| Place { kind: pair.stored.kind, after: pair.stored.id });
        for pair in pairs {
            documents += 1;
            let sha256 = closed.remove(&(pair.stored.kind, pair.stored.id)).map(|(_, sha256)| sha256);
            compare(&pair, sha256.as_deref(), &mut differences);
        }
    }
    differences.extend(
        closed.into_iter().map(|((_, id), (number, _))| Difference { document_id: Some(id), ..told(What::Missing, number, "document", ("closed", "-")) }),
    );
    differences.extend(ledger(conn, month, &closing).await?);
    differences.truncate(MOST_TOLD);
    Ok(Some(Report { month, closing, documents, differences }))
}

type Hashes = BTreeMap<(paper::Kind, Uuid), (String, String)>;

async fn hashes(conn: &impl ConnectionTrait, closing: &Stored) -> Result<Hashes, Failure> {
    let sql = "SELECT kind, document_id, number, sha256 FROM period_document_hash WHERE close_id = ? AND attempt = ?";
    let rows = db::rows(conn, sql, vec![closing.receipt.id.into(), closing.receipt.attempt.into()]).await?;
    rows.iter()
        .map(|row| {
            let text: String = row.try_get("", "kind")?;
            let kind = engine::tag::Tag::parse(&text).ok_or(Failure::Unknown { what: "kind of document", text })?;
            Ok(((kind, row.try_get("", "document_id")?), (row.try_get("", "number")?, row.try_get("", "sha256")?)))
        })
        .collect()
}

/// The receipt against the hashes that were kept with it, and against its own.
fn receipt_itself(closing: &Stored, hashes: &Hashes) -> Vec<Difference> {
    let chain = hashes.values().fold(receipt::no_chain(), |chain, (_, sha256)| receipt::chained(&chain, sha256));
    let mut found = vec![];
    if chain != closing.receipt.chain {
        found.push(told(What::Receipt, closing.receipt.month.clone(), "chain", (&closing.receipt.chain, &chain)));
    }
    let sha256 = closing.receipt.sha256();
    if sha256 != closing.sha256 {
        found.push(told(What::Receipt, closing.receipt.month.clone(), "sha256", (&closing.sha256, &sha256)));
    }
    found
}

fn told(what: What, subject: String, field: &str, (stated, found): (&str, &str)) -> Difference {
    Difference { what, subject, document_id: None, line: None, field: field.into(), stated: stated.into(), found: found.into() }
}

fn compare(pair: &Pair, closed: Option<&str>, differences: &mut Vec<Difference>) {
    let Pair { stored, remade } = pair;
    let at = |difference| Difference { document_id: Some(stored.id), ..difference };
    let Some(closed) = closed else {
        differences.push(at(told(What::Added, stored.number.clone(), "document", ("-", "there"))));
        return;
    };
    let what = match (stored.sha256() == closed, remade.sha256() == closed) {
        (true, true) => return,
        (true, false) => What::Source,
        (false, true) => What::Document,
        (false, false) => What::Both,
    };
    let before = differences.len();
    unlike(stored, remade, |line, field, stated, found| {
        differences.push(at(Difference { line, ..told(what, stored.number.clone(), field, (&stated, &found)) }));
    });
    // Both were changed alike: only the hash still knows.
    if differences.len() == before {
        differences.push(at(told(what, stored.number.clone(), "sha256", (closed, &stored.sha256()))));
    }
}

/// Where a document and what its sources make of it differ, in the words of operators.
pub fn faults(pair: &Pair) -> Vec<String> {
    let mut found = vec![];
    unlike(&pair.stored, &pair.remade, |line, field, stated, made| {
        let place = line.map_or_else(String::new, |line| format!("line {line}, "));
        found.push(format!("{place}{field}: the document says {stated}, its sources {made}"));
    });
    found
}

fn unlike(stored: &Paper, remade: &Paper, mut tell: impl FnMut(Option<i64>, &str, String, String)) {
    if stored.party_id != remade.party_id {
        tell(None, "party", stored.party_id.to_string(), remade.party_id.to_string());
    }
    for (field, stated) in &stored.sums {
        let made = remade.sums.get(field).copied().unwrap_or(0);
        if *stated != made {
            tell(None, field, stated.to_string(), made.to_string());
        }
    }
    for line in &stored.lines {
        match remade.lines.iter().find(|made| made.number == line.number) {
            None => tell(Some(line.number), "source", line.source_id.to_string(), "-".into()),
            Some(made) => unlike_line(line, made, &mut tell),
        }
    }
}

fn unlike_line(stored: &Line, made: &Line, tell: &mut impl FnMut(Option<i64>, &str, String, String)) {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    let fields = [
        ("kind", stored.kind.clone(), made.kind.clone()),
        ("sesi", text(stored.sesi_id.map(|id| id.to_string())), text(made.sesi_id.map(|id| id.to_string()))),
        ("held_on", text(stored.held_on.map(|day| day.to_string())), text(made.held_on.map(|day| day.to_string()))),
        ("amount_rp", stored.amount_rp.to_string(), made.amount_rp.to_string()),
    ];
    for (field, stated, found) in fields {
        if stated != found {
            tell(Some(stored.number), field, stated, found);
        }
    }
}

async fn ledger(conn: &impl ConnectionTrait, month: Month, closing: &Stored) -> Result<Vec<Difference>, Failure> {
    let (stated, found) = (&closing.receipt.ledger, contents::moved(conn, month).await?);
    let say = |of: Option<&Moved>| of.map_or_else(|| "-".into(), |of| format!("{} / {}", of.debit_rp, of.credit_rp));
    let of = |accounts: &[Moved], code: &str| accounts.iter().find(|one| one.account == code).cloned();
    let codes: std::collections::BTreeSet<&str> = stated.iter().chain(&found).map(|one| one.account.as_str()).collect();
    let mut differences: Vec<Difference> = codes
        .into_iter()
        .filter_map(|code| {
            let (before, now) = (of(stated, code), of(&found, code));
            (before != now).then(|| told(What::Ledger, code.into(), "debit / credit", (&say(before.as_ref()), &say(now.as_ref()))))
        })
        .collect();
    let (before, now) = (closing.receipt.contents.entries, Contents::read(conn, month).await?.entries);
    if before != now {
        differences.push(told(What::Ledger, month.to_string(), "entries", (&before.to_string(), &now.to_string())));
    }
    Ok(differences)
}
