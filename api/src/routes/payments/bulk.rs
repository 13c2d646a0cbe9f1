//! Many documents paid at once, each by a payment of its own: what is refused for one does not stop the rest.

use crate::auth::guard::SignedIn;
use crate::problem::{Problem, ProblemBody};
use crate::request::{Body, Key};
use crate::routes::OurApp;
use crate::routes::commands::{self, BulkResult, BulkResults};
use axum::Json;
use axum::extract::State;
use engine::actor::Actor;
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError};
use engine::together;
use engine::workflow::Workflow;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::payment::Payment;

const MOST: usize = 200;

/// What is the same for all, and what is to be paid.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkPayment {
    /// `YYYY-MM-DD`.
    paid_on: String,
    /// `TRANSFER`, `CASH` or `OTHER`.
    method: String,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    proof_document_id: Option<Uuid>,
    /// Of every Honorarium without an amount of its own: hundredths of a percent of the gross, rounded half up.
    #[serde(default)]
    pph_bps: Option<i64>,
    /// At most 200.
    rows: Vec<BulkPaymentRow>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkPaymentRow {
    kind: BulkKind,
    /// Of the document.
    id: Uuid,
    /// What is paid of a Tagihan; an Honorarium is paid whole.
    #[serde(default)]
    amount_rp: Option<i64>,
    #[serde(default)]
    pph_withheld_rp: Option<i64>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BulkKind {
    Tagihan,
    Honorarium,
}

/// What would become of each row.
#[derive(Serialize, ToSchema)]
pub struct BulkPaymentPreview {
    rows: Vec<BulkPaymentPreviewRow>,
    /// Of the rows that would be paid: what would move, and what would be withheld.
    amount_rp: i64,
    pph_withheld_rp: i64,
}

/// `problem` when it would be refused.
#[derive(Serialize, ToSchema)]
pub struct BulkPaymentPreviewRow {
    id: Uuid,
    ok: bool,
    amount_rp: i64,
    pph_withheld_rp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<ProblemBody>)]
    problem: Option<Problem>,
}

/// A result per row. Repeated under its key it answers the same; what is paid otherwise meanwhile says so.
pub async fn run(State(app): OurApp, who: SignedIn, Key(key): Key, Body(bulk): Body<BulkPayment>) -> Result<Json<BulkResults>, Problem> {
    let rows = requests(&app.engine, &bulk, &who.actor, Some(&key)).await?;
    let mut results: HashMap<Uuid, BulkResult> = HashMap::new();
    let (ready, refused): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, request)| request.is_ok());
    results.extend(refused.into_iter().filter_map(|(id, request)| Some((id, BulkResult::refused(id, request.err()?)))));
    let (ids, requests): (Vec<Uuid>, Vec<Request>) = ready.into_iter().filter_map(|(id, request)| Some((id, request.ok()?))).unzip();
    for (ids, group) in ids.chunks(together::MOST).zip(requests.chunks(together::MOST)) {
        results.extend(ids.iter().zip(app.engine.execute_together(group).await).map(|(id, answer)| (*id, BulkResult::new(*id, answer))));
    }
    Ok(Json(BulkResults { results: bulk.rows.iter().filter_map(|row| results.remove(&row.id)).collect() }))
}

/// The same without doing it.
pub async fn preview(State(app): OurApp, who: SignedIn, Body(bulk): Body<BulkPayment>) -> Result<Json<BulkPaymentPreview>, Problem> {
    let mut shown = BulkPaymentPreview { rows: vec![], amount_rp: 0, pph_withheld_rp: 0 };
    for (id, request) in requests(&app.engine, &bulk, &who.actor, None).await? {
        let previewed = match request {
            Ok(request) => app.engine.preview(&request).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let row = match previewed {
            Ok(preview) => {
                let rp = |key: &str| preview.amounts.iter().find(|amount| amount.key == key).and_then(|amount| amount.rp).unwrap_or(0);
                let amount_rp = rp("honorarium_paid") + rp("payment_allocated") + rp("payment_deposit");
                BulkPaymentPreviewRow { id, ok: true, amount_rp, pph_withheld_rp: rp("pph_withheld"), problem: None }
            }
            Err(problem) => BulkPaymentPreviewRow { id, ok: false, amount_rp: 0, pph_withheld_rp: 0, problem: Some(problem) },
        };
        shown.amount_rp += row.amount_rp;
        shown.pph_withheld_rp += row.pph_withheld_rp;
        shown.rows.push(row);
    }
    Ok(Json(shown))
}

type Row = (Uuid, Result<Request, Problem>);

async fn requests(engine: &Engine, bulk: &BulkPayment, actor: &Actor, key: Option<&str>) -> Result<Vec<Row>, Problem> {
    let ids: std::collections::BTreeSet<Uuid> = bulk.rows.iter().map(|row| row.id).collect();
    if bulk.rows.is_empty() || bulk.rows.len() > MOST || ids.len() != bulk.rows.len() {
        return Err(Problem::invalid(FieldError::new("rows", "out_of_range").with("min", 1).with("max", MOST)));
    }
    let siswa = siswa_of(&engine.db, &ids.into_iter().collect::<Vec<_>>()).await?;
    let row = |row: &BulkPaymentRow| {
        let (command, body) = match row.kind {
            BulkKind::Honorarium => ("pay_honorarium", honorarium(bulk, row)),
            BulkKind::Tagihan => {
                let siswa = siswa.get(&row.id).ok_or_else(|| Problem::invalid(FieldError::new("id", "unknown")))?;
                let amount_rp = row.amount_rp.ok_or_else(|| Problem::invalid(FieldError::new("amount_rp", "required")))?;
                ("record", json!({ "siswa_id": siswa, "amount_rp": amount_rp, "allocations": [{ "tagihan_id": row.id, "amount_rp": amount_rp }] }))
            }
        };
        let mut request = commands::request(Payment::NAME, Target::New(new_id(engine.clock.now())), command, moved(bulk, body), actor.clone())?;
        request.idempotency_key = key.map(|key| format!("{key}:{}", row.id));
        Ok(request)
    };
    Ok(bulk.rows.iter().map(|one| (one.id, row(one))).collect())
}

fn honorarium(bulk: &BulkPayment, row: &BulkPaymentRow) -> Value {
    match row.pph_withheld_rp {
        Some(rp) => json!({ "honorarium_id": row.id, "pph_withheld_rp": rp }),
        None => json!({ "honorarium_id": row.id, "pph_bps": bulk.pph_bps }),
    }
}

fn moved(bulk: &BulkPayment, body: Value) -> Map<String, Value> {
    let same = json!({ "paid_on": bulk.paid_on, "method": bulk.method, "reference": bulk.reference, "proof_document_id": bulk.proof_document_id });
    [body, same].into_iter().filter_map(|part| part.as_object().cloned()).flatten().filter(|(_, value)| !value.is_null()).collect()
}

async fn siswa_of(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Failure> {
    let sql = format!("SELECT id, siswa_id FROM tagihan WHERE id IN ({})", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.iter().map(|id| (*id).into()).collect()).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "siswa_id")?))).collect()
}
