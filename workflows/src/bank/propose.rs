//! Who may have paid a line: siswa with something open, tutors to be paid, payments that are recorded already. Each with its
//! reasons, the likeliest first. Nothing is decided here.

use super::text::Text;
use crate::payment::standing::LIVE;
use chrono::{NaiveDate, TimeDelta};
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most that are shown for one line.
const MOST: usize = 6;
/// Less says nothing.
const LEAST: i64 = 30;
/// A payment that was recorded by hand, and its line, are at most so far apart.
const DAYS_APART: i64 = 5;
/// A siswa pays until about so long after the day it is due.
const LATE_DAYS: i64 = 14;

engine::tags! {
    /// What a line may be.
    pub enum Kind {
        /// A new payment of a siswa.
        Siswa => "SISWA",
        /// A new payment of an Honorarium.
        Honorarium => "HONORARIUM",
        /// A payment that is recorded already.
        Recorded => "RECORDED",
    }
}

/// A line as far as it matters here.
#[derive(Clone, Debug)]
pub struct Line {
    pub booked_on: NaiveDate,
    pub description: String,
    pub amount_rp: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    pub kind: Kind,
    /// Of the siswa, the tutor, or whoever the payment is about.
    pub who_id: Option<Uuid>,
    pub who_code: String,
    pub who_name: String,
    /// The Tagihan it would pay, the one that is due first first; or the Honorarium, or the payment.
    pub documents: Vec<Document>,
    pub score: i64,
    /// `number`, `code`, `amount`, `amount_all`, `name`, `parent`, `day`.
    pub reasons: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Document {
    pub id: Uuid,
    pub number: String,
    pub open_rp: i64,
    /// What the line would pay of it.
    pub amount_rp: i64,
}

/// What may be behind a line.
///
/// # Errors
/// When the database fails.
pub async fn propose(conn: &impl ConnectionTrait, line: &Line) -> Result<Vec<Proposal>, Failure> {
    let text = Text::of(&line.description);
    let mut found = recorded(conn, line, &text).await?;
    if line.amount_rp > 0 {
        found.extend(siswa(conn, line, &text).await?);
    } else {
        found.extend(tutors(conn, line, &text).await?);
    }
    found.retain(|one| one.score >= LEAST);
    found.sort_by(|one, other| other.score.cmp(&one.score).then_with(|| one.who_code.cmp(&other.who_code)));
    found.truncate(MOST);
    Ok(found)
}

#[derive(Default)]
struct Score {
    points: i64,
    reasons: Vec<&'static str>,
}

impl Score {
    fn add(&mut self, holds: bool, points: i64, reason: &'static str) {
        if holds {
            self.points += points;
            self.reasons.push(reason);
        }
    }
}

/// What a siswa has open.
struct Debtor {
    code: String,
    name: String,
    parent: String,
    bills: Vec<Bill>,
}

struct Bill {
    id: Uuid,
    number: String,
    open_rp: i64,
    issued_on: NaiveDate,
    due_on: NaiveDate,
}

const OPEN_BILLS: &str = "SELECT t.id, t.number, t.siswa_id, t.issued_on, t.due_on, t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp AS open_rp, \
    s.code, s.name, s.parent_name FROM tagihan t JOIN siswa s ON s.id = t.siswa_id \
    WHERE t.status IN ('ISSUED', 'PARTIALLY_PAID') AND t.issued_on <= ? ORDER BY t.due_on, t.number";

async fn siswa(conn: &impl ConnectionTrait, line: &Line, text: &Text) -> Result<Vec<Proposal>, Failure> {
    let mut debtors: BTreeMap<Uuid, Debtor> = BTreeMap::new();
    for row in db::rows(conn, OPEN_BILLS, vec![line.booked_on.into()]).await? {
        let debtor = debtor(&row)?;
        debtors.entry(row.try_get("", "siswa_id")?).or_insert(debtor).bills.push(bill(&row)?);
    }
    Ok(debtors.into_iter().map(|(id, debtor)| of_debtor(line, text, id, debtor)).collect())
}

fn debtor(row: &QueryResult) -> Result<Debtor, Failure> {
    Ok(Debtor { code: row.try_get("", "code")?, name: row.try_get("", "name")?, parent: row.try_get("", "parent_name")?, bills: vec![] })
}

fn bill(row: &QueryResult) -> Result<Bill, Failure> {
    Ok(Bill {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        open_rp: row.try_get("", "open_rp")?,
        issued_on: row.try_get("", "issued_on")?,
        due_on: row.try_get("", "due_on")?,
    })
}

fn of_debtor(line: &Line, text: &Text, id: Uuid, debtor: Debtor) -> Proposal {
    let mut score = Score::default();
    let named: Vec<&Bill> = debtor.bills.iter().filter(|bill| text.holds_code(&bill.number)).collect();
    let exact: Vec<&Bill> = debtor.bills.iter().filter(|bill| bill.open_rp == line.amount_rp).collect();
    let all_rp: i64 = debtor.bills.iter().map(|bill| bill.open_rp).sum();
    score.add(!named.is_empty(), 60, "number");
    score.add(text.holds_code(&debtor.code), 50, "code");
    score.add(!exact.is_empty(), 40, "amount");
    score.add(exact.is_empty() && all_rp == line.amount_rp, 40, "amount_all");
    score.add(text.holds_name(&debtor.name), 30, "name");
    score.add(text.holds_name(&debtor.parent), 30, "parent");
    // The bill that is named is paid before one that happens to be as large, and that before the one that is due first.
    let first: Vec<&Bill> = if named.is_empty() { exact.into_iter().take(1).collect() } else { named };
    let rest = debtor.bills.iter().filter(|bill| !first.iter().any(|one| one.id == bill.id));
    let order: Vec<&Bill> = first.iter().copied().chain(rest).collect();
    let in_time = order.first().is_some_and(|bill| line.booked_on >= bill.issued_on && line.booked_on <= bill.due_on + TimeDelta::days(LATE_DAYS));
    score.add(score.points > 0 && in_time, 5, "day");
    Proposal {
        kind: Kind::Siswa,
        who_id: Some(id),
        documents: pays(&order, line.amount_rp),
        who_code: debtor.code,
        who_name: debtor.name,
        score: score.points,
        reasons: score.reasons,
    }
}

fn pays(order: &[&Bill], amount_rp: i64) -> Vec<Document> {
    let mut left = amount_rp;
    let mut documents = vec![];
    for bill in order {
        let part = left.min(bill.open_rp);
        if part > 0 {
            documents.push(Document { id: bill.id, number: bill.number.clone(), open_rp: bill.open_rp, amount_rp: part });
            left -= part;
        }
    }
    documents
}

const OPEN_SLIPS: &str = "SELECT h.id, h.number, h.net_rp, h.tutor_id, t.code, t.name FROM honorarium h JOIN tutor t ON t.id = h.tutor_id \
    WHERE h.status = 'ISSUED' AND h.net_rp >= ? AND h.issued_on <= ? AND t.status NOT IN ('TERMINATED', 'ARCHIVED') ORDER BY h.number";

/// Honorarium of which the line may be the payment: what is more was withheld.
async fn tutors(conn: &impl ConnectionTrait, line: &Line, text: &Text) -> Result<Vec<Proposal>, Failure> {
    let moved_rp = -line.amount_rp;
    let mut found = vec![];
    for row in db::rows(conn, OPEN_SLIPS, vec![moved_rp.into(), line.booked_on.into()]).await? {
        let (number, code, name): (String, String, String) = (row.try_get("", "number")?, row.try_get("", "code")?, row.try_get("", "name")?);
        let net_rp: i64 = row.try_get("", "net_rp")?;
        let mut score = Score::default();
        score.add(text.holds_code(&number), 60, "number");
        score.add(text.holds_code(&code), 50, "code");
        score.add(net_rp == moved_rp, 40, "amount");
        score.add(text.holds_name(&name), 30, "name");
        let document = Document { id: row.try_get("", "id")?, number, open_rp: net_rp, amount_rp: moved_rp };
        found.push(Proposal {
            kind: Kind::Honorarium,
            who_id: Some(row.try_get("", "tutor_id")?),
            who_code: code,
            who_name: name,
            documents: vec![document],
            score: score.points,
            reasons: score.reasons,
        });
    }
    Ok(found)
}

async fn recorded(conn: &impl ConnectionTrait, line: &Line, text: &Text) -> Result<Vec<Proposal>, Failure> {
    let kinds = if line.amount_rp > 0 { "'SISWA'" } else { "'HONORARIUM', 'PPH'" };
    let sql = format!(
        "SELECT p.id, p.code, p.reference, p.pph_month, COALESCE(p.siswa_id, p.tutor_id) AS who_id, COALESCE(s.code, t.code) AS who_code, COALESCE(s.name, t.name) AS who_name \
         FROM payment p LEFT JOIN siswa s ON s.id = p.siswa_id LEFT JOIN tutor t ON t.id = p.tutor_id \
         WHERE p.kind IN ({kinds}) AND p.amount_rp = ? AND p.paid_on >= ? AND p.paid_on <= ? AND {LIVE} \
         AND NOT EXISTS (SELECT 1 FROM bank_line l WHERE l.payment_id = p.id) ORDER BY p.code LIMIT 200"
    );
    let (from, to) = (line.booked_on - TimeDelta::days(DAYS_APART), line.booked_on + TimeDelta::days(DAYS_APART));
    let amount_rp = line.amount_rp.abs();
    let mut found = vec![];
    for row in db::rows(conn, &sql, vec![amount_rp.into(), from.into(), to.into()]).await? {
        let (reference, name): (Option<String>, Option<String>) = (row.try_get("", "reference")?, row.try_get("", "who_name")?);
        // It is there already and to the rupiah: likelier than a payment that nobody has recorded.
        let mut score = Score { points: 15, reasons: vec!["recorded"] };
        score.add(true, 40, "amount");
        score.add(reference.is_some_and(|text_of| text.holds_code(&text_of)), 60, "reference");
        score.add(name.as_deref().is_some_and(|name| text.holds_name(name)), 30, "name");
        let document = Document { id: row.try_get("", "id")?, number: row.try_get("", "code")?, open_rp: amount_rp, amount_rp };
        found.push(Proposal {
            kind: Kind::Recorded,
            who_id: row.try_get("", "who_id")?,
            who_code: row.try_get::<Option<String>>("", "who_code")?.or(row.try_get("", "pph_month")?).unwrap_or_default(),
            who_name: name.unwrap_or_default(),
            documents: vec![document],
            score: score.points,
            reasons: score.reasons,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_bill_is_paid_first_then_the_one_that_is_due_first() {
        let day = |text: &str| text.parse().unwrap();
        let bill = |id: u128, open_rp| Bill {
            id: Uuid::from_u128(id),
            number: format!("TAG-2026-07-0000{id}"),
            open_rp,
            issued_on: day("2026-08-01"),
            due_on: day("2026-08-15"),
        };
        let debtor = Debtor { code: "SIS-000001".into(), name: "Zahra Amelia".into(), parent: "Rina".into(), bills: vec![bill(1, 100), bill(2, 250)] };
        let line = Line { booked_on: day("2026-08-20"), description: "TAG-2026-07-00002 ZAHRA AMELIA".into(), amount_rp: 300 };
        let proposal = of_debtor(&line, &Text::of(&line.description), Uuid::nil(), debtor);
        assert_eq!(proposal.reasons, ["number", "name", "day"]);
        let paid: Vec<(i64, i64)> = proposal.documents.iter().map(|one| (one.open_rp, one.amount_rp)).collect();
        assert_eq!(paid, [(250, 250), (100, 50)]);
    }
}
