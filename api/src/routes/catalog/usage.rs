//! How much depends on each row of the catalog: people at work, and prices of today or later.

use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::clock::Clock;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::catalog::shelf::Shelf;

/// What depends on a row from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    /// Active siswa.
    siswa: i64,
    /// Tutors who are not gone.
    tutor: i64,
    /// Subjects, archived ones not counted.
    subjects: i64,
    /// Prices of today or later.
    prices: i64,
    /// Sesi that are not over.
    sesi: i64,
}

const AT_WORK: &str = "status IN ('DRAFT','ACTIVE','SUSPENDED')";
const LIVE: &str = "state IN ('REQUESTED','APPROVED','IN_PROGRESS','AWAITING_VALIDATION')";
const TO_COME: &str = "(effective_until IS NULL OR (effective_until > ? AND effective_until > effective_from))";

/// What is counted, by which column, under which condition.
type Source = (fn(&mut Usage) -> &mut i64, String);

/// The rows of a shelf, by id; those nothing depends on are missing.
pub async fn of_shelf(db: &Db, clock: &dyn Clock, shelf: Shelf) -> Result<HashMap<Uuid, Usage>, Failure> {
    let column = match shelf {
        Shelf::Tingkat => "tingkat_id",
        Shelf::Segmentasi => "segmentasi_id",
        Shelf::Kategori => "kategori_id",
        Shelf::Golongan => "golongan_id",
        Shelf::Levels(_) => "subject_level_id",
    };
    let siswa = || counted(column, "siswa", "status = 'ACTIVE'");
    let prices = || counted(column, "price", TO_COME);
    let sources: Vec<Source> = match shelf {
        Shelf::Tingkat | Shelf::Segmentasi => vec![(|usage| &mut usage.siswa, siswa()), (|usage| &mut usage.prices, prices())],
        Shelf::Kategori => vec![(|usage| &mut usage.subjects, counted(column, "subject", "status = 'ACTIVE'"))],
        Shelf::Golongan => vec![(|usage| &mut usage.tutor, counted(column, "tutor", AT_WORK)), (|usage| &mut usage.prices, prices())],
        Shelf::Levels(_) => of_taught(column),
    };
    gathered(db, clock, sources).await
}

/// Subjects, by id.
pub async fn of_subjects(db: &Db, clock: &dyn Clock) -> Result<HashMap<Uuid, Usage>, Failure> {
    gathered(db, clock, of_taught("subject_id")).await
}

fn of_taught(column: &str) -> Vec<Source> {
    let tutor = format!(
        "SELECT x.{column} AS id, count(DISTINCT x.tutor_id) AS n FROM tutor_subject x JOIN tutor t ON t.id = x.tutor_id WHERE t.{AT_WORK} GROUP BY x.{column}"
    );
    vec![
        (|usage| &mut usage.tutor, tutor),
        (|usage| &mut usage.prices, counted(column, "price", TO_COME)),
        (|usage| &mut usage.sesi, counted(column, "sesi", LIVE)),
    ]
}

fn counted(column: &str, table: &str, condition: &str) -> String {
    format!("SELECT {column} AS id, count(*) AS n FROM {table} WHERE {condition} GROUP BY {column}")
}

async fn gathered(db: &Db, clock: &dyn Clock, sources: Vec<Source>) -> Result<HashMap<Uuid, Usage>, Failure> {
    let today: NaiveDate = clock.now().with_timezone(&Jakarta).date_naive();
    let mut all: HashMap<Uuid, Usage> = HashMap::new();
    for (part, sql) in sources {
        let values: Vec<Value> = sql.matches('?').map(|_| today.into()).collect();
        for row in db::rows(db.reader(), &sql, values).await? {
            if let Some(id) = row.try_get::<Option<Uuid>>("", "id")? {
                *part(all.entry(id).or_default()) += row.try_get::<i64>("", "n")?;
            }
        }
    }
    Ok(all)
}
