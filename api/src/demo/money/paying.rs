//! What tutors are paid, what is adjusted, and what goes to the tax office.

use super::{Month, name, next_month, transfer};
use crate::demo::scene::Playing;
use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

/// Hundredths of a percent.
const PPH_BPS: i64 = 250;
const DUE: &str = "SELECT id, number FROM honorarium WHERE period_month = ? AND status = 'ISSUED' AND net_rp > 0 ORDER BY number";
const WITHHELD: &str = "SELECT CAST(COALESCE(-sum(p.amount_rp), 0) AS BIGINT) AS rp FROM journal_entry e JOIN posting p ON p.entry_id = e.id \
    WHERE p.account = '2200' AND e.kind = 'honorarium_payment' AND e.posted_on >= ? AND e.posted_on < ?";
/// Small things that come up in a month, and whose: the so manieth of those who had a sesi in it.
const SMALL: [(&str, i64, i64, &str); 4] = [
    ("SISWA", 6, -25_000, "Diskon saudara kandung"),
    ("SISWA", 12, 40_000, "Modul cetak"),
    ("TUTOR", 2, 50_000, "Pelatihan tutor baru"),
    ("TUTOR", 9, -15_000, "Penggantian kartu tutor"),
];

pub async fn pay_tutors(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    for row in playing.rows(DUE, vec![name(month).into()]).await? {
        let (id, number): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "number")?);
        let mut body = transfer(playing, &number);
        body["honorarium_id"] = json!(id);
        body["pph_bps"] = json!(PPH_BPS);
        playing.opens("payment", ("pay_honorarium", body), "").await?;
    }
    Ok(())
}

/// What was withheld when the Honorarium of this month were paid, in the month after it.
pub async fn remit_pph(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    let paid_in = next_month(month);
    let Some(row) = playing.rows(WITHHELD, vec![paid_in.into(), next_month(paid_in).into()]).await?.pop() else { return Ok(()) };
    let amount_rp: i64 = row.try_get("", "rp")?;
    if amount_rp == 0 {
        return Ok(());
    }
    let mut body = transfer(playing, "NTPN-7F3A");
    body["month"] = json!(name(paid_in));
    body["amount_rp"] = json!(amount_rp);
    playing.opens("payment", ("remit_pph", body), "").await.map(drop)
}

pub async fn adjust(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    for (side, place, amount_rp, reason) in SMALL {
        let (table, key) = if side == "SISWA" { ("siswa_settlement", "siswa_id") } else { ("tutor_settlement", "tutor_id") };
        let sql = format!("SELECT DISTINCT {key} AS id FROM {table} WHERE period_month = ? ORDER BY {key} LIMIT 1 OFFSET ?");
        let Some(row) = playing.rows(&sql, vec![name(month).into(), place.into()]).await?.pop() else { continue };
        let party: Uuid = row.try_get("", "id")?;
        let body: Value = json!({ "side": side, key: party, "amount_rp": amount_rp });
        playing.opens("money_adjustment", ("request", body), reason).await?;
    }
    Ok(())
}
