//! Prices: found again by matrix cell and academic year. A changed price closes the row in force on the day the new
//! one begins and opens a new row; no amount is ever edited (SPEC PRC-6).
//!
//! Without `effective_from` a cell's first price begins with the academic year, a changed one today.

use crate::changes::{Change, Changes, Subject, Table};
use crate::import::known::{self, Subjects};
use crate::import::reference::References;
use crate::import::row::{Given, Row};
use crate::import::{Columns, ImportOptions, Reading, cell};
use crate::prices::turn;
use crate::records::price::{Audience, Cell, Column, Entity, Model};
use crate::records::tahun_ajaran;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::id::new_id;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

pub const COLUMNS: Columns =
    Columns { required: &["audience", "tahun_ajaran", "subject", "tingkat", "segmentasi", "amount_rp"], optional: &["level", "golongan", "effective_from"] };
pub const TEMPLATE: &str = "audience,tahun_ajaran,subject,level,tingkat,segmentasi,golongan,amount_rp,effective_from\n\
    STUDENT,2026/2027,MATEMATIKA,,SD_5,REGULER,,150000,2026-07-01\n";

const TABLE: Table<Model> = Table { entity_type: "price", subject: |row| Subject { id: row.id, code: None } };

struct Known {
    years: Vec<tahun_ajaran::Model>,
    subjects: Subjects,
    tingkat: References,
    segmentasi: References,
    golongan: References,
    /// All rows of each cell.
    prices: HashMap<Cell, Vec<Model>>,
}

/// What a row of the file asks for: this amount in this cell from that day on.
#[derive(Clone)]
struct Asked {
    cell: Cell,
    year: Uuid,
    amount_rp: i64,
    from: NaiveDate,
}

pub async fn changes(reading: &mut Reading<'_>, conn: &impl ConnectionTrait) -> Result<Changes, DbErr> {
    turn(conn).await?;
    let known = load(conn).await?;
    let options = reading.options;
    let nothing: HashMap<(Cell, Uuid), Asked> = HashMap::new();
    let rows = reading.records(&nothing, "amount_rp", |row| key(row, &known), |row, key, _| read(row, &known, key, options));
    let asked = rows.into_iter().map(|(_, asked)| asked).collect();
    Ok(replace(asked, known.prices, options))
}

/// Latest first: then a row opened here is never in force on the day of one that follows, so only rows of the
/// database are closed.
fn replace(mut asked: Vec<Asked>, mut prices: HashMap<Cell, Vec<Model>>, options: &ImportOptions) -> Changes {
    asked.sort_by_key(|asked| Reverse(asked.from));
    let mut changes = Changes::default();
    let (mut opened, mut closed) = (Vec::new(), BTreeMap::new());
    for asked in asked {
        let there = prices.entry(asked.cell).or_default();
        let new = open(&asked, there, options);
        match there.iter_mut().find(|row| row.is_in_force_on(asked.from)) {
            Some(row) if row.amount_rp == asked.amount_rp && row.tahun_ajaran_id == asked.year => {
                changes.unchanged += 1;
                continue;
            }
            Some(row) => {
                let is_same_year = row.tahun_ajaran_id == asked.year;
                if is_same_year {
                    changes.updated += 1
                } else {
                    changes.created += 1
                }
                closed.entry(row.id).or_insert_with(|| row.clone());
                row.effective_until = Some(asked.from);
            }
            None => changes.created += 1,
        }
        there.push(new.clone());
        opened.push(Change::Create(new));
    }
    close(&mut changes, &prices, &closed);
    changes.add::<Entity>(&TABLE, opened);
    changes
}

/// Ends the rows of `before` where `prices` now has them end.
fn close(changes: &mut Changes, prices: &HashMap<Cell, Vec<Model>>, before: &BTreeMap<Uuid, Model>) {
    let mut days: BTreeMap<NaiveDate, Vec<Uuid>> = BTreeMap::new();
    let ended = prices.values().flatten().filter_map(|after| Some((before.get(&after.id)?, after, after.effective_until?)));
    for (before, after, day) in ended {
        changes.audit(&TABLE, Some(before), after);
        days.entry(day).or_default().push(after.id);
    }
    for (day, ids) in days {
        changes.set::<Entity>(Column::Id, &ids, Column::EffectiveUntil, day);
    }
}

async fn load(conn: &impl ConnectionTrait) -> Result<Known, DbErr> {
    let mut prices: HashMap<Cell, Vec<Model>> = HashMap::new();
    for price in Entity::find().all(conn).await? {
        prices.entry(price.cell()).or_default().push(price);
    }
    Ok(Known {
        years: tahun_ajaran::Entity::find().all(conn).await?,
        subjects: Subjects::load(conn).await?,
        tingkat: known::tingkat(conn).await?,
        segmentasi: known::segmentasi(conn).await?,
        golongan: known::golongan(conn).await?,
        prices,
    })
}

/// Cell and academic year.
fn key(row: &mut Row<'_>, known: &Known) -> Option<(Cell, Uuid)> {
    let year = year(row, &known.years);
    let audience = row.choice::<Audience>("audience");
    let tingkat_id = row.reference("tingkat", &known.tingkat);
    let segmentasi_id = row.reference("segmentasi", &known.segmentasi);
    let golongan_id = audience.and_then(|audience| golongan(row, audience, &known.golongan));
    let subject_id = row.reference("subject", &known.subjects.references)?;
    let subject_level_id = row.level(subject_id, &known.subjects)?;
    if subject_level_id.is_none() && known.subjects.has_levels(subject_id) {
        row.error("level", "level_required", || "this subject is priced by level".into());
        return None;
    }
    let cell = Cell { subject_id, subject_level_id, tingkat_id: tingkat_id?, segmentasi_id: segmentasi_id?, golongan_id: golongan_id? };
    Some((cell, year?))
}

/// A tutor's price has a Golongan, a siswa's has none.
fn golongan(row: &mut Row<'_>, audience: Audience, golongan: &References) -> Option<Option<Uuid>> {
    match audience {
        Audience::Tutor => row.reference("golongan", golongan).map(Some),
        Audience::Student => match row.optional("golongan") {
            Given::Nothing | Given::Empty => Some(None),
            Given::Value(_) => {
                row.error("golongan", "golongan_not_allowed", || "a siswa's price has no golongan".into());
                None
            }
        },
    }
}

fn year(row: &mut Row<'_>, years: &[tahun_ajaran::Model]) -> Option<Uuid> {
    let text = row.required("tahun_ajaran")?;
    let found = years.iter().find(|year| year.code == text);
    if found.is_none() {
        let codes: Vec<&str> = years.iter().map(|year| year.code.as_str()).collect();
        row.error("tahun_ajaran", "unknown_reference", || format!("there is no Tahun Ajaran {text:?}; known are {}", codes.join(", ")));
    }
    found.map(|year| year.id)
}

fn read(row: &mut Row<'_>, known: &Known, key: Option<&(Cell, Uuid)>, options: &ImportOptions) -> Option<Asked> {
    let amount = row.parsed("amount_rp", cell::amount);
    let from = row.parsed_optional("effective_from", cell::date);
    let (cell, year) = *key?;
    let of_year = known.years.iter().find(|row| row.id == year)?;
    let is_first = !known.prices.get(&cell).is_some_and(|rows| rows.iter().any(|row| row.tahun_ajaran_id == year));
    let today = options.now.with_timezone(&Jakarta).date_naive();
    let default = if is_first { of_year.starts_on } else { today.clamp(of_year.starts_on, of_year.ends_on) };
    let from = from?.or(default);
    if !(of_year.starts_on..=of_year.ends_on).contains(&from) {
        row.error("effective_from", "outside_tahun_ajaran", || format!("{from} is not in {}", of_year.code));
        return None;
    }
    Some(Asked { cell, year, amount_rp: amount?.0, from })
}

/// The new row. It ends where the row it replaces would have ended, or where the next one of its cell begins.
fn open(asked: &Asked, there: &[Model], options: &ImportOptions) -> Model {
    let in_force = there.iter().find(|row| row.is_in_force_on(asked.from));
    let is_ever_in_force = |row: &&Model| row.effective_until != Some(row.effective_from);
    let next = there.iter().filter(is_ever_in_force).map(|row| row.effective_from).filter(|from| *from > asked.from).min();
    Model {
        id: new_id(options.now),
        audience: asked.cell.audience(),
        tahun_ajaran_id: asked.year,
        subject_id: asked.cell.subject_id,
        subject_level_id: asked.cell.subject_level_id,
        tingkat_id: asked.cell.tingkat_id,
        segmentasi_id: asked.cell.segmentasi_id,
        golongan_id: asked.cell.golongan_id,
        amount_rp: asked.amount_rp,
        effective_from: asked.from,
        effective_until: in_force.map_or(next, |row| row.effective_until),
        created_at: options.now,
        // An id, not a name: this row is never changed, and people may be erased.
        created_by: options.actor.id.to_string(),
    }
}
