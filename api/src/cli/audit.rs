//! `alur audit`: verifies the trail and its seals, exports both, and checks an export without the database (SPEC AUD-3).

mod archive;

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use anyhow::Context;
use chrono::{Days, NaiveDate, NaiveTime};
use clap::Subcommand;
use engine::db::{self, Db};
use engine::refusal::Failure;
use engine::seal::{self, Finding, Range};
use serde::Serialize;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use worker::archiver::Month;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find rows that were changed, removed, inserted or moved, and steps without their audit record.
    Verify {
        /// Check this export instead of the database.
        #[arg(long, conflicts_with = "archive")]
        file: Option<PathBuf>,
        /// Check the archive of this month, as the document store has it: YYYY-MM, in UTC.
        #[arg(long)]
        archive: Option<Month>,
    },
    /// Put the months that are over into the document store and prove them, as the worker does by itself.
    Archive {
        /// Only this month, in UTC: YYYY-MM.
        #[arg(long)]
        month: Option<Month>,
    },
    /// Write sealed rows and their seals to a file that can be checked anywhere.
    Export {
        /// First day, in UTC: YYYY-MM-DD.
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day, in UTC.
        #[arg(long)]
        to: Option<NaiveDate>,
        /// The file to write; it must not exist yet.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Serialize)]
struct Report {
    records: i64,
    faults: Vec<Fault>,
    sealing: seal::Report,
}

#[derive(Debug, Serialize)]
struct Fault {
    entity_id: Uuid,
    /// The history step or the audit record concerned.
    at: String,
    fault: &'static str,
}

const MISSING: &str = "SELECT h.instance_id AS entity_id, CAST(h.seq AS TEXT) AS place FROM workflow_history h \
    WHERE (SELECT count(*) FROM audit_record a WHERE a.entity_id = h.instance_id AND a.instance_seq = h.seq) <> 1 ORDER BY h.instance_id, h.seq";
const ORPHANED: &str = "SELECT a.entity_id, CAST(a.instance_seq AS TEXT) AS place FROM audit_record a WHERE a.instance_seq IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM workflow_history h WHERE h.instance_id = a.entity_id AND h.seq = a.instance_seq) ORDER BY a.id";
const OUT_OF_ORDER: &str = "SELECT entity_id, action AS place FROM \
    (SELECT id, entity_id, action, at, lag(at) OVER (PARTITION BY entity_id ORDER BY id) AS earlier FROM audit_record) ordered WHERE at < earlier ORDER BY id";
const STEPS_OUT_OF_ORDER: &str = "SELECT entity_id, CAST(instance_seq AS TEXT) AS place FROM \
    (SELECT id, entity_id, instance_seq, lag(instance_seq) OVER (PARTITION BY entity_id ORDER BY id) AS earlier FROM audit_record WHERE instance_seq IS NOT NULL) ordered \
    WHERE instance_seq < earlier ORDER BY id";

pub async fn run(config: &Config, command: Command, output: Output) -> anyhow::Result<Finished> {
    match command {
        Command::Verify { file: Some(file), .. } => verify_file(&file, output),
        Command::Verify { archive: Some(month), .. } => archive::verify(config, month, output).await,
        Command::Verify { .. } => verify(&app::connect(config).await?, output).await,
        Command::Archive { month } => archive::run(config, month, output).await,
        Command::Export { from, to, out } => export(&app::connect(config).await?, (from, to), &out, output).await,
    }
}

async fn verify(db: &Db, output: Output) -> anyhow::Result<Finished> {
    let mut report = Report { records: count(db).await?, faults: vec![], sealing: seal::verify(db).await? };
    for (sql, fault) in [
        (MISSING, "a step has not exactly one audit record"),
        (ORPHANED, "an audit record names a step that is not there"),
        (OUT_OF_ORDER, "an audit record is earlier than one written before it"),
        (STEPS_OUT_OF_ORDER, "an audit record of a step stands after that of a later step"),
    ] {
        find(db, sql, fault, &mut report.faults).await?;
    }
    output.value(&report)?;
    for fault in &report.faults {
        output.text(format!("{} at {}: {}", fault.entity_id, fault.at, fault.fault));
    }
    tell(&report.sealing, output);
    output.text(format!("{} not sealed yet", report.sealing.unsealed));
    let findings = report.faults.len() + report.sealing.findings.len();
    output.text(format!("{} records, {findings} faults", report.records));
    Ok(if findings == 0 { Finished::Well } else { Finished::WithFindings })
}

fn verify_file(file: &Path, output: Output) -> anyhow::Result<Finished> {
    let cannot = || format!("{} cannot be checked", file.display());
    let report = seal::verify_export(BufReader::new(File::open(file).with_context(cannot)?)).with_context(cannot)?;
    output.value(&report)?;
    tell(&report, output);
    output.text(format!("{} faults", report.findings.len()));
    Ok(Finished::without(&report.findings))
}

fn tell(report: &seal::Report, output: Output) {
    for Finding { seal, row, told, .. } in &report.findings {
        let seal = seal.map_or_else(|| "no seal".into(), |position| format!("seal {position}"));
        let row = row.map(|id| format!(", row {id}")).unwrap_or_default();
        output.text(format!("{seal}{row}: {told}"));
    }
    output.text(format!("{} seals over {} rows", report.seals, report.rows));
    if let Some((position, hash)) = &report.head {
        output.text(format!("last seal {position}: {hash}"));
    }
}

async fn export(db: &Db, (from, to): (Option<NaiveDate>, Option<NaiveDate>), out: &Path, output: Output) -> anyhow::Result<Finished> {
    anyhow::ensure!(from.zip(to).is_none_or(|(from, to)| from <= to), "--from is later than --to");
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let range = Range { from: from.map(midnight), until: to.and_then(|day| day.checked_add_days(Days::new(1))).map(midnight) };
    let cannot = || format!("{} cannot be written", out.display());
    let file = File::create_new(out).with_context(cannot)?;
    let exported = seal::export(db, range, BufWriter::new(&file)).await.with_context(cannot)?;
    file.sync_all().with_context(cannot)?;
    output.value(&exported)?;
    output.text(format!("{} rows and {} seals written to {}; rows not sealed yet are left out", exported.rows, exported.seals, out.display()));
    Ok(Finished::Well)
}

async fn count(db: &Db) -> Result<i64, Failure> {
    let row = db::row(db.reader(), "SELECT count(*) AS n FROM audit_record", vec![]).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

async fn find(db: &Db, sql: &str, fault: &'static str, faults: &mut Vec<Fault>) -> Result<(), Failure> {
    for row in db::rows(db.reader(), sql, vec![]).await? {
        faults.push(Fault { entity_id: row.try_get("", "entity_id")?, at: row.try_get("", "place")?, fault });
    }
    Ok(())
}
