//! Academic years as prices see them: the list, and a new one.

use crate::prices::names;
use crate::records::tahun_ajaran::{Column, Entity, Model};
use chrono::{DateTime, NaiveDate, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::id::new_id;
use engine::refusal::{Failure, FieldError, Halt, Refusal};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

const MOST_IN_CODE: usize = 20;
/// Longer would be a slip of the keys.
const MOST_DAYS: i64 = 732;

/// A year that is not there yet.
#[derive(Clone, Debug)]
pub struct NewYear {
    pub code: String,
    pub starts_on: NaiveDate,
    /// The last day, inclusive.
    pub ends_on: NaiveDate,
}

/// A year with what stands in it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub year: Model,
    /// How many prices belong to it, those of the past included.
    pub prices: i64,
    pub cloned: Option<Cloned>,
}

/// How a year came by its first prices.
#[derive(Clone, Debug)]
pub struct Cloned {
    pub source_code: String,
    pub at: DateTime<Utc>,
    pub by: Option<String>,
    pub bump_basis_points: i64,
    pub step_rp: i64,
    pub copied: i64,
}

/// All years, the first first.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>, Failure> {
    Ok(Entity::find().order_by_asc(Column::StartsOn).all(conn).await?)
}

pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Listed>, Failure> {
    let counted = db::rows(conn, "SELECT tahun_ajaran_id, count(*) AS n FROM price GROUP BY tahun_ajaran_id", vec![]).await?;
    let counted = counted.iter().map(|row| Ok((row.try_get("", "tahun_ajaran_id")?, row.try_get("", "n")?)));
    let counted = counted.collect::<Result<HashMap<Uuid, i64>, Failure>>()?;
    let mut clones = clones(conn).await?;
    let listed =
        all(conn).await?.into_iter().map(|year| Listed { prices: counted.get(&year.id).copied().unwrap_or_default(), cloned: clones.remove(&year.id), year });
    Ok(listed.collect())
}

/// How each cloned year came about, by its id.
pub(crate) async fn clones(conn: &impl ConnectionTrait) -> Result<HashMap<Uuid, Cloned>, Failure> {
    let sql = "SELECT c.target_id, c.cloned_at, c.cloned_by, c.bump_basis_points, c.step_rp, c.copied, y.code AS source_code \
               FROM price_clone c JOIN tahun_ajaran y ON y.id = c.source_id";
    let rows = db::rows(conn, sql, vec![]).await?;
    let by = rows.iter().map(|row| Ok((row.try_get::<Uuid>("", "target_id")?, row.try_get("", "cloned_by")?)));
    let by = by.collect::<Result<HashMap<Uuid, Uuid>, Failure>>()?;
    let names = names(conn, by.values().copied().collect()).await?;
    rows.iter()
        .map(|row| {
            let target: Uuid = row.try_get("", "target_id")?;
            let cloned = Cloned {
                source_code: row.try_get("", "source_code")?,
                at: row.try_get("", "cloned_at")?,
                by: by.get(&target).and_then(|id| names.get(id)).cloned(),
                bump_basis_points: row.try_get("", "bump_basis_points")?,
                step_rp: row.try_get("", "step_rp")?,
                copied: row.try_get("", "copied")?,
            };
            Ok((target, cloned))
        })
        .collect()
}

/// What is wrong with a year that is to stand beside these.
pub fn faults(new: &NewYear, years: &[Model]) -> Vec<FieldError> {
    let mut faults = vec![];
    let code = new.code.trim();
    if code.is_empty() {
        faults.push(FieldError::new("code", "required"));
    } else if code.chars().count() > MOST_IN_CODE {
        faults.push(FieldError::new("code", "too_long").with("max", MOST_IN_CODE));
    } else if code.chars().any(char::is_control) {
        faults.push(FieldError::new("code", "malformed"));
    } else if years.iter().any(|year| year.code == code) {
        faults.push(FieldError::new("code", "taken"));
    }
    if new.ends_on <= new.starts_on {
        faults.push(FieldError::new("ends_on", "before_start"));
    } else if (new.ends_on - new.starts_on).num_days() > MOST_DAYS {
        faults.push(FieldError::new("ends_on", "year_too_long"));
    } else if let Some(other) = years.iter().find(|year| year.starts_on <= new.ends_on && new.starts_on <= year.ends_on) {
        faults.push(FieldError::new("starts_on", "tahun_ajaran_overlap").with("other", other.code.clone()));
    }
    faults
}

/// Adds a year with its audit record, in the caller's transaction. The database refuses an overlap whatever was read.
///
/// # Errors
/// Refused with every field at fault.
pub async fn add(tx: &Tx, new: &NewYear, actor: &Actor, now: DateTime<Utc>) -> Result<Model, Halt> {
    let faults = faults(new, &all(tx).await?);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let year = Model { id: new_id(now), code: new.code.trim().into(), starts_on: new.starts_on, ends_on: new.ends_on };
    let mut batch = Batch::default();
    batch.push(
        "INSERT INTO tahun_ajaran (id, code, starts_on, ends_on) VALUES (?,?,?,?)",
        vec![year.id.into(), year.code.clone().into(), year.starts_on.into(), year.ends_on.into()],
    );
    let action = Action {
        action: "tahun_ajaran.create".into(),
        entity_type: "tahun_ajaran",
        entity_id: year.id,
        entity_code: Some(&year.code),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "code": year.code, "starts_on": year.starts_on, "ends_on": year.ends_on })),
        reason: None,
    };
    audit::record(action, actor, now, &mut batch);
    batch.run(tx).await?;
    Ok(year)
}

/// As [`add`], on its own.
pub async fn create(db: &Db, new: &NewYear, actor: &Actor, now: DateTime<Utc>) -> Result<Model, Halt> {
    let tx = db.begin().await?;
    let year = add(&tx, new, actor, now).await?;
    tx.commit().await?;
    Ok(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_has_a_name_of_its_own_and_days_of_its_own() {
        let there = Model { id: Uuid::nil(), code: "2026/2027".into(), starts_on: day("2026-07-01"), ends_on: day("2027-06-30") };
        let cases = [
            ("2027/2028", "2027-07-01", "2028-06-30", None),
            (" ", "2027-07-01", "2028-06-30", Some(("code", "required"))),
            ("2026/2027", "2027-07-01", "2028-06-30", Some(("code", "taken"))),
            ("2027/2028", "2027-06-30", "2028-06-30", Some(("starts_on", "tahun_ajaran_overlap"))),
            ("2027/2028", "2027-07-01", "2027-07-01", Some(("ends_on", "before_start"))),
            ("2027/2028", "2027-07-01", "2037-07-01", Some(("ends_on", "year_too_long"))),
        ];
        for (code, starts_on, ends_on, fault) in cases {
            let new = NewYear { code: code.into(), starts_on: day(starts_on), ends_on: day(ends_on) };
            let found = faults(&new, std::slice::from_ref(&there));
            assert_eq!(found.first().map(|fault| (fault.field.as_str(), fault.code.as_str())), fault, "{code} {starts_on} {ends_on}");
        }
    }
}
