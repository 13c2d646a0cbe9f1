//! A Tagihan as a payment sees it, and how much of which one a payment pays. Pure but for [`of_siswa`].

use super::command::Allocation;
use super::record::BillMoved;
use super::rejection::Rejection;
use chrono::NaiveDate;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The most Tagihan one payment may pay.
const MOST: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub id: Uuid,
    pub siswa_id: Uuid,
    pub number: String,
    pub status: String,
    pub issued_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub open_rp: i64,
    pub paid_rp: i64,
}

/// Columns of a Tagihan `t` for [`Bill`]; what is still open of it is computed here and nowhere else in this workflow.
const COLUMNS: &str = "t.id, t.siswa_id, t.number, t.status, t.issued_on, t.due_on, t.paid_rp, \
    t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp AS open_rp";

/// What a siswa has not paid yet and the Tagihan that are named, held until the commit.
pub(super) async fn of_siswa(tx: &Tx, siswa: Uuid, named: &[Allocation]) -> Result<Vec<Bill>, Failure> {
    let marks = ["?"].repeat(named.len().max(1)).join(",");
    let sql = format!(
        "SELECT {COLUMNS} FROM tagihan t WHERE (t.siswa_id = ? AND t.status IN ('ISSUED', 'PARTIALLY_PAID')) OR (t.id IN ({marks}) AND t.status <> 'DRAFT') ORDER BY t.id"
    );
    let ids = named.iter().map(|one| one.tagihan_id).chain(named.is_empty().then_some(Uuid::nil()));
    let values = [siswa].into_iter().chain(ids).map(Into::into).collect();
    db::locked_rows(tx, &sql, values).await?.iter().map(read).collect()
}

/// The Tagihan that a payment has paid, held until the commit.
pub(super) async fn paid_by(tx: &Tx, payment: Uuid) -> Result<Vec<(Bill, i64)>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM tagihan t WHERE t.id IN (SELECT a.tagihan_id FROM payment_allocation a WHERE a.payment_id = ?) ORDER BY t.id");
    let bills: Vec<Bill> = db::locked_rows(tx, &sql, vec![payment.into()]).await?.iter().map(read).collect::<Result<_, Failure>>()?;
    let rows = db::rows(tx, "SELECT tagihan_id, amount_rp FROM payment_allocation WHERE payment_id = ?", vec![payment.into()]).await?;
    let mut paid = vec![];
    for row in rows {
        let id: Uuid = row.try_get("", "tagihan_id")?;
        if let Some(bill) = bills.iter().find(|bill| bill.id == id) {
            paid.push((bill.clone(), row.try_get("", "amount_rp")?));
        }
    }
    paid.sort_by(|one, other| one.0.number.cmp(&other.0.number));
    Ok(paid)
}

fn read(row: &QueryResult) -> Result<Bill, Failure> {
    Ok(Bill {
        id: row.try_get("", "id")?,
        siswa_id: row.try_get("", "siswa_id")?,
        number: row.try_get("", "number")?,
        status: row.try_get("", "status")?,
        issued_on: row.try_get("", "issued_on")?,
        due_on: row.try_get("", "due_on")?,
        open_rp: row.try_get("", "open_rp")?,
        paid_rp: row.try_get("", "paid_rp")?,
    })
}

/// What a Tagihan is called that has so much open and so much paid.
pub(crate) const fn status(open_rp: i64, paid_rp: i64) -> &'static str {
    if open_rp == 0 {
        "PAID"
    } else if paid_rp > 0 {
        "PARTIALLY_PAID"
    } else {
        "ISSUED"
    }
}

impl Bill {
    /// The Tagihan after so much more is paid of it; below zero, less.
    pub(super) fn moved(&self, amount_rp: i64) -> BillMoved {
        let paid_rp = self.paid_rp + amount_rp;
        BillMoved {
            id: self.id,
            number: self.number.clone(),
            amount_rp,
            paid_before_rp: self.paid_rp,
            paid_rp,
            status_before: self.status.clone(),
            status: status(self.open_rp - amount_rp, paid_rp).into(),
        }
    }

    fn can_be_paid(&self) -> bool {
        matches!(self.status.as_str(), "ISSUED" | "PARTIALLY_PAID")
    }
}

/// Which Tagihan an amount pays: as it was said, or the one that is due first, then the next. `on` is the day it was paid.
pub(super) fn allocate(bills: &[Bill], siswa: Uuid, said: &[Allocation], (amount_rp, on): (i64, NaiveDate)) -> Result<Vec<BillMoved>, Rejection> {
    if said.is_empty() { Ok(oldest_first(bills, (amount_rp, on))) } else { as_said(bills, siswa, said, (amount_rp, on)) }
}

fn oldest_first(bills: &[Bill], (amount_rp, on): (i64, NaiveDate)) -> Vec<BillMoved> {
    let mut open: Vec<&Bill> = bills.iter().filter(|bill| bill.can_be_paid() && bill.open_rp > 0 && bill.issued_on.is_some_and(|day| day <= on)).collect();
    open.sort_by_key(|bill| (bill.due_on, bill.number.clone()));
    let mut left = amount_rp;
    let mut moved = vec![];
    for bill in open.into_iter().take(MOST) {
        let part = left.min(bill.open_rp);
        if part > 0 {
            moved.push(bill.moved(part));
            left -= part;
        }
    }
    moved
}

fn as_said(bills: &[Bill], siswa: Uuid, said: &[Allocation], (amount_rp, on): (i64, NaiveDate)) -> Result<Vec<BillMoved>, Rejection> {
    if said.len() > MOST {
        return Err(Rejection::TooManyAllocations { most: MOST });
    }
    let mut seen = BTreeSet::new();
    let mut moved = vec![];
    for (at, one) in said.iter().enumerate() {
        let bill = bills.iter().find(|bill| bill.id == one.tagihan_id && bill.siswa_id == siswa).ok_or(Rejection::UnknownTagihan { at })?;
        if !seen.insert(bill.id) {
            return Err(Rejection::AllocatedTwice { at });
        }
        if !bill.can_be_paid() {
            return Err(Rejection::TagihanClosed { at, number: bill.number.clone(), status: bill.status.clone() });
        }
        if let Some(from) = bill.issued_on.filter(|day| *day > on) {
            return Err(Rejection::BeforeDocument { from, number: bill.number.clone() });
        }
        if one.amount_rp < 1 || one.amount_rp > bill.open_rp {
            return Err(Rejection::AboveOpen { at, open_rp: bill.open_rp });
        }
        moved.push(bill.moved(one.amount_rp));
    }
    let allocated_rp: i64 = moved.iter().map(|one| one.amount_rp).sum();
    if allocated_rp > amount_rp { Err(Rejection::AboveAmount { allocated_rp, amount_rp }) } else { Ok(moved) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn bill(id: u128, due: &str, open_rp: i64, paid_rp: i64) -> Bill {
        let status = if paid_rp > 0 { "PARTIALLY_PAID" } else { "ISSUED" };
        Bill {
            id: Uuid::from_u128(id),
            siswa_id: Uuid::nil(),
            number: format!("TAG-{id}"),
            status: status.into(),
            issued_on: Some(day("2026-08-01")),
            due_on: Some(day(due)),
            open_rp,
            paid_rp,
        }
    }

    fn told(moved: &[BillMoved]) -> Vec<String> {
        moved.iter().map(|one| format!("{} {} {}", one.number, one.amount_rp, one.status)).collect()
    }

    #[test]
    fn what_is_due_first_is_paid_first_and_the_last_one_in_part() {
        let bills = [bill(1, "2026-09-15", 100_001, 0), bill(2, "2026-08-15", 50_000, 10_000), bill(3, "2026-10-15", 70_000, 0)];
        let pays = |amount| told(&allocate(&bills, Uuid::nil(), &[], (amount, day("2026-08-20"))).unwrap());
        assert_eq!(pays(49_999), ["TAG-2 49999 PARTIALLY_PAID"]);
        assert_eq!(pays(60_000), ["TAG-2 50000 PAID", "TAG-1 10000 PARTIALLY_PAID"]);
        assert_eq!(pays(500_000), ["TAG-2 50000 PAID", "TAG-1 100001 PAID", "TAG-3 70000 PAID"]);
        assert_eq!(allocate(&bills, Uuid::nil(), &[], (10, day("2026-07-31"))).unwrap(), [], "nothing was issued then");
    }

    #[test]
    fn what_is_said_is_held_against_what_is_open() {
        let bills = [bill(1, "2026-09-15", 100, 0), Bill { status: "WRITTEN_OFF".into(), ..bill(2, "2026-08-15", 0, 0) }];
        let said = |id: u128, amount_rp| Allocation { tagihan_id: Uuid::from_u128(id), amount_rp };
        let told = |said: &[Allocation]| allocate(&bills, Uuid::nil(), said, (150, day("2026-08-20"))).unwrap_err();
        assert_eq!(told(&[said(1, 101)]), Rejection::AboveOpen { at: 0, open_rp: 100 });
        assert_eq!(told(&[said(1, 0)]), Rejection::AboveOpen { at: 0, open_rp: 100 });
        assert_eq!(told(&[said(1, 50), said(1, 50)]), Rejection::AllocatedTwice { at: 1 });
        assert_eq!(told(&[said(9, 1)]), Rejection::UnknownTagihan { at: 0 });
        assert!(matches!(told(&[said(2, 1)]), Rejection::TagihanClosed { .. }));
        let early = allocate(&bills, Uuid::nil(), &[said(1, 1)], (1, day("2026-07-31")));
        assert!(matches!(early, Err(Rejection::BeforeDocument { .. })));
        assert!(matches!(allocate(&bills, Uuid::nil(), &[said(1, 100)], (99, day("2026-08-20"))), Err(Rejection::AboveAmount { .. })));
    }

    #[test]
    fn a_payment_taken_back_leaves_the_status_from_before() {
        assert_eq!((status(0, 5), status(5, 5), status(5, 0)), ("PAID", "PARTIALLY_PAID", "ISSUED"));
        let paid = Bill { status: "PAID".into(), ..bill(1, "2026-09-15", 0, 100) };
        assert_eq!((paid.moved(-100).status, paid.moved(-40).status), ("ISSUED".into(), "PARTIALLY_PAID".into()));
    }
}
