//! The tutors a siswa prefers, the dearest first: a hint for whoever plans, never a rule (SPEC MD-2).

use super::{Kind, hold_editable, hold_key};
use crate::changes::Written;
use crate::held::{NotHeld, etag};
use engine::audit;
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

const MOST: usize = 20;

/// Their ids, in order.
///
/// # Errors
/// When the database fails.
pub async fn of_siswa(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let rows = db::rows(conn, "SELECT tutor_id FROM preferred_tutor WHERE siswa_id = ? ORDER BY position, tutor_id", vec![id.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "tutor_id")?)).collect()
}

/// Makes these the tutors a siswa prefers. `seen` is the [`etag`] of those the editor began with.
///
/// # Errors
/// What is wrong with one, at `tutors.<place>`, or that somebody else was quicker.
pub async fn replace(db: &Db, id: Uuid, seen: Option<&str>, tutors: &[Uuid], by: &Written<'_>) -> Result<(), NotHeld<Vec<Uuid>>> {
    if tutors.len() > MOST {
        return Err(Refusal::Invalid(vec![FieldError::new("tutors", "too_many").with("max", MOST)]).into());
    }
    let tx = db.begin().await?;
    // In the order of ids, so that two who need the same keys do not wait for each other.
    let mut erased = BTreeSet::new();
    for one in tutors.iter().chain([&id]).copied().collect::<BTreeSet<Uuid>>() {
        if !hold_key(&tx, one).await? {
            erased.insert(one);
        }
    }
    let siswa = hold_editable(&tx, Kind::Siswa, id).await?;
    let before = of_siswa(&tx, id).await?;
    if seen.is_some_and(|seen| seen != etag(&before)) {
        return Err(NotHeld::Stale(Box::new(before)));
    }
    let faults = faults(&tx, tutors, (&before, &erased)).await?;
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    if before == tutors {
        return Ok(());
    }
    // Codes only: a name would stay in the siswa's audit when the tutor is erased.
    let sides = (Some(json!({ "preferred_tutors": codes(&tx, &before).await? })), Some(json!({ "preferred_tutors": codes(&tx, tutors).await? })));
    db::run(&tx, "DELETE FROM preferred_tutor WHERE siswa_id = ?", vec![id.into()]).await?;
    let mut batch = Batch::default();
    for (position, tutor_id) in (1_i64..).zip(tutors) {
        let sql = "INSERT INTO preferred_tutor (id, siswa_id, tutor_id, position) VALUES (?,?,?,?)";
        batch.push(sql, vec![new_id(by.at).into(), id.into(), (*tutor_id).into(), position.into()]);
    }
    audit::record(siswa.action("siswa.preferred_tutors".into(), sides, by), by.actor, by.at, &mut batch);
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

async fn faults(tx: &Tx, tutors: &[Uuid], (before, erased): (&[Uuid], &BTreeSet<Uuid>)) -> Result<Vec<FieldError>, Failure> {
    let (mut faults, mut seen) = (vec![], BTreeSet::new());
    for (place, id) in tutors.iter().enumerate() {
        let row = db::row(tx, "SELECT status FROM tutor WHERE id = ?", vec![(*id).into()]).await?;
        let status: Option<String> = row.map(|row| row.try_get("", "status")).transpose()?;
        let code = match status.as_deref() {
            _ if !seen.insert(*id) => Some("twice"),
            None => Some("unknown"),
            Some(_) if erased.contains(id) => Some("unknown"),
            Some("TERMINATED" | "ARCHIVED") if !before.contains(id) => Some("archived"),
            Some(_) => None,
        };
        faults.extend(code.map(|code| FieldError::new(format!("tutors.{place}"), code)));
    }
    Ok(faults)
}

async fn codes(tx: &Tx, tutors: &[Uuid]) -> Result<Vec<String>, Failure> {
    let mut codes = vec![];
    for id in tutors {
        let row = db::row(tx, "SELECT code FROM tutor WHERE id = ?", vec![(*id).into()]).await?;
        codes.extend(row.map(|row| row.try_get::<String>("", "code")).transpose()?);
    }
    Ok(codes)
}
