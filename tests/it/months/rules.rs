//! What must hold at any moment, and what of a month that is closed.

use tests::company::Company;
use workflows::books::aging;
use workflows::books::balance::Month;
use workflows::period::verify;

/// Each counts what must not be there.
const NEVER: [(&str, &str); 6] = [
    ("the ledger is out", "SELECT coalesce(sum(amount_rp), 0) FROM posting"),
    (
        "something is on two documents",
        "SELECT count(*) FROM (SELECT source_id FROM tagihan_line WHERE voided_at IS NULL GROUP BY source_id HAVING count(*) > 1 \
         UNION ALL SELECT source_id FROM honorarium_line WHERE voided_at IS NULL GROUP BY source_id, kind HAVING count(*) > 1) x",
    ),
    (
        "a Tagihan is not the sum of its lines",
        "SELECT count(*) FROM tagihan t WHERE t.status <> 'VOID' AND t.total_rp <> (SELECT coalesce(sum(l.amount_rp), 0) FROM tagihan_line l WHERE l.tagihan_id = t.id AND l.voided_at IS NULL)",
    ),
    (
        "an Honorarium is not the sum of its lines and what it carries on",
        "SELECT count(*) FROM honorarium h WHERE h.status <> 'VOID' \
         AND h.net_rp - h.carried_out_rp <> (SELECT coalesce(sum(l.amount_rp), 0) FROM honorarium_line l WHERE l.honorarium_id = h.id AND l.voided_at IS NULL)",
    ),
    (
        "a number is missing in a series",
        "SELECT count(*) FROM document_series s WHERE (s.series LIKE 'TAG-%' AND s.next - 1 <> (SELECT count(*) FROM tagihan t WHERE t.number LIKE s.series || '-%')) \
         OR (s.series LIKE 'HON-%' AND s.next - 1 <> (SELECT count(*) FROM honorarium h WHERE h.number LIKE s.series || '-%'))",
    ),
    (
        "what is settled and stands on a Tagihan is paid, or open, otherwise than the Tagihan",
        "SELECT count(*) FROM tagihan_line l JOIN tagihan t ON t.id = l.tagihan_id JOIN siswa_settlement x ON x.id = l.source_id \
         WHERE l.voided_at IS NULL AND t.status IN ('ISSUED','PARTIALLY_PAID','PAID') AND (t.status = 'PAID') <> (x.status = 'PAID')",
    ),
];
const RECEIVABLE: &str = "SELECT coalesce(sum(amount_rp), 0) FROM posting WHERE account = '1100'";
/// What is due and stands on no Tagihan.
const NOT_BILLED: &str = "SELECT (SELECT coalesce(sum(x.amount_rp), 0) FROM siswa_settlement x WHERE x.status = 'UNPAID' \
    AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = x.id AND l.voided_at IS NULL)) \
    + (SELECT coalesce(sum(a.amount_rp), 0) FROM money_adjustment a WHERE a.side = 'SISWA' AND a.state = 'POSTED' \
    AND NOT EXISTS (SELECT 1 FROM tagihan_line l WHERE l.source_id = a.id AND l.voided_at IS NULL))";

/// Everything that is wrong now.
pub async fn broken(company: &Company) -> Vec<String> {
    let mut broken = vec![];
    for (sentence, sql) in NEVER {
        if company.db.count(sql, vec![]).await != 0 {
            broken.push(sentence.to_owned());
        }
    }
    // Entries of sesi ahead are dated on their day: every day there is.
    let aged = aging::of_day(&company.db.db, "2999-12-31".parse().expect("a day")).await.expect("who owes how much");
    let billed = |one: &aging::Aged| one.not_due_rp + one.days_0_30_rp + one.days_31_60_rp + one.days_61_90_rp + one.days_over_90_rp;
    let (billed, not_billed) = (aged.iter().map(billed).sum::<i64>(), aged.iter().map(|one| one.not_billed_rp).sum::<i64>());
    let (receivable, due) = (company.db.count(RECEIVABLE, vec![]).await, company.db.count(NOT_BILLED, vec![]).await);
    if billed + not_billed != receivable {
        broken.push(format!("the aging says {}, account 1100 {receivable}", billed + not_billed));
    }
    if not_billed != due {
        broken.push(format!("the aging says {not_billed} is not billed, the settlements {due}"));
    }
    broken
}

/// Of every month that was closed: made again from its sources it is the same.
pub async fn unlike_their_closings(company: &Company) -> Vec<String> {
    let mut unlike = vec![];
    for month in company.db.texts("SELECT month AS text FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await {
        let month = Month::parse(&month).expect("a month");
        match verify::month(company.db.db.reader(), month).await.expect("make it again") {
            Some(report) => unlike.extend(report.differences.into_iter().map(|one| format!("{month}: {one:?}"))),
            None => unlike.push(format!("{month} is locked and was never closed")),
        }
    }
    unlike
}
