//! What billing has made of a tutor's months, for their final settlement: Honorarium that nobody has paid become void and give
//! their lines back; what stands on one that is paid, or whose month is locked, is not settled again. What came after such a
//! Honorarium (a denda returned, a settlement reversed, denda carried over, an adjustment) is settled here.

use super::facts::zone;
use super::record::LineKind;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Tx};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What months that are billed add to a settlement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    pub corrections: Vec<Correction>,
    /// Honorarium that become void with the settlement.
    pub unpaid: Vec<Unpaid>,
    /// What stands on 1200 because Honorarium carried it over.
    pub carried_rp: i64,
}

/// One line that is neither a sesi nor a denda of the months that are not billed; below zero against the tutor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub kind: LineKind,
    pub source_id: Uuid,
    pub sesi_id: Option<Uuid>,
    pub code: String,
    pub held_on: Option<NaiveDate>,
    pub amount_rp: i64,
}

/// A Honorarium that nobody has paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpaid {
    pub id: Uuid,
    pub number: String,
    pub status: String,
}

/// Lines of the Honorarium that stay: they are paid, or the month is locked. Conditions on `hl` follow.
macro_rules! kept {
    () => {
        "EXISTS (SELECT 1 FROM honorarium_line hl JOIN honorarium h ON h.id = hl.honorarium_id WHERE hl.voided_at IS NULL \
         AND (h.status = 'PAID' OR EXISTS (SELECT 1 FROM period k WHERE k.month = h.period_month AND k.state = 'LOCKED')) AND hl.kind "
    };
}

/// The settlement `x` of a sesi is not on one of them.
pub(super) const SESI_NOT_KEPT: &str = concat!("NOT ", kept!(), "IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE','TRANSPORT') AND hl.source_id = x.id)");
/// Neither is the denda `d`.
pub(super) const DENDA_NOT_KEPT: &str = concat!("NOT ", kept!(), "= 'DENDA' AND hl.source_id = d.id)");

/// The columns of a correction, each with one `?` for the tutor and one for the termination.
const ADJUSTMENTS: &str = concat!(
    "SELECT a.id, a.sesi_id, a.code, a.occurred_on AS held_on, a.amount_rp FROM money_adjustment a WHERE a.tutor_id = ? AND a.state = 'POSTED' AND NOT ",
    kept!(),
    "= 'ADJUSTMENT' AND hl.source_id = a.id) AND NOT EXISTS (SELECT 1 FROM final_settlement_line l JOIN final_settlement f ON f.id = l.settlement_id \
     WHERE l.kind = 'ADJUSTMENT' AND l.source_id = a.id AND f.termination_id <> ?) ORDER BY a.code"
);
const RETURNED: &str = concat!(
    "SELECT d.id, d.sesi_id, d.code, s.starts_at, o.zone, d.amount_rp FROM denda d JOIN sesi s ON s.id = d.sesi_id JOIN office o ON o.id = s.office_id \
     WHERE d.tutor_id = ? AND d.status = 'REVERSED' AND ",
    kept!(),
    "= 'DENDA' AND hl.source_id = d.id) AND NOT ",
    kept!(),
    "= 'DENDA_RETURNED' AND hl.source_id = d.id) AND NOT EXISTS (SELECT 1 FROM final_settlement_line l JOIN final_settlement f ON f.id = l.settlement_id \
     WHERE l.kind = 'DENDA_RETURNED' AND l.source_id = d.id AND f.termination_id <> ?) ORDER BY s.starts_at, d.number, d.id"
);
const REVERSED: &str = concat!(
    "SELECT x.id, x.sesi_id, s.code, s.starts_at, o.zone, -(x.honorarium_rp + x.transport_rp) AS amount_rp FROM tutor_settlement x \
     JOIN sesi s ON s.id = x.sesi_id JOIN office o ON o.id = s.office_id WHERE x.tutor_id = ? AND x.status = 'REVERSED' AND ",
    kept!(),
    "IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE','TRANSPORT') AND hl.source_id = x.id) AND NOT ",
    kept!(),
    "= 'REVERSED' AND hl.source_id = x.id) AND NOT EXISTS (SELECT 1 FROM final_settlement_line l JOIN final_settlement f ON f.id = l.settlement_id \
     WHERE l.kind = 'REVERSED' AND l.source_id = x.id AND f.termination_id <> ?) ORDER BY s.starts_at, s.id"
);
const CARRIED: &str = concat!(
    "SELECT c.id, c.number AS code, -c.carried_out_rp AS amount_rp FROM honorarium c WHERE c.tutor_id = ? AND c.carried_out_rp > 0 AND (c.status = 'PAID' \
     OR (c.status <> 'VOID' AND EXISTS (SELECT 1 FROM period k WHERE k.month = c.period_month AND k.state = 'LOCKED'))) AND NOT ",
    kept!(),
    "= 'CARRIED' AND hl.source_id = c.id) AND NOT EXISTS (SELECT 1 FROM final_settlement_line l JOIN final_settlement f ON f.id = l.settlement_id \
     WHERE l.kind = 'CARRIED' AND l.source_id = c.id AND f.termination_id <> ?) ORDER BY c.number"
);
const UNPAID: &str = "SELECT id, number, status FROM honorarium WHERE tutor_id = ? AND status IN ('DRAFT','ISSUED') AND NOT EXISTS \
    (SELECT 1 FROM period k WHERE k.month = honorarium.period_month AND k.state = 'LOCKED') ORDER BY number";
const STANDING: &str = "SELECT CAST(COALESCE(sum(p.amount_rp), 0) AS BIGINT) AS rp FROM posting p JOIN journal_entry e ON e.id = p.entry_id \
    WHERE p.party_id = ? AND p.account = '1200' AND e.kind = 'carry_over'";

/// Waits for whoever bills or pays the tutor now, and keeps them away to the commit: what is read next is what they left.
pub(super) async fn hold(tx: &Tx, tutor: Uuid) -> Result<(), Failure> {
    if ConnectionTrait::get_database_backend(tx) != DbBackend::Postgres {
        return Ok(());
    }
    // The tutor first, as payments do.
    db::locked_row(tx, "SELECT id FROM tutor WHERE id = ?", vec![tutor.into()]).await?;
    db::rows(tx, "SELECT id FROM honorarium WHERE tutor_id = ? ORDER BY id FOR NO KEY UPDATE", vec![tutor.into()]).await?;
    let sql = "SELECT id FROM tutor_settlement WHERE tutor_id = ? AND status = 'UNPAID' ORDER BY id FOR NO KEY UPDATE";
    db::rows(tx, sql, vec![tutor.into()]).await.map(drop)
}

pub(super) async fn read(tx: &Tx, tutor: Uuid, termination: Uuid) -> Result<Billed, Failure> {
    let mut corrections = vec![];
    for (kind, sql) in [(LineKind::Adjustment, ADJUSTMENTS), (LineKind::DendaReturned, RETURNED), (LineKind::Reversed, REVERSED), (LineKind::Carried, CARRIED)]
    {
        for row in db::rows(tx, sql, vec![tutor.into(), termination.into()]).await? {
            corrections.push(correction(kind, &row)?);
        }
    }
    let mut unpaid = vec![];
    for row in db::rows(tx, UNPAID, vec![tutor.into()]).await? {
        unpaid.push(Unpaid { id: row.try_get("", "id")?, number: row.try_get("", "number")?, status: row.try_get("", "status")? });
    }
    let standing = db::row(tx, STANDING, vec![tutor.into()]).await?;
    let carried_rp = standing.map(|row| row.try_get("", "rp")).transpose()?.unwrap_or(0);
    Ok(Billed { corrections, unpaid, carried_rp })
}

fn correction(kind: LineKind, row: &QueryResult) -> Result<Correction, Failure> {
    let (sesi_id, held_on) = match kind {
        LineKind::Carried => (None, None),
        LineKind::Adjustment => (row.try_get("", "sesi_id")?, row.try_get("", "held_on")?),
        LineKind::Honorarium | LineKind::Transport | LineKind::Denda | LineKind::DendaReturned | LineKind::Reversed => {
            let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
            (row.try_get("", "sesi_id")?, Some(starts_at.with_timezone(&zone(row)?).date_naive()))
        }
    };
    Ok(Correction { kind, source_id: row.try_get("", "id")?, sesi_id, code: row.try_get("", "code")?, held_on, amount_rp: row.try_get("", "amount_rp")? })
}
