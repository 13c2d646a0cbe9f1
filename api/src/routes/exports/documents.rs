//! Tagihan and Honorarium as workbooks: a sheet of documents, a sheet of their lines. What is still a draft of a run is left
//! out, and so is what was voided unless it is asked for. The siswa's side holds no Honorarium.

use super::super::OurApp;
use super::workbook::{self, Part, Taken, Titled, day, number, rupiah, text};
use crate::auth::guard::SignedIn;
use crate::auth::scope::Scope;
use crate::export::{Line, Xlsx};
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::List;
use crate::routes::ledger::filter::month;
use axum::extract::State;
use chrono_tz::Asia::Jakarta;
use engine::refusal::{Failure, FieldError};
use sea_orm::QueryResult;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct DocumentExportFilter {
    /// `2026-11`; all months unless named.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    /// States, separated by commas; all but VOID unless named.
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    /// Whose Tagihan.
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    /// Whose Honorarium.
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    /// Those of one billing run.
    #[serde(rename = "filter[run_id]")]
    run_id: Option<String>,
    /// `true`: Tagihan past their day and not paid.
    #[serde(rename = "filter[overdue]")]
    overdue: Option<bool>,
    /// Language of the headings: `id`, unless it is `en`.
    lang: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "number", sql: "d.number", sort: Sort::Text }];

pub async fn tagihan(State(app): OurApp, who: SignedIn, scope: Scope, list: List<DocumentExportFilter>) -> Result<Xlsx, Problem> {
    let mut filter = wanted(&list)?;
    scope.only_siswa("d.siswa_id", &mut filter);
    if list.filter.overdue == Some(true) {
        let today = app.engine.clock.now().with_timezone(&Jakarta).date_naive();
        filter.and("d.status IN ('ISSUED','PARTIALLY_PAID') AND d.due_on < ?", [today.into()]);
    }
    filter.one_of_ids("d.siswa_id", "filter[siswa_id]", list.filter.siswa_id.as_deref())?;
    filter.search(&["d.number", "w.code", "w.name"], list.q.as_deref());
    let listing = Listing { select: TAGIHAN, from: TAGIHAN_FROM, id: "d.id", filter, order: Order::of(None, "number", &KEYS)? };
    let db = &app.engine.db;
    let parts = vec![
        Part { title: ("Tagihan", "Tagihan"), columns: &TAGIHAN_COLUMNS, lines: workbook::rows(db.clone(), listing.clone(), tagihan_head) },
        Part { title: ("Rincian", "Lines"), columns: &TAGIHAN_LINE_COLUMNS, lines: workbook::below(db.clone(), listing, TAGIHAN_LINES, tagihan_line) },
    ];
    workbook::make(&app, &who, taken("tagihan", &list.filter), parts).await
}

pub async fn honorarium(State(app): OurApp, who: SignedIn, scope: Scope, list: List<DocumentExportFilter>) -> Result<Xlsx, Problem> {
    if list.filter.overdue.is_some() {
        return Err(Problem::invalid(FieldError::new("filter[overdue]", "unknown_field")));
    }
    let mut filter = wanted(&list)?;
    scope.only_tutor("d.tutor_id", &mut filter);
    filter.one_of_ids("d.tutor_id", "filter[tutor_id]", list.filter.tutor_id.as_deref())?;
    filter.search(&["d.number", "t.code", "t.name"], list.q.as_deref());
    let listing = Listing { select: HONORARIUM, from: HONORARIUM_FROM, id: "d.id", filter, order: Order::of(None, "number", &KEYS)? };
    let db = &app.engine.db;
    let parts = vec![
        Part { title: ("Honorarium", "Honorarium"), columns: &HONORARIUM_COLUMNS, lines: workbook::rows(db.clone(), listing.clone(), honorarium_head) },
        Part { title: ("Rincian", "Lines"), columns: &HONORARIUM_LINE_COLUMNS, lines: workbook::below(db.clone(), listing, HONORARIUM_LINES, honorarium_line) },
    ];
    workbook::make(&app, &who, taken("honorarium", &list.filter), parts).await
}

fn wanted(list: &List<DocumentExportFilter>) -> Result<Where, Problem> {
    let mut filter = Where::default();
    filter.and("d.status <> 'DRAFT'", []);
    filter.one_of_ids("d.run_id", "filter[run_id]", list.filter.run_id.as_deref())?;
    match list.filter.status.as_deref() {
        Some(status) => filter.one_of("d.status", Some(status)),
        None => filter.and("d.status <> 'VOID'", []),
    }
    if let Some(text) = &list.filter.month {
        filter.and("d.period_month = ?", [month("filter[month]", text)?.to_string().into()]);
    }
    Ok(filter)
}

fn taken<'a>(name: &'static str, asked: &'a DocumentExportFilter) -> Taken<'a> {
    let asked_for = vec![("Bulan", "Month", asked.month.as_deref()), ("Status", "Status", asked.status.as_deref())];
    Taken { name, asked: asked_for, lang: asked.lang.as_deref() }
}

const TAGIHAN: &str = "d.id, d.number, d.period_month, d.revision, w.code, w.name, d.status, d.issued_on, d.due_on, d.sesi_rp, d.adjustment_rp, d.total_rp, \
    d.credited_rp, d.refunded_rp, d.paid_rp, d.written_off_rp, d.total_rp - d.credited_rp + d.refunded_rp - d.paid_rp - d.written_off_rp AS open_rp";
const TAGIHAN_FROM: &str = "tagihan d JOIN siswa w ON w.id = d.siswa_id";

static TAGIHAN_COLUMNS: [Titled; 16] = [
    ("Nomor", "Number", 20, false),
    ("Bulan", "Month", 10, false),
    ("Revisi", "Revision", 8, false),
    ("Kode siswa", "Siswa code", 14, false),
    ("Siswa", "Siswa", 28, false),
    ("Status", "Status", 16, false),
    ("Terbit", "Issued", 12, false),
    ("Jatuh tempo", "Due", 12, false),
    ("Sesi", "Sesi", 16, true),
    ("Penyesuaian", "Adjustments", 16, true),
    ("Total", "Total", 16, true),
    ("Nota kredit", "Credit notes", 16, true),
    ("Dikembalikan", "Refunded", 16, true),
    ("Dibayar", "Paid", 16, true),
    ("Dihapuskan", "Written off", 16, true),
    ("Sisa", "Open", 16, true),
];

fn tagihan_head(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        text(row, "number")?,
        text(row, "period_month")?,
        number(row, "revision")?,
        text(row, "code")?,
        text(row, "name")?,
        text(row, "status")?,
        day(row, "issued_on")?,
        day(row, "due_on")?,
        rupiah(row, "sesi_rp")?,
        rupiah(row, "adjustment_rp")?,
        rupiah(row, "total_rp")?,
        rupiah(row, "credited_rp")?,
        rupiah(row, "refunded_rp")?,
        rupiah(row, "paid_rp")?,
        rupiah(row, "written_off_rp")?,
        rupiah(row, "open_rp")?,
    ])
}

const TAGIHAN_LINES: &str = "SELECT d.number, d.period_month, l.number AS line, w.code, w.name, l.held_on, l.kind, COALESCE(s.code, a.code) AS source, \
    b.name AS subject, t.name AS tutor, l.amount_rp, l.credited_rp FROM tagihan_line l JOIN tagihan d ON d.id = l.tagihan_id \
    JOIN siswa w ON w.id = d.siswa_id LEFT JOIN sesi s ON s.id = l.sesi_id LEFT JOIN subject b ON b.id = s.subject_id LEFT JOIN tutor t ON t.id = s.tutor_id \
    LEFT JOIN money_adjustment a ON a.id = l.source_id WHERE l.voided_at IS NULL AND l.tagihan_id IN ({ids}) ORDER BY d.number, l.number";

static TAGIHAN_LINE_COLUMNS: [Titled; 12] = [
    ("Nomor", "Number", 20, false),
    ("Bulan", "Month", 10, false),
    ("Baris", "Line", 8, false),
    ("Kode siswa", "Siswa code", 14, false),
    ("Siswa", "Siswa", 28, false),
    ("Tanggal", "Date", 12, false),
    ("Jenis", "Kind", 16, false),
    ("Sesi / penyesuaian", "Sesi / adjustment", 20, false),
    ("Subject", "Subject", 22, false),
    ("Tutor", "Tutor", 26, false),
    ("Jumlah", "Amount", 16, true),
    ("Dikreditkan", "Credited", 16, true),
];

fn tagihan_line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        text(row, "number")?,
        text(row, "period_month")?,
        number(row, "line")?,
        text(row, "code")?,
        text(row, "name")?,
        day(row, "held_on")?,
        text(row, "kind")?,
        text(row, "source")?,
        text(row, "subject")?,
        text(row, "tutor")?,
        rupiah(row, "amount_rp")?,
        rupiah(row, "credited_rp")?,
    ])
}

const HONORARIUM: &str = "d.id, d.number, d.period_month, d.revision, t.code, t.name, d.status, d.issued_on, d.base_rp, d.transport_rp, d.adjustment_rp, \
    d.returned_rp, -d.reversed_rp AS reversed_rp, -d.denda_rp AS denda_rp, -d.carried_in_rp AS carried_in_rp, d.carried_out_rp, d.net_rp, d.pph_withheld_rp, \
    d.paid_rp, d.net_rp - d.pph_withheld_rp - d.paid_rp AS open_rp";
const HONORARIUM_FROM: &str = "honorarium d JOIN tutor t ON t.id = d.tutor_id";

static HONORARIUM_COLUMNS: [Titled; 19] = [
    ("Nomor", "Number", 20, false),
    ("Bulan", "Month", 10, false),
    ("Revisi", "Revision", 8, false),
    ("Kode tutor", "Tutor code", 14, false),
    ("Tutor", "Tutor", 28, false),
    ("Status", "Status", 12, false),
    ("Terbit", "Issued", 12, false),
    ("Honorarium dasar", "Base", 18, true),
    ("Transport", "Transport", 16, true),
    ("Penyesuaian", "Adjustments", 16, true),
    ("Denda dikembalikan", "Denda returned", 18, true),
    ("Dibalik", "Reversed", 16, true),
    ("Denda", "Denda", 16, true),
    ("Bawaan bulan lalu", "Carried in", 18, true),
    ("Dibawa ke depan", "Carried out", 18, true),
    ("Bersih", "Net", 16, true),
    ("PPh dipotong", "PPh withheld", 16, true),
    ("Dibayar", "Paid", 16, true),
    ("Belum dibayar", "Open", 16, true),
];

fn honorarium_head(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        text(row, "number")?,
        text(row, "period_month")?,
        number(row, "revision")?,
        text(row, "code")?,
        text(row, "name")?,
        text(row, "status")?,
        day(row, "issued_on")?,
        rupiah(row, "base_rp")?,
        rupiah(row, "transport_rp")?,
        rupiah(row, "adjustment_rp")?,
        rupiah(row, "returned_rp")?,
        rupiah(row, "reversed_rp")?,
        rupiah(row, "denda_rp")?,
        rupiah(row, "carried_in_rp")?,
        rupiah(row, "carried_out_rp")?,
        rupiah(row, "net_rp")?,
        rupiah(row, "pph_withheld_rp")?,
        rupiah(row, "paid_rp")?,
        rupiah(row, "open_rp")?,
    ])
}

const HONORARIUM_LINES: &str = "SELECT d.number, d.period_month, l.number AS line, t.code, t.name, l.held_on, l.kind, COALESCE(s.code, a.code) AS source, \
    b.name AS subject, w.name AS siswa, l.amount_rp FROM honorarium_line l JOIN honorarium d ON d.id = l.honorarium_id \
    JOIN tutor t ON t.id = d.tutor_id LEFT JOIN sesi s ON s.id = l.sesi_id LEFT JOIN subject b ON b.id = s.subject_id LEFT JOIN siswa w ON w.id = s.siswa_id \
    LEFT JOIN money_adjustment a ON a.id = l.source_id WHERE l.voided_at IS NULL AND l.honorarium_id IN ({ids}) ORDER BY d.number, l.number";

static HONORARIUM_LINE_COLUMNS: [Titled; 11] = [
    ("Nomor", "Number", 20, false),
    ("Bulan", "Month", 10, false),
    ("Baris", "Line", 8, false),
    ("Kode tutor", "Tutor code", 14, false),
    ("Tutor", "Tutor", 28, false),
    ("Tanggal", "Date", 12, false),
    ("Jenis", "Kind", 18, false),
    ("Sesi / penyesuaian", "Sesi / adjustment", 20, false),
    ("Subject", "Subject", 22, false),
    ("Siswa", "Siswa", 26, false),
    ("Jumlah", "Amount", 16, true),
];

fn honorarium_line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(vec![
        text(row, "number")?,
        text(row, "period_month")?,
        number(row, "line")?,
        text(row, "code")?,
        text(row, "name")?,
        day(row, "held_on")?,
        text(row, "kind")?,
        text(row, "source")?,
        text(row, "subject")?,
        text(row, "siswa")?,
        rupiah(row, "amount_rp")?,
    ])
}
