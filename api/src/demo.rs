//! A believable company to try Alur with: master data by import, then months of sesi driven through the
//! real commands with the clock moved along. Nothing is written past the engine; one seed, one company.

mod claim;
mod company;
mod discipline;
mod lesson;
mod money;
mod names;
mod scene;
mod story;

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::clock::ManualClock;
use engine::execute::{Engine, Silent};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;
use worker::Deps;

/// How large a company, how long a past.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub siswa: usize,
    pub tutors: usize,
    pub months: u32,
    pub seed: u64,
}

impl Default for Scale {
    fn default() -> Self {
        Self { siswa: 200, tutors: 60, months: 3, seed: 1 }
    }
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    pub siswa: usize,
    pub tutors: usize,
    pub prices: u64,
    pub sesi: usize,
    pub commands: u64,
    /// Commands the business refused, as some are in real life.
    pub refused: u64,
}

/// The people of the story, who hold every permission that commands of a sesi need.
pub struct Cast {
    pub requester: Actor,
    pub approver: Actor,
    /// Bills, pays and signs.
    pub finance: Actor,
}

/// Whether there is room for a demo company: no siswa yet.
pub async fn is_empty(engine: &Engine) -> Result<bool> {
    Ok(engine::db::row(engine.db.reader(), "SELECT id FROM siswa LIMIT 1", vec![]).await?.is_none())
}

/// Whether its audit has been sealed already: what is dated before a seal and comes after it counts as slipped in.
pub async fn is_sealed(engine: &Engine) -> Result<bool> {
    Ok(engine::db::row(engine.db.reader(), "SELECT position FROM audit_seal LIMIT 1", vec![]).await?.is_some())
}

/// Fills an empty database up to `now`.
///
/// # Errors
/// When the import refuses a row, or the database fails.
pub async fn make(engine: &Engine, deps: &Deps, photo: Uuid, cast: &Cast, scale: Scale, progress: impl Fn(&str)) -> Result<Made> {
    let now = engine.clock.now();
    let full = beginning(now, scale.months);
    let begin = prologue(now, scale.months).map_or(full, |first| first.min(full));
    let clock = Arc::new(ManualClock::at(begin));
    // Jobs and timers are carried out here, in step with the moved clock.
    let past = Engine::new(engine.db.clone(), clock.clone(), engine.registry.clone(), engine.policies.clone(), Arc::new(Silent));
    let mut dice = StdRng::seed_from_u64(scale.seed);
    progress("master data");
    let company = company::make(&past, &cast.requester, scale, &mut dice).await.context("master data of the demo company")?;
    progress("sesi");
    let lessons = lesson::plan(&company, (begin, full), now, &mut dice);
    let sesi = lessons.len();
    let told = story::tell(&past, &clock, story::Stage { deps, photo, cast, begin, now }, &lessons, &progress).await?;
    discipline::confirm(&past, cast).await?;
    Ok(Made { siswa: company.siswa.len(), tutors: company.tutors.len(), prices: company.prices, sesi, commands: told.commands, refused: told.refused })
}

/// A few siswa were there long before the others, so that some of what they owe is old; a short story has none of them.
fn prologue(now: DateTime<Utc>, months: u32) -> Option<DateTime<Utc>> {
    if months < Scale::default().months {
        return None;
    }
    Some(money::first_month(now)?.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(7))
}

/// The story begins so many months back, at midnight in Jakarta.
fn beginning(now: DateTime<Utc>, months: u32) -> DateTime<Utc> {
    let back = now - TimeDelta::days(i64::from(months) * 30);
    back.with_timezone(&chrono_tz::Asia::Jakarta).date_naive().and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(7)
}
