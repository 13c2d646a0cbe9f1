//! `alur audit verify`: every step of every history has exactly one audit record, and records stand in the order of time.

use super::output::{Finished, Output};
use crate::app;
use crate::config::Config;
use clap::Subcommand;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find steps without their audit record and records out of order.
    Verify,
}

#[derive(Debug, Serialize)]
struct Report {
    records: i64,
    faults: Vec<Fault>,
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
    let Command::Verify = command;
    let db = app::connect(config).await?;
    let mut report = Report { records: count(&db).await?, faults: vec![] };
    for (sql, fault) in [
        (MISSING, "a step has not exactly one audit record"),
        (ORPHANED, "an audit record names a step that is not there"),
        (OUT_OF_ORDER, "an audit record is earlier than one written before it"),
        (STEPS_OUT_OF_ORDER, "an audit record of a step stands after that of a later step"),
    ] {
        find(&db, sql, fault, &mut report.faults).await?;
    }
    output.value(&report)?;
    for fault in &report.faults {
        output.text(format!("{} at {}: {}", fault.entity_id, fault.at, fault.fault));
    }
    output.text(format!("{} records, {} faults", report.records, report.faults.len()));
    Ok(Finished::without(&report.faults))
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
