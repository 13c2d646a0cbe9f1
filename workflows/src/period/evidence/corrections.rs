//! What would change amounts and waits for somebody to decide: adjustments, credit notes, write-offs, overrides.

use super::{Check, Evidence, Item};
use crate::books::balance::Month;
use engine::db;
use engine::plan::Amount;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};

/// Requests that no month can be told of wait in any of them.
const WAITING: &str = "SELECT i.id, i.code, i.state, 'money_adjustment' AS kind FROM money_adjustment a JOIN workflow_instance i ON i.id = a.id \
    WHERE a.state = 'WAITING' AND a.period_month <= ? \
    UNION ALL SELECT i.id, i.code, i.state, 'credit_note' FROM credit_note c JOIN workflow_instance i ON i.id = c.id WHERE c.state = 'REQUESTED' \
    UNION ALL SELECT i.id, i.code, i.state, 'write_off' FROM write_off w JOIN workflow_instance i ON i.id = w.id WHERE w.state = 'REQUESTED' \
    UNION ALL SELECT i.id, i.code, i.state, 'result_override' FROM result_override o JOIN workflow_instance i ON i.id = o.id JOIN sesi s ON s.id = o.sesi_id \
    WHERE i.state = 'REQUESTED' AND s.period_month <= ? ORDER BY 4, 2";
const POSTED: &str = "SELECT count(*) AS n, CAST(COALESCE(sum(amount_rp), 0) AS BIGINT) AS rp FROM money_adjustment \
    WHERE state = 'POSTED' AND period_month = ? AND side = ?";

pub(super) async fn look(conn: &impl ConnectionTrait, month: Month) -> Result<Evidence, Failure> {
    let name = month.to_string();
    let mut evidence = Evidence::new(Check::Corrections);
    for (side, count, rp) in [("SISWA", "siswa_adjustments", "siswa_adjustments_rp"), ("TUTOR", "tutor_adjustments", "tutor_adjustments_rp")] {
        if let Some(row) = db::row(conn, POSTED, vec![name.clone().into(), side.into()]).await? {
            evidence = evidence.figure(Amount::count(count, row.try_get("", "n")?)).figure(Amount::rp(rp, row.try_get("", "rp")?));
        }
    }
    let rows = db::rows(conn, WAITING, vec![name.clone().into(), name.into()]).await?;
    let item = |row: &QueryResult| Item::read(&row.try_get::<String>("", "kind")?, row);
    Ok(evidence.noted(rows.iter().map(item).collect::<Result<Vec<_>, _>>()?))
}
