//! What siswa pay, and what is credited or given up.

use super::{Month, Wave, name, transfer};
use crate::demo::scene::Playing;
use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

const OPEN: &str = "SELECT t.id, t.number, t.siswa_id, s.code, CAST(t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp AS BIGINT) AS open_rp \
    FROM tagihan t JOIN siswa s ON s.id = t.siswa_id WHERE t.period_month = ? AND t.status IN ('ISSUED','PARTIALLY_PAID') ORDER BY t.number";
const PAID: &str = "SELECT t.id, l.number FROM tagihan t JOIN tagihan_line l ON l.tagihan_id = t.id AND l.number = 1 \
    WHERE t.period_month = ? AND t.status = 'PAID' AND l.amount_rp >= 100000 ORDER BY t.number LIMIT 2";
/// The one that pays too much, and by how much.
const GENEROUS: (i64, i64) = (3, 50_000);

struct Owed {
    siswa_id: Uuid,
    /// The number in the siswa's code: people keep their habits.
    habit: i64,
    number: String,
    open_rp: i64,
}

/// How much of what is open somebody pays in a wave.
fn pays(habit: i64, wave: Wave, open_rp: i64) -> i64 {
    match (wave, habit % 20) {
        (Wave::AtOnce, 0..=9) | (Wave::Soon, 10..=13) | (Wave::WhenDue, 14 | 15) | (Wave::Late, 16) | (Wave::AtLast, 17) => open_rp,
        // Half of it, and the rest some day.
        (Wave::WhenDue, 18) => open_rp / 2,
        _ => 0,
    }
}

pub async fn collect(playing: &mut Playing<'_>, month: Month, wave: Wave) -> Result<()> {
    for row in playing.rows(OPEN, vec![name(month).into()]).await? {
        let code: String = row.try_get("", "code")?;
        let habit = code.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let owed = Owed { siswa_id: row.try_get("", "siswa_id")?, habit, number: row.try_get("", "number")?, open_rp: row.try_get("", "open_rp")? };
        let amount_rp = pays(owed.habit, wave, owed.open_rp);
        if amount_rp > 0 {
            receive(playing, &owed, amount_rp).await?;
        }
    }
    Ok(())
}

async fn receive(playing: &mut Playing<'_>, owed: &Owed, amount_rp: i64) -> Result<()> {
    let (generous, more_rp) = GENEROUS;
    let amount_rp = if owed.habit == generous { (amount_rp + more_rp) / more_rp * more_rp } else { amount_rp };
    let mut body = transfer(playing, &owed.number);
    body["siswa_id"] = json!(owed.siswa_id);
    body["amount_rp"] = json!(amount_rp);
    body["allocations"] = Value::Array(vec![]);
    playing.opens("payment", ("record", body), "").await.map(drop)
}

/// Of two that are paid: one wants the money back, the other leaves it. And one that is open costs less.
pub async fn credit(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    for (row, (keep, reason)) in playing
        .rows(PAID, vec![name(month).into()])
        .await?
        .iter()
        .zip([("REFUND", "Sesi berakhir 30 menit lebih awal; orang tua minta uang kembali"), ("DEPOSIT", "Tutor terlambat setengah jam")])
    {
        let (id, number): (Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "number")?);
        issue(playing, id, (number, 60_000), keep, reason).await?;
    }
    if let Some(row) = playing.rows(OPEN, vec![name(month).into()]).await?.first() {
        issue(playing, row.try_get("", "id")?, (1, 40_000), "REFUND", "Materi yang dijanjikan belum dibahas").await?;
    }
    Ok(())
}

async fn issue(playing: &mut Playing<'_>, tagihan: Uuid, (number, amount_rp): (i64, i64), keep: &str, reason: &str) -> Result<()> {
    let body = json!({ "tagihan_id": tagihan, "lines": [{ "number": number, "amount_rp": amount_rp }], "keep": keep });
    playing.opens("credit_note", ("request", body), reason).await?;
    playing.work().await
}

/// The oldest that nobody pays any more: a senior has to agree.
pub async fn ask_write_off(playing: &mut Playing<'_>, _: Month) -> Result<()> {
    let sql = "SELECT id FROM tagihan WHERE status = 'ISSUED' AND due_on IS NOT NULL ORDER BY due_on, number LIMIT 1";
    let Some(row) = playing.rows(sql, vec![]).await?.pop() else { return Ok(()) };
    let tagihan: Uuid = row.try_get("", "id")?;
    let body = json!({ "tagihan_id": tagihan, "tax_compliant": false, "tax_note": "Belum masuk daftar piutang tak tertagih" });
    playing.opens("write_off", ("request", body), "Keluarga pindah dan tidak dapat dihubungi").await.map(drop)
}
