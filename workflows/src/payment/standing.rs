//! What stands already: an Honorarium to be paid, PPh withheld in a month, a payment to be taken back.

use super::bill::{self, Bill};
use super::facts;
use super::record::{Entity, Kind, Model};
use chrono::{Datelike, NaiveDate};
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use sea_orm::{EntityTrait, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An Honorarium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    pub id: Uuid,
    pub number: String,
    pub status: String,
    pub tutor_id: Uuid,
    pub tutor_code: String,
    /// The final settlement pays whoever has left, except what is of a locked month.
    pub tutor_left: bool,
    pub issued_on: Option<NaiveDate>,
    /// What PPh is worked out from: what was earned, before denda and what was carried.
    pub gross_rp: i64,
    pub net_rp: i64,
    pub paid_rp: i64,
    pub pph_withheld_rp: i64,
}

/// A payment with what it has led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub payment: Model,
    pub entry_id: Option<Uuid>,
    pub reversed_by: Option<Blocking>,
    /// The Tagihan it has paid, and how much.
    pub bills: Vec<(Bill, i64)>,
    pub slip: Option<Slip>,
    /// The Titipan of the siswa now.
    pub deposit_rp: i64,
    /// Of what was withheld in its month, so much has not gone to the state.
    pub withheld_rp: i64,
    /// The line of a bank statement it is found on.
    pub line_id: Option<Uuid>,
}

/// An Honorarium, held until the commit.
pub(super) async fn slip(tx: &Tx, id: Uuid) -> Result<Option<Slip>, Failure> {
    // The tutor first: a termination holds them while it ends their documents.
    let tutor = "SELECT id, code, status FROM tutor WHERE id = (SELECT h.tutor_id FROM honorarium h WHERE h.id = ?)";
    let Some(tutor) = db::locked_row(tx, tutor, vec![id.into()]).await? else { return Ok(None) };
    let sql = "SELECT id, number, status, issued_on, base_rp + transport_rp + adjustment_rp + returned_rp - reversed_rp AS gross_rp, net_rp, paid_rp, pph_withheld_rp, \
               CAST(CASE WHEN period_month IN (SELECT month FROM period WHERE state = 'LOCKED') THEN 1 ELSE 0 END AS BIGINT) AS locked \
               FROM honorarium WHERE id = ? AND status <> 'DRAFT'";
    let row = db::locked_row(tx, sql, vec![id.into()]).await?;
    row.map(|row| read_slip(&row, &tutor)).transpose()
}

fn read_slip(row: &QueryResult, tutor: &QueryResult) -> Result<Slip, Failure> {
    let status: String = tutor.try_get("", "status")?;
    Ok(Slip {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        status: row.try_get("", "status")?,
        tutor_id: tutor.try_get("", "id")?,
        tutor_code: tutor.try_get("", "code")?,
        tutor_left: matches!(status.as_str(), "TERMINATED" | "ARCHIVED") && row.try_get::<i64>("", "locked")? == 0,
        issued_on: row.try_get("", "issued_on")?,
        gross_rp: row.try_get("", "gross_rp")?,
        net_rp: row.try_get("", "net_rp")?,
        paid_rp: row.try_get("", "paid_rp")?,
        pph_withheld_rp: row.try_get("", "pph_withheld_rp")?,
    })
}

/// Of a payment that nobody has taken back.
pub const LIVE: &str = "p.kind <> 'REVERSAL' AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)";

/// What was withheld in a month and has not gone to the state yet; whoever withholds, remits or reverses meanwhile waits.
pub(super) async fn withheld_left(tx: &Tx, month: &str) -> Result<i64, Failure> {
    let Some((from, to)) = bounds(month) else { return Ok(0) };
    let held = "SELECT id FROM payment WHERE kind = 'HONORARIUM' AND paid_on >= ? AND paid_on < ? ORDER BY id";
    db::locked_rows(tx, held, vec![from.into(), to.into()]).await?;
    let sql = format!(
        "SELECT CAST(COALESCE(sum(CASE WHEN p.kind = 'PPH' THEN -p.amount_rp ELSE p.pph_withheld_rp END), 0) AS BIGINT) AS rp FROM payment p \
         WHERE {LIVE} AND ((p.kind = 'HONORARIUM' AND p.paid_on >= ? AND p.paid_on < ?) OR (p.kind = 'PPH' AND p.pph_month = ?))"
    );
    let row = db::row(tx, &sql, vec![from.into(), to.into(), month.into()]).await?;
    Ok(row.map(|row| row.try_get("", "rp")).transpose()?.unwrap_or(0))
}

/// The first day of a month and of the next.
pub(super) fn bounds(month: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first = format!("{month}-01").parse::<NaiveDate>().ok().filter(|day| day.format("%Y-%m").to_string() == month)?;
    let next = if first.month() == 12 { NaiveDate::from_ymd_opt(first.year() + 1, 1, 1) } else { NaiveDate::from_ymd_opt(first.year(), first.month() + 1, 1) };
    Some((first, next?))
}

/// A payment, held with all it has paid.
pub(super) async fn read(tx: &Tx, id: Uuid) -> Result<Option<Standing>, Failure> {
    let Some(payment) = Entity::find_by_id(id).one(tx).await? else { return Ok(None) };
    let mut standing = Standing { entry_id: None, reversed_by: None, bills: vec![], slip: None, deposit_rp: 0, withheld_rp: 0, line_id: None, payment };
    if let Some(siswa) = standing.payment.siswa_id {
        facts::held(tx, siswa).await?;
        standing.bills = bill::paid_by(tx, id).await?;
        standing.deposit_rp = facts::deposit(tx, siswa).await?;
    }
    if let (Kind::Honorarium, Some(honorarium)) = (standing.payment.kind, standing.payment.honorarium_id) {
        standing.slip = slip(tx, honorarium).await?;
        standing.withheld_rp = withheld_left(tx, &facts::month(standing.payment.paid_on)).await?;
    }
    db::locked_row(tx, "SELECT id FROM payment WHERE id = ?", vec![id.into()]).await?;
    let entry = db::row(tx, "SELECT id FROM journal_entry WHERE natural_key = ?", vec![natural_key(id).into()]).await?;
    standing.entry_id = entry.map(|row| row.try_get("", "id")).transpose()?;
    standing.reversed_by = reversed_by(tx, id).await?;
    let line = db::locked_row(tx, "SELECT id FROM bank_line WHERE payment_id = ?", vec![id.into()]).await?;
    standing.line_id = line.map(|row| row.try_get("", "id")).transpose()?;
    Ok(Some(standing))
}

async fn reversed_by(tx: &Tx, id: Uuid) -> Result<Option<Blocking>, Failure> {
    let row = db::row(tx, "SELECT id, code FROM payment WHERE reverses_id = ?", vec![id.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "payment".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: String::new() })).transpose()
}

/// Of the entry of a payment.
pub(super) fn natural_key(id: Uuid) -> String {
    format!("payment:{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_a_first_day_and_the_next_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(bounds("2026-12"), Some((day("2026-12-01"), day("2027-01-01"))));
        assert_eq!((bounds("2026-13"), bounds("2026-1"), bounds("Juli")), (None, None, None));
    }
}
