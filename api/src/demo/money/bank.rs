//! A bank statement of the last month: payments that are recorded already, some that nobody has recorded yet, and the bank's own.

use super::{Month, at, name, next_month};
use crate::demo::scene::Playing;
use anyhow::{Context, Result};
use chrono_tz::Asia::Jakarta;
use std::fmt::Write;
use workflows::bank::{sheet, statement};

const OPEN: &str = "SELECT t.number, s.parent_name, CAST(t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp AS BIGINT) AS open_rp \
    FROM tagihan t JOIN siswa s ON s.id = t.siswa_id WHERE t.period_month = ? AND t.status IN ('ISSUED','PARTIALLY_PAID') ORDER BY t.number LIMIT 6";

pub async fn import(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    let mut csv = "Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n".to_owned();
    let mut balance = 250_000_000;
    let mut line = |day: &str, text: &str, rp: i64| {
        balance += rp;
        let way = if rp < 0 { "DB" } else { "CR" };
        let _ = writeln!(csv, "{day},{text},0000,{}.00,{way},{balance}.00", rp.abs());
    };
    let day = |month: Month, day: i64| at(month, day, 12).with_timezone(&Jakarta).format("%d/%m/%Y").to_string();
    line(&day(month, 30), "BIAYA ADM", -17_500);
    line(&day(month, 30), "BUNGA", 48_213);
    // Two of the month itself, which keep it from being closed; the others came this week.
    line(&day(month, 28), "TRSF E-BANKING CR TANPA BERITA", 310_000);
    let today = playing.engine.clock.now().with_timezone(&Jakarta).format("%d/%m/%Y").to_string();
    for (place, row) in playing.rows(OPEN, vec![name(month).into()]).await?.iter().enumerate() {
        let (number, parent, rp): (String, String, i64) = (row.try_get("", "number")?, row.try_get("", "parent_name")?, row.try_get("", "open_rp")?);
        let told = if place % 2 == 0 {
            format!("TRSF E-BANKING CR {number} {}", parent.to_uppercase())
        } else {
            format!("TRSF E-BANKING CR {}", parent.to_uppercase())
        };
        line(&today, &told, rp);
    }
    line(&day(next_month(month), 2), "KARTU DEBIT ALAT TULIS", -186_000);
    let read = sheet::read(csv.as_bytes()).context("the bank statement of the demo")?;
    let options = statement::Options {
        dry_run: false,
        only_valid: false,
        now: playing.engine.clock.now(),
        actor: playing.stage.cast.finance.clone(),
        file: format!("mutasi-{}.csv", name(month)),
    };
    let report = statement::keep(&playing.engine.db, csv.as_bytes(), read, &options).await?;
    anyhow::ensure!(report.written, "the bank statement of the demo: {:?}", report.faults.first());
    Ok(())
}
