//! A draft of prices: what single cells of the matrix would cost, and a bump of a whole Tahun Ajaran.

use super::rejection::Rejection;
use crate::records::price::Audience;
use engine::backtest::Recorded;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// One cell with the amount it would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellPrice {
    pub audience: Audience,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub tingkat_id: Uuid,
    pub segmentasi_id: Uuid,
    pub golongan_id: Option<Uuid>,
    pub amount_rp: i64,
}

/// Every price of a Tahun Ajaran raised or lowered, and rounded half up to a step, as when a year is cloned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bump {
    pub tahun_ajaran_id: Uuid,
    /// Both matrices unless one is named.
    pub audience: Option<Audience>,
    /// 550 raises by 5,5 %.
    pub bump_basis_points: i64,
    /// 1 rounds to the rupiah.
    #[serde(default = "one")]
    pub step_rp: i64,
}

fn one() -> i64 {
    1
}

/// More do not fit into a request; a bump says the same in one line.
const MOST_CELLS: i64 = 3_000;
const MOST_RP: i64 = 1_000_000_000;
/// Everything for nothing, or ten times as much.
const BASIS_POINTS: std::ops::RangeInclusive<i64> = -10_000..=100_000;

pub(super) fn check(cells: &[CellPrice], bump: Option<&Bump>) -> Result<(), Rejection> {
    if cells.is_empty() && bump.is_none() {
        return Err(Rejection::Required("cells"));
    }
    if i64::try_from(cells.len()).unwrap_or(i64::MAX) > MOST_CELLS {
        return Err(Rejection::OutOfRange { field: "cells", min: 1, max: MOST_CELLS });
    }
    for (index, cell) in cells.iter().enumerate() {
        let code = match (cell.audience, cell.golongan_id) {
            (Audience::Tutor, None) => "golongan_missing",
            (Audience::Student, Some(_)) => "golongan_unfit",
            _ if !(0..=MOST_RP).contains(&cell.amount_rp) => "amount_out_of_range",
            _ => continue,
        };
        return Err(Rejection::CellWrong { index, code });
    }
    let Some(bump) = bump else { return Ok(()) };
    if !BASIS_POINTS.contains(&bump.bump_basis_points) {
        return Err(Rejection::OutOfRange { field: "bump.bump_basis_points", min: *BASIS_POINTS.start(), max: *BASIS_POINTS.end() });
    }
    if !(1..=MOST_RP).contains(&bump.step_rp) {
        return Err(Rejection::OutOfRange { field: "bump.step_rp", min: 1, max: MOST_RP });
    }
    Ok(())
}

/// A cell without its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    subject_id: Uuid,
    subject_level_id: Option<Uuid>,
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    golongan_id: Option<Uuid>,
}

impl CellPrice {
    fn key(&self) -> Key {
        Key {
            subject_id: self.subject_id,
            subject_level_id: self.subject_level_id,
            tingkat_id: self.tingkat_id,
            segmentasi_id: self.segmentasi_id,
            golongan_id: self.golongan_id,
        }
    }
}

/// A draft ready to be looked up. A named cell beats the bump.
#[derive(Clone, Debug)]
pub struct Prices {
    cells: HashMap<Key, i64>,
    bump: Option<Bump>,
}

/// A row of the matrix a sesi was priced by.
struct Frozen {
    key: Key,
    tahun_ajaran_id: Uuid,
}

impl Prices {
    pub fn new(cells: &[CellPrice], bump: Option<Bump>) -> Self {
        Self { cells: cells.iter().map(|cell| (cell.key(), cell.amount_rp)).collect(), bump }
    }

    fn amount(&self, frozen: &Frozen, now_rp: i64) -> i64 {
        if let Some(amount) = self.cells.get(&frozen.key) {
            return *amount;
        }
        let audience = if frozen.key.golongan_id.is_some() { Audience::Tutor } else { Audience::Student };
        match self.bump {
            Some(bump) if bump.tahun_ajaran_id == frozen.tahun_ajaran_id && bump.audience.is_none_or(|only| only == audience) => bumped(now_rp, bump),
            _ => now_rp,
        }
    }

    /// What each decision would have been told: its own input, with the matrix amounts of the draft. Nothing where both
    /// stay as they were.
    pub(super) async fn inputs(&self, conn: &impl ConnectionTrait, page: &[Recorded]) -> Result<Vec<Option<Value>>, Failure> {
        let frozen = frozen(conn, page).await?;
        Ok(page.iter().map(|one| frozen.get(&one.instance_id).and_then(|rows| self.input(&one.input, rows))).collect())
    }

    fn input(&self, told: &Value, rows: &[(&'static str, Frozen)]) -> Option<Value> {
        let mut input = told.clone();
        for (field, frozen) in rows {
            if let Some(now_rp) = told.get(field).and_then(Value::as_i64) {
                input[field] = json!(self.amount(frozen, now_rp));
            }
        }
        (input != *told).then_some(input)
    }
}

/// Half up to the step.
fn bumped(amount_rp: i64, bump: Bump) -> i64 {
    let (raised, step) = (i128::from(amount_rp) * i128::from(10_000 + bump.bump_basis_points), i128::from(bump.step_rp) * 10_000);
    let steps = (2 * raised + step).div_euclid(2 * step);
    i64::try_from(steps * i128::from(bump.step_rp)).unwrap_or(i64::MAX)
}

/// The rows of the matrix that the sesi of these decisions were priced by, by the field of the input that tells them.
async fn frozen(conn: &impl ConnectionTrait, page: &[Recorded]) -> Result<HashMap<Uuid, Vec<(&'static str, Frozen)>>, Failure> {
    let columns = |alias: &str, side: &str| {
        ["tahun_ajaran_id", "subject_id", "subject_level_id", "tingkat_id", "segmentasi_id", "golongan_id"]
            .map(|name| format!("{alias}.{name} AS {side}_{name}"))
            .join(", ")
    };
    let sql = format!(
        "SELECT s.id, {}, {} FROM sesi s LEFT JOIN price p ON p.id = s.price_student_id LEFT JOIN price t ON t.id = s.price_tutor_id WHERE s.id IN ({})",
        columns("p", "student"),
        columns("t", "tutor"),
        vec!["?"; page.len().max(1)].join(",")
    );
    let mut ids: Vec<sea_orm::Value> = page.iter().map(|one| one.instance_id.into()).collect();
    if ids.is_empty() {
        ids.push(Uuid::nil().into());
    }
    let mut all = HashMap::new();
    for row in db::rows(conn, &sql, ids).await? {
        let sides = [("matrix_student_rp", "student"), ("matrix_tutor_rp", "tutor")];
        let rows = sides.into_iter().map(|(field, side)| Ok(read(&row, side)?.map(|frozen| (field, frozen)))).collect::<Result<Vec<_>, Failure>>()?;
        all.insert(row.try_get("", "id")?, rows.into_iter().flatten().collect());
    }
    Ok(all)
}

fn read(row: &QueryResult, side: &str) -> Result<Option<Frozen>, Failure> {
    let id = |name: &str| row.try_get::<Option<Uuid>>("", &format!("{side}_{name}"));
    let all = (id("tahun_ajaran_id")?, id("subject_id")?, id("tingkat_id")?, id("segmentasi_id")?);
    let (Some(tahun_ajaran_id), Some(subject_id), Some(tingkat_id), Some(segmentasi_id)) = all else { return Ok(None) };
    let key = Key { subject_id, subject_level_id: id("subject_level_id")?, tingkat_id, segmentasi_id, golongan_id: id("golongan_id")? };
    Ok(Some(Frozen { key, tahun_ajaran_id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bump_is_rounded_half_up_to_its_step() {
        let cases = [
            (100_000, 1_000, 1, 110_000),
            (99_999, 500, 1, 104_999),
            (90_000, 700, 500, 96_500),
            (90_500, 300, 500, 93_000),
            (100_000, 550, 500, 105_500),
            (250, 0, 500, 500),
            (80_000, -10_000, 500, 0),
        ];
        for (amount_rp, bump_basis_points, step_rp, expected) in cases {
            let bump = Bump { tahun_ajaran_id: Uuid::nil(), audience: None, bump_basis_points, step_rp };
            assert_eq!(bumped(amount_rp, bump), expected, "{amount_rp} {bump_basis_points} to {step_rp}");
        }
    }

    #[test]
    fn a_draft_without_a_price_or_with_an_impossible_one_is_refused_at_its_place() {
        let id = Uuid::nil();
        let cell = CellPrice {
            audience: Audience::Student,
            subject_id: id,
            subject_level_id: None,
            tingkat_id: id,
            segmentasi_id: id,
            golongan_id: None,
            amount_rp: 5,
        };
        assert_eq!(check(&[], None), Err(Rejection::Required("cells")));
        assert_eq!(check(&[cell], None), Ok(()));
        for (wrong, code) in [
            (CellPrice { amount_rp: -1, ..cell }, "amount_out_of_range"),
            (CellPrice { golongan_id: Some(id), ..cell }, "golongan_unfit"),
            (CellPrice { audience: Audience::Tutor, ..cell }, "golongan_missing"),
        ] {
            assert_eq!(check(&[cell, wrong], None), Err(Rejection::CellWrong { index: 1, code }));
        }
        let bump = Bump { tahun_ajaran_id: id, audience: None, bump_basis_points: -10_001, step_rp: 1 };
        assert!(check(&[], Some(&bump)).is_err() && check(&[], Some(&Bump { bump_basis_points: 500, step_rp: 0, ..bump })).is_err());
    }
}
