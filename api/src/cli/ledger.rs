//! `alur ledger check`: every entry balances and is one of the table, every document is booked to the rupiah, and nothing is
//! booked without one.

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use clap::Subcommand;
use engine::money::Rupiah;
use serde::Serialize;
use workflows::books::balance::Balance;
use workflows::books::check::{self, Fault};

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

pub async fn run(config: &Config, command: Command, output: Output) -> anyhow::Result<Finished> {
    let Command::Check = command;
    let db = app::connect(config).await?;
    let found = check::report(&db).await?;
    let report = Report { entries: found.entries, trial_balance: found.trial_balance.into_iter().map(account).collect(), faults: found.faults };
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

fn account(balance: Balance) -> Account {
    let balance_rp = balance.closing_rp();
    let Balance { code: account, name, debit_rp, credit_rp, .. } = balance;
    Account { account, name, debit_rp, credit_rp, balance_rp }
}
