//! From an edit to the rows it closes and opens, or to everything that is wrong with it. Pure.

use super::known::{Catalog, Known};
use super::{Edit, FAR, Far, MOST_CELLS, MOST_RP, Summary, Wanted};
use crate::records::price::{Cell, Model};
use crate::records::tahun_ajaran;
use chrono::{DateTime, NaiveDate, Utc};
use engine::id::new_id;
use engine::refusal::{FieldError, Halt, Refusal, Rejected};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Plan {
    pub summary: Summary,
    /// As they are; they end on the day of the edit.
    pub closed: Vec<Model>,
    pub opened: Vec<Model>,
}

pub fn plan(edit: &Edit, known: &Known, author: Uuid, now: DateTime<Utc>) -> Result<Plan, Halt> {
    let invalid = |faults: Vec<FieldError>| Err(Refusal::Invalid(faults).into());
    let Some(year) = &known.year else { return invalid(vec![FieldError::new("tahun_ajaran_id", "unknown")]) };
    let faults = faults(edit, known, year);
    if !faults.is_empty() {
        return invalid(faults);
    }
    let changed = changed_meanwhile(edit, known);
    if !changed.is_empty() {
        let rejected = changed.into_iter().fold(Rejected::new("prices_changed"), Rejected::at);
        return Err(Refusal::Rejected(rejected).into());
    }
    let mut plan = Plan::default();
    for wanted in &edit.cells {
        step(&mut plan, wanted, edit, known, |until| new_row(wanted, edit, until, author, now));
    }
    plan.summary.far = far(edit, known);
    Ok(plan)
}

fn faults(edit: &Edit, known: &Known, year: &tahun_ajaran::Model) -> Vec<FieldError> {
    let mut faults: Vec<FieldError> = day_fault(edit.effective_from, known, year).into_iter().collect();
    match edit.cells.len() {
        0 => faults.push(FieldError::new("cells", "required")),
        n if n > MOST_CELLS => faults.push(FieldError::new("cells", "too_many").with("max", MOST_CELLS)),
        _ => {}
    }
    let mut seen: HashSet<Cell> = HashSet::new();
    for (index, wanted) in edit.cells.iter().enumerate() {
        let at = |field: &str| format!("cells[{index}]{field}");
        if !seen.insert(wanted.cell) {
            faults.push(FieldError::new(at(""), "duplicate"));
        }
        match wanted.amount_rp {
            Some(amount) if amount < 0 => faults.push(FieldError::new(at(".amount_rp"), "amount_negative")),
            Some(amount) if amount > MOST_RP => faults.push(FieldError::new(at(".amount_rp"), "amount_too_large").with("max", MOST_RP)),
            _ => {}
        }
        if let Some((field, code)) = misplaced(&known.catalog, wanted) {
            faults.push(FieldError::new(at(field), code));
        }
    }
    faults
}

fn day_fault(day: NaiveDate, known: &Known, year: &tahun_ajaran::Model) -> Option<FieldError> {
    let fault = |code| FieldError::new("effective_from", code);
    if !year.holds(day) {
        return Some(fault("outside_tahun_ajaran").with("from", year.starts_on.to_string()).with("until", year.ends_on.to_string()));
    }
    let month = known.last_locked_month.as_ref().filter(|month| day.format("%Y-%m").to_string() <= **month)?;
    Some(fault("period_locked").with("month", month.as_str()))
}

/// What a cell names wrongly. A price may be taken from an archived row, not given to it.
fn misplaced(catalog: &Catalog, wanted: &Wanted) -> Option<(&'static str, &'static str)> {
    let Cell { subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id } = wanted.cell;
    let usable = |known: Option<bool>| match known {
        None => Some("unknown"),
        Some(false) if wanted.amount_rp.is_some() => Some("archived"),
        Some(_) => None,
    };
    let subject = catalog.subjects.get(&subject_id);
    if let Some(code) = usable(subject.map(|subject| subject.active)) {
        return Some((".subject_id", code));
    }
    let level = match (subject.is_some_and(|subject| subject.has_levels), subject_level_id) {
        (true, None) => wanted.amount_rp.and(Some("level_required")),
        (false, Some(_)) => wanted.amount_rp.and(Some("level_not_allowed")),
        (true, Some(level)) => usable(catalog.levels.get(&(subject_id, level)).copied()),
        (false, None) => None,
    };
    let dimensions = [
        (".subject_level_id", level),
        (".tingkat_id", usable(catalog.tingkat.get(&tingkat_id).copied())),
        (".segmentasi_id", usable(catalog.segmentasi.get(&segmentasi_id).copied())),
        (".golongan_id", golongan_id.and_then(|id| usable(catalog.golongan.get(&id).copied()))),
    ];
    dimensions.into_iter().find_map(|(field, code)| Some((field, code?)))
}

/// Cells that hold another price than the editor saw, each with the price they hold and whose it is.
fn changed_meanwhile(edit: &Edit, known: &Known) -> Vec<FieldError> {
    let cells = edit.cells.iter().enumerate();
    let changed = cells.filter_map(|(index, wanted)| {
        let now = known.in_force(&wanted.cell, edit.effective_from);
        if now.map(|row| row.id) == wanted.seen_id {
            return None;
        }
        let by = now.and_then(|row| known.names.get(&row.created_by.parse().ok()?));
        Some(
            FieldError::new(format!("cells[{index}]"), "price_changed")
                .with("price_id", now.map_or(Value::Null, |row| row.id.to_string().into()))
                .with("amount_rp", now.map_or(Value::Null, |row| row.amount_rp.into()))
                .with("by", by.map_or(Value::Null, |name| name.as_str().into()))
                .with("at", now.map_or(Value::Null, |row| row.created_at.to_rfc3339().into())),
        )
    });
    changed.collect()
}

fn step(plan: &mut Plan, wanted: &Wanted, edit: &Edit, known: &Known, open: impl FnOnce(Option<NaiveDate>) -> Option<Model>) {
    let (day, summary) = (edit.effective_from, &mut plan.summary);
    let before = known.in_force(&wanted.cell, day);
    summary.before_rp += before.map_or(0, |row| row.amount_rp);
    summary.after_rp += wanted.amount_rp.unwrap_or_default();
    let is_same = match (before, wanted.amount_rp) {
        (None, None) => true,
        (Some(row), Some(amount)) => row.amount_rp == amount && row.tahun_ajaran_id == edit.tahun_ajaran_id,
        _ => false,
    };
    if is_same {
        summary.unchanged += 1;
        return;
    }
    match (before, wanted.amount_rp) {
        (_, None) => summary.removed += 1,
        (None, Some(_)) => summary.added += 1,
        (Some(_), Some(_)) => summary.changed += 1,
    }
    let next = known.next(&wanted.cell, day).map(|row| row.effective_from);
    if let Some(next) = next {
        summary.later += 1;
        summary.later_from = Some(summary.later_from.map_or(next, |first| first.min(next)));
    }
    if let Some(row) = before {
        summary.reason_required |= has_counted(row, edit, known);
        plan.closed.push(row.clone());
    }
    plan.opened.extend(open(before.map_or(next, |row| row.effective_until)));
}

/// Whether a row was in force before the edit, so that somebody may have been told of it. A new year that begins with
/// prices of its own is the ordinary course of things.
fn has_counted(row: &Model, edit: &Edit, known: &Known) -> bool {
    let starts_a_year = row.tahun_ajaran_id != edit.tahun_ajaran_id
        && edit.effective_from > known.today
        && known.year.as_ref().is_some_and(|year| year.starts_on == edit.effective_from);
    row.effective_from <= known.today && !starts_a_year
}

fn new_row(wanted: &Wanted, edit: &Edit, until: Option<NaiveDate>, author: Uuid, now: DateTime<Utc>) -> Option<Model> {
    let cell = wanted.cell;
    Some(Model {
        id: new_id(now),
        audience: cell.audience(),
        tahun_ajaran_id: edit.tahun_ajaran_id,
        subject_id: cell.subject_id,
        subject_level_id: cell.subject_level_id,
        tingkat_id: cell.tingkat_id,
        segmentasi_id: cell.segmentasi_id,
        golongan_id: cell.golongan_id,
        amount_rp: wanted.amount_rp?,
        effective_from: edit.effective_from,
        effective_until: until,
        created_at: now,
        // An id, not a name: this row is never changed, and people may be erased.
        created_by: author.to_string(),
    })
}

/// The amounts far above the mean of the other cells of their page, as they would stand after the edit.
fn far(edit: &Edit, known: &Known) -> Vec<Far> {
    let page = |cell: &Cell| (cell.audience(), cell.subject_id, cell.subject_level_id);
    let mut after: HashMap<Cell, i64> = HashMap::new();
    after.extend(known.prices.keys().filter_map(|cell| Some((*cell, known.in_force(cell, edit.effective_from)?.amount_rp))));
    for wanted in &edit.cells {
        match wanted.amount_rp {
            Some(amount) => after.insert(wanted.cell, amount),
            None => after.remove(&wanted.cell),
        };
    }
    let mut sums: HashMap<_, (i64, i64)> = HashMap::new();
    for (cell, amount) in &after {
        let (sum, count) = sums.entry(page(cell)).or_default();
        *sum += amount;
        *count += 1;
    }
    let cells = edit.cells.iter().enumerate();
    let far = cells.filter_map(|(index, wanted)| {
        let amount_rp = wanted.amount_rp?;
        let (sum, count) = sums.get(&page(&wanted.cell)).copied()?;
        let (sum, count) = (sum - amount_rp, count - 1);
        // Beside free lessons everything is far.
        (count > 0 && sum > 0 && amount_rp * count > FAR * sum).then(|| Far { index, amount_rp, mean_rp: sum / count })
    });
    far.collect()
}
