//! The revisions of a final settlement, each with its lines and what has moved.

use crate::view::Named;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::termination::record::Model;

/// One revision: what it is the sum of, what it comes to, and what has been paid on it.
#[derive(Serialize, ToSchema)]
pub struct SettlementRevision {
    id: Uuid,
    revision: i64,
    /// Whether it is the one that stands.
    stands: bool,
    at: DateTime<Utc>,
    policy_version: i64,
    honorarium_rp: i64,
    transport_rp: i64,
    denda_rp: i64,
    /// Below zero when it is against the tutor.
    adjustment_rp: i64,
    /// What months that were billed add: adjustments, denda returned, sesi reversed, what was carried over.
    corrections_rp: i64,
    payable_rp: i64,
    owed_rp: i64,
    /// A shortfall that the policy lets go.
    waived_rp: i64,
    /// Paid to the tutor, and by them, on earlier revisions.
    paid_before_rp: i64,
    received_before_rp: i64,
    due_rp: i64,
    claim_rp: i64,
    /// `DUE`, `OWED`, `BALANCED`, `PAID`, `RECEIVED` or `WRITTEN_OFF`.
    status: String,
    #[schema(required)]
    moved: Option<MovedMoney>,
    lines: Vec<SettlementLine>,
}

/// What has been paid, to the tutor or by them, or was let go.
#[derive(Serialize, ToSchema)]
struct MovedMoney {
    amount_rp: i64,
    /// Null when nothing moved.
    #[schema(required)]
    on: Option<NaiveDate>,
    /// `TRANSFER`, `CASH` or `OTHER`.
    #[schema(required)]
    method: Option<String>,
    #[schema(required)]
    reference: Option<String>,
    #[schema(required)]
    proof_document_id: Option<Uuid>,
    recorded_by: Named,
    recorded_at: DateTime<Utc>,
}

/// A line of a settlement; a denda is below zero.
#[derive(Serialize, ToSchema)]
struct SettlementLine {
    /// `HONORARIUM`, `TRANSPORT`, `DENDA`, `DENDA_RETURNED`, `REVERSED`, `CARRIED` or `ADJUSTMENT`.
    kind: String,
    #[schema(required)]
    sesi_id: Option<Uuid>,
    /// The settlement of the sesi, or the denda.
    #[schema(required)]
    source_id: Option<Uuid>,
    /// Of the sesi, the denda, the adjustment or the Honorarium; empty for an adjustment of the settlement itself.
    code: String,
    #[schema(required)]
    held_on: Option<NaiveDate>,
    amount_rp: i64,
}

pub async fn revisions(db: &Db, record: &Model) -> Result<Vec<SettlementRevision>, Failure> {
    let sql = "SELECT f.*, u.name AS recorded_by_name FROM final_settlement f LEFT JOIN user_account u ON u.id = f.recorded_by \
               WHERE f.termination_id = ? ORDER BY f.revision DESC";
    let mut revisions = vec![];
    for row in db::rows(db.reader(), sql, vec![record.id.into()]).await? {
        let id: Uuid = row.try_get("", "id")?;
        let lines = lines(db, id).await?;
        revisions.push(revision(&row, (id, record.settlement_id == Some(id)), lines)?);
    }
    Ok(revisions)
}

fn revision(row: &QueryResult, (id, stands): (Uuid, bool), lines: Vec<SettlementLine>) -> Result<SettlementRevision, Failure> {
    let rp = |column: &str| -> Result<i64, Failure> { Ok(row.try_get("", column)?) };
    Ok(SettlementRevision {
        id,
        revision: rp("revision")?,
        stands,
        at: row.try_get("", "at")?,
        policy_version: rp("policy_version")?,
        honorarium_rp: rp("honorarium_rp")?,
        transport_rp: rp("transport_rp")?,
        denda_rp: rp("denda_rp")?,
        adjustment_rp: rp("adjustment_rp")?,
        corrections_rp: rp("corrections_rp")?,
        payable_rp: rp("payable_rp")?,
        owed_rp: rp("owed_rp")?,
        waived_rp: rp("waived_rp")?,
        paid_before_rp: rp("paid_before_rp")?,
        received_before_rp: rp("received_before_rp")?,
        due_rp: rp("due_rp")?,
        claim_rp: rp("claim_rp")?,
        status: row.try_get("", "status")?,
        moved: moved(row)?,
        lines,
    })
}

fn moved(row: &QueryResult) -> Result<Option<MovedMoney>, Failure> {
    let (by, at): (Option<Uuid>, Option<DateTime<Utc>>) = (row.try_get("", "recorded_by")?, row.try_get("", "recorded_at")?);
    let Some((by, recorded_at)) = by.zip(at) else { return Ok(None) };
    let name = row.try_get::<Option<String>>("", "recorded_by_name")?.unwrap_or_default();
    Ok(Some(MovedMoney {
        amount_rp: row.try_get("", "moved_rp")?,
        on: row.try_get("", "moved_on")?,
        method: row.try_get("", "method")?,
        reference: row.try_get("", "reference")?,
        proof_document_id: row.try_get("", "proof_document_id")?,
        recorded_by: Named { id: by, name },
        recorded_at,
    }))
}

async fn lines(db: &Db, settlement: Uuid) -> Result<Vec<SettlementLine>, Failure> {
    let sql = "SELECT kind, sesi_id, source_id, code, held_on, amount_rp FROM final_settlement_line WHERE settlement_id = ? ORDER BY number";
    let rows = db::rows(db.reader(), sql, vec![settlement.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(SettlementLine {
            kind: row.try_get("", "kind")?,
            sesi_id: row.try_get("", "sesi_id")?,
            source_id: row.try_get("", "source_id")?,
            code: row.try_get("", "code")?,
            held_on: row.try_get("", "held_on")?,
            amount_rp: row.try_get("", "amount_rp")?,
        })
    });
    read.collect()
}
