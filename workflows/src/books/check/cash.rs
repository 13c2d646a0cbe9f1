//! Payments: what they say moved is what stands on the bank's account and on Hutang PPh, and what the documents say was paid.

use super::Fault;
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;

/// That nobody has taken a payment `p` back.
macro_rules! live {
    () => {
        "p.kind <> 'REVERSAL' AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)"
    };
}

/// What payments say a siswa's 1100 and 2300 should hold: `siswa_id, account, rp`. For the check of siswa.
pub(super) const OF_SISWA: &str = concat!(
    "SELECT p.siswa_id, '1100' AS account, -p.allocated_rp AS rp FROM payment p WHERE p.kind IN ('SISWA', 'DEPOSIT') AND ",
    live!(),
    " UNION ALL SELECT p.siswa_id, '2300', CASE WHEN p.kind = 'DEPOSIT' THEN p.allocated_rp ELSE -p.deposit_rp END FROM payment p WHERE p.kind IN ('SISWA', 'DEPOSIT') AND ",
    live!()
);

/// What payments say a tutor's 2100 should hold: `tutor_id, account, rp`. For the check of tutors.
pub(super) const OF_TUTORS: &str =
    concat!("SELECT p.tutor_id, '2100' AS account, p.amount_rp + p.pph_withheld_rp AS rp FROM payment p WHERE p.kind = 'HONORARIUM' AND ", live!());

const UNLIKE: &str = concat!(
    "SELECT x.account AS account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( ",
    "SELECT '1000' AS account, CASE WHEN p.kind = 'SISWA' THEN p.amount_rp ELSE -p.amount_rp END AS rp FROM payment p WHERE p.kind IN ('SISWA', 'HONORARIUM', 'PPH') AND ",
    live!(),
    " UNION ALL SELECT '2200', CASE WHEN p.kind = 'PPH' THEN p.amount_rp ELSE -p.pph_withheld_rp END FROM payment p WHERE p.kind IN ('HONORARIUM', 'PPH') AND ",
    live!(),
    " UNION ALL SELECT '1000', -amount_rp FROM refund WHERE state = 'SENT'",
    " UNION ALL SELECT '1000', CASE WHEN f.status = 'PAID' THEN -f.moved_rp ELSE f.moved_rp END FROM final_settlement f WHERE f.status IN ('PAID', 'RECEIVED') ",
    "UNION ALL SELECT p.account, -p.amount_rp FROM posting p WHERE p.account IN ('1000', '2200') ",
    ") x GROUP BY x.account HAVING sum(x.rp) <> 0 ORDER BY 1"
);

const TAGIHAN: &str = concat!(
    "SELECT t.number AS subject, CAST(t.paid_rp - COALESCE(a.rp, 0) AS BIGINT) AS rp FROM tagihan t LEFT JOIN ( ",
    "SELECT l.tagihan_id, sum(l.amount_rp) AS rp FROM payment_allocation l JOIN payment p ON p.id = l.payment_id WHERE ",
    live!(),
    " GROUP BY l.tagihan_id) a ON a.tagihan_id = t.id WHERE t.paid_rp <> COALESCE(a.rp, 0) ORDER BY 1"
);

const HONORARIUM: &str = concat!(
    "SELECT h.number AS subject, CAST(h.paid_rp + h.pph_withheld_rp - COALESCE(a.rp, 0) AS BIGINT) AS rp FROM honorarium h LEFT JOIN ( ",
    "SELECT p.honorarium_id, sum(p.amount_rp + p.pph_withheld_rp) AS rp FROM payment p WHERE p.kind = 'HONORARIUM' AND ",
    live!(),
    " GROUP BY p.honorarium_id) a ON a.honorarium_id = h.id WHERE h.paid_rp + h.pph_withheld_rp <> COALESCE(a.rp, 0) ORDER BY 1"
);

pub async fn unlike_the_payments(db: &Db) -> Result<Vec<Fault>, Failure> {
    let mut faults = vec![];
    for row in db::rows(db.reader(), UNLIKE, vec![]).await? {
        let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
        faults.push(Fault { subject: format!("account {account}"), fault: format!("differs from the payments by {}", Rupiah(rp)) });
    }
    for sql in [TAGIHAN, HONORARIUM] {
        for row in db::rows(db.reader(), sql, vec![]).await? {
            let rp: i64 = row.try_get("", "rp")?;
            faults.push(Fault { subject: row.try_get("", "subject")?, fault: format!("says that {} more is paid than its payments", Rupiah(rp)) });
        }
    }
    Ok(faults)
}
