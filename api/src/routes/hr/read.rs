//! Reading strikes and denda with their sesi, their people and what became of them.

use super::{Consequence, DendaRow, LeftSesi, StrikeView};
use crate::view::{Coded, Named};
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::execute::Engine;
use engine::refusal::Failure;
use sea_orm::{QueryResult, TryGetable, Value};
use uuid::Uuid;

/// More than anybody was ever given.
const MOST: usize = 500;

const STRIKES: &str = "SELECT k.*, t.code AS tutor_code, t.name AS tutor_name, s.code AS sesi_code, s.starts_at, o.zone, h.actor_id AS by_id, u.name AS by_name, \
    d.name AS decided_by_name, r.name AS revoked_by_name, \
    (SELECT w.due_at FROM task w WHERE w.instance_id = k.id AND w.name = 'sanction' AND w.state = 'OPEN') AS waits_until, \
    c.code AS claim_code, c.state AS claim_state, \
    x.id AS suspension_id, x.code AS suspension_code, x.state AS suspension_state, e.id AS termination_id, e.code AS termination_code, e.state AS termination_state \
    FROM strike k JOIN tutor t ON t.id = k.tutor_id JOIN sesi s ON s.id = k.sesi_id JOIN office o ON o.id = s.office_id \
    LEFT JOIN workflow_history h ON h.instance_id = k.id AND h.seq = 1 LEFT JOIN user_account u ON u.id = h.actor_id \
    LEFT JOIN user_account d ON d.id = k.decided_by LEFT JOIN user_account r ON r.id = k.revoked_by \
    LEFT JOIN workflow_instance c ON c.id = k.fm_claim_id LEFT JOIN suspension x ON x.strike_id = k.id LEFT JOIN termination e ON e.strike_id = k.id";

/// The strikes that meet a condition on `k`, the newest first.
pub async fn strikes(engine: &Engine, condition: &str, values: Vec<Value>) -> Result<Vec<StrikeView>, Failure> {
    let now = engine.clock.now();
    let sql = format!("{STRIKES} WHERE {condition} ORDER BY k.at DESC, k.id DESC LIMIT {MOST}");
    let rows = db::rows(engine.db.reader(), &sql, values).await?;
    rows.iter().map(|row| strike(row, now)).collect()
}

fn strike(row: &QueryResult, now: DateTime<Utc>) -> Result<StrikeView, Failure> {
    let (status, decays_at): (String, DateTime<Utc>) = (get(row, "status")?, get(row, "decays_at")?);
    let all = [("fm_claim_id", "fm_claim", "claim"), ("suspension_id", "suspension", "suspension"), ("termination_id", "termination", "termination")];
    let consequences = all.into_iter().filter_map(|names| consequence(row, names).transpose()).collect::<Result<_, _>>()?;
    Ok(StrikeView {
        id: get(row, "id")?,
        code: get(row, "code")?,
        tutor: tutor(row)?,
        sesi: sesi(row)?,
        points: get(row, "points")?,
        cause: get(row, "cause")?,
        at: get(row, "at")?,
        by: Named { id: get::<Option<Uuid>>(row, "by_id")?.unwrap_or_default(), name: get::<Option<String>>(row, "by_name")?.unwrap_or_default() },
        decays_at,
        counts: status == "LIVE" && decays_at > now,
        status,
        proposed: get(row, "proposed")?,
        proposed_days: get(row, "proposed_days")?,
        policy_version: get(row, "policy_version")?,
        waits_until: get(row, "waits_until")?,
        decision: get(row, "decision")?,
        sanction: get(row, "sanction")?,
        sanction_days: get(row, "sanction_days")?,
        decided_by: named(row, "decided_by")?,
        decided_at: get(row, "decided_at")?,
        decision_reason: get(row, "decision_reason")?,
        revoked_by: named(row, "revoked_by")?,
        revoked_at: get(row, "revoked_at")?,
        revoked_reason: get(row, "revoked_reason")?,
        consequences,
    })
}

const DENDA: &str = "SELECT k.*, t.code AS tutor_code, t.name AS tutor_name, s.code AS sesi_code, s.starts_at, o.zone, c.code AS claim_code, c.state AS claim_state \
    FROM denda k JOIN tutor t ON t.id = k.tutor_id JOIN sesi s ON s.id = k.sesi_id JOIN office o ON o.id = s.office_id \
    LEFT JOIN workflow_instance c ON c.id = k.fm_claim_id";

/// The denda that meet a condition on `k`, the newest first.
pub async fn denda(db: &Db, condition: &str, values: Vec<Value>) -> Result<Vec<DendaRow>, Failure> {
    let sql = format!("{DENDA} WHERE {condition} ORDER BY k.at DESC, k.id DESC LIMIT {MOST}");
    let read = |row: &QueryResult| {
        Ok(DendaRow {
            id: get(row, "id")?,
            code: get(row, "code")?,
            tutor: tutor(row)?,
            sesi: sesi(row)?,
            amount_rp: get(row, "amount_rp")?,
            status: get(row, "status")?,
            at: get(row, "at")?,
            contest_until: get(row, "contest_until")?,
            claim: consequence(row, ("fm_claim_id", "fm_claim", "claim"))?,
            reversed_at: get(row, "reversed_at")?,
        })
    };
    db::rows(db.reader(), &sql, values).await?.iter().map(read).collect()
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, Failure> {
    Ok(row.try_get("", column)?)
}

fn tutor(row: &QueryResult) -> Result<Coded, Failure> {
    Ok(Coded { id: get(row, "tutor_id")?, code: get(row, "tutor_code")?, name: get(row, "tutor_name")? })
}

fn sesi(row: &QueryResult) -> Result<LeftSesi, Failure> {
    Ok(LeftSesi { id: get(row, "sesi_id")?, code: get(row, "sesi_code")?, starts_at: get(row, "starts_at")?, zone: get(row, "zone")? })
}

fn named(row: &QueryResult, column: &str) -> Result<Option<Named>, Failure> {
    let id: Option<Uuid> = get(row, column)?;
    id.map(|id| Ok(Named { id, name: get::<Option<String>>(row, &format!("{column}_name"))?.unwrap_or_default() })).transpose()
}

/// `id` is the column of the other case's id, `name` how its other columns begin.
fn consequence(row: &QueryResult, (id, workflow, name): (&str, &str, &str)) -> Result<Option<Consequence>, Failure> {
    let (id, code): (Option<Uuid>, Option<String>) = (get(row, id)?, get(row, &format!("{name}_code"))?);
    let state: Option<String> = get(row, &format!("{name}_state"))?;
    Ok(id.zip(code).map(|(id, code)| Consequence { id, workflow: workflow.into(), code, state: state.unwrap_or_default() }))
}
