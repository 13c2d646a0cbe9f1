//! A Tagihan whole (SPEC FIN-2): its head, its lines with why each is charged, what was paid and what was credited.
//!
//! Nothing of the tutor but the name is read here, and nothing of what the tutor is paid: what is not read cannot be shown.

mod line;
pub mod proof;
mod why;

pub use line::{Line, Sesi};
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
    pub siswa_id: Uuid,
    pub siswa_code: String,
    pub siswa_name: String,
    pub parent_name: String,
    pub period_month: String,
    pub revision: i64,
    pub status: String,
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub sesi_rp: i64,
    pub adjustment_rp: i64,
    pub total_rp: i64,
    pub credited_rp: i64,
    pub refunded_rp: i64,
    pub paid_rp: i64,
    pub written_off_rp: i64,
    pub run_id: Uuid,
    pub run_code: String,
    pub proof_document_id: Option<Uuid>,
}

impl Head {
    /// What is still to be paid.
    pub const fn open_rp(&self) -> i64 {
        self.total_rp - self.credited_rp + self.refunded_rp - self.paid_rp - self.written_off_rp
    }

    /// For how many days it should have been paid; nothing for one that is settled or not yet due.
    pub fn overdue_days(&self, today: NaiveDate) -> Option<i64> {
        let awaited = matches!(self.status.as_str(), "ISSUED" | "PARTIALLY_PAID") && self.open_rp() > 0;
        self.due_on.filter(|_| awaited).map(|due| (today - due).num_days()).filter(|days| *days > 0)
    }
}

/// The part of a payment that pays this Tagihan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: Uuid,
    pub code: String,
    /// `SISWA`, or `DEPOSIT` when it came out of the Titipan.
    pub kind: String,
    pub paid_on: NaiveDate,
    pub amount_rp: i64,
    pub method: Option<String>,
    pub reference: Option<String>,
    pub proof_document_id: Option<Uuid>,
    /// The payment that took it back.
    pub reversed_by: Option<(Uuid, String)>,
}

/// A credit note about it; one that was only asked for has no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    pub id: Uuid,
    pub code: String,
    pub number: Option<String>,
    pub state: String,
    pub issued_on: Option<NaiveDate>,
    pub amount_rp: i64,
    /// `REFUND` or `DEPOSIT`: what becomes of the part that was paid already.
    pub keep: String,
    pub reason: Option<String>,
}

/// That nobody will pay the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOff {
    pub id: Uuid,
    pub code: String,
    pub state: String,
    pub amount_rp: i64,
    pub written_off_on: Option<NaiveDate>,
    pub reason: Option<String>,
}

/// Everything a reader of the document is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagihan {
    pub head: Head,
    pub lines: Vec<Line>,
    pub payments: Vec<Payment>,
    pub credits: Vec<Credit>,
    pub write_offs: Vec<WriteOff>,
    /// Documents that prove a payment: kept with it, or with one of its payments.
    pub proofs: Vec<Uuid>,
}

const HEAD: &str = "SELECT t.id, t.number, t.siswa_id, w.code AS siswa_code, w.name AS siswa_name, w.parent_name, t.period_month, t.revision, t.status, \
    t.issued_on, t.due_on, t.sesi_rp, t.adjustment_rp, t.total_rp, t.credited_rp, t.refunded_rp, t.paid_rp, t.written_off_rp, t.run_id, \
    r.code AS run_code, t.proof_document_id \
    FROM tagihan t JOIN siswa w ON w.id = t.siswa_id JOIN billing_run r ON r.id = t.run_id WHERE t.id IN";
const PAYMENTS: &str = "SELECT a.tagihan_id, p.id, p.code, p.kind, p.paid_on, a.amount_rp, p.method, p.reference, p.proof_document_id, \
    x.id AS reversed_id, x.code AS reversed_code \
    FROM payment_allocation a JOIN payment p ON p.id = a.payment_id LEFT JOIN payment x ON x.reverses_id = p.id \
    WHERE p.kind IN ('SISWA', 'DEPOSIT') AND a.tagihan_id IN";
const CREDITS: &str =
    "SELECT c.tagihan_id, c.id, c.code, c.number, c.state, c.issued_on, c.amount_rp, c.keep, c.reason FROM credit_note c WHERE c.tagihan_id IN";
const WRITE_OFFS: &str = "SELECT o.tagihan_id, o.id, o.code, o.state, o.amount_rp, o.written_off_on, o.reason FROM write_off o WHERE o.tagihan_id IN";
const PROOFS: &str = "SELECT f.tagihan_id, f.document_id FROM tagihan_proof f WHERE f.tagihan_id IN";

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn read(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Tagihan>, Failure> {
    Ok(many(conn, &[id]).await?.pop())
}

/// Many at once, by a few queries, in the order of `ids`; those that are not there are left out. Give a page of ids, not all.
///
/// # Errors
/// When the database fails.
pub async fn many(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Tagihan>, Failure> {
    let mut heads = HashMap::new();
    for row in of(conn, HEAD, ids, "").await? {
        let head = head(&row)?;
        heads.insert(head.id, head);
    }
    let mut lines = line::of_many(conn, ids).await?;
    let mut payments = grouped(of(conn, PAYMENTS, ids, " ORDER BY p.paid_on, p.id").await?, payment)?;
    let mut credits = grouped(of(conn, CREDITS, ids, " ORDER BY c.requested_at, c.id").await?, credit)?;
    let mut write_offs = grouped(of(conn, WRITE_OFFS, ids, " ORDER BY o.requested_at, o.id").await?, write_off)?;
    let mut proofs = grouped(of(conn, PROOFS, ids, " ORDER BY f.attached_at, f.document_id").await?, |row| Ok(row.try_get("", "document_id")?))?;
    let whole = ids.iter().filter_map(|id| {
        let paid: Vec<Payment> = payments.remove(id).unwrap_or_default();
        let with_payments = paid.iter().filter_map(|payment| payment.proof_document_id);
        Some(Tagihan {
            head: heads.remove(id)?,
            proofs: proofs.remove(id).unwrap_or_default().into_iter().chain(with_payments).collect(),
            lines: lines.remove(id).unwrap_or_default(),
            payments: paid,
            credits: credits.remove(id).unwrap_or_default(),
            write_offs: write_offs.remove(id).unwrap_or_default(),
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

/// By the Tagihan they belong to, in the order they came.
fn grouped<T>(rows: Vec<QueryResult>, read: impl Fn(&QueryResult) -> Result<T, Failure>) -> Result<HashMap<Uuid, Vec<T>>, Failure> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(row.try_get("", "tagihan_id")?).or_default().push(read(&row)?);
    }
    Ok(groups)
}

/// Of a row with the columns of `HEAD`.
///
/// # Errors
/// When a column is missing.
pub fn head(row: &QueryResult) -> Result<Head, Failure> {
    Ok(Head {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        siswa_id: row.try_get("", "siswa_id")?,
        siswa_code: row.try_get("", "siswa_code")?,
        siswa_name: row.try_get("", "siswa_name")?,
        parent_name: row.try_get("", "parent_name")?,
        period_month: row.try_get("", "period_month")?,
        revision: row.try_get("", "revision")?,
        status: row.try_get("", "status")?,
        issued_on: row.try_get("", "issued_on")?,
        due_on: row.try_get("", "due_on")?,
        sesi_rp: row.try_get("", "sesi_rp")?,
        adjustment_rp: row.try_get("", "adjustment_rp")?,
        total_rp: row.try_get("", "total_rp")?,
        credited_rp: row.try_get("", "credited_rp")?,
        refunded_rp: row.try_get("", "refunded_rp")?,
        paid_rp: row.try_get("", "paid_rp")?,
        written_off_rp: row.try_get("", "written_off_rp")?,
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
        kind: row.try_get("", "kind")?,
        paid_on: row.try_get("", "paid_on")?,
        amount_rp: row.try_get("", "amount_rp")?,
        method: row.try_get("", "method")?,
        reference: row.try_get("", "reference")?,
        proof_document_id: row.try_get("", "proof_document_id")?,
        reversed_by: reversed.0.zip(reversed.1),
    })
}

fn credit(row: &QueryResult) -> Result<Credit, Failure> {
    Ok(Credit {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        number: row.try_get("", "number")?,
        state: row.try_get("", "state")?,
        issued_on: row.try_get("", "issued_on")?,
        amount_rp: row.try_get("", "amount_rp")?,
        keep: row.try_get("", "keep")?,
        reason: row.try_get("", "reason")?,
    })
}

fn write_off(row: &QueryResult) -> Result<WriteOff, Failure> {
    Ok(WriteOff {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        amount_rp: row.try_get("", "amount_rp")?,
        written_off_on: row.try_get("", "written_off_on")?,
        reason: row.try_get("", "reason")?,
    })
}
