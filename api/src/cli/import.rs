//! Importing master data from CSV files (SPEC MD-7).

use super::output::{self, Finished, Output};
use crate::app::App;
use crate::config::Config;
use anyhow::Context;
use clap::Args;
use engine::actor::Actor;
use engine::clock::Clock;
use engine::tag::Tag;
use std::path::PathBuf;
use std::sync::Arc;
use workflows::import::{self, ImportOptions, ImportReport, Kind, RowProblem};

#[derive(Debug, Args)]
pub struct Arguments {
    /// office, subject, tutor, tutor_subject, slot, siswa or price.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// The CSV file.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Report what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the rows without errors even when others have some.
    #[arg(long)]
    only_valid: bool,
    /// Print the header and an example row of this kind.
    #[arg(long)]
    template: bool,
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| format!("one of {}", Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")))
}

pub async fn run(config: &Config, clock: Arc<dyn Clock>, arguments: Arguments, output: Output) -> anyhow::Result<Finished> {
    let Some(file) = arguments.file.filter(|_| !arguments.template) else {
        output::print(import::template(arguments.kind));
        return Ok(Finished::Well);
    };
    let csv = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let app = App::build(config.clone(), clock).await?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let options =
        ImportOptions { dry_run: arguments.dry_run, only_valid: arguments.only_valid, now: app.engine.clock.now(), actor: Actor::system(), file: name };
    let report = import::import(app.engine.db.writer(), arguments.kind, &csv, &options).await?;
    output.value(&report)?;
    show(&report, output);
    Ok(if report.error_count == 0 { Finished::Well } else { Finished::WithFindings })
}

fn show(report: &ImportReport, output: Output) {
    let line = |kind: &str, problem: &RowProblem| {
        let column = problem.column.map(|column| format!(", {column}")).unwrap_or_default();
        output.text(format!("{kind} line {}{column}: {}", problem.line, problem.message));
    };
    report.errors.iter().for_each(|problem| line("error", problem));
    report.warnings.iter().for_each(|problem| line("warning", problem));
    let written = if report.written { "written" } else { "nothing written" };
    output.text(format!(
        "{}: {} rows, {} new, {} changed, {} unchanged, {} errors; {written}",
        report.kind, report.rows, report.created, report.updated, report.unchanged, report.error_count
    ));
}
