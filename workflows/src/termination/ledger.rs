//! What a settlement is calculated from: sesi that are not paid, denda that counts, and the revision that stands.

use super::billed::{self, Billed, DENDA_NOT_KEPT, SESI_NOT_KEPT};
use super::books;
use super::facts::zone;
use super::record::{LineKind, Model};
use super::settlement::POLICY;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::policy_store;
use engine::refusal::Failure;
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a settlement is calculated from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The id of the next revision.
    pub fresh_id: Uuid,
    pub policy_version: i64,
    pub earned: Vec<Earned>,
    pub taken: Vec<Taken>,
    #[serde(default)]
    pub billed: Billed,
    pub previous: Option<Previous>,
}

/// A sesi that is not paid, or was by this termination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earned {
    pub id: Uuid,
    pub sesi_id: Uuid,
    pub code: String,
    pub held_on: NaiveDate,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub paid: bool,
}

/// A denda that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub id: Uuid,
    pub sesi_id: Uuid,
    pub code: String,
    pub held_on: NaiveDate,
    pub amount_rp: i64,
}

/// The revision that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    pub at: DateTime<Utc>,
    pub entry_id: Option<Uuid>,
    pub write_off_id: Option<Uuid>,
    pub receivable_rp: i64,
    pub waived_rp: i64,
    pub claim_rp: i64,
    /// Its lines: what kind, of what, how much.
    pub lines: Vec<(LineKind, Option<Uuid>, i64)>,
}

pub(super) async fn read(tx: &Tx, tutor: Uuid, record: Option<&Model>, ctx: Ctx<'_>) -> Result<Ledger, Failure> {
    let policy_version = policy_store::in_force(tx, POLICY, ctx.now).await?;
    policy_store::ensure(tx, ctx.policies, POLICY, policy_version).await?;
    billed::hold(tx, tutor).await?;
    let settlement = record.and_then(|record| record.settlement_id).unwrap_or_default();
    Ok(Ledger {
        fresh_id: new_id(ctx.now),
        policy_version,
        earned: earned(tx, tutor, settlement).await?,
        taken: taken(tx, tutor, ctx.id).await?,
        billed: billed::read(tx, tutor, ctx.id).await?,
        previous: match record {
            Some(record) => previous(tx, record).await?,
            None => None,
        },
    })
}

/// Held, so that nobody overrides or pays them meanwhile.
async fn earned(tx: &Tx, tutor: Uuid, settlement: Uuid) -> Result<Vec<Earned>, Failure> {
    let hold = if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres { " FOR NO KEY UPDATE OF x" } else { "" };
    let sql = format!(
        "SELECT x.id, x.sesi_id, s.code, s.starts_at, o.zone, x.honorarium_rp, x.transport_rp, x.status FROM tutor_settlement x \
         JOIN sesi s ON s.id = x.sesi_id JOIN office o ON o.id = s.office_id WHERE x.tutor_id = ? AND ((x.status = 'UNPAID' AND {SESI_NOT_KEPT}) OR (x.status = 'PAID' AND EXISTS \
         (SELECT 1 FROM final_settlement_line l WHERE l.settlement_id = ? AND l.source_id = x.id))) ORDER BY s.starts_at, s.id{hold}"
    );
    let rows = db::rows(tx, &sql, vec![tutor.into(), settlement.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(Earned {
            id: row.try_get("", "id")?,
            sesi_id: row.try_get("", "sesi_id")?,
            code: row.try_get("", "code")?,
            held_on: held_on(row)?,
            honorarium_rp: row.try_get("", "honorarium_rp")?,
            transport_rp: row.try_get("", "transport_rp")?,
            paid: row.try_get::<String>("", "status")? == "PAID",
        })
    });
    read.collect()
}

/// What counts and was not deducted when the tutor left an earlier time.
async fn taken(tx: &Tx, tutor: Uuid, termination: Uuid) -> Result<Vec<Taken>, Failure> {
    let sql = format!(
        "SELECT d.id, d.sesi_id, d.code, s.starts_at, o.zone, d.amount_rp FROM denda d JOIN sesi s ON s.id = d.sesi_id JOIN office o ON o.id = s.office_id \
         WHERE d.tutor_id = ? AND d.status IN ('APPLIED','FINAL') AND {DENDA_NOT_KEPT} AND NOT EXISTS (SELECT 1 FROM final_settlement_line l \
         JOIN final_settlement f ON f.id = l.settlement_id WHERE l.kind = 'DENDA' AND l.source_id = d.id AND f.termination_id <> ?) ORDER BY s.starts_at, d.number, d.id"
    );
    let rows = db::rows(tx, &sql, vec![tutor.into(), termination.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(Taken {
            id: row.try_get("", "id")?,
            sesi_id: row.try_get("", "sesi_id")?,
            code: row.try_get("", "code")?,
            held_on: held_on(row)?,
            amount_rp: row.try_get("", "amount_rp")?,
        })
    });
    read.collect()
}

async fn previous(tx: &Tx, record: &Model) -> Result<Option<Previous>, Failure> {
    let Some(id) = record.settlement_id else { return Ok(None) };
    let sql = "SELECT at, claim_rp, received_before_rp, waived_rp FROM final_settlement WHERE id = ?";
    let Some(row) = db::row(tx, sql, vec![id.into()]).await? else { return Ok(None) };
    let (claim_rp, received_rp): (i64, i64) = (row.try_get("", "claim_rp")?, row.try_get("", "received_before_rp")?);
    let entry = async |key: String| -> Result<Option<Uuid>, Failure> {
        let row = db::row(tx, "SELECT id FROM journal_entry WHERE natural_key = ?", vec![key.into()]).await?;
        Ok(row.map(|row| row.try_get("", "id")).transpose()?)
    };
    let mut lines = vec![];
    for row in db::rows(tx, "SELECT kind, source_id, amount_rp FROM final_settlement_line WHERE settlement_id = ? ORDER BY number", vec![id.into()]).await? {
        let text: String = row.try_get("", "kind")?;
        let kind = LineKind::try_from_value(&text).map_err(Failure::from)?;
        lines.push((kind, row.try_get("", "source_id")?, row.try_get("", "amount_rp")?));
    }
    Ok(Some(Previous {
        at: row.try_get("", "at")?,
        entry_id: entry(books::settlement_key(record.id, record.settlement_revision)).await?,
        write_off_id: entry(books::write_off_key(record.id, record.settlement_revision)).await?,
        receivable_rp: claim_rp + received_rp,
        waived_rp: row.try_get("", "waived_rp")?,
        claim_rp,
        lines,
    }))
}

/// The local date of a sesi.
fn held_on(row: &QueryResult) -> Result<NaiveDate, Failure> {
    Ok(row.try_get::<DateTime<Utc>>("", "starts_at")?.with_timezone(&zone(row)?).date_naive())
}
