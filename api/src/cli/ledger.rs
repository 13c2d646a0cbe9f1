//! `alur ledger check`: every entry balances, every settlement is booked to the rupiah, and nothing is booked without one.

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use clap::Subcommand;
use engine::db::{self, Db};
use engine::money::Rupiah;
use engine::refusal::Failure;
use serde::Serialize;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find entries and settlements that do not agree, and print the trial balance.
    Check,
}

#[derive(Debug, Serialize)]
struct Report {
    entries: i64,
    trial_balance: Vec<Account>,
    faults: Vec<Fault>,
}

#[derive(Debug, Serialize)]
struct Account {
    account: String,
    name: String,
    debit_rp: i64,
    credit_rp: i64,
    /// Debit minus credit.
    balance_rp: i64,
}

#[derive(Debug, Serialize)]
struct Fault {
    /// The entry's natural key, or the code of the sesi or the tutor.
    subject: String,
    fault: String,
}

const TRIAL_BALANCE: &str = "SELECT a.code, a.name, CAST(COALESCE(sum(CASE WHEN p.amount_rp > 0 THEN p.amount_rp ELSE 0 END), 0) AS BIGINT) AS debit, \
    CAST(COALESCE(sum(CASE WHEN p.amount_rp < 0 THEN -p.amount_rp ELSE 0 END), 0) AS BIGINT) AS credit \
    FROM ledger_account a LEFT JOIN posting p ON p.account = a.code GROUP BY a.code, a.name ORDER BY a.code";
const UNBALANCED: &str = "SELECT e.natural_key AS subject, CAST(COALESCE(sum(p.amount_rp), 0) AS BIGINT) AS rp, count(p.line) AS lines FROM journal_entry e \
    LEFT JOIN posting p ON p.entry_id = e.id GROUP BY e.id, e.natural_key HAVING COALESCE(sum(p.amount_rp), 0) <> 0 OR count(p.line) < 2 ORDER BY 1";
/// What the settlement documents of sesi say each account should hold, less what is posted; a reversed document says nothing.
const UNSETTLED: &str = "SELECT s.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT sesi_id, '1100' AS account, amount_rp AS rp FROM siswa_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, CASE WHEN kind IN ('COMPLETED', 'NO_SHOW_STUDENT') THEN '4100' ELSE '4300' END, -amount_rp FROM siswa_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '5100', honorarium_rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '5200', transport_rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '2100', -(honorarium_rp + transport_rp) FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '2100', amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT sesi_id, '4200', -amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT COALESCE(o.sesi_id, n.sesi_id, e.instance_id), p.account, -p.amount_rp FROM posting p JOIN journal_entry e ON e.id = p.entry_id \
    LEFT JOIN result_override o ON o.id = e.instance_id LEFT JOIN denda n ON n.id = e.instance_id \
    ) x JOIN sesi s ON s.id = x.sesi_id GROUP BY s.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2";
/// What the documents say each tutor is owed (2100) and owes (1200), the final settlements that stand included, less what is posted.
const TUTORS: &str = "SELECT t.code AS subject, x.account, CAST(sum(x.rp) AS BIGINT) AS rp FROM ( \
    SELECT tutor_id, '2100' AS account, -(honorarium_rp + transport_rp) AS rp FROM tutor_settlement WHERE status <> 'REVERSED' \
    UNION ALL SELECT tutor_id, '2100', amount_rp FROM denda WHERE status <> 'REVERSED' \
    UNION ALL SELECT f.tutor_id, '2100', -(f.adjustment_rp + f.claim_rp + f.received_before_rp + f.waived_rp) FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    UNION ALL SELECT f.tutor_id, '2100', f.moved_rp FROM final_settlement f WHERE f.status = 'PAID' \
    UNION ALL SELECT f.tutor_id, '1200', f.claim_rp + f.received_before_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    UNION ALL SELECT f.tutor_id, '1200', -f.moved_rp FROM final_settlement f WHERE f.status = 'RECEIVED' \
    UNION ALL SELECT f.tutor_id, '1200', -f.claim_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id WHERE f.status = 'WRITTEN_OFF' \
    UNION ALL SELECT p.party_id, p.account, -p.amount_rp FROM posting p WHERE p.account IN ('2100', '1200') \
    ) x JOIN tutor t ON t.id = x.tutor_id GROUP BY t.code, x.account HAVING sum(x.rp) <> 0 ORDER BY 1, 2";
const NOT_BOOKED: &str = "SELECT s.code AS subject FROM sesi s WHERE NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.instance_id = s.id) \
    AND NOT EXISTS (SELECT 1 FROM result_override o JOIN journal_entry e ON e.instance_id = o.id WHERE o.sesi_id = s.id) \
    AND NOT EXISTS (SELECT 1 FROM denda n JOIN journal_entry e ON e.instance_id = n.id WHERE n.sesi_id = s.id) AND ( \
    EXISTS (SELECT 1 FROM siswa_settlement d WHERE d.sesi_id = s.id AND d.amount_rp <> 0) OR \
    EXISTS (SELECT 1 FROM tutor_settlement d WHERE d.sesi_id = s.id AND d.honorarium_rp + d.transport_rp <> 0) OR \
    EXISTS (SELECT 1 FROM denda d WHERE d.sesi_id = s.id AND d.amount_rp <> 0 AND d.status <> 'REVERSED')) ORDER BY 1";

pub async fn run(config: &Config, command: Command, output: Output) -> anyhow::Result<Finished> {
    let Command::Check = command;
    let db = app::connect(config).await?;
    let report = check(&db).await?;
    output.value(&report)?;
    for account in &report.trial_balance {
        let Account { account, name, debit_rp, credit_rp, balance_rp } = account;
        output.text(format!(
            "{account}  {name:<24} {:>18} {:>18} {:>18}",
            Rupiah(*debit_rp).to_string(),
            Rupiah(*credit_rp).to_string(),
            Rupiah(*balance_rp).to_string()
        ));
    }
    for fault in &report.faults {
        output.text(format!("{}: {}", fault.subject, fault.fault));
    }
    output.text(format!("{} entries, {} faults", report.entries, report.faults.len()));
    Ok(Finished::without(&report.faults))
}

async fn check(db: &Db) -> Result<Report, Failure> {
    let row = db::row(db.reader(), "SELECT count(*) AS n FROM journal_entry", vec![]).await?;
    let entries = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let trial_balance = trial_balance(db).await?;
    let mut faults = vec![];
    for row in db::rows(db.reader(), UNBALANCED, vec![]).await? {
        let (rp, lines): (i64, i64) = (row.try_get("", "rp")?, row.try_get("", "lines")?);
        faults.push(Fault { subject: row.try_get("", "subject")?, fault: format!("{lines} postings that sum to {}", Rupiah(rp)) });
    }
    for row in db::rows(db.reader(), NOT_BOOKED, vec![]).await? {
        faults.push(Fault { subject: row.try_get("", "subject")?, fault: "settled but not booked".into() });
    }
    for row in db::rows(db.reader(), UNSETTLED, vec![]).await? {
        let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
        faults.push(Fault { subject: row.try_get("", "subject")?, fault: format!("account {account} differs from the settlements by {}", Rupiah(rp)) });
    }
    for row in db::rows(db.reader(), TUTORS, vec![]).await? {
        let (account, rp): (String, i64) = (row.try_get("", "account")?, row.try_get("", "rp")?);
        faults.push(Fault { subject: row.try_get("", "subject")?, fault: format!("account {account} differs from the documents of the tutor by {}", Rupiah(rp)) });
    }
    let out: i64 = trial_balance.iter().map(|account| account.balance_rp).sum();
    if out != 0 {
        faults.push(Fault { subject: "trial balance".into(), fault: format!("is out by {}", Rupiah(out)) });
    }
    Ok(Report { entries, trial_balance, faults })
}

async fn trial_balance(db: &Db) -> Result<Vec<Account>, Failure> {
    let rows = db::rows(db.reader(), TRIAL_BALANCE, vec![]).await?;
    rows.iter()
        .map(|row| {
            let (debit_rp, credit_rp): (i64, i64) = (row.try_get("", "debit")?, row.try_get("", "credit")?);
            Ok(Account { account: row.try_get("", "code")?, name: row.try_get("", "name")?, debit_rp, credit_rp, balance_rp: debit_rp - credit_rp })
        })
        .collect()
}
