//! A month is billed, looked through and closed by two people.

use super::{Month, name};
use crate::demo::scene::Playing;
use anyhow::Result;
use engine::execute::Target;
use serde_json::json;
use uuid::Uuid;

/// What finance signs.
const SIGNED: [&str; 5] = ["tagihan", "honorarium", "payments", "force_majeure", "corrections"];
const NEWEST: &str = "SELECT id, state FROM billing_run WHERE period_month = ? ORDER BY number DESC LIMIT 1";

/// The run began by itself if it could, or stopped because the month is unlike the one before; a further one takes what came late.
pub async fn bill(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    let newest = playing.rows(NEWEST, vec![name(month).into()]).await?.pop();
    let newest: Option<(Uuid, String)> = newest.map(|row| Ok::<_, sea_orm::DbErr>((row.try_get("", "id")?, row.try_get("", "state")?))).transpose()?;
    let by = playing.stage.cast.finance.clone();
    match newest {
        Some((id, state)) if state == "HALTED" => go_on(playing, id).await?,
        Some((id, state)) if state == "SCHEDULED" => {
            playing.tells(&by, ("billing_run", id), ("begin", json!({})), "").await?;
        }
        _ => {
            playing.opens("billing_run", ("begin", json!({ "period_month": name(month) })), "").await?;
        }
    }
    playing.work().await?;
    if let Some(row) = playing.rows(&format!("SELECT id FROM ({NEWEST}) r WHERE r.state = 'HALTED'"), vec![name(month).into()]).await?.pop() {
        go_on(playing, row.try_get("", "id")?).await?;
    }
    playing.work().await
}

async fn go_on(playing: &mut Playing<'_>, run: Uuid) -> Result<()> {
    let by = playing.stage.cast.finance.clone();
    playing.tells(&by, ("billing_run", run), ("proceed", json!({})), "Sudah dicek: jumlah siswa bertambah").await.map(drop)
}

pub async fn close(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    bill(playing, month).await?;
    let Some(close) = begin(playing, month).await? else { return Ok(()) };
    sign(playing, close, &SIGNED).await?;
    let (by, target) = (playing.stage.cast.approver.clone(), Target::Existing(close));
    playing.say(&by, ("period_close", target), ("close", json!({ "note": "Semua sudah dicocokkan" })), "").await?;
    playing.work().await
}

/// Begun, half signed; an adjustment that waits for a senior and lines of the bank are in the way.
pub async fn leave_open(playing: &mut Playing<'_>, month: Month) -> Result<()> {
    if let Some(row) = playing.rows("SELECT id FROM tutor WHERE status = 'ACTIVE' ORDER BY code LIMIT 1 OFFSET 4", vec![]).await?.pop() {
        let tutor: Uuid = row.try_get("", "id")?;
        let body = json!({ "side": "TUTOR", "tutor_id": tutor, "amount_rp": 350_000, "month": name(month) });
        playing.opens("money_adjustment", ("request", body), "Penyusunan modul persiapan ujian").await?;
    }
    if let Some(close) = begin(playing, month).await? {
        sign(playing, close, &["honorarium", "force_majeure"]).await?;
    }
    Ok(())
}

async fn begin(playing: &mut Playing<'_>, month: Month) -> Result<Option<Uuid>> {
    let begun = playing.opens("period_close", ("begin", json!({ "month": name(month) })), "").await?;
    playing.work().await?;
    Ok(begun.map(|outcome| outcome.id))
}

async fn sign(playing: &mut Playing<'_>, close: Uuid, checks: &[&str]) -> Result<()> {
    let by = playing.stage.cast.finance.clone();
    for check in checks {
        playing.tells(&by, ("period_close", close), ("sign", json!({ "check": check })), "").await?;
    }
    Ok(())
}
