//! Tutors: what they are owed and owe, by settlements, denda and final settlements, is what stands on their accounts.

use super::Fault;
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

/// What the documents say each tutor is owed (2100) and owes (1200), the final settlements that stand included, less what is posted.
const UNLIKE: &str = "SELECT t.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT tutor_id, '2100' AS account, -(honorarium_rp + transport_rp) AS rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT tutor_id, '2100', amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT f.tutor_id, '2100', -(f.adjustment_rp + f.claim_rp + f.received_before_rp + f.waived_rp) FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    UNION ALL SELECT f.tutor_id, '2100', f.moved_rp FROM final_settlement f WHERE f.status = 'PAID' \
    UNION ALL SELECT f.tutor_id, '1200', f.claim_rp + f.received_before_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    UNION ALL SELECT f.tutor_id, '1200', -f.moved_rp FROM final_settlement f WHERE f.status = 'RECEIVED' \
    UNION ALL SELECT f.tutor_id, '1200', -f.claim_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id WHERE f.status = 'WRITTEN_OFF' \
    UNION ALL SELECT p.party_id, p.account, -p.amount_rp FROM posting p WHERE p.account IN ('2100', '1200') \
    ) x JOIN tutor t ON t.id = x.tutor_id GROUP BY t.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2";

pub async fn unlike_their_documents(db: &Db) -> Result<Vec<Fault>, Failure> {
    let rows = db::rows(db.reader(), UNLIKE, vec![]).await?;
    rows.iter()
        .map(|row| {
            let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
            let fault = format!("account {account} differs from the documents of the tutor by {}", Rupiah(rp));
            Ok(Fault { subject: row.try_get("", "subject")?, fault })
        })
        .collect()
}
