//! A Tagihan as payments and corrections change it: held against others, what is still open, where that leaves it, and the
//! change written with its audit record. What the siswa owes for its sesi follows.

use super::settlement::Status as Settled;
use chrono::NaiveDate;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use engine::tag::Tag;
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

engine::tags! {
    pub enum Status {
        Draft => "DRAFT",
        Issued => "ISSUED",
        PartiallyPaid => "PARTIALLY_PAID",
        Paid => "PAID",
        Void => "VOID",
        WrittenOff => "WRITTEN_OFF",
    }
}

/// The head of a Tagihan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagihan {
    pub id: Uuid,
    pub number: String,
    pub siswa_id: Uuid,
    pub period_month: String,
    pub status: Status,
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub total_rp: i64,
    pub credited_rp: i64,
    pub refunded_rp: i64,
    pub paid_rp: i64,
    pub written_off_rp: i64,
}

const COLUMNS: &str = "id, number, siswa_id, period_month, status, issued_on, due_on, total_rp, credited_rp, refunded_rp, paid_rp, written_off_rp";

impl Tagihan {
    /// Holds it until the transaction ends, so that no two change it from the same standing.
    pub async fn held(tx: &Tx, id: Uuid) -> Result<Option<Self>, Failure> {
        let row = db::locked_row(tx, &format!("SELECT {COLUMNS} FROM tagihan WHERE id = ?"), vec![id.into()]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    fn read(row: &QueryResult) -> Result<Self, Failure> {
        let text: String = row.try_get("", "status")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            number: row.try_get("", "number")?,
            siswa_id: row.try_get("", "siswa_id")?,
            period_month: row.try_get("", "period_month")?,
            status: Status::parse(&text).ok_or(Failure::Unknown { what: "status of a Tagihan", text })?,
            issued_on: row.try_get("", "issued_on")?,
            due_on: row.try_get("", "due_on")?,
            total_rp: row.try_get("", "total_rp")?,
            credited_rp: row.try_get("", "credited_rp")?,
            refunded_rp: row.try_get("", "refunded_rp")?,
            paid_rp: row.try_get("", "paid_rp")?,
            written_off_rp: row.try_get("", "written_off_rp")?,
        })
    }

    /// What is still to be paid.
    pub const fn open_rp(&self) -> i64 {
        self.total_rp - self.credited_rp + self.refunded_rp - self.paid_rp - self.written_off_rp
    }

    /// Whether it counts: issued, and neither void nor written off.
    pub const fn is_live(&self) -> bool {
        matches!(self.status, Status::Issued | Status::PartiallyPaid | Status::Paid)
    }

    /// The status its amounts call for, of one that was issued.
    #[must_use]
    pub fn with_status(self) -> Self {
        let status = match (self.open_rp(), self.written_off_rp) {
            (0, 0) => Status::Paid,
            (0, _) => Status::WrittenOff,
            _ if self.paid_rp > 0 => Status::PartiallyPaid,
            _ => Status::Issued,
        };
        Self { status, ..self }
    }

    fn amounts(&self) -> Value {
        json!({
            "status": self.status, "credited_rp": self.credited_rp, "refunded_rp": self.refunded_rp, "paid_rp": self.paid_rp,
            "written_off_rp": self.written_off_rp,
        })
    }
}

/// Writes what changed of it, with an audit record of the document under `action`.
pub fn store(ctx: Ctx<'_>, action: &str, before: &Tagihan, after: &Tagihan, batch: &mut Batch) {
    batch.push(
        "UPDATE tagihan SET status = ?, credited_rp = ?, refunded_rp = ?, paid_rp = ?, written_off_rp = ? WHERE id = ?",
        vec![
            after.status.as_str().into(),
            after.credited_rp.into(),
            after.refunded_rp.into(),
            after.paid_rp.into(),
            after.written_off_rp.into(),
            after.id.into(),
        ],
    );
    match (before.status == Status::Paid, after.status == Status::Paid) {
        (false, true) => settle(after.id, (Settled::Unpaid, Settled::Paid), batch),
        (true, false) => settle(after.id, (Settled::Paid, Settled::Unpaid), batch),
        _ => {}
    }
    let record = Action {
        action: action.into(),
        entity_type: "tagihan",
        entity_id: after.id,
        entity_code: Some(&after.number),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(before.amounts()),
        after: Some(after.amounts()),
        reason: ctx.reason,
    };
    audit::record_about(record, &[after.siswa_id], ctx.actor, ctx.now, batch);
}

/// What it bills for sesi stands as it does itself.
fn settle(tagihan: Uuid, (from, to): (Settled, Settled), batch: &mut Batch) {
    batch.push(
        "UPDATE siswa_settlement SET status = ? WHERE status = ? AND id IN \
         (SELECT source_id FROM tagihan_line WHERE tagihan_id = ? AND voided_at IS NULL AND kind <> 'ADJUSTMENT')",
        vec![to.to_value().into(), from.to_value().into(), tagihan.into()],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagihan(total_rp: i64, credited_rp: i64, refunded_rp: i64, paid_rp: i64, written_off_rp: i64) -> Tagihan {
        Tagihan {
            id: Uuid::nil(),
            number: "TAG-2026-07-00001".into(),
            siswa_id: Uuid::nil(),
            period_month: "2026-07".into(),
            status: Status::Issued,
            issued_on: None,
            due_on: None,
            total_rp,
            credited_rp,
            refunded_rp,
            paid_rp,
            written_off_rp,
        }
    }

    #[test]
    fn what_is_open_decides_the_status() {
        for (amounts, open, status) in [
            ((100, 0, 0, 0, 0), 100, Status::Issued),
            ((100, 0, 0, 40, 0), 60, Status::PartiallyPaid),
            ((100, 0, 0, 100, 0), 0, Status::Paid),
            ((100, 30, 0, 40, 0), 30, Status::PartiallyPaid),
            ((100, 30, 30, 100, 0), 0, Status::Paid),
            ((100, 100, 40, 40, 0), 0, Status::Paid),
            ((100, 0, 0, 40, 60), 0, Status::WrittenOff),
            ((100, 50, 50, 50, 0), 50, Status::PartiallyPaid),
        ] {
            let one = tagihan(amounts.0, amounts.1, amounts.2, amounts.3, amounts.4);
            assert_eq!((one.open_rp(), one.with_status().status), (open, status), "{amounts:?}");
        }
    }
}
