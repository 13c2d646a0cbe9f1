//! One billing run: how far it is, what it looked at before, and whom it put aside, with their names.

use super::super::OurApp;
use super::{BillingRunRow, FROM, SELECT};
use crate::problem::Problem;
use crate::request::At;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::tag::Tag;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::billing_run::preflight::{Anomaly, Report, Stop, Sum};
use workflows::billing_run::state::Side;

/// How many of those put aside are shown.
const PARKED: u64 = 200;

#[derive(Serialize, ToSchema)]
pub struct BillingRunDetail {
    #[serde(flatten)]
    row: BillingRunRow,
    /// Null until it has looked ahead.
    #[schema(required)]
    preflight: Option<BillingPreflight>,
    part_list: Vec<BillingPart>,
    /// The most rupiah first, at most 200.
    parked: Vec<BillingParked>,
    /// Honorarium that leave something to the next, and how much.
    carried_count: i64,
    carried_rp: i64,
}

/// What a run looked at before it billed.
#[derive(Serialize, ToSchema)]
struct BillingPreflight {
    siswa: BillingSum,
    tutor: BillingSum,
    /// The most rupiah first.
    anomalies: Vec<BillingAnomaly>,
    /// Sesi of the month that were not closed then.
    open_sesi: i64,
    /// Some of them, as they are now.
    open_sesi_list: Vec<OpenSesi>,
    /// Why it stopped.
    stops: Vec<BillingStop>,
}

#[derive(Serialize, ToSchema)]
struct BillingSum {
    parties: i64,
    items: i64,
    amount_rp: i64,
    before_parties: i64,
    /// Null when nothing of the month before was billed.
    #[schema(required)]
    before_rp: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct BillingAnomaly {
    /// `NEGATIVE_TOTAL`, `CARRIED_OVER`, `DIFFERS` or `NO_CONTACT`.
    kind: &'static str,
    /// `SISWA` or `TUTOR`.
    side: &'static str,
    party: Coded,
    amount_rp: i64,
    before_rp: i64,
}

#[derive(Serialize, ToSchema)]
struct BillingStop {
    /// `SISWA` or `TUTOR`.
    side: &'static str,
    amount_rp: i64,
    before_rp: i64,
    above_pct: i64,
}

#[derive(Serialize, ToSchema)]
struct OpenSesi {
    id: Uuid,
    code: String,
    state: String,
    starts_at: DateTime<Utc>,
}

/// A range of siswa or tutors.
#[derive(Serialize, ToSchema)]
struct BillingPart {
    number: i64,
    /// `SISWA` or `TUTOR`.
    side: String,
    parties: i64,
    documents: i64,
    parked: i64,
    amount_rp: i64,
    #[schema(required)]
    done_at: Option<DateTime<Utc>>,
}

/// Somebody who could not be billed.
#[derive(Serialize, ToSchema)]
struct BillingParked {
    /// `SISWA` or `TUTOR`.
    side: String,
    party: Coded,
    /// `NEGATIVE_TOTAL`: adjustments take more than there is to bill.
    reason: String,
    amount_rp: i64,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<BillingRunDetail>, Problem> {
    let db = &app.engine.db;
    let sql = format!("SELECT {SELECT}, b.preflight FROM {FROM} WHERE b.id = ?");
    let found = db::row(db.reader(), &sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("billing_run"))?;
    let stored: Option<serde_json::Value> = found.try_get("", "preflight").map_err(Failure::from)?;
    let report = stored.map(serde_json::from_value::<Report>).transpose();
    let report = report.map_err(|source| Failure::Stored { what: "preflight of a billing run".into(), source })?;
    let (carried_count, carried_rp) = carried(db, id).await?;
    Ok(Json(BillingRunDetail {
        row: super::row(&found)?,
        preflight: match report {
            Some(report) => Some(told(db, report).await?),
            None => None,
        },
        part_list: parts(db, id).await?,
        parked: parked(db, id).await?,
        carried_count,
        carried_rp,
    }))
}

async fn carried(db: &Db, id: Uuid) -> Result<(i64, i64), Failure> {
    let sql = "SELECT count(*) AS n, CAST(COALESCE(sum(carried_out_rp), 0) AS BIGINT) AS rp FROM honorarium WHERE run_id = ? AND carried_out_rp > 0 AND status <> 'VOID'";
    let Some(row) = db::row(db.reader(), sql, vec![id.into()]).await? else { return Ok((0, 0)) };
    Ok((row.try_get("", "n")?, row.try_get("", "rp")?))
}

async fn parts(db: &Db, id: Uuid) -> Result<Vec<BillingPart>, Failure> {
    let sql = "SELECT number, side, parties, documents, parked, amount_rp, done_at FROM billing_part WHERE run_id = ? ORDER BY number";
    let rows = db::rows(db.reader(), sql, vec![id.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(BillingPart {
            number: row.try_get("", "number")?,
            side: row.try_get("", "side")?,
            parties: row.try_get("", "parties")?,
            documents: row.try_get("", "documents")?,
            parked: row.try_get("", "parked")?,
            amount_rp: row.try_get("", "amount_rp")?,
            done_at: row.try_get("", "done_at")?,
        })
    });
    read.collect()
}

async fn parked(db: &Db, id: Uuid) -> Result<Vec<BillingParked>, Failure> {
    let sql = "SELECT p.side, p.party_id, COALESCE(s.code, t.code, '') AS code, COALESCE(s.name, t.name, '') AS name, p.reason, p.amount_rp FROM billing_parked p \
               LEFT JOIN siswa s ON s.id = p.party_id LEFT JOIN tutor t ON t.id = p.party_id WHERE p.run_id = ? ORDER BY abs(p.amount_rp) DESC, p.party_id LIMIT ?";
    let rows = db::rows(db.reader(), sql, vec![id.into(), PARKED.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(BillingParked {
            side: row.try_get("", "side")?,
            party: Coded { id: row.try_get("", "party_id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? },
            reason: row.try_get("", "reason")?,
            amount_rp: row.try_get("", "amount_rp")?,
        })
    });
    read.collect()
}

async fn told(db: &Db, report: Report) -> Result<BillingPreflight, Failure> {
    let names = names(db, &report.anomalies).await?;
    let anomaly = |one: Anomaly| BillingAnomaly {
        kind: one.kind.as_str(),
        side: one.side.as_str(),
        party: names.get(&one.party_id).cloned().unwrap_or_else(|| Coded { id: one.party_id, code: String::new(), name: String::new() }),
        amount_rp: one.amount_rp,
        before_rp: one.before_rp,
    };
    let stop = |Stop { side, amount_rp, before_rp, above_pct }: Stop| BillingStop { side: side.as_str(), amount_rp, before_rp, above_pct };
    let open_sesi_list = open_sesi(db, &report.open_sesi_ids).await?;
    Ok(BillingPreflight {
        siswa: sum(report.siswa),
        tutor: sum(report.tutor),
        anomalies: report.anomalies.into_iter().map(anomaly).collect(),
        open_sesi: report.open_sesi,
        open_sesi_list,
        stops: report.stops.into_iter().map(stop).collect(),
    })
}

fn sum(Sum { parties, items, amount_rp, before_parties, before_rp }: Sum) -> BillingSum {
    BillingSum { parties, items, amount_rp, before_parties, before_rp }
}

async fn names(db: &Db, anomalies: &[Anomaly]) -> Result<HashMap<Uuid, Coded>, Failure> {
    let mut names = HashMap::new();
    for (side, table) in [(Side::Siswa, "siswa"), (Side::Tutor, "tutor")] {
        let ids: Vec<Uuid> = anomalies.iter().filter(|one| one.side == side).map(|one| one.party_id).collect();
        if ids.is_empty() {
            continue;
        }
        let sql = format!("SELECT id, code, name FROM {table} WHERE id IN ({})", vec!["?"; ids.len()].join(","));
        for row in db::rows(db.reader(), &sql, ids.into_iter().map(Into::into).collect()).await? {
            let id: Uuid = row.try_get("", "id")?;
            names.insert(id, Coded { id, code: row.try_get("", "code")?, name: row.try_get("", "name")? });
        }
    }
    Ok(names)
}

async fn open_sesi(db: &Db, ids: &[Uuid]) -> Result<Vec<OpenSesi>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("SELECT id, code, state, starts_at FROM sesi WHERE id IN ({}) ORDER BY starts_at, id", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.iter().map(|id| (*id).into()).collect()).await?;
    let read = rows.iter().map(|row| {
        Ok(OpenSesi { id: row.try_get("", "id")?, code: row.try_get("", "code")?, state: row.try_get("", "state")?, starts_at: row.try_get("", "starts_at")? })
    });
    read.collect()
}
