//! Changing many cells of the matrix at once (SPEC PRC-6): all of them or none, each only if it still holds the price
//! that the editor saw.
//!
//! What a preview shows and what a save writes come from the same pure function, [`plan`].

mod known;
mod plan;

use crate::changes::{Change, Changes, Subject, Table, Written};
use crate::prices::turn;
use crate::records::price::{Cell, Column, Entity, Model};
use chrono::{DateTime, NaiveDate, Utc};
use engine::actor::Actor;
use engine::db::Db;
use engine::definition::check_text;
use engine::refusal::{Halt, Refusal};
use known::Known;
use plan::{Plan, plan};
use uuid::Uuid;

/// More in one go is a file to import.
pub const MOST_CELLS: usize = 2_000;
/// No lesson costs a milliard.
pub const MOST_RP: i64 = 1_000_000_000;
/// So many times the mean of its peers is a slip of the keys, most likely (SPEC PRC-7).
pub const FAR: i64 = 10;

const TABLE: Table<Model> = Table { entity_type: "price", subject: |row| Subject { id: row.id, code: None } };

/// What somebody asks for: these amounts in these cells, from a day on.
#[derive(Clone, Debug)]
pub struct Edit {
    pub tahun_ajaran_id: Uuid,
    /// The first day the new prices count.
    pub effective_from: NaiveDate,
    pub reason: Option<String>,
    pub cells: Vec<Wanted>,
}

/// What one cell is to hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub cell: Cell,
    /// The price the editor saw in it; `None` saw a gap.
    pub seen_id: Option<Uuid>,
    /// `None` takes the price away.
    pub amount_rp: Option<i64>,
}

/// What an edit comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    pub unchanged: u64,
    /// The sum of the cells named, before and after.
    pub before_rp: i64,
    pub after_rp: i64,
    /// It takes the place of a price that has counted already (SPEC PRC-6).
    pub reason_required: bool,
    /// Cells whose next price stays: the new one ends there.
    pub later: u64,
    pub later_from: Option<NaiveDate>,
    pub far: Vec<Far>,
}

/// An amount far above its peers: those of the same subject, level and audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Far {
    /// Its place among the cells of the edit.
    pub index: usize,
    pub amount_rp: i64,
    pub mean_rp: i64,
}

/// Says what a save would do, and writes nothing.
///
/// # Errors
/// As [`save`], but for a missing reason.
pub async fn preview(db: &Db, edit: &Edit, actor: &Actor, now: DateTime<Utc>) -> Result<Summary, Halt> {
    let known = Known::load(db.reader(), edit, now).await?;
    Ok(plan(edit, &known, actor.id, now)?.summary)
}

/// Closes and opens rows, with their audit records, in one transaction.
///
/// # Errors
/// `Invalid` with every field at fault; rejected as `prices_changed` with each cell that holds another price than was
/// seen, whose it is and since when.
pub async fn save(db: &Db, edit: &Edit, actor: &Actor, now: DateTime<Utc>) -> Result<Summary, Halt> {
    let tx = db.begin().await?;
    turn(&tx).await?;
    let known = Known::load(&tx, edit, now).await?;
    let plan = plan(edit, &known, actor.id, now)?;
    let reason = edit.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    if (plan.summary.reason_required || reason.is_some())
        && let Some(fault) = check_text("reason", reason.unwrap_or_default())
    {
        return Err(Refusal::Invalid(vec![fault]).into());
    }
    let summary = plan.summary.clone();
    changes(plan, edit.effective_from).write(&tx, "price.edit", &Written { actor, at: now, reason }).await?;
    tx.commit().await?;
    Ok(summary)
}

/// Closings first: the database looks at each row as it comes.
fn changes(plan: Plan, day: NaiveDate) -> Changes {
    let mut changes = Changes::default();
    let mut closed = vec![];
    for before in &plan.closed {
        changes.audit(&TABLE, Some(before), &Model { effective_until: Some(day), ..before.clone() });
        closed.push(before.id);
    }
    changes.set::<Entity>(Column::Id, &closed, Column::EffectiveUntil, day);
    changes.add::<Entity>(&TABLE, plan.opened.into_iter().map(Change::Create).collect());
    changes
}
