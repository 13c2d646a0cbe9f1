//! Tagihan (SPEC FIN-2): the list with its sums, one in full, as a PDF and as a text for WhatsApp, and the proof of payment
//! that belongs to it. Whoever is tied to a siswa sees that siswa's only, and only what was issued (SPEC REP-3).

mod detail;
mod proof;
mod sheet;
mod whatsapp;

pub use detail::show;
pub use proof::attach_proof;
pub use sheet::pdf;
pub use whatsapp::whatsapp;

use super::OurApp;
use crate::app::App;
use crate::auth::scope::Scope;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::billing::tagihan::{self, Head, Tagihan};

/// A Tagihan in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TagihanRow {
    id: Uuid,
    number: String,
    siswa: Coded,
    period_month: String,
    /// 1, and more for a supplementary one of the same month.
    revision: i64,
    /// `DRAFT`, `ISSUED`, `PARTIALLY_PAID`, `PAID`, `VOID` or `WRITTEN_OFF`.
    status: String,
    #[schema(required)]
    issued_on: Option<NaiveDate>,
    #[schema(required)]
    due_on: Option<NaiveDate>,
    /// For how many days it should have been paid; null while nothing is late.
    #[schema(required)]
    overdue_days: Option<i64>,
    sesi_rp: i64,
    adjustment_rp: i64,
    total_rp: i64,
    credited_rp: i64,
    refunded_rp: i64,
    paid_rp: i64,
    written_off_rp: i64,
    /// Total − credited + refunded − paid − written off.
    open_rp: i64,
}

impl TagihanRow {
    fn new(head: &Head, today: NaiveDate) -> Self {
        Self {
            id: head.id,
            number: head.number.clone(),
            siswa: Coded { id: head.siswa_id, code: head.siswa_code.clone(), name: head.siswa_name.clone() },
            period_month: head.period_month.clone(),
            revision: head.revision,
            status: head.status.clone(),
            issued_on: head.issued_on,
            due_on: head.due_on,
            overdue_days: head.overdue_days(today),
            sesi_rp: head.sesi_rp,
            adjustment_rp: head.adjustment_rp,
            total_rp: head.total_rp,
            credited_rp: head.credited_rp,
            refunded_rp: head.refunded_rp,
            paid_rp: head.paid_rp,
            written_off_rp: head.written_off_rp,
            open_rp: head.open_rp(),
        }
    }
}

/// What all Tagihan that match come to.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TagihanSums {
    total_rp: i64,
    credited_rp: i64,
    paid_rp: i64,
    written_off_rp: i64,
    open_rp: i64,
    overdue_rp: i64,
    overdue_count: i64,
}

/// A page of the list, with the sums of all pages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TagihanPage {
    items: Vec<TagihanRow>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many match on all pages.
    total: i64,
    sums: TagihanSums,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TagihanFilter {
    /// `YYYY-MM`, several by commas.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    /// What a billing run has made, drafts included.
    #[serde(rename = "filter[run_id]")]
    run_id: Option<String>,
    /// Only what should have been paid by now.
    #[serde(rename = "filter[overdue]")]
    overdue: Option<bool>,
}

const COLUMNS: &str = "t.id, t.number, t.siswa_id, w.code AS siswa_code, w.name AS siswa_name, w.parent_name, t.period_month, t.revision, t.status, \
    t.issued_on, t.due_on, t.sesi_rp, t.adjustment_rp, t.total_rp, t.credited_rp, t.refunded_rp, t.paid_rp, t.written_off_rp, t.run_id, \
    '' AS run_code, t.proof_document_id";
const FROM: &str = "tagihan t JOIN siswa w ON w.id = t.siswa_id";
const OPEN: &str = "(t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp)";
/// Those that somebody waits for; a day follows.
const OVERDUE: &str = "t.status IN ('ISSUED', 'PARTIALLY_PAID') AND t.due_on < ?";

static KEYS: [SortKey; 5] = [
    SortKey { name: "number", sql: "t.number", sort: Sort::Text },
    SortKey { name: "siswa", sql: "w.name", sort: Sort::Text },
    // A draft is due when nobody knows: after all others.
    SortKey { name: "due_on", sql: "COALESCE(t.due_on, '9999-12-31')", sort: Sort::Day },
    SortKey { name: "total_rp", sql: "t.total_rp", sort: Sort::Number },
    SortKey { name: "open_rp", sql: "(t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp)", sort: Sort::Number },
];

pub async fn list(State(app): OurApp, scope: Scope, list: List<TagihanFilter>) -> Result<Json<TagihanPage>, Problem> {
    let db = &app.engine.db;
    let today = today(&app);
    let filter = conditions(&list, scope, today)?;
    let sums = sums(db, &filter, today).await?;
    let listing = Listing { select: COLUMNS, from: FROM, id: "t.id", filter, order: Order::of(list.sort.as_deref(), "-number", &KEYS)? };
    let Page { items, next_cursor, total } = listing.page(db, &list, |row| Ok(TagihanRow::new(&tagihan::head(row)?, today))).await?;
    Ok(Json(TagihanPage { items, next_cursor, total, sums }))
}

fn conditions(list: &List<TagihanFilter>, scope: Scope, today: NaiveDate) -> Result<Where, Problem> {
    let mut filter = Where::default();
    scope.only_siswa("t.siswa_id", &mut filter);
    filter.search(&["t.number", "w.code", "w.name"], list.q.as_deref());
    filter.one_of("t.period_month", list.filter.month.as_deref());
    filter.one_of("t.status", list.filter.status.as_deref());
    filter.one_of_ids("t.siswa_id", "filter[siswa_id]", list.filter.siswa_id.as_deref())?;
    filter.one_of_ids("t.run_id", "filter[run_id]", list.filter.run_id.as_deref())?;
    // A draft is seen inside of its run only; what was never issued is no siswa's business.
    match (scope, list.filter.run_id.is_some()) {
        (Scope::All, true) => {}
        (Scope::All, false) => filter.and("t.status <> 'DRAFT'", []),
        (Scope::Siswa(_) | Scope::Tutor(_), _) => filter.and("t.status NOT IN ('DRAFT', 'VOID')", []),
    }
    if list.filter.overdue == Some(true) {
        filter.and(OVERDUE, [today.into()]);
    }
    Ok(filter)
}

/// What is void counts for nothing.
async fn sums(db: &Db, filter: &Where, today: NaiveDate) -> Result<TagihanSums, Failure> {
    let mut filter = filter.clone();
    filter.and("t.status <> 'VOID'", []);
    let sum = |what: &str, name: &str| format!("CAST(COALESCE(SUM({what}), 0) AS BIGINT) AS {name}");
    let all = ["total_rp", "credited_rp", "paid_rp", "written_off_rp"].map(|column| sum(&format!("t.{column}"), column)).join(", ");
    let (sql, values) = filter.select(&format!("{all}, {}", sum(OPEN, "open_rp")), FROM, "");
    let Some(row) = db::row(db.reader(), &sql, values).await? else { return Ok(TagihanSums::default()) };
    filter.and(OVERDUE, [today.into()]);
    let (sql, values) = filter.select(&format!("{}, count(*) AS n", sum(OPEN, "open_rp")), FROM, "");
    let late = db::row(db.reader(), &sql, values).await?;
    let (overdue_rp, overdue_count) = late.map_or(Ok((0, 0)), |late| Ok::<_, Failure>((late.try_get("", "open_rp")?, late.try_get("", "n")?)))?;
    let figure = |name: &str| -> Result<i64, Failure> { Ok(row.try_get("", name)?) };
    Ok(TagihanSums {
        total_rp: figure("total_rp")?,
        credited_rp: figure("credited_rp")?,
        paid_rp: figure("paid_rp")?,
        written_off_rp: figure("written_off_rp")?,
        open_rp: figure("open_rp")?,
        overdue_rp,
        overdue_count,
    })
}

/// Today at the company: money is dated in WIB.
fn today(app: &App) -> NaiveDate {
    app.engine.clock.now().with_timezone(&Jakarta).date_naive()
}

/// One that the caller may see.
async fn seen(app: &App, scope: Scope, id: Uuid) -> Result<Tagihan, Problem> {
    let found = tagihan::read(app.engine.db.reader(), id).await?;
    let issued = |one: &Tagihan| scope == Scope::All || !matches!(one.head.status.as_str(), "DRAFT" | "VOID");
    found.filter(|one| scope.sees_siswa(one.head.siswa_id) && issued(one)).ok_or_else(|| Problem::not_found("tagihan"))
}
