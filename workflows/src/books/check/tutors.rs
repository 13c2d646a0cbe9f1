//! Tutors: what they are owed and owe, by settlements, denda and final settlements, is what stands on their accounts.

use super::Fault;
use super::carried::SETTLED_CARRIED;
use super::carry_over::CARRIED_OVER;
use super::cash;
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

/// What the documents say each tutor is owed (2100) and owes (1200), the final settlements that stand included: each part gives
/// `tutor_id`, `account`, `rp`, a debit above zero.
const DOCUMENTS: &[&str] = &[
    "SELECT tutor_id, '2100' AS account, -(honorarium_rp + transport_rp) AS rp FROM tutor_settlement WHERE status <> 'REVERSED'",
    "SELECT tutor_id, '2100', amount_rp FROM denda WHERE status <> 'REVERSED'",
    "SELECT f.tutor_id, '2100', -(f.adjustment_rp + f.claim_rp + f.received_before_rp + f.waived_rp) FROM final_settlement f JOIN termination e ON e.settlement_id = f.id",
    "SELECT f.tutor_id, '2100', f.moved_rp FROM final_settlement f WHERE f.status = 'PAID'",
    "SELECT f.tutor_id, '1200', f.claim_rp + f.received_before_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id",
    "SELECT f.tutor_id, '1200', -f.moved_rp FROM final_settlement f WHERE f.status = 'RECEIVED'",
    "SELECT f.tutor_id, '1200', -f.claim_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id WHERE f.status = 'WRITTEN_OFF'",
    SETTLED_CARRIED,
    CARRIED_OVER,
    "SELECT tutor_id, '2100', -amount_rp FROM money_adjustment WHERE side = 'TUTOR' AND state = 'POSTED'",
    cash::OF_TUTORS,
];

/// Who stands otherwise in the documents than in what is posted, on which account, by how much.
fn unlike() -> String {
    format!(
        "SELECT t.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ({} UNION ALL SELECT p.party_id, p.account, -p.amount_rp FROM posting p \
         WHERE p.account IN ('2100', '1200')) x JOIN tutor t ON t.id = x.tutor_id GROUP BY t.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2",
        DOCUMENTS.join(" UNION ALL ")
    )
}

pub async fn unlike_their_documents(db: &Db) -> Result<Vec<Fault>, Failure> {
    let rows = db::rows(db.reader(), &unlike(), vec![]).await?;
    rows.iter()
        .map(|row| {
            let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
            let fault = format!("account {account} differs from the documents of the tutor by {}", Rupiah(rp));
            Ok(Fault { subject: row.try_get("", "subject")?, fault })
        })
        .collect()
}
