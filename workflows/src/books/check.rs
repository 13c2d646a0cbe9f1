//! Whether the books are right (`alur ledger check`): every entry balances and is one of the table, every document is booked to
//! the rupiah, and nothing is booked without one.

mod carried;
mod carry_over;
mod cash;
mod entries;
mod sesi;
mod siswa;
mod tutors;

use super::balance::{self, Balance};
use engine::db::Db;
use engine::money::Rupiah;
use engine::refusal::Failure;
use serde::Serialize;

/// What was found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The entry's natural key, or the code of the sesi or the tutor.
    pub subject: String,
    /// For operators, in English.
    pub fault: String,
}

/// What was looked at, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Report {
    pub entries: i64,
    pub trial_balance: Vec<Balance>,
    pub faults: Vec<Fault>,
}

pub async fn report(db: &Db) -> Result<Report, Failure> {
    let trial_balance = balance::of_all(db).await?;
    let mut faults = entries::unbalanced(db).await?;
    faults.extend(entries::undeclared(db).await?);
    faults.extend(sesi::not_booked(db).await?);
    faults.extend(sesi::unlike_their_settlements(db).await?);
    faults.extend(siswa::unlike_their_documents(db).await?);
    faults.extend(tutors::unlike_their_documents(db).await?);
    faults.extend(cash::unlike_the_payments(db).await?);
    let out: i64 = trial_balance.iter().map(Balance::closing_rp).sum();
    if out != 0 {
        faults.push(Fault { subject: "trial balance".into(), fault: format!("is out by {}", Rupiah(out)) });
    }
    Ok(Report { entries: entries::count(db).await?, trial_balance, faults })
}
