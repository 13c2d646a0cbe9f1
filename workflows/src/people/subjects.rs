//! What a tutor teaches, replaced as a whole: a subject with all its levels, or some of them.

use super::{Kind, hold_editable};
use crate::changes::Written;
use crate::held::{NotHeld, etag};
use engine::audit;
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

const MOST: usize = 200;

/// A subject, or one of its levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Taught {
    pub subject_id: Uuid,
    /// `None`: every level.
    pub subject_level_id: Option<Uuid>,
}

/// What a tutor teaches, in the order of ids.
///
/// # Errors
/// When the database fails.
pub async fn of_tutor(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Taught>, Failure> {
    let rows = db::rows(conn, "SELECT subject_id, subject_level_id FROM tutor_subject WHERE tutor_id = ?", vec![id.into()]).await?;
    let taught: Result<Vec<Taught>, Failure> =
        rows.iter().map(|row| Ok(Taught { subject_id: row.try_get("", "subject_id")?, subject_level_id: row.try_get("", "subject_level_id")? })).collect();
    let mut taught = taught?;
    taught.sort_unstable();
    Ok(taught)
}

/// Makes these what the tutor teaches. `seen` is the [`etag`] of what the editor began with.
///
/// # Errors
/// What is wrong with an item, at `subjects.<place>`, or that somebody else was quicker.
pub async fn replace(db: &Db, id: Uuid, seen: Option<&str>, subjects: &[Taught], by: &Written<'_>) -> Result<(), NotHeld<Vec<Taught>>> {
    let tx = db.begin().await?;
    let tutor = hold_editable(&tx, Kind::Tutor, id).await?;
    let before = of_tutor(&tx, id).await?;
    if seen.is_some_and(|seen| seen != etag(&before)) {
        return Err(NotHeld::Stale(Box::new(before)));
    }
    let faults = faults(&tx, subjects, &before).await?;
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let mut after = subjects.to_vec();
    after.sort_unstable();
    if before == after {
        return Ok(());
    }
    let sides = (Some(json!({ "subjects": words(&tx, &before).await? })), Some(json!({ "subjects": words(&tx, &after).await? })));
    write(&tx, id, (&before, &after), by).await?;
    let mut batch = Batch::default();
    audit::record(tutor.action("tutor.subjects".into(), sides, by), by.actor, by.at, &mut batch);
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

async fn write(tx: &Tx, id: Uuid, (before, after): (&[Taught], &[Taught]), by: &Written<'_>) -> Result<(), Failure> {
    for gone in before.iter().filter(|item| !after.contains(item)) {
        let sql =
            "DELETE FROM tutor_subject WHERE tutor_id = ? AND subject_id = ? AND COALESCE(CAST(subject_level_id AS TEXT), '') = COALESCE(CAST(? AS TEXT), '')";
        db::run(tx, sql, vec![id.into(), gone.subject_id.into(), gone.subject_level_id.into()]).await?;
    }
    for new in after.iter().filter(|item| !before.contains(item)) {
        let sql = "INSERT INTO tutor_subject (id, tutor_id, subject_id, subject_level_id) VALUES (?,?,?,?)";
        db::run(tx, sql, vec![new_id(by.at).into(), id.into(), new.subject_id.into(), new.subject_level_id.into()]).await?;
    }
    Ok(())
}

/// Only what is new must be active: what a tutor taught before it was archived stays.
async fn faults(tx: &Tx, subjects: &[Taught], before: &[Taught]) -> Result<Vec<FieldError>, Failure> {
    if subjects.len() > MOST {
        return Ok(vec![FieldError::new("subjects", "too_many").with("max", MOST)]);
    }
    let whole: BTreeSet<Uuid> = subjects.iter().filter(|item| item.subject_level_id.is_none()).map(|item| item.subject_id).collect();
    let (mut faults, mut seen) = (vec![], BTreeSet::new());
    for (place, item) in subjects.iter().enumerate() {
        let code = match (seen.insert(*item), item.subject_level_id) {
            (false, _) => Some("twice"),
            (true, Some(_)) if whole.contains(&item.subject_id) => Some("already_all_levels"),
            _ if before.contains(item) => None,
            _ => not_to_be_had(tx, item).await?,
        };
        faults.extend(code.map(|code| FieldError::new(format!("subjects.{place}"), code)));
    }
    Ok(faults)
}

async fn not_to_be_had(tx: &Tx, item: &Taught) -> Result<Option<&'static str>, Failure> {
    let row = match item.subject_level_id {
        None => db::row(tx, "SELECT status FROM subject WHERE id = ?", vec![item.subject_id.into()]).await?,
        Some(level) => {
            let sql = "SELECT CASE WHEN s.status = 'ACTIVE' THEN l.status ELSE s.status END AS status FROM subject_level l \
                       JOIN subject s ON s.id = l.subject_id WHERE s.id = ? AND l.id = ?";
            db::row(tx, sql, vec![item.subject_id.into(), level.into()]).await?
        }
    };
    let status: Option<String> = row.map(|row| row.try_get("", "status")).transpose()?;
    Ok(match status.as_deref() {
        None => Some("unknown"),
        Some("ACTIVE") => None,
        Some(_) => Some("archived"),
    })
}

async fn words(tx: &Tx, subjects: &[Taught]) -> Result<Vec<String>, Failure> {
    let mut words = vec![];
    for item in subjects {
        let sql = "SELECT s.name, l.name AS level FROM subject s LEFT JOIN subject_level l ON l.subject_id = s.id AND l.id = ? WHERE s.id = ?";
        if let Some(row) = db::row(tx, sql, vec![item.subject_level_id.into(), item.subject_id.into()]).await? {
            let (name, level): (String, Option<String>) = (row.try_get("", "name")?, row.try_get("", "level")?);
            words.push(level.map_or(name.clone(), |level| format!("{name} · {level}")));
        }
    }
    words.sort_unstable();
    Ok(words)
}
