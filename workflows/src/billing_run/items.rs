//! What is to be billed, in one place: whatever is due up to a month and stands on no live line of a document.
//!
//! Each row is a line to be: `party_id`, `kind`, `rank` (the order of kinds on a document), `source_id`, `sesi_id`, `on_day`
//! (its own day; of a sesi it is that of the sesi) and `amount_rp`, below zero where it takes.
//!
//! `LIMIT 1 OFFSET 0` keeps Postgres from turning a look at one line into a join with all of them: lines grow by the hundred
//! thousand while a run goes on, and the planner knows of them only minutes later.

use super::part::Range;
use super::state::Side;
use sea_orm::Value;

/// A part of a statement with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    pub sql: String,
    pub values: Vec<Value>,
}

/// One kind of thing that is billed; its condition ends the statement, so that a range of parties can follow.
struct Source {
    party: &'static str,
    sql: &'static str,
    /// Whether it asks for the month.
    up_to_month: bool,
    /// Its id, and its kind on a final settlement: whoever came back is not charged or given anew what was settled then.
    settled: Option<(&'static str, &'static str)>,
}

const SISWA: [Source; 2] = [
    Source {
        party: "x.siswa_id",
        sql: "SELECT x.siswa_id AS party_id, CASE x.kind WHEN 'COMPLETED' THEN 'SESI' WHEN 'NO_SHOW_STUDENT' THEN 'NO_SHOW' ELSE x.kind END AS kind, \
              1 AS rank, x.id AS source_id, x.sesi_id, CAST(NULL AS date) AS on_day, x.amount_rp FROM siswa_settlement x \
              WHERE x.status = 'UNPAID' AND x.amount_rp > 0 AND x.period_month <= ? \
              AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = x.id AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: None,
    },
    Source {
        party: "a.siswa_id",
        sql: "SELECT a.siswa_id, 'ADJUSTMENT', 2, a.id, a.sesi_id, a.occurred_on, a.amount_rp FROM money_adjustment a \
              WHERE a.side = 'SISWA' AND a.state = 'POSTED' AND a.period_month <= ? \
              AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = a.id AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: None,
    },
];

const TUTOR: [Source; 7] = [
    Source {
        party: "x.tutor_id",
        sql: "SELECT x.tutor_id AS party_id, CASE x.kind WHEN 'COMPLETED' THEN 'SESI' WHEN 'NO_SHOW_STUDENT' THEN 'NO_SHOW' ELSE x.kind END AS kind, \
              1 AS rank, x.id AS source_id, x.sesi_id, CAST(NULL AS date) AS on_day, x.honorarium_rp AS amount_rp FROM tutor_settlement x \
              WHERE x.status = 'UNPAID' AND x.honorarium_rp > 0 AND x.period_month <= ? AND NOT EXISTS (SELECT 1 FROM honorarium_line l \
              WHERE l.source_id = x.id AND l.kind IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE') AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: None,
    },
    Source {
        party: "x.tutor_id",
        sql: "SELECT x.tutor_id, 'TRANSPORT', 2, x.id, x.sesi_id, CAST(NULL AS date), x.transport_rp FROM tutor_settlement x \
              WHERE x.status = 'UNPAID' AND x.transport_rp > 0 AND x.period_month <= ? \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = x.id AND l.kind = 'TRANSPORT' AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: None,
    },
    Source {
        party: "a.tutor_id",
        sql: "SELECT a.tutor_id, 'ADJUSTMENT', 3, a.id, a.sesi_id, a.occurred_on, a.amount_rp FROM money_adjustment a \
              WHERE a.side = 'TUTOR' AND a.state = 'POSTED' AND a.period_month <= ? \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = a.id AND l.kind = 'ADJUSTMENT' AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: Some(("a.id", "ADJUSTMENT")),
    },
    // One that is held waits.
    Source {
        party: "d.tutor_id",
        sql: "SELECT d.tutor_id, 'DENDA', 4, d.id, d.sesi_id, CAST(NULL AS date), -d.amount_rp FROM denda d JOIN sesi e ON e.id = d.sesi_id \
              WHERE d.status IN ('APPLIED','FINAL') AND d.amount_rp > 0 AND e.period_month <= ? \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = d.id AND l.kind = 'DENDA' AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: true,
        settled: Some(("d.id", "DENDA")),
    },
    // Deducted, and taken back since.
    Source {
        party: "d.tutor_id",
        sql: "SELECT d.tutor_id, 'DENDA_RETURNED', 5, d.id, d.sesi_id, CAST(NULL AS date), \
              -(SELECT l.amount_rp FROM honorarium_line l WHERE l.source_id = d.id AND l.kind = 'DENDA' AND l.voided_at IS NULL) FROM denda d \
              WHERE d.status = 'REVERSED' AND EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = d.id AND l.kind = 'DENDA' AND l.voided_at IS NULL LIMIT 1 OFFSET 0) \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line r WHERE r.source_id = d.id AND r.kind = 'DENDA_RETURNED' AND r.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: false,
        settled: Some(("d.id", "DENDA_RETURNED")),
    },
    // Paid or promised, and taken back since: what the lines said.
    Source {
        party: "x.tutor_id",
        sql: "SELECT x.tutor_id, 'REVERSED', 6, x.id, x.sesi_id, CAST(NULL AS date), -(SELECT CAST(sum(l.amount_rp) AS BIGINT) FROM honorarium_line l \
              WHERE l.source_id = x.id AND l.kind IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE','TRANSPORT') AND l.voided_at IS NULL) FROM tutor_settlement x \
              WHERE x.status = 'REVERSED' AND EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = x.id \
              AND l.kind IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE','TRANSPORT') AND l.voided_at IS NULL LIMIT 1 OFFSET 0) \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line r WHERE r.source_id = x.id AND r.kind = 'REVERSED' AND r.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: false,
        settled: Some(("x.id", "REVERSED")),
    },
    // What an earlier one left; of itself it makes no Honorarium.
    Source {
        party: "h.tutor_id",
        sql: "SELECT h.tutor_id, 'CARRIED', 7, h.id, CAST(NULL AS uuid), CAST(NULL AS date), -h.carried_out_rp FROM honorarium h \
              WHERE h.carried_out_rp > 0 AND h.status IN ('ISSUED','PAID') \
              AND NOT EXISTS (SELECT 1 FROM honorarium_line l WHERE l.source_id = h.id AND l.kind = 'CARRIED' AND l.voided_at IS NULL LIMIT 1 OFFSET 0)",
        up_to_month: false,
        settled: Some(("h.id", "CARRIED")),
    },
];

/// All that a side is to be billed up to a month: of everybody, or of a range.
pub fn of(side: Side, month: &str, range: Option<&Range>) -> Items {
    let sources: &[Source] = match side {
        Side::Siswa => &SISWA,
        Side::Tutor => &TUTOR,
    };
    let (mut parts, mut values) = (vec![], vec![]);
    for source in sources {
        let mut sql = source.sql.to_owned();
        if source.up_to_month {
            values.push(month.into());
        }
        if let Some((id, kind)) = source.settled {
            sql.push_str(&format!(
                " AND NOT EXISTS (SELECT 1 FROM final_settlement_line f JOIN termination t ON t.settlement_id = f.settlement_id WHERE f.source_id = {id} AND f.kind = '{kind}' LIMIT 1 OFFSET 0)"
            ));
        }
        if let Some(range) = range {
            sql.push_str(&format!(" AND {0} > ? AND {0} <= ?", source.party));
            values.extend([range.after_id.into(), range.last_id.into()]);
        }
        parts.push(sql);
    }
    let all = parts.join(" UNION ALL ");
    // Whoever has left is settled for good elsewhere (SPEC HR-5).
    let sql = match side {
        Side::Siswa => all,
        Side::Tutor => format!("SELECT y.* FROM ({all}) y WHERE (SELECT w.status FROM tutor w WHERE w.id = y.party_id) NOT IN ('TERMINATED','ARCHIVED')"),
    };
    Items { sql, values }
}
