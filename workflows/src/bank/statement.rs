//! Keeping a statement: every line that no statement before has brought.

use super::sheet::{Line, LineFault, Sheet};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::id::new_id;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, Value};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use uuid::Uuid;

const LINES_PER_STATEMENT: usize = 500;
/// How many lines a report shows.
const SHOWN: usize = 20;

#[derive(Clone, Debug)]
pub struct Options {
    pub dry_run: bool,
    /// Keep the lines without faults even when others have some.
    pub only_valid: bool,
    pub now: DateTime<Utc>,
    pub actor: Actor,
    pub file: String,
}

/// What happened, or in a dry run would happen.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub statement_id: Option<Uuid>,
    pub lines: u64,
    /// Lines that are new, and what came in and went out by them.
    pub added: u64,
    pub in_rp: i64,
    pub out_rp: i64,
    /// Lines that an earlier statement has brought.
    pub known: u64,
    pub skipped: u64,
    pub faults: Vec<LineFault>,
    pub fault_count: u64,
    /// The first new lines.
    pub first: Vec<Line>,
    pub written: bool,
}

/// Takes the lines of a statement in, each once.
///
/// # Errors
/// When the database fails; nothing is written then.
pub async fn keep(db: &Db, csv: &[u8], sheet: Sheet, options: &Options) -> Result<Report, Failure> {
    let tx = db.begin().await?;
    let known = known(&tx, &sheet.lines).await?;
    let new: Vec<&Line> = sheet.lines.iter().filter(|line| !known.contains(&line.fingerprint)).collect();
    let mut report = Report {
        statement_id: None,
        lines: sheet.lines.len() as u64,
        added: new.len() as u64,
        in_rp: new.iter().map(|line| line.amount_rp.max(0)).sum(),
        out_rp: new.iter().map(|line| (-line.amount_rp).max(0)).sum(),
        known: known.len() as u64,
        skipped: sheet.skipped,
        first: new.iter().take(SHOWN).map(|line| (*line).clone()).collect(),
        faults: sheet.faults,
        fault_count: sheet.fault_count,
        written: false,
    };
    if options.dry_run || new.is_empty() || (report.fault_count > 0 && !options.only_valid) {
        return Ok(report);
    }
    let id = new_id(options.now);
    head(&tx, id, (csv, &sheet.lines, &new), options).await?;
    // Another import at the same time may have brought one meanwhile: it is counted as known.
    let written = insert(&tx, id, &new, options.now).await?;
    (report.added, report.known) = (written, report.lines - written);
    let mut batch = Batch::default();
    batch.push("UPDATE bank_statement SET added_count = ? WHERE id = ?", vec![i64::try_from(written).unwrap_or(i64::MAX).into(), id.into()]);
    audit::record(
        Action {
            action: "bank_statement.import".into(),
            entity_type: "bank_statement",
            entity_id: id,
            entity_code: Some(&options.file),
            instance_seq: None,
            on_behalf_of: None,
            before: None,
            after: Some(json!({ "lines": report.lines, "added": written, "in_rp": report.in_rp, "out_rp": report.out_rp })),
            reason: None,
        },
        &options.actor,
        options.now,
        &mut batch,
    );
    batch.run(&tx).await?;
    tx.commit().await?;
    (report.statement_id, report.written) = (Some(id), true);
    Ok(report)
}

async fn known(conn: &impl ConnectionTrait, lines: &[Line]) -> Result<HashSet<String>, Failure> {
    let mut known = HashSet::new();
    for chunk in lines.chunks(LINES_PER_STATEMENT) {
        let marks = vec!["?"; chunk.len()].join(",");
        let values = chunk.iter().map(|line| line.fingerprint.clone().into()).collect();
        for row in db::rows(conn, &format!("SELECT fingerprint FROM bank_line WHERE fingerprint IN ({marks})"), values).await? {
            known.insert(row.try_get("", "fingerprint")?);
        }
    }
    Ok(known)
}

async fn head(conn: &impl ConnectionTrait, id: Uuid, (csv, lines, new): (&[u8], &[Line], &[&Line]), options: &Options) -> Result<(), Failure> {
    let days = || lines.iter().map(|line| line.booked_on);
    let count = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let sql = "INSERT INTO bank_statement (id, name, sha256, line_count, added_count, from_day, to_day, imported_by, imported_at) VALUES (?,?,?,?,?,?,?,?,?)";
    let values = vec![
        id.into(),
        options.file.clone().into(),
        hex::encode(Sha256::digest(csv)).into(),
        count(lines.len()),
        count(new.len()),
        days().min().into(),
        days().max().into(),
        options.actor.id.into(),
        options.now.into(),
    ];
    db::run(conn, sql, values).await.map(|_| ())
}

async fn insert(conn: &impl ConnectionTrait, statement: Uuid, lines: &[&Line], now: DateTime<Utc>) -> Result<u64, Failure> {
    let mut written = 0;
    for chunk in lines.chunks(LINES_PER_STATEMENT) {
        let marks = vec!["(?,?,?,?,?,?,?,?,'OPEN')"; chunk.len()].join(",");
        let sql = format!(
            "INSERT INTO bank_line (id, statement_id, line, booked_on, description, amount_rp, balance_rp, fingerprint, state) VALUES {marks} ON CONFLICT (fingerprint) DO NOTHING"
        );
        let values = chunk.iter().flat_map(|line| -> [Value; 8] {
            [
                new_id(now).into(),
                statement.into(),
                i64::try_from(line.line).unwrap_or(i64::MAX).into(),
                line.booked_on.into(),
                line.description.clone().into(),
                line.amount_rp.into(),
                line.balance_rp.into(),
                line.fingerprint.clone().into(),
            ]
        });
        written += db::run(conn, &sql, values.collect()).await?;
    }
    Ok(written)
}
