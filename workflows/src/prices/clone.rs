//! Cloning a Tahun Ajaran (SPEC PRC-5): in one transaction every price of a year ends where the next year begins, and
//! goes on there with a bump, rounded half up to a step. A year is cloned into once; the database has the last word.
//!
//! Tens of thousands of rows in a few statements of the database. One audit record tells of the clone; each new row
//! names it in `clone_id`.

use crate::prices::year::{self, NewYear};
use crate::prices::{last_locked_month, names, turn};
use crate::records::tahun_ajaran::Model as Year;
use chrono::{DateTime, NaiveDate, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Halt, Refusal, Rejected};
use sea_orm::{ConnectionTrait, DbBackend, Value};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// From losing nine tenths to ten times as much, in hundredths of a percent.
pub const BUMP: (i64, i64) = (-9_000, 100_000);
pub const STEP_RP: (i64, i64) = (1, 1_000_000);
/// How many of the biggest changes are named.
const BIGGEST: usize = 10;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Clone {
    pub source_id: Uuid,
    /// The year to fill: one that is there under this code with these days, or a new one.
    pub target: NewYear,
    /// 550 is 5.5 %.
    pub bump_basis_points: i64,
    pub step_rp: i64,
    /// What the preview said: how many prices, and their sum afterwards.
    pub seen: Option<(i64, i64)>,
}

/// What a clone comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub source_code: String,
    pub copied: i64,
    /// Prices of the year before that stay as they are, since the new year has something of its own there.
    pub kept: i64,
    pub before_rp: i64,
    pub after_rp: i64,
    pub biggest: Vec<Step>,
}

/// One price, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub audience: String,
    pub subject: String,
    pub level: Option<String>,
    pub tingkat: String,
    pub segmentasi: String,
    pub golongan: Option<String>,
    pub before_rp: i64,
    pub after_rp: i64,
}

/// Says what a clone would do, and writes nothing.
///
/// # Errors
/// As [`clone`], but for `seen`.
pub async fn preview(db: &Db, asked: &Clone) -> Result<Outcome, Halt> {
    let conn = db.reader();
    let (source, target) = check(conn, asked).await?;
    outcome(conn, asked, &source, target.map_or(asked.target.starts_on, |year| year.starts_on)).await
}

/// Clones, and gives back the year filled.
///
/// # Errors
/// `Invalid` with every field at fault; rejected as `already_cloned`, `nothing_to_clone`, or `clone_changed` when it
/// would no longer do what the preview said.
pub async fn clone(db: &Db, asked: &Clone, actor: &Actor, now: DateTime<Utc>) -> Result<(Year, Outcome), Halt> {
    let tx = db.begin().await?;
    turn(&tx).await?;
    let (source, target) = check(&tx, asked).await?;
    let target = match target {
        Some(year) => year,
        None => year::add(&tx, &asked.target, actor, now).await?,
    };
    let outcome = outcome(&tx, asked, &source, target.starts_on).await?;
    if outcome.copied == 0 {
        return Err(rejected("nothing_to_clone").with("source", source.code).into_halt());
    }
    if asked.seen.is_some_and(|seen| seen != (outcome.copied, outcome.after_rp)) {
        return Err(rejected("clone_changed").with("copied", outcome.copied).with("after_rp", outcome.after_rp).into_halt());
    }
    write(&tx, asked, (&source, &target), &outcome, actor, now).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok((target, outcome))
}

fn rejected(code: &str) -> Rejected {
    Rejected::new(code)
}

trait IntoHalt {
    fn into_halt(self) -> Halt;
}

impl IntoHalt for Rejected {
    fn into_halt(self) -> Halt {
        Refusal::Rejected(self).into()
    }
}

/// The year to clone and the one to fill, if it is there.
async fn check(conn: &impl ConnectionTrait, asked: &Clone) -> Result<(Year, Option<Year>), Halt> {
    let years = year::all(conn).await?;
    let new = &asked.target;
    let target = years.iter().find(|year| (year.code.as_str(), year.starts_on, year.ends_on) == (new.code.trim(), new.starts_on, new.ends_on));
    let mut faults = if target.is_some() { vec![] } else { year::faults(new, &years) };
    let source = years.iter().find(|year| year.id == asked.source_id);
    match source {
        None => faults.push(FieldError::new("source_id", "unknown")),
        Some(source) if source.ends_on.succ_opt() != Some(new.starts_on) => {
            faults.push(FieldError::new("starts_on", "not_the_next_year").with("source", source.code.clone()).with("ends_on", source.ends_on.to_string()));
        }
        Some(_) => {}
    }
    let outside = |value: i64, (least, most): (i64, i64)| !(least..=most).contains(&value);
    for (field, value, range) in [("bump_basis_points", asked.bump_basis_points, BUMP), ("step_rp", asked.step_rp, STEP_RP)] {
        if outside(value, range) {
            faults.push(FieldError::new(field, "out_of_range").with("min", range.0).with("max", range.1));
        }
    }
    if let Some(month) = last_locked_month(conn).await?.filter(|month| new.starts_on.format("%Y-%m").to_string() <= *month) {
        faults.push(FieldError::new("starts_on", "period_locked").with("month", month));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    if let Some(target) = target {
        refuse_second(conn, target).await?;
    }
    Ok((source.cloned().ok_or(Refusal::NotFound { what: "tahun_ajaran" })?, target.cloned()))
}

async fn refuse_second(conn: &impl ConnectionTrait, target: &Year) -> Result<(), Halt> {
    let sql = "SELECT c.cloned_at, c.cloned_by, y.code FROM price_clone c JOIN tahun_ajaran y ON y.id = c.source_id WHERE c.target_id = ?";
    let Some(row) = db::row(conn, sql, vec![target.id.into()]).await? else { return Ok(()) };
    let by: Uuid = row.try_get("", "cloned_by")?;
    let at: DateTime<Utc> = row.try_get("", "cloned_at")?;
    let name = names(conn, HashSet::from([by])).await?.remove(&by);
    let source: String = row.try_get("", "code")?;
    Err(rejected("already_cloned").with("target", target.code.clone()).with("source", source).with("by", name).with("at", at.to_rfc3339()).into_halt())
}

/// The amount after the bump, rounded half up to the step. Its four `?` are bump, step, step, step.
const BUMPED: &str = "((p.amount_rp * (10000 + ?) + 5000 * ?) / (10000 * ?) * ?)";

/// The cells that have something of their own in the next year, as a query named `later`. Its `?` is the first day of it.
///
/// Postgres makes a list of them, for after so many changes in one transaction it misjudges its indexes; SQLite asks its
/// index for each cell.
fn later(backend: DbBackend) -> String {
    let how = if backend == DbBackend::Postgres { "MATERIALIZED" } else { "NOT MATERIALIZED" };
    format!(
        "WITH later AS {how} (SELECT subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id FROM price \
         WHERE effective_from >= ? AND (effective_until IS NULL OR effective_until > effective_from))"
    )
}

/// Prices of the year that go on unchanged into the next one: still open, or ending there with nothing after them.
/// Its `?` are the year, and twice the first day of the next.
const GOES_ON: &str = "p.tahun_ajaran_id = ? AND p.effective_from < ? AND (p.effective_until IS NULL OR p.effective_until = ?) AND NOT EXISTS \
    (SELECT 1 FROM later o WHERE o.subject_id = p.subject_id AND o.tingkat_id = p.tingkat_id AND o.segmentasi_id = p.segmentasi_id \
    AND (o.subject_level_id = p.subject_level_id OR (o.subject_level_id IS NULL AND p.subject_level_id IS NULL)) \
    AND (o.golongan_id = p.golongan_id OR (o.golongan_id IS NULL AND p.golongan_id IS NULL)))";

fn bumped(asked: &Clone) -> [Value; 4] {
    [asked.bump_basis_points.into(), asked.step_rp.into(), asked.step_rp.into(), asked.step_rp.into()]
}

fn goes_on(source: &Year, starts_on: NaiveDate) -> [Value; 3] {
    [source.id.into(), starts_on.into(), starts_on.into()]
}

async fn outcome(conn: &impl ConnectionTrait, asked: &Clone, source: &Year, starts_on: NaiveDate) -> Result<Outcome, Halt> {
    let sql = format!(
        "{} SELECT count(*) AS copied, CAST(coalesce(sum(p.amount_rp), 0) AS BIGINT) AS before_rp, CAST(coalesce(sum({BUMPED}), 0) AS BIGINT) AS after_rp, \
         (SELECT count(*) FROM price k WHERE k.tahun_ajaran_id = ? AND k.effective_from <= ? AND (k.effective_until IS NULL OR k.effective_until > ?)) AS in_force \
         FROM price p WHERE {GOES_ON}",
        later(conn.get_database_backend())
    );
    let last_day = source.ends_on;
    let values =
        std::iter::once(starts_on.into()).chain(bumped(asked)).chain([source.id.into(), last_day.into(), last_day.into()]).chain(goes_on(source, starts_on));
    let row = db::row(conn, &sql, values.collect()).await?.ok_or(Refusal::NotFound { what: "price" })?;
    let copied: i64 = row.try_get("", "copied")?;
    Ok(Outcome {
        source_code: source.code.clone(),
        copied,
        kept: row.try_get::<i64>("", "in_force")? - copied,
        before_rp: row.try_get("", "before_rp")?,
        after_rp: row.try_get("", "after_rp")?,
        biggest: biggest(conn, asked, source, starts_on).await?,
    })
}

async fn biggest(conn: &impl ConnectionTrait, asked: &Clone, source: &Year, starts_on: NaiveDate) -> Result<Vec<Step>, Failure> {
    let sql = format!(
        "{} SELECT x.audience, s.name AS subject, l.name AS level, t.name AS tingkat, g.code AS segmentasi, o.code AS golongan, x.before_rp, x.after_rp \
         FROM (SELECT p.*, p.amount_rp AS before_rp, {BUMPED} AS after_rp FROM price p WHERE {GOES_ON}) x \
         JOIN subject s ON s.id = x.subject_id JOIN tingkat t ON t.id = x.tingkat_id JOIN segmentasi g ON g.id = x.segmentasi_id \
         LEFT JOIN subject_level l ON l.id = x.subject_level_id LEFT JOIN golongan o ON o.id = x.golongan_id \
         WHERE x.after_rp <> x.before_rp ORDER BY abs(x.after_rp - x.before_rp) DESC, x.id LIMIT {BIGGEST}",
        later(conn.get_database_backend())
    );
    let values = std::iter::once(starts_on.into()).chain(bumped(asked)).chain(goes_on(source, starts_on));
    let rows = db::rows(conn, &sql, values.collect()).await?;
    rows.iter()
        .map(|row| {
            Ok(Step {
                audience: row.try_get("", "audience")?,
                subject: row.try_get("", "subject")?,
                level: row.try_get("", "level")?,
                tingkat: row.try_get("", "tingkat")?,
                segmentasi: row.try_get("", "segmentasi")?,
                golongan: row.try_get("", "golongan")?,
                before_rp: row.try_get("", "before_rp")?,
                after_rp: row.try_get("", "after_rp")?,
            })
        })
        .collect()
}

async fn write(tx: &Tx, asked: &Clone, (source, target): (&Year, &Year), outcome: &Outcome, actor: &Actor, now: DateTime<Utc>) -> Result<(), Failure> {
    let clone_id = new_id(now);
    let ended = "UPDATE price SET effective_until = ? WHERE tahun_ajaran_id = ? AND effective_from < ? AND effective_until IS NULL";
    let ended = db::run(tx, ended, vec![target.starts_on.into(), source.id.into(), target.starts_on.into()]).await?;
    let columns = "id, source_id, target_id, bump_basis_points, step_rp, copied, ended, before_rp, after_rp, cloned_at, cloned_by";
    let values = vec![
        clone_id.into(),
        source.id.into(),
        target.id.into(),
        asked.bump_basis_points.into(),
        asked.step_rp.into(),
        outcome.copied.into(),
        i64::try_from(ended).unwrap_or(i64::MAX).into(),
        outcome.before_rp.into(),
        outcome.after_rp.into(),
        now.into(),
        actor.id.into(),
    ];
    db::run(tx, &format!("INSERT INTO price_clone ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"), values).await?;
    copy(tx, asked, (source, target), clone_id, actor, now).await?;
    let mut batch = Batch::default();
    let action = Action {
        action: "price.clone".into(),
        entity_type: "tahun_ajaran",
        entity_id: target.id,
        entity_code: Some(&target.code),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({
            "clone_id": clone_id, "source_id": source.id, "source_code": source.code, "bump_basis_points": asked.bump_basis_points, "step_rp": asked.step_rp,
            "copied": outcome.copied, "ended": ended, "before_rp": outcome.before_rp, "after_rp": outcome.after_rp,
        })),
        reason: None,
    };
    audit::record(action, actor, now, &mut batch);
    batch.run(tx).await
}

/// The rows of the new year. By now the old ones all end where it starts.
async fn copy(tx: &Tx, asked: &Clone, (source, target): (&Year, &Year), clone_id: Uuid, actor: &Actor, now: DateTime<Utc>) -> Result<(), Failure> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let sql = format!(
        "{} INSERT INTO price (id, audience, tahun_ajaran_id, subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id, amount_rp, \
         effective_from, effective_until, created_at, created_by, clone_id) \
         SELECT {}, p.audience, ?, p.subject_id, p.subject_level_id, p.tingkat_id, p.segmentasi_id, p.golongan_id, {BUMPED}, ?, NULL, ?, ?, ? \
         FROM price p WHERE {GOES_ON}",
        later(backend),
        fresh_id(backend, now)
    );
    let mut values: Vec<Value> = vec![target.starts_on.into(), target.id.into()];
    values.extend(bumped(asked));
    values.extend([target.starts_on.into(), now.into(), actor.id.to_string().into(), clone_id.into()]);
    values.extend(goes_on(source, target.starts_on));
    db::run(tx, &sql, values).await.map(drop)
}

/// A UUIDv7 of this instant for each row, made by the database itself.
fn fresh_id(backend: DbBackend, now: DateTime<Utc>) -> String {
    let instant = format!("{:012x}", now.timestamp_millis().max(0));
    match backend {
        // A version 4 has version and variant where a version 7 has them; its first twelve digits make way for the instant.
        DbBackend::Postgres => format!("('{instant}7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"),
        _ => format!("unhex('{instant}7' || substr(hex(randomblob(2)), 2) || '8' || substr(hex(randomblob(8)), 2))"),
    }
}
