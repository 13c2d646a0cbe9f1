//! `alur workflow verify`: replays every history and compares it with what is stored (invariant I8).

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use clap::Subcommand;
use engine::replay;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replay every history and check its hash chain.
    Verify,
}

pub async fn run(config: &Config, command: Command, output: Output) -> anyhow::Result<Finished> {
    let Command::Verify = command;
    let db = app::connect(config).await?;
    let report = replay::verify(&db, &workflows::registry()).await?;
    output.value(&report)?;
    for fault in &report.faults {
        output.text(format!("{} ({}): {}", fault.code, fault.instance_id, fault.fault));
    }
    output.text(format!("{} instances, {} steps, {} faults", report.instances, report.steps, report.faults.len()));
    Ok(Finished::without(&report.faults))
}
