//! Sesi: what their settlements and denda say is what is posted for them, overrides and reversals included.

use super::Fault;
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

/// What the settlement documents of sesi say each account should hold, less what is posted; a reversed document says nothing.
const UNLIKE: &str = "SELECT s.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT sesi_id, '1100' AS account, amount_rp AS rp FROM siswa_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, CASE WHEN kind IN ('COMPLETED', 'NO_SHOW_STUDENT') THEN '4100' ELSE '4300' END, -amount_rp FROM siswa_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '5100', honorarium_rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '5200', transport_rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '2100', -(honorarium_rp + transport_rp) FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '2100', amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '4200', -amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT COALESCE(o.sesi_id, n.sesi_id, r.sesi_id, e.instance_id), p.account, -p.amount_rp FROM posting p JOIN journal_entry e ON e.id = p.entry_id \
    LEFT JOIN result_override o ON o.id = e.instance_id LEFT JOIN denda n ON n.id = e.instance_id LEFT JOIN settlement_reversal r ON r.id = e.instance_id \
    ) x JOIN sesi s ON s.id = x.sesi_id GROUP BY s.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2";
const NOT_BOOKED: &str = "SELECT s.code AS subject FROM sesi s WHERE NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.instance_id = s.id) \
    AND NOT EXISTS (SELECT 1 FROM result_override o JOIN journal_entry e ON e.instance_id = o.id WHERE o.sesi_id = s.id) \
    AND NOT EXISTS (SELECT 1 FROM denda n JOIN journal_entry e ON e.instance_id = n.id WHERE n.sesi_id = s.id) AND ( \
    EXISTS (SELECT 1 FROM siswa_settlement d WHERE d.sesi_id = s.id AND d.amount_rp <> 0) OR \
    EXISTS (SELECT 1 FROM tutor_settlement d WHERE d.sesi_id = s.id AND d.honorarium_rp + d.transport_rp <> 0) OR \
    EXISTS (SELECT 1 FROM denda d WHERE d.sesi_id = s.id AND d.amount_rp <> 0 AND d.status <> 'REVERSED')) ORDER BY 1";

pub async fn not_booked(db: &Db) -> Result<Vec<Fault>, Failure> {
    let rows = db::rows(db.reader(), NOT_BOOKED, vec![]).await?;
    rows.iter().map(|row| Ok(Fault { subject: row.try_get("", "subject")?, fault: "settled but not booked".into() })).collect()
}

pub async fn unlike_their_settlements(db: &Db) -> Result<Vec<Fault>, Failure> {
    let rows = db::rows(db.reader(), UNLIKE, vec![]).await?;
    rows.iter()
        .map(|row| {
            let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
            Ok(Fault { subject: row.try_get("", "subject")?, fault: format!("account {account} differs from the settlements by {}", Rupiah(rp)) })
        })
        .collect()
}
