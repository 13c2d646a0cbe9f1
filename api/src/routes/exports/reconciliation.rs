//! Payments beside the lines of the bank and the documents they pay: what somebody needs who compares the books with the bank. One sheet of
//! payments, one of what they pay, one of the bank's lines, those without a payment among them.

use super::super::OurApp;
use super::workbook::{self, Part, Taken, Titled, day, rupiah, text};
use crate::auth::guard::SignedIn;
use crate::export::{Line, Xlsx};
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::List;
use crate::routes::ledger::filter::month;
use axum::extract::State;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationFilter {
    /// The month money moved in: `2026-11`; all months unless named.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    /// Language of the headings: `id`, unless it is `en`.
    lang: Option<String>,
}

static PAYMENT_KEYS: [SortKey; 1] = [SortKey { name: "paid_on", sql: "p.paid_on", sort: Sort::Day }];
static BANK_KEYS: [SortKey; 1] = [SortKey { name: "booked_on", sql: "k.booked_on", sort: Sort::Day }];

/// Money in is positive. A payment that takes another back moves the same the other way; what a deposit pays moves none.
const CASH: &str = "CASE COALESCE(v.kind, p.kind) WHEN 'SISWA' THEN 1 WHEN 'DEPOSIT' THEN 0 ELSE -1 END * COALESCE(v.amount_rp, p.amount_rp) \
    * CASE WHEN p.reverses_id IS NULL THEN 1 ELSE -1 END";
const SIGN: &str = "CASE WHEN p.reverses_id IS NULL THEN 1 ELSE -1 END";
const PAYMENT_FROM: &str = "payment p LEFT JOIN payment v ON v.id = p.reverses_id LEFT JOIN siswa w ON w.id = COALESCE(p.siswa_id, v.siswa_id) \
    LEFT JOIN tutor t ON t.id = COALESCE(p.tutor_id, v.tutor_id) LEFT JOIN bank_line k ON k.payment_id = p.id \
    LEFT JOIN honorarium h ON h.id = COALESCE(p.honorarium_id, v.honorarium_id)";

pub async fn reconciliation(State(app): OurApp, who: SignedIn, list: List<ReconciliationFilter>) -> Result<Xlsx, Problem> {
    let (mut paid, mut booked) = (Where::default(), Where::default());
    if let Some(text) = &list.filter.month {
        let month = month("filter[month]", text)?;
        paid.and("p.paid_on >= ? AND p.paid_on <= ?", [month.first.into(), month.last.into()]);
        booked.and("k.booked_on >= ? AND k.booked_on <= ?", [month.first.into(), month.last.into()]);
    }
    let select = PAYMENT.get_or_init(|| {
        format!(
            "p.id, p.code, p.kind, p.paid_on, p.posted_on, COALESCE(w.code, t.code) AS party_code, COALESCE(w.name, t.name) AS party, p.method, p.reference, \
             h.number AS honorarium, v.code AS reverses, CAST({CASH} AS BIGINT) AS cash_rp, CAST({SIGN} * p.allocated_rp AS BIGINT) AS allocated_rp, \
             CAST({SIGN} * p.deposit_rp AS BIGINT) AS deposit_rp, CAST({SIGN} * p.pph_withheld_rp AS BIGINT) AS pph_withheld_rp, k.amount_rp AS bank_rp, CAST({CASH} - COALESCE(k.amount_rp, 0) AS BIGINT) AS difference_rp"
        )
    });
    let payments = Listing { select, from: PAYMENT_FROM, id: "p.id", filter: paid, order: Order::of(None, "paid_on", &PAYMENT_KEYS)? };
    let bank = Listing { select: BANK, from: BANK_FROM, id: "k.id", filter: booked, order: Order::of(None, "booked_on", &BANK_KEYS)? };
    let db = &app.engine.db;
    let parts = vec![
        Part { title: ("Pembayaran", "Payments"), columns: &PAYMENT_COLUMNS, lines: workbook::rows(db.clone(), payments.clone(), payment_line) },
        Part { title: ("Alokasi", "Allocations"), columns: &PAID_COLUMNS, lines: workbook::below(db.clone(), payments, PAID, paid_line) },
        Part { title: ("Bank", "Bank"), columns: &BANK_COLUMNS, lines: workbook::rows(db.clone(), bank, bank_line) },
    ];
    let asked = vec![("Bulan", "Month", list.filter.month.as_deref())];
    workbook::make(&app, &who, Taken { name: "reconciliation", asked, lang: list.filter.lang.as_deref() }, parts).await
}

static PAYMENT: std::sync::OnceLock<String> = std::sync::OnceLock::new();

static PAYMENT_COLUMNS: [Titled; 16] = [
    ("Dibayar", "Paid on", 12, false),
    ("Dibukukan", "Posted on", 12, false),
    ("Kode", "Code", 18, false),
    ("Jenis", "Kind", 14, false),
    ("Kode pihak", "Party code", 14, false),
    ("Pihak", "Party", 28, false),
    ("Cara", "Method", 12, false),
    ("Referensi", "Reference", 24, false),
    ("Honorarium", "Honorarium", 20, false),
    ("Membalik", "Reverses", 18, false),
    ("Kas", "Cash", 16, true),
    ("Dialokasikan", "Allocated", 16, true),
    ("Titipan", "Deposit", 16, true),
    ("PPh dipotong", "PPh withheld", 16, true),
    ("Bank", "Bank", 16, true),
    ("Selisih", "Difference", 16, true),
];

fn payment_line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        day(row, "paid_on")?,
        day(row, "posted_on")?,
        text(row, "code")?,
        text(row, "kind")?,
        text(row, "party_code")?,
        text(row, "party")?,
        text(row, "method")?,
        text(row, "reference")?,
        text(row, "honorarium")?,
        text(row, "reverses")?,
        rupiah(row, "cash_rp")?,
        rupiah(row, "allocated_rp")?,
        rupiah(row, "deposit_rp")?,
        rupiah(row, "pph_withheld_rp")?,
        rupiah(row, "bank_rp")?,
        rupiah(row, "difference_rp")?,
    ])
}

/// What a payment takes back is negative.
const PAID: &str = "SELECT p.paid_on, p.code, d.number, d.period_month, w.code AS siswa_code, w.name AS siswa, d.total_rp, \
    CAST(CASE WHEN p.reverses_id IS NULL THEN a.amount_rp ELSE -a.amount_rp END AS BIGINT) AS amount_rp FROM payment p \
    JOIN payment_allocation a ON a.payment_id = COALESCE(p.reverses_id, p.id) JOIN tagihan d ON d.id = a.tagihan_id JOIN siswa w ON w.id = d.siswa_id \
    WHERE p.id IN ({ids}) ORDER BY p.paid_on, p.id, d.number";

static PAID_COLUMNS: [Titled; 8] = [
    ("Dibayar", "Paid on", 12, false),
    ("Pembayaran", "Payment", 18, false),
    ("Tagihan", "Tagihan", 20, false),
    ("Bulan", "Month", 10, false),
    ("Kode siswa", "Siswa code", 14, false),
    ("Siswa", "Siswa", 28, false),
    ("Total Tagihan", "Tagihan total", 16, false),
    ("Dialokasikan", "Allocated", 16, true),
];

fn paid_line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        day(row, "paid_on")?,
        text(row, "code")?,
        text(row, "number")?,
        text(row, "period_month")?,
        text(row, "siswa_code")?,
        text(row, "siswa")?,
        rupiah(row, "total_rp")?,
        rupiah(row, "amount_rp")?,
    ])
}

const BANK: &str = "k.id, k.booked_on, k.description, k.amount_rp, k.state, p.code AS payment, k.ignored_reason, s.name AS statement, \
    CAST(CASE WHEN k.state = 'OPEN' THEN k.amount_rp ELSE 0 END AS BIGINT) AS open_rp";
const BANK_FROM: &str = "bank_line k JOIN bank_statement s ON s.id = k.statement_id LEFT JOIN payment p ON p.id = k.payment_id";

static BANK_COLUMNS: [Titled; 8] = [
    ("Tanggal", "Booked on", 12, false),
    ("Keterangan", "Description", 44, false),
    ("Status", "State", 12, false),
    ("Pembayaran", "Payment", 18, false),
    ("Alasan diabaikan", "Ignored because", 28, false),
    ("Rekening koran", "Statement", 28, false),
    ("Jumlah", "Amount", 16, true),
    ("Belum cocok", "Unmatched", 16, true),
];

fn bank_line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        day(row, "booked_on")?,
        text(row, "description")?,
        text(row, "state")?,
        text(row, "payment")?,
        text(row, "ignored_reason")?,
        text(row, "statement")?,
        rupiah(row, "amount_rp")?,
        rupiah(row, "open_rp")?,
    ])
}
