//! A Honorarium whole (SPEC FIN-3): its head, its lines with why each is what it is, and what was paid. Page, slip and workbook
//! read it here.

mod line;
mod why;

pub use line::{Line, Refers, Sesi};
pub use why::Why;

use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// What it is called, whose it is, what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: Uuid,
    pub number: String,
    pub tutor_id: Uuid,
    pub tutor_code: String,
    pub tutor_name: String,
    pub tutor_status: String,
    pub period_month: String,
    pub revision: i64,
    pub status: String,
    pub issued_on: Option<NaiveDate>,
    pub base_rp: i64,
    pub transport_rp: i64,
    /// Below zero when it is against the tutor.
    pub adjustment_rp: i64,
    pub returned_rp: i64,
    pub reversed_rp: i64,
    pub denda_rp: i64,
    /// What an earlier Honorarium could not deduct, and what this one cannot.
    pub carried_in_rp: i64,
    pub carried_out_rp: i64,
    pub net_rp: i64,
    pub pph_withheld_rp: i64,
    pub paid_rp: i64,
    pub run_id: Uuid,
    pub run_code: String,
    pub proof_document_id: Option<Uuid>,
}

impl Head {
    /// What is still to be paid to the tutor, PPh included.
    pub fn open_rp(&self) -> i64 {
        if matches!(self.status.as_str(), "DRAFT" | "ISSUED") { self.net_rp - self.pph_withheld_rp - self.paid_rp } else { 0 }
    }
}

/// Money that went to the tutor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: Uuid,
    pub code: String,
    pub paid_on: NaiveDate,
    pub amount_rp: i64,
    pub pph_withheld_rp: i64,
    pub method: Option<String>,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    /// The payment that took it back.
    pub reversed_by: Option<(Uuid, String)>,
}

/// A document that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    pub id: Uuid,
    pub number: String,
    pub period_month: String,
}

/// Everything a reader of the document is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Honorarium {
    pub head: Head,
    pub lines: Vec<Line>,
    pub payments: Vec<Payment>,
    /// The Honorarium that has taken up what this one carried over.
    pub carried_to: Option<Other>,
}

const HEAD: &str = "SELECT h.id, h.number, h.tutor_id, t.code AS tutor_code, t.name AS tutor_name, t.status AS tutor_status, h.period_month, h.revision, h.status, \
    h.issued_on, h.base_rp, h.transport_rp, h.adjustment_rp, h.returned_rp, h.reversed_rp, h.denda_rp, h.carried_in_rp, h.carried_out_rp, h.net_rp, \
    h.pph_withheld_rp, h.paid_rp, h.run_id, r.code AS run_code, h.proof_document_id \
    FROM honorarium h JOIN tutor t ON t.id = h.tutor_id JOIN billing_run r ON r.id = h.run_id WHERE h.id IN";
const PAYMENTS: &str = "SELECT p.honorarium_id, p.id, p.code, p.paid_on, p.amount_rp, p.pph_withheld_rp, p.method, p.reference, p.proof_document_id, \
    x.id AS reversed_id, x.code AS reversed_code FROM payment p LEFT JOIN payment x ON x.reverses_id = p.id \
    WHERE p.kind = 'HONORARIUM' AND p.honorarium_id IN";
const CARRIED_TO: &str = "SELECT l.source_id AS honorarium_id, h.id, h.number, h.period_month FROM honorarium_line l JOIN honorarium h ON h.id = l.honorarium_id \
    WHERE l.kind = 'CARRIED' AND l.voided_at IS NULL AND l.source_id IN";

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn read(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Honorarium>, Failure> {
    Ok(many(conn, &[id]).await?.pop())
}

/// Many at once, by a few queries, in the order of `ids`; those that are not there are left out. Give a page of ids, not all.
///
/// # Errors
/// When the database fails.
pub async fn many(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Honorarium>, Failure> {
    let mut heads = HashMap::new();
    for row in of(conn, HEAD, ids, "").await? {
        let head = head(&row)?;
        heads.insert(head.id, head);
    }
    let mut lines = line::of_many(conn, ids).await?;
    let mut payments = grouped(of(conn, PAYMENTS, ids, " ORDER BY p.paid_on, p.id").await?, payment)?;
    let mut carried = grouped(of(conn, CARRIED_TO, ids, "").await?, other)?;
    let whole = ids.iter().filter_map(|id| {
        Some(Honorarium {
            head: heads.remove(id)?,
            lines: lines.remove(id).unwrap_or_default(),
            payments: payments.remove(id).unwrap_or_default(),
            carried_to: carried.remove(id).and_then(|mut all| all.pop()),
        })
    });
    Ok(whole.collect())
}

/// The rows of a query that ends with `IN`, for these ids.
async fn of(conn: &impl ConnectionTrait, sql: &str, ids: &[Uuid], rest: &str) -> Result<Vec<QueryResult>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("{sql} ({}){rest}", vec!["?"; ids.len()].join(","));
    db::rows(conn, &sql, ids.iter().copied().map(Value::from).collect()).await
}

/// By the Honorarium they belong to, in the order they came.
fn grouped<T>(rows: Vec<QueryResult>, read: impl Fn(&QueryResult) -> Result<T, Failure>) -> Result<HashMap<Uuid, Vec<T>>, Failure> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(row.try_get("", "honorarium_id")?).or_default().push(read(&row)?);
    }
    Ok(groups)
}

fn head(row: &QueryResult) -> Result<Head, Failure> {
    Ok(Head {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        tutor_id: row.try_get("", "tutor_id")?,
        tutor_code: row.try_get("", "tutor_code")?,
        tutor_name: row.try_get("", "tutor_name")?,
        tutor_status: row.try_get("", "tutor_status")?,
        period_month: row.try_get("", "period_month")?,
        revision: row.try_get("", "revision")?,
        status: row.try_get("", "status")?,
        issued_on: row.try_get("", "issued_on")?,
        base_rp: row.try_get("", "base_rp")?,
        transport_rp: row.try_get("", "transport_rp")?,
        adjustment_rp: row.try_get("", "adjustment_rp")?,
        returned_rp: row.try_get("", "returned_rp")?,
        reversed_rp: row.try_get("", "reversed_rp")?,
        denda_rp: row.try_get("", "denda_rp")?,
        carried_in_rp: row.try_get("", "carried_in_rp")?,
        carried_out_rp: row.try_get("", "carried_out_rp")?,
        net_rp: row.try_get("", "net_rp")?,
        pph_withheld_rp: row.try_get("", "pph_withheld_rp")?,
        paid_rp: row.try_get("", "paid_rp")?,
        run_id: row.try_get("", "run_id")?,
        run_code: row.try_get("", "run_code")?,
        proof_document_id: row.try_get("", "proof_document_id")?,
    })
}

fn payment(row: &QueryResult) -> Result<Payment, Failure> {
    let reversed: (Option<Uuid>, Option<String>) = (row.try_get("", "reversed_id")?, row.try_get("", "reversed_code")?);
    Ok(Payment {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        paid_on: row.try_get("", "paid_on")?,
        amount_rp: row.try_get("", "amount_rp")?,
        pph_withheld_rp: row.try_get("", "pph_withheld_rp")?,
        method: row.try_get("", "method")?,
        reference: row.try_get("", "reference")?,
        proof_document_id: row.try_get("", "proof_document_id")?,
        reversed_by: reversed.0.zip(reversed.1),
    })
}

fn other(row: &QueryResult) -> Result<Other, Failure> {
    Ok(Other { id: row.try_get("", "id")?, number: row.try_get("", "number")?, period_month: row.try_get("", "period_month")? })
}
