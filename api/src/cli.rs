//! The command line: the same program for operators, scripts and tests.
//!
//! Results go to standard output (as JSON with `--json`), everything else to standard error. The exit
//! code is 0 when all is well, 1 for findings and failures, 2 for a wrong command line.

mod audit;
mod demo;
mod doctor;
mod import;
mod ledger;
mod output;
mod period;
mod policy;
mod serve;
mod sign_in_link;
mod workflow;

use crate::app::App;
use crate::config::{Config, Database};
use crate::{log, openapi, router};
use clap::{Parser, Subcommand};
use engine::clock::{Clock, SystemClock};
use output::{Finished, Output};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Alur: sesi, tasks and settlements of a tutoring business.
#[derive(Debug, Parser)]
#[command(name = "alur", version)]
struct Cli {
    /// The configuration file; `alur.toml` in this folder when it exists.
    #[arg(long, global = true, env = "ALUR_CONFIG")]
    config: Option<PathBuf>,
    /// Print results as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run UI, API and worker in one process.
    Serve,
    /// Run UI and API; jobs and timers are another process's.
    Api,
    /// Run jobs and timers.
    Worker,
    /// Bring the schema up to date and add reference data that is missing.
    Migrate,
    /// Fill an empty database with a believable company.
    Demo(demo::Arguments),
    /// Import master data from a CSV file.
    Import(import::Arguments),
    /// Look at policies, try and test them.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Check the books.
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Look at months, and prove that a closed one still is what it was closed as.
    #[command(subcommand)]
    Period(period::Command),
    /// Check the workflows.
    #[command(subcommand)]
    Workflow(workflow::Command),
    /// Check the audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Make a one-time sign-in link for an account.
    SignInLink(sign_in_link::Arguments),
    /// Print the OpenAPI document.
    Openapi,
    /// Check configuration, database and storage.
    Doctor,
}

/// Runs the command the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output { json: cli.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failed(&anyhow::Error::new(error).context("the runtime cannot be started")),
    };
    match runtime.block_on(run(cli, output)) {
        Ok(finished) => finished.into(),
        Err(error) => output.failed(&error),
    }
}

async fn run(cli: Cli, output: Output) -> anyhow::Result<Finished> {
    if matches!(cli.command, Command::Openapi) {
        output::print(&openapi::text(&openapi::document(&router::routes())));
        return Ok(Finished::Well);
    }
    let config = Config::load(cli.config.as_deref())?;
    log::start(&config.log)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match cli.command {
        Command::Serve => serve::run(App::build(config, clock).await?, serve::Parts::ALL).await,
        Command::Api => serve::run(App::build(config, clock).await?, serve::Parts::API).await,
        Command::Worker => serve::run(App::build(config, clock).await?, serve::Parts::WORKER).await,
        Command::Migrate => {
            let database = Database { migrate: true, ..config.database };
            App::build(Config { database, ..config }, clock).await?;
            output.text("schema and live instances are up to date");
            Ok(Finished::Well)
        }
        Command::Demo(arguments) => demo::run(config, clock, &arguments, output).await,
        Command::Import(arguments) => import::run(&config, clock, arguments, output).await,
        Command::Policy(command) => policy::run(&config, clock, command, output).await,
        Command::Ledger(command) => ledger::run(&config, command, output).await,
        Command::Period(command) => period::run(&config, clock.now(), command, output).await,
        Command::Workflow(command) => workflow::run(&config, command, output).await,
        Command::Audit(command) => audit::run(&config, command, output).await,
        Command::SignInLink(arguments) => sign_in_link::run(config, clock, arguments, output).await,
        Command::Doctor => doctor::run(&config, clock, output).await,
        Command::Openapi => Ok(Finished::Well),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_flag_for_json_may_stand_anywhere() {
        for line in ["alur --json policy list", "alur policy --json list", "alur policy eval pricing --input {} --version 1 --json"] {
            assert!(Cli::try_parse_from(line.split(' ')).unwrap().json, "{line}");
        }
        assert!(Cli::try_parse_from(["alur", "policy", "eval"]).is_err());
    }
}
