//! What a fresh database needs before anyone signs in: catalog, office, academic years, accounts, settings, rules, roles.
//!
//! Called at every start: adds what is missing and never changes what people have edited since.

mod catalog;

use crate::books::account::{Account, Described};
use crate::notification;
use crate::records::catalog::{Status, golongan, kategori, segmentasi, subject, subject_level, tingkat};
use crate::records::{config, office, tahun_ajaran};
use catalog::{GOLONGAN, KATEGORI, SEGMENTASI, SUBJECTS};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::{Asia::Jakarta, Tz};
use engine::db;
use engine::id::new_id;
use engine::policy::content_sha256;
use engine::refusal::Failure;
use policies::SeedVersion;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryTrait};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use thiserror::Error;
use uuid::Uuid;

/// Who the seed's rows say wrote them.
const AUTHOR: &str = "Alur";
/// The zone in which seeded days begin.
const ZONE: Tz = Jakarta;
/// The role that holds every permission, also those that a later version of the program brings.
const OWNER: &str = "OWNER";

const ROLE_NAMES: [(&str, &str); 6] =
    [(OWNER, "Pemilik"), ("SENIOR_ADMIN", "Admin Senior"), ("OPERATOR", "Operator"), ("HR", "HR"), ("FINANCE", "Keuangan"), ("AUDITOR", "Auditor")];

/// Why a database could not be seeded.
#[derive(Debug, Error)]
pub enum SeedError {
    #[error("reference data cannot be written")]
    Database(#[from] DbErr),
    #[error("reference data cannot be written")]
    Engine(#[from] Failure),
    #[error("policy {kind} is not seeded as JSON")]
    Json {
        kind: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("policy {kind} takes effect on no day: {day}")]
    Day { kind: &'static str, day: &'static str },
}

/// Adds the reference data that is missing. Each role of `roles` gets its permissions when it is made; OWNER gets
/// those it lacks every time. Best called inside a transaction.
pub async fn reference_data(conn: &impl ConnectionTrait, now: DateTime<Utc>, roles: &[(&str, &[&str])]) -> Result<(), SeedError> {
    dimensions(conn, now).await?;
    subjects(conn, now).await?;
    office_and_years(conn, now).await?;
    settings(conn, now).await?;
    accounts(conn).await?;
    rules(conn, now).await?;
    notification::template::seed(conn, now).await?;
    for (code, permissions) in roles {
        role(conn, now, code, permissions).await?;
    }
    Ok(())
}

/// Inserts the rows whose unique `key` is not there yet.
async fn add<E>(conn: &impl ConnectionTrait, key: &[E::Column], rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    let skip = OnConflict::columns(key.iter().copied()).do_nothing().to_owned();
    conn.execute(&E::insert_many(rows).on_conflict(skip).into_query()).await?;
    Ok(())
}

async fn dimensions(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let status = Status::Active;
    let tingkat_rows = catalog::tingkat().into_iter().zip(1..).map(|((code, name), position)| tingkat::Model { id: new_id(now), code, name, position, status });
    add::<tingkat::Entity>(conn, &[tingkat::Column::Code], tingkat_rows.collect()).await?;
    /// The three others are lists of pairs.
    macro_rules! dimension {
        ($name:ident, $pairs:expr) => {
            let rows = $pairs.into_iter().zip(1..).map(|((code, name), position)| $name::Model {
                id: new_id(now),
                code: code.into(),
                name: name.into(),
                position,
                status,
            });
            add::<$name::Entity>(conn, &[$name::Column::Code], rows.collect()).await?;
        };
    }
    dimension!(segmentasi, SEGMENTASI);
    dimension!(kategori, KATEGORI);
    dimension!(golongan, GOLONGAN);
    Ok(())
}

async fn subjects(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let status = Status::Active;
    let kategori: HashMap<String, Uuid> = kategori::Entity::find().all(conn).await?.into_iter().map(|row| (row.code, row.id)).collect();
    let known: HashSet<String> = subject::Entity::find().all(conn).await?.into_iter().map(|row| row.code).collect();
    let (mut rows, mut levels) = (Vec::new(), Vec::new());
    for seeded in SUBJECTS.iter().filter(|seeded| !known.contains(seeded.code)) {
        let Some(kategori_id) = kategori.get(seeded.kategori).copied() else { continue };
        let id = new_id(now);
        let level = |(name, position): (&&str, i64)| subject_level::Model {
            id: new_id(now),
            subject_id: id,
            code: name.to_uppercase().replace(' ', "_"),
            name: (*name).into(),
            position,
            status,
        };
        levels.extend(seeded.levels.iter().zip(1..).map(level));
        rows.push(subject::Model { id, code: seeded.code.into(), name: seeded.name.into(), kategori_id, has_levels: !seeded.levels.is_empty(), status });
    }
    if rows.is_empty() {
        return Ok(());
    }
    add::<subject::Entity>(conn, &[subject::Column::Code], rows).await?;
    add::<subject_level::Entity>(conn, &[subject_level::Column::SubjectId, subject_level::Column::Code], levels).await
}

async fn office_and_years(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    if office::Entity::find().one(conn).await?.is_none() {
        let (id, status) = (new_id(now), Status::Active);
        let (code, name, zone) = ("JKT".into(), "XPrivate Jakarta".into(), ZONE.name().into());
        let jakarta = office::Model { id, code, name, zone, lat: -6.2088, long: 106.8456, status, created_at: now };
        add::<office::Entity>(conn, &[office::Column::Code], vec![jakarta]).await?;
    }
    let today = now.with_timezone(&ZONE).date_naive();
    let this = academic_year(today, now);
    let next = this.as_ref().and_then(|year| academic_year(year.ends_on.succ_opt()?, now));
    // People may have cut the years differently; a day belongs to one year only.
    let known = tahun_ajaran::Entity::find().all(conn).await?;
    let years: Vec<_> = this.into_iter().chain(next).filter(|year| !known.iter().any(|other| other.overlaps(year))).collect();
    if years.is_empty() {
        return Ok(());
    }
    add::<tahun_ajaran::Entity>(conn, &[tahun_ajaran::Column::Code], years).await
}

/// The Tahun Ajaran, July to June, that `day` belongs to.
fn academic_year(day: NaiveDate, now: DateTime<Utc>) -> Option<tahun_ajaran::Model> {
    let first = if day.month() >= 7 { day.year() } else { day.year() - 1 };
    let (starts_on, ends_on) = (NaiveDate::from_ymd_opt(first, 7, 1)?, NaiveDate::from_ymd_opt(first + 1, 6, 30)?);
    Some(tahun_ajaran::Model { id: new_id(now), code: format!("{first}/{}", first + 1), starts_on, ends_on })
}

async fn settings(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let row = |setting: &config::Setting| config::Model { key: setting.key.into(), value: setting.default.into(), updated_at: now, updated_by: AUTHOR.into() };
    add::<config::Entity>(conn, &[config::Column::Key], config::SETTINGS.iter().map(row).collect()).await
}

async fn accounts(conn: &impl ConnectionTrait) -> Result<(), Failure> {
    for Described { code, name, class, .. } in Account::all().map(Account::described) {
        let sql = "INSERT INTO ledger_account (code, name, kind) VALUES (?, ?, ?) ON CONFLICT (code) DO NOTHING";
        db::run(conn, sql, vec![code.into(), name.into(), class.as_str().into()]).await?;
    }
    Ok(())
}

/// The versions of `policies` that the database does not hold yet, in force from their day.
async fn rules(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), SeedError> {
    let mut known = HashSet::new();
    for row in db::rows(conn, "SELECT kind, number FROM policy_version", vec![]).await? {
        known.insert((row.try_get::<String>("", "kind")?, row.try_get::<i64>("", "number")?));
    }
    for version in policies::seed().iter().filter(|version| !known.contains(&(version.kind.to_owned(), version.number))) {
        rule(conn, now, version).await?;
    }
    Ok(())
}

async fn rule(conn: &impl ConnectionTrait, now: DateTime<Utc>, version: &SeedVersion) -> Result<(), SeedError> {
    let kind = version.kind;
    let params: Value = serde_json::from_str(version.params).map_err(|source| SeedError::Json { kind, source })?;
    let mut tests: Vec<Value> = Vec::new();
    for cases in version.cases {
        tests.extend(serde_json::from_str::<Vec<Value>>(cases).map_err(|source| SeedError::Json { kind, source })?);
    }
    let effective_from = beginning_of(version.effective_from).ok_or(SeedError::Day { kind, day: version.effective_from })?;
    let sha256 = content_sha256(version.script, &params);
    let sql = "INSERT INTO policy_version (id, kind, number, state, script, params, tests, sha256, author_id, author_name, reason, effective_from, created_at) \
               VALUES (?, ?, ?, 'ACTIVE', ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = vec![
        new_id(now).into(),
        kind.into(),
        version.number.into(),
        version.script.into(),
        params.into(),
        Value::Array(tests).into(),
        sha256.into(),
        Uuid::nil().into(),
        AUTHOR.into(),
        version.reason.into(),
        effective_from.into(),
        now.into(),
    ];
    db::run(conn, sql, values).await?;
    Ok(())
}

/// The first instant of a day in the zone of the seed.
fn beginning_of(day: &str) -> Option<DateTime<Utc>> {
    let midnight = day.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
    ZONE.from_local_datetime(&midnight).earliest().map(|instant| instant.with_timezone(&Utc))
}

async fn role(conn: &impl ConnectionTrait, now: DateTime<Utc>, code: &str, permissions: &[&str]) -> Result<(), Failure> {
    let name = ROLE_NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name);
    let sql = "INSERT INTO role (id, code, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (code) DO NOTHING";
    let made = db::run(conn, sql, vec![new_id(now).into(), code.into(), name.into(), now.into()]).await?;
    if made == 0 && code != OWNER {
        return Ok(());
    }
    for permission in permissions {
        let sql = "INSERT INTO role_permission (role_id, permission) SELECT id, ? FROM role WHERE code = ? ON CONFLICT DO NOTHING";
        db::run(conn, sql, vec![(*permission).into(), code.into()]).await?;
    }
    Ok(())
}
