//! Siswa: what they owe, have given in advance and are owed back, by Tagihan, what is not billed yet, payments and corrections,
//! is what stands on their accounts; and what a Tagihan says of its corrections is what these say.

use super::{Fault, cash};
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

/// What the documents say each siswa owes (1100), has given in advance (2300) and is owed back (2400): each part gives `siswa_id`,
/// `account`, `rp`, a debit above zero.
const DOCUMENTS: &[&str] = &[
    "SELECT siswa_id, '1100' AS account, amount_rp AS rp FROM siswa_settlement WHERE status <> 'REVERSED'",
    "SELECT siswa_id, '1100', amount_rp FROM money_adjustment WHERE side = 'SISWA' AND state = 'POSTED'",
    "SELECT siswa_id, '1100', -open_rp FROM credit_note WHERE state = 'ISSUED'",
    "SELECT siswa_id, '1100', -amount_rp FROM write_off WHERE state = 'WRITTEN_OFF'",
    "SELECT siswa_id, '2300', -paid_rp FROM credit_note WHERE state = 'ISSUED' AND keep = 'DEPOSIT'",
    "SELECT siswa_id, '2300', amount_rp FROM refund WHERE source = 'TITIPAN'",
    "SELECT siswa_id, '2300', -amount_rp FROM refund WHERE state = 'KEPT'",
    "SELECT siswa_id, '2400', -amount_rp FROM refund WHERE state = 'DUE'",
    cash::OF_SISWA,
];

/// What is open of every Tagihan, and what is on none yet, is what they owe.
const RECEIVABLE: &str = "SELECT p.code AS subject, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT siswa_id, total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp AS rp FROM tagihan WHERE status <> 'VOID' \
    UNION ALL SELECT d.siswa_id, d.amount_rp FROM siswa_settlement d WHERE d.status <> 'REVERSED' \
    AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = d.id AND l.voided_at IS NULL) \
    UNION ALL SELECT d.siswa_id, d.amount_rp FROM money_adjustment d WHERE d.side = 'SISWA' AND d.state = 'POSTED' \
    AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = d.id AND l.voided_at IS NULL) \
    UNION ALL SELECT p.party_id, -p.amount_rp FROM posting p WHERE p.account = '1100' \
    ) x JOIN siswa p ON p.id = x.siswa_id GROUP BY p.code HAVING sum(x.rp) <> 0 ORDER BY 1";

/// What a Tagihan says it was credited, gave back and lost, less what its credit notes and write-offs say.
const CORRECTED: &str = "SELECT t.number AS subject, x.what, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT id, 'credited' AS what, credited_rp AS rp FROM tagihan WHERE credited_rp <> 0 \
    UNION ALL SELECT id, 'refunded', refunded_rp FROM tagihan WHERE refunded_rp <> 0 \
    UNION ALL SELECT id, 'written off', written_off_rp FROM tagihan WHERE written_off_rp <> 0 \
    UNION ALL SELECT tagihan_id, 'credited on its lines', credited_rp FROM tagihan_line WHERE credited_rp <> 0 \
    UNION ALL SELECT tagihan_id, 'credited', -amount_rp FROM credit_note WHERE state = 'ISSUED' \
    UNION ALL SELECT tagihan_id, 'credited on its lines', -amount_rp FROM credit_note WHERE state = 'ISSUED' \
    UNION ALL SELECT tagihan_id, 'refunded', -paid_rp FROM credit_note WHERE state = 'ISSUED' \
    UNION ALL SELECT tagihan_id, 'written off', -amount_rp FROM write_off WHERE state = 'WRITTEN_OFF' \
    ) x JOIN tagihan t ON t.id = x.id GROUP BY t.number, x.what HAVING sum(x.rp) <> 0 ORDER BY 1, 2";

/// Who stands otherwise in the documents than in what is posted, on which account, by how much.
fn unlike() -> String {
    format!(
        "SELECT p.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ({} UNION ALL SELECT p.party_id, p.account, -p.amount_rp FROM posting p \
         WHERE p.account IN ('1100', '2300', '2400')) x JOIN siswa p ON p.id = x.siswa_id GROUP BY p.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2",
        DOCUMENTS.join(" UNION ALL ")
    )
}

pub async fn unlike_their_documents(db: &Db) -> Result<Vec<Fault>, Failure> {
    let mut faults = vec![];
    for row in db::rows(db.reader(), &unlike(), vec![]).await? {
        let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
        let fault = format!("account {account} differs from the documents of the siswa by {}", Rupiah(rp));
        faults.push(Fault { subject: row.try_get("", "subject")?, fault });
    }
    for row in db::rows(db.reader(), RECEIVABLE, vec![]).await? {
        let rp: i64 = row.try_get("", "rp")?;
        let fault = format!("account 1100 differs from the Tagihan and what is not billed yet by {}", Rupiah(rp));
        faults.push(Fault { subject: row.try_get("", "subject")?, fault });
    }
    for row in db::rows(db.reader(), CORRECTED, vec![]).await? {
        let (what, rp): (String, i64) = (row.try_get("", "what")?, row.try_get("", "rp")?);
        let fault = format!("says that {} more is {what} than its credit notes and write-offs", Rupiah(rp));
        faults.push(Fault { subject: row.try_get("", "subject")?, fault });
    }
    Ok(faults)
}
