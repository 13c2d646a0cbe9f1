//! Tagihan and Honorarium of the month: how many and how much, and what is owed up to it that stands on none of them.

use super::{Check, Evidence, Item};
use crate::billing_run::items::{self, Items};
use crate::billing_run::state::Side;
use crate::books::balance::Month;
use crate::period::contents::{Contents, Papers};
use engine::db;
use engine::plan::Amount;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use std::collections::HashSet;
use uuid::Uuid;

/// What waits for the next Honorarium, of whichever month: taken back or carried on since the last one.
const OF_THE_NEXT: &str = "'CARRIED', 'DENDA_RETURNED', 'REVERSED'";

pub(super) async fn tagihan(conn: &impl ConnectionTrait, month: Month) -> Result<Evidence, Failure> {
    let contents = Contents::read(conn, month).await?;
    let unbilled = unbilled(conn, "siswa", &items::of(Side::Siswa, &month.to_string(), None)).await?;
    documents(conn, Evidence::new(Check::Tagihan), (month, "SISWA"), (&contents.tagihan, unbilled)).await
}

/// Whoever has left is paid by the final settlement, not here.
pub(super) async fn honorarium(conn: &impl ConnectionTrait, month: Month) -> Result<Evidence, Failure> {
    let contents = Contents::read(conn, month).await?;
    let unbilled = unbilled(conn, "tutor", &items::of(Side::Tutor, &month.to_string(), None)).await?;
    let evidence = documents(conn, Evidence::new(Check::Honorarium), (month, "TUTOR"), (&contents.honorarium, unbilled)).await?;
    let sql = "SELECT count(*) AS n, CAST(COALESCE(sum(net_rp), 0) AS BIGINT) AS rp FROM honorarium WHERE period_month = ? AND status = 'ISSUED'";
    let Some(row) = db::row(conn, sql, vec![month.to_string().into()]).await? else { return Ok(evidence) };
    Ok(evidence.figure(Amount::count("unpaid", row.try_get("", "n")?)).figure(Amount::rp("unpaid_rp", row.try_get("", "rp")?)))
}

async fn documents(
    conn: &impl ConnectionTrait,
    evidence: Evidence,
    (month, side): (Month, &str),
    (papers, unbilled): (&Papers, Vec<Item>),
) -> Result<Evidence, Failure> {
    let parked = parked(conn, month, side).await?;
    let (parked, unbilled): (Vec<Item>, Vec<Item>) = unbilled.into_iter().partition(|item| parked.contains(&item.id));
    let parked = parked.into_iter().map(|item| Item { state: "PARKED".into(), ..item }).collect();
    let figures = evidence.figure(Amount::count("documents", papers.count)).figure(Amount::rp("total_rp", papers.amount_rp));
    Ok(figures.figure(Amount::count("void", papers.void)).blocked(runs(conn, month).await?).blocked(unbilled).noted(parked))
}

/// Parties with something up to the month that is on no document, the largest first: what a run of the month would bill.
async fn unbilled(conn: &impl ConnectionTrait, party: &str, items: &Items) -> Result<Vec<Item>, Failure> {
    let sql = format!(
        "SELECT p.id, p.code, 'UNBILLED' AS state, count(*) AS n, CAST(sum(x.amount_rp) AS BIGINT) AS rp FROM ({}) x JOIN {party} p ON p.id = x.party_id \
         WHERE x.kind NOT IN ({OF_THE_NEXT}) GROUP BY p.id, p.code ORDER BY 5 DESC, 2",
        items.sql
    );
    let rows = db::rows(conn, &sql, items.values.clone()).await?;
    rows.iter().map(|row| Ok(Item { count: row.try_get("", "n")?, rp: row.try_get("", "rp")?, ..Item::read(party, row)? })).collect()
}

/// Whom the newest run of the month could not bill: its reasons are there, and somebody signs that they are known.
async fn parked(conn: &impl ConnectionTrait, month: Month, side: &str) -> Result<HashSet<Uuid>, Failure> {
    let sql = "SELECT k.party_id FROM billing_parked k WHERE k.side = ? AND k.run_id = \
        (SELECT r.id FROM billing_run r WHERE r.period_month = ? AND r.state = 'DONE' ORDER BY r.number DESC LIMIT 1)";
    let rows = db::rows(conn, sql, vec![side.into(), month.to_string().into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "party_id")?)).collect()
}

/// Runs of the month, or of an earlier one, that are under way.
async fn runs(conn: &impl ConnectionTrait, month: Month) -> Result<Vec<Item>, Failure> {
    let sql = "SELECT id, code, state FROM billing_run WHERE period_month <= ? AND state IN ('PREFLIGHT', 'HALTED', 'RUNNING') ORDER BY code";
    db::rows(conn, sql, vec![month.to_string().into()]).await?.iter().map(|row| Item::read("billing_run", row)).collect()
}
