//! What a decision about a claim looks at: the sesi, its penalty and how it stands, other claims, the files offered, the
//! settings in force.

use super::command::Command;
use super::evidence::{self, Offered};
use super::penalty::{Denda, Penalty, Strike};
use super::record::Model;
use crate::records::config::AppConfig;
use crate::records::{code, denda, strike};
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, QueryResult, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub sesi: Option<ClaimedSesi>,
    pub tutor_name: Option<String>,
    pub penalty: Option<Penalty>,
    /// The claim there is already about this penalty.
    pub other: Option<Blocking>,
    pub offered: Vec<Offered>,
    pub rules: Option<Rules>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedSesi {
    pub code: String,
    pub siswa_id: Uuid,
}

/// The settings of SPEC MD-8 that a claim goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub levels: i64,
    pub appeal_window_days: i64,
    pub claim_window_days: i64,
    pub review_hours: i64,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    match (command, record) {
        (Command::File { sesi_id, tutor_id, evidence, .. }, _) => filing(tx, (*sesi_id, *tutor_id), evidence.as_ref(), ctx).await,
        (Command::AddEvidence { evidence }, Some(record)) => {
            let offered = evidence::offered(tx, ctx, Some(evidence)).await?;
            Ok(Facts { tutor_name: tutor_name(tx, record.tutor_id).await?, offered, ..Facts::default() })
        }
        (Command::Note { .. }, Some(record)) => Ok(Facts { tutor_name: tutor_name(tx, record.tutor_id).await?, ..Facts::default() }),
        (Command::FlagReview, _) | (_, None) => Ok(Facts::default()),
        (_, Some(record)) => standing(tx, record).await,
    }
}

async fn filing(tx: &Tx, (sesi_id, tutor_id): (Uuid, Uuid), list: Option<&serde_json::Value>, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let unknown = |field: &str| Halt::Refused(Refusal::Invalid(vec![FieldError::new(field, "unknown")]));
    let row = db::row(tx, "SELECT code, siswa_id FROM sesi WHERE id = ?", vec![sesi_id.into()]).await?.ok_or_else(|| unknown("sesi_id"))?;
    let sesi = ClaimedSesi { code: row.try_get("", "code")?, siswa_id: row.try_get("", "siswa_id")? };
    let tutor_name = tutor_name(tx, tutor_id).await?.ok_or_else(|| unknown("tutor_id"))?;
    let penalty = newest(tx, sesi_id, tutor_id).await?;
    Ok(Facts {
        code: Some(code::yearly(tx, "fm_claim", "FM", ctx.now).await?),
        other: match &penalty {
            Some(penalty) => other(tx, (sesi_id, penalty.number), ctx.id).await?,
            None => None,
        },
        penalty,
        sesi: Some(sesi),
        tutor_name: Some(tutor_name),
        offered: evidence::offered(tx, ctx, list).await?,
        rules: Some(rules(tx).await?),
    })
}

/// How the penalty of a claim stands now.
async fn standing(tx: &Tx, record: &Model) -> Result<Facts, Halt> {
    let ids: Vec<Uuid> = record.denda_id.into_iter().chain(record.strike_id).collect();
    hold(tx, ids).await?;
    let denda = match record.denda_id {
        Some(id) => db::row(tx, &format!("{DENDA} WHERE id = ?"), vec![id.into()]).await?.as_ref().map(read_denda).transpose()?,
        None => None,
    };
    let strike = match record.strike_id {
        Some(id) => db::row(tx, &format!("{STRIKE} WHERE id = ?"), vec![id.into()]).await?.as_ref().map(read_strike).transpose()?,
        None => None,
    };
    let penalty = Penalty { number: record.number, at: record.penalty_at, denda, strike };
    Ok(Facts { tutor_name: tutor_name(tx, record.tutor_id).await?, penalty: Some(penalty), rules: Some(rules(tx).await?), ..Facts::default() })
}

const DENDA: &str = "SELECT id, number, at, status, amount_rp, contest_until FROM denda";
const STRIKE: &str = "SELECT id, number, at, status, points FROM strike";

/// The newest penalty of this tutor for this sesi: a substitute may have been penalised as well, and a tutor twice.
async fn newest(tx: &Tx, sesi: Uuid, tutor: Uuid) -> Result<Option<Penalty>, Failure> {
    let found = async |table: &str| -> Result<Option<(i64, Uuid)>, Failure> {
        let sql = format!("SELECT id, number FROM {table} WHERE sesi_id = ? AND tutor_id = ? ORDER BY number DESC LIMIT 1");
        let row = db::row(tx, &sql, vec![sesi.into(), tutor.into()]).await?;
        row.map(|row| Ok((row.try_get("", "number")?, row.try_get("", "id")?))).transpose()
    };
    let (denda, strike) = (found("denda").await?, found("strike").await?);
    let Some(number) = denda.iter().chain(&strike).map(|(number, _)| *number).max() else { return Ok(None) };
    let of_event = |one: Option<(i64, Uuid)>| one.filter(|(its, _)| *its == number).map(|(_, id)| id);
    let (denda, strike) = (of_event(denda), of_event(strike));
    hold(tx, denda.into_iter().chain(strike).collect()).await?;
    let denda = match denda {
        Some(id) => db::row(tx, &format!("{DENDA} WHERE id = ?"), vec![id.into()]).await?,
        None => None,
    };
    let strike = match strike {
        Some(id) => db::row(tx, &format!("{STRIKE} WHERE id = ?"), vec![id.into()]).await?,
        None => None,
    };
    let Some(first) = denda.as_ref().or(strike.as_ref()) else { return Ok(None) };
    let at = first.try_get("", "at")?;
    Ok(Some(Penalty { number, at, denda: denda.as_ref().map(read_denda).transpose()?, strike: strike.as_ref().map(read_strike).transpose()? }))
}

/// Holds the instances, so that what is read of them is what they will be told about. (SQLite has one writer anyway.)
async fn hold(tx: &Tx, mut ids: Vec<Uuid>) -> Result<(), Failure> {
    ids.sort_unstable();
    if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
        for id in ids {
            db::row(tx, "SELECT id FROM workflow_instance WHERE id = ? FOR NO KEY UPDATE", vec![id.into()]).await?;
        }
    }
    Ok(())
}

fn read_denda(row: &QueryResult) -> Result<Denda, Failure> {
    let status = denda::Status::try_from_value(&row.try_get("", "status")?)?;
    Ok(Denda { id: row.try_get("", "id")?, status, amount_rp: row.try_get("", "amount_rp")?, contest_until: row.try_get("", "contest_until")? })
}

fn read_strike(row: &QueryResult) -> Result<Strike, Failure> {
    let status = strike::Status::try_from_value(&row.try_get("", "status")?)?;
    Ok(Strike { id: row.try_get("", "id")?, status, points: row.try_get("", "points")? })
}

async fn other(tx: &Tx, (sesi, number): (Uuid, i64), itself: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT id, code, state AS label FROM fm_claim WHERE sesi_id = ? AND number = ? AND state <> 'WITHDRAWN' AND id <> ?";
    let values: Vec<Value> = vec![sesi.into(), number.into(), itself.into()];
    let row = db::row(tx, sql, values).await?;
    row.map(|row| Ok(Blocking { kind: "fm_claim".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
        .transpose()
}

async fn tutor_name(tx: &Tx, id: Uuid) -> Result<Option<String>, Failure> {
    let row = db::row(tx, "SELECT name FROM tutor WHERE id = ?", vec![id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

async fn rules(tx: &Tx) -> Result<Rules, Failure> {
    let config = AppConfig::load(tx).await?;
    Ok(Rules {
        levels: config.force_majeure_approval_levels,
        appeal_window_days: config.force_majeure_appeal_window_days,
        claim_window_days: config.force_majeure_claim_window_days,
        review_hours: config.sla_fm_review_hours,
    })
}
