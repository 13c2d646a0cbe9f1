//! The checklist of a termination as ordered steps: what is done, by itself or by whom, what is open, and what is in the way.

use crate::problem::Obstacle;
use crate::view::Named;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::termination::checklist::{ground_open, open_tasks};
use workflows::termination::facts;
use workflows::termination::record::{Model, SettlementStatus};

/// A step of the checklist.
#[derive(Serialize, ToSchema)]
pub struct ChecklistStep {
    /// `access`, `clear_sesi`, `settle`, `pay_out`, `return_documents`, `review_ground` or `archive`.
    name: String,
    /// `DONE`, `OPEN` (somebody or something is to do it) or `WAITING` (for a step before it).
    state: String,
    /// Whether it was done, or will be, by the program itself.
    automatic: bool,
    #[schema(required)]
    by: Option<Named>,
    #[schema(required)]
    at: Option<DateTime<Utc>>,
    /// What somebody said of it; null once the tutor has been erased.
    #[schema(required)]
    note: Option<String>,
    evidence: Vec<Evidence>,
    /// What stands in the way.
    blocking: Vec<Obstacle>,
}

/// A figure that shows what a step did.
#[derive(Serialize, ToSchema)]
struct Evidence {
    /// `accounts_closed`, `sessions_ended`, `links_voided`, `resets_voided`, `identities_removed`, `sesi_to_clear`, `sesi_left`,
    /// `settlement_revision`, `due_rp`, `claim_rp`, `paid_rp` or `received_rp`.
    name: String,
    value: i64,
}

/// Who and when, of something that was done.
type Signed = Option<(Option<Uuid>, DateTime<Utc>)>;

struct Around {
    names: HashMap<Uuid, String>,
    sesi: (Vec<Obstacle>, i64),
    claims: Vec<Obstacle>,
    contestable: Vec<Obstacle>,
    settled: Option<DateTime<Utc>>,
    moved: Signed,
}

pub async fn steps(db: &Db, record: &Model) -> Result<Vec<ChecklistStep>, Failure> {
    let around = around(db, record).await?;
    let mut steps = vec![access(record), clear(record, &around), settle(record, &around), pay_out(record, &around), documents(record, &around)];
    if record.ground_fell_at.is_some() {
        steps.push(ground(record, &around));
    }
    steps.push(archive(record, &around));
    Ok(steps)
}

async fn around(db: &Db, record: &Model) -> Result<Around, Failure> {
    let conn = db.reader();
    let obstacles = |found: Vec<engine::refusal::Blocking>| found.into_iter().map(Obstacle::from).collect::<Vec<_>>();
    let (sesi, count) = facts::live_sesi(conn, record.tutor_id).await?;
    let sql = "SELECT at, recorded_by, recorded_at FROM final_settlement WHERE id = ?";
    let settlement = db::row(conn, sql, vec![record.settlement_id.unwrap_or_default().into()]).await?;
    let (settled, moved) = match settlement {
        None => (None, None),
        Some(row) => {
            let recorded: Option<DateTime<Utc>> = row.try_get("", "recorded_at")?;
            let by: Option<Uuid> = row.try_get("", "recorded_by")?;
            (Some(row.try_get("", "at")?), recorded.map(|at| (by, at)))
        }
    };
    let open = record.archived_at.is_none();
    Ok(Around {
        names: names(db).await?,
        sesi: (obstacles(sesi), count),
        claims: if open { obstacles(facts::pending_claims(conn, record.tutor_id).await?) } else { vec![] },
        contestable: if open { obstacles(facts::contestable(conn, record.tutor_id).await?) } else { vec![] },
        settled,
        moved,
    })
}

/// Everybody with an account: a company has dozens.
async fn names(db: &Db) -> Result<HashMap<Uuid, String>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, name FROM user_account", vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}

impl ChecklistStep {
    fn new(name: &str, signed: Signed, around: &HashMap<Uuid, String>) -> Self {
        let named = |id: Uuid| Named { id, name: around.get(&id).cloned().unwrap_or_default() };
        let (by, at) = signed.map_or((None, None), |(by, at)| (by.map(named), Some(at)));
        let state = if at.is_some() { "DONE" } else { "OPEN" };
        Self { name: name.into(), state: state.into(), automatic: at.is_some() && by.is_none(), by, at, note: None, evidence: vec![], blocking: vec![] }
    }

    fn waiting(self, waits: bool) -> Self {
        if waits && self.state == "OPEN" { Self { state: "WAITING".into(), ..self } } else { self }
    }

    fn shows(self, figures: &[(&str, i64)]) -> Self {
        Self { evidence: figures.iter().map(|(name, value)| Evidence { name: (*name).into(), value: *value }).collect(), ..self }
    }

    fn noted(self, note: Option<&String>) -> Self {
        Self { note: note.cloned(), ..self }
    }

    fn blocked(self, obstacles: &[Obstacle]) -> Self {
        if self.state == "DONE" { self } else { Self { blocking: obstacles.to_vec(), ..self } }
    }
}

/// In the transaction of the decision.
fn access(record: &Model) -> ChecklistStep {
    ChecklistStep::new("access", Some((None, record.decided_at)), &HashMap::new()).shows(&[
        ("accounts_closed", record.accounts_closed),
        ("sessions_ended", record.sessions_ended),
        ("links_voided", record.links_voided),
        ("resets_voided", record.resets_voided),
        ("identities_removed", record.identities_removed),
    ])
}

fn clear(record: &Model, around: &Around) -> ChecklistStep {
    let signed = record.sesi_cleared_at.map(|at| (record.sesi_cleared_by, at));
    let step = ChecklistStep::new("clear_sesi", signed, &around.names).blocked(&around.sesi.0);
    let left = if record.sesi_cleared_at.is_some() { 0 } else { around.sesi.1 };
    step.shows(&[("sesi_to_clear", record.sesi_to_clear), ("sesi_left", left)])
}

fn settle(record: &Model, around: &Around) -> ChecklistStep {
    let step = ChecklistStep::new("settle", around.settled.map(|at| (None, at)), &around.names);
    let step = ChecklistStep { automatic: true, ..step }.waiting(record.sesi_cleared_at.is_none());
    step.shows(&[("settlement_revision", record.settlement_revision), ("due_rp", record.due_rp), ("claim_rp", record.claim_rp)])
}

/// Nothing to pay is done by itself.
fn pay_out(record: &Model, around: &Around) -> ChecklistStep {
    let signed = match record.settlement_status {
        Some(SettlementStatus::Balanced) => around.settled.map(|at| (None, at)),
        Some(SettlementStatus::Paid | SettlementStatus::Received | SettlementStatus::WrittenOff) => around.moved,
        Some(SettlementStatus::Due | SettlementStatus::Owed) | None => None,
    };
    let step = ChecklistStep::new("pay_out", signed, &around.names).waiting(record.settlement_revision == 0);
    step.blocked(&around.claims).shows(&[
        ("due_rp", record.due_rp),
        ("claim_rp", record.claim_rp),
        ("paid_rp", record.paid_rp),
        ("received_rp", record.received_rp),
    ])
}

fn documents(record: &Model, around: &Around) -> ChecklistStep {
    let signed = record.documents_returned_at.map(|at| (record.documents_returned_by, at));
    ChecklistStep::new("return_documents", signed, &around.names).noted(record.documents_note.as_ref())
}

fn ground(record: &Model, around: &Around) -> ChecklistStep {
    let signed = if ground_open(record) { None } else { record.ground_noted_at.map(|at| (record.ground_noted_by, at)) };
    ChecklistStep::new("review_ground", signed, &around.names).noted(record.ground_note.as_ref())
}

fn archive(record: &Model, around: &Around) -> ChecklistStep {
    let signed = record.archived_at.map(|at| (record.archived_by, at));
    let step = ChecklistStep::new("archive", signed, &around.names).waiting(open_tasks(record) != ["archive"]);
    step.blocked(&around.contestable)
}
