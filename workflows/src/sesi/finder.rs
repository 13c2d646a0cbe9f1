//! Who could stand in (SPEC CAN-7): every tutor with the distance to the lesson and what approval would say, and what
//! of it speaks against somebody. No radius; four queries, however many tutors there are.

use super::approval::price;
use super::definition::DURATION_MINUTES;
use super::state::State;
use crate::records::place::Point;
use crate::records::sesi::{self, Model};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use engine::db;
use engine::policy_store;
use engine::refusal::{Failure, Halt, Refusal, Rejected};
use engine::tag::Tag;
use engine::workflow::{Ctx, Verdict};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// What the finder says of a sesi.
#[derive(Clone, Debug)]
pub struct Found {
    pub sesi: Model,
    /// From where distances are measured: the place of the lesson, or, of one that has none, the office.
    pub centre: Point,
    /// The nearest first.
    pub candidates: Vec<Candidate>,
    /// Those who teach the subject first, and the nearest of them.
    pub excluded: Vec<Excluded>,
}

/// A tutor as the finder sees one.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub golongan: String,
    pub place: Point,
    /// Whether `place` is the tutor's home; else it is the office.
    pub at_home: bool,
    pub distance_m: i64,
    pub last_active_at: Option<DateTime<Utc>>,
    /// Whether the siswa likes this tutor.
    pub preferred: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub person: Person,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub inside_slots: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Excluded {
    pub person: Person,
    pub reasons: Vec<Reason>,
}

/// Why somebody cannot stand in; the codes are those of a refused substitution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    TutorInactive { status: String },
    TutorSuspended { until: Option<DateTime<Utc>> },
    TutorDoesNotTeach,
    SlotTaken { id: Uuid, code: String },
    PriceMissing { golongan: String },
}

/// One tutor with everything that is looked at.
struct Looked {
    person: Person,
    office: Point,
    status: String,
    suspended_until: Option<DateTime<Utc>>,
    teaches: bool,
    inside_slots: bool,
    clash: Option<(Uuid, String)>,
    price_rp: Option<i64>,
}

/// Everybody but whoever has the sesi now; nothing when there is no such sesi.
///
/// # Errors
/// Refused with `sesi_not_approved` unless somebody could stand in; otherwise when the database cannot be read or the
/// pricing policy fails.
pub async fn find(conn: &impl ConnectionTrait, id: Uuid, ctx: Ctx<'_>) -> Result<Option<Found>, Halt> {
    let Some(sesi) = sesi::Entity::find_by_id(id).one(conn).await.map_err(Failure::from)? else { return Ok(None) };
    let (true, Some(version), Some(student_rp)) = (sesi.state == State::Approved.as_str(), sesi.pricing_version, sesi.matrix_student_rp) else {
        return Err(Refusal::Rejected(Rejected::new("sesi_not_approved").with("state", sesi.state)).into());
    };
    policy_store::ensure(conn, ctx.policies, "pricing", version).await?;
    let around = around(conn, &sesi).await?;
    let centre = match (sesi.place_lat, sesi.place_long) {
        (Some(lat), Some(long)) => Point { lat, long },
        _ => around.office,
    };
    let (mut candidates, mut excluded, mut priced) = (vec![], vec![], HashMap::new());
    let prices = prices(conn, &sesi, &around).await?;
    for row in db::rows(conn, &sql(around.zones.len()), values(&sesi, &around.zones, ctx.now)).await? {
        let looked = read(&row, &sesi, centre, &prices)?;
        let reasons = reasons(&sesi, &looked);
        let (true, Some(tutor_rp)) = (reasons.is_empty(), looked.price_rp) else {
            excluded.push(Excluded { person: looked.person, reasons });
            continue;
        };
        let distance_m = sesi.place_lat.map(|_| centre.distance_m(looked.office));
        let (honorarium_rp, transport_rp) = match priced.get(&(tutor_rp, distance_m)) {
            Some(known) => *known,
            None => {
                let in_place = Model { tutor_id: looked.person.id, distance_m, ..sesi.clone() };
                let (answer, _) = price(ctx, version, &in_place, student_rp, tutor_rp).map_err(failed)?;
                priced.insert((tutor_rp, distance_m), (answer.honorarium_rp, answer.transport_rp));
                (answer.honorarium_rp, answer.transport_rp)
            }
        };
        candidates.push(Candidate { person: looked.person, honorarium_rp, transport_rp, inside_slots: looked.inside_slots });
    }
    candidates.sort_by(|a, b| nearer(&a.person, &b.person));
    // Who teaches something else is hardly whom one has in mind.
    let elsewhere = |one: &Excluded| one.reasons.contains(&Reason::TutorDoesNotTeach);
    excluded.sort_by(|a, b| elsewhere(a).cmp(&elsewhere(b)).then_with(|| nearer(&a.person, &b.person)));
    Ok(Some(Found { sesi, centre, candidates, excluded }))
}

fn nearer(a: &Person, b: &Person) -> std::cmp::Ordering {
    (a.distance_m, &a.name, a.id).cmp(&(b.distance_m, &b.name, b.id))
}

fn failed(verdict: Verdict<super::rejection::Rejection>) -> Halt {
    match verdict {
        Verdict::Rejected(rejection) => Refusal::Rejected(rejection.into()).into(),
        Verdict::Failed(failure) => failure.into(),
    }
}

/// In the order in which a substitution is refused.
fn reasons(sesi: &Model, looked: &Looked) -> Vec<Reason> {
    let mut reasons = vec![];
    match looked.status.as_str() {
        "ACTIVE" => {}
        "SUSPENDED" if looked.suspended_until.is_some_and(|until| until <= sesi.starts_at) => {}
        "SUSPENDED" => reasons.push(Reason::TutorSuspended { until: looked.suspended_until }),
        status => reasons.push(Reason::TutorInactive { status: status.into() }),
    }
    if !looked.teaches {
        reasons.push(Reason::TutorDoesNotTeach);
    }
    if let Some((id, code)) = &looked.clash {
        reasons.push(Reason::SlotTaken { id: *id, code: code.clone() });
    }
    if looked.price_rp.is_none() {
        reasons.push(Reason::PriceMissing { golongan: looked.person.golongan.clone() });
    }
    reasons
}

/// What the lesson stands among.
struct Around {
    office: Point,
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    zones: Vec<Tz>,
}

async fn around(conn: &impl ConnectionTrait, sesi: &Model) -> Result<Around, Failure> {
    let sql = "SELECT o.lat, o.long, s.tingkat_id, s.segmentasi_id, (SELECT string_agg(z.zone, ',') FROM (SELECT DISTINCT zone FROM office) z) AS zones \
               FROM office o JOIN siswa s ON s.id = ? WHERE o.id = ?";
    let row = db::row(conn, sql, vec![sesi.siswa_id.into(), sesi.office_id.into()]).await?;
    let row = row.ok_or_else(|| Failure::Unknown { what: "office", text: sesi.office_id.to_string() })?;
    let zones: String = row.try_get("", "zones")?;
    let zones = zones.split(',').map(|zone| zone.parse().map_err(|_| Failure::Unknown { what: "time zone", text: zone.into() }));
    Ok(Around {
        office: Point { lat: row.try_get("", "lat")?, long: row.try_get("", "long")? },
        tingkat_id: row.try_get("", "tingkat_id")?,
        segmentasi_id: row.try_get("", "segmentasi_id")?,
        zones: zones.collect::<Result<_, _>>()?,
    })
}

/// What the tutor's side costs, by Golongan: the rows of the matrix around the day of the lesson.
async fn prices(conn: &impl ConnectionTrait, sesi: &Model, around: &Around) -> Result<Vec<InForce>, Failure> {
    let level = if sesi.subject_level_id.is_some() { "= ?" } else { "IS NULL" };
    let sql = format!(
        "SELECT golongan_id, amount_rp, effective_from, effective_until FROM price WHERE audience = 'TUTOR' AND subject_id = ? AND tingkat_id = ? AND segmentasi_id = ? \
         AND subject_level_id {level}"
    );
    let mut values: Vec<Value> = vec![sesi.subject_id.into(), around.tingkat_id.into(), around.segmentasi_id.into()];
    values.extend(sesi.subject_level_id.map(Value::from));
    let rows = db::rows(conn, &sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(InForce {
                golongan_id: row.try_get("", "golongan_id")?,
                amount_rp: row.try_get("", "amount_rp")?,
                from: row.try_get("", "effective_from")?,
                until: row.try_get("", "effective_until")?,
            })
        })
        .collect()
}

/// A row of the matrix for one Golongan.
struct InForce {
    golongan_id: Option<Uuid>,
    amount_rp: i64,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

/// Whoever was erased is nobody. Slots are in the zone of each tutor's office: one condition for every zone.
fn sql(zones: usize) -> String {
    let slot = vec!["(o.zone = ? AND sl.weekday = ? AND sl.from_minute <= ? AND sl.until_minute >= ?)"; zones].join(" OR ");
    let clash = "FROM sesi y WHERE y.tutor_id = t.id AND y.state IN ('APPROVED','IN_PROGRESS') AND y.starts_at > ? AND y.starts_at < ? AND y.ends_at > ? \
                 ORDER BY y.starts_at, y.id LIMIT 1";
    format!(
        "SELECT t.id, t.code, t.name, t.status, t.suspended_until, t.lat, t.long, t.last_active_at, t.golongan_id, g.code AS golongan, \
         o.zone, o.lat AS office_lat, o.long AS office_long, \
         EXISTS (SELECT 1 FROM tutor_subject x WHERE x.tutor_id = t.id AND x.subject_id = ? AND (x.subject_level_id IS NULL OR x.subject_level_id = ?)) AS teaches, \
         EXISTS (SELECT 1 FROM slot sl WHERE sl.tutor_id = t.id AND ({slot})) AS inside_slots, \
         EXISTS (SELECT 1 FROM preferred_tutor f WHERE f.siswa_id = ? AND f.tutor_id = t.id) AS preferred, \
         (SELECT y.id {clash}) AS clash_id, (SELECT y.code {clash}) AS clash_code, \
         (SELECT y.starts_at FROM sesi y WHERE y.tutor_id = t.id AND y.state IN ('IN_PROGRESS','AWAITING_VALIDATION','COMPLETED') AND y.starts_at <= ? \
            ORDER BY y.starts_at DESC LIMIT 1) AS last_taught_at \
         FROM tutor t JOIN office o ON o.id = t.office_id JOIN golongan g ON g.id = t.golongan_id \
         JOIN personal_key k ON k.owner_id = t.id AND k.key IS NOT NULL WHERE t.id <> ?"
    )
}

fn values(sesi: &Model, zones: &[Tz], now: DateTime<Utc>) -> Vec<Value> {
    let mut values: Vec<Value> = vec![sesi.subject_id.into(), sesi.subject_level_id.into()];
    for zone in zones {
        let local = sesi.starts_at.with_timezone(zone);
        let from_minute = i64::from(local.hour() * 60 + local.minute());
        let weekday = i64::from(local.weekday().number_from_monday());
        values.extend([zone.name().into(), weekday.into(), from_minute.into(), (from_minute + sesi.duration_minutes).into()]);
    }
    values.push(sesi.siswa_id.into());
    // The longest sesi bounds how early an overlapping one can have started.
    let earliest = sesi.starts_at - TimeDelta::minutes(DURATION_MINUTES.1);
    for _ in 0..2 {
        values.extend([earliest.into(), sesi.ends_at.into(), sesi.starts_at.into()]);
    }
    values.extend([now.into(), sesi.tutor_id.into()]);
    values
}

fn read(row: &QueryResult, sesi: &Model, centre: Point, prices: &[InForce]) -> Result<Looked, Failure> {
    let office = Point { lat: row.try_get("", "office_lat")?, long: row.try_get("", "office_long")? };
    let home = match (row.try_get::<Option<f64>>("", "lat")?, row.try_get::<Option<f64>>("", "long")?) {
        (Some(lat), Some(long)) => Some(Point { lat, long }),
        _ => None,
    };
    let place = home.unwrap_or(office);
    let zone: String = row.try_get("", "zone")?;
    let zone: Tz = zone.parse().map_err(|_| Failure::Unknown { what: "time zone", text: zone })?;
    let (golongan_id, day): (Uuid, NaiveDate) = (row.try_get("", "golongan_id")?, sesi.starts_at.with_timezone(&zone).date_naive());
    let price = prices.iter().find(|one| one.golongan_id == Some(golongan_id) && one.from <= day && one.until.is_none_or(|until| until > day));
    let active: Option<DateTime<Utc>> = row.try_get("", "last_active_at")?;
    let clash: Option<Uuid> = row.try_get("", "clash_id")?;
    Ok(Looked {
        office,
        status: row.try_get("", "status")?,
        suspended_until: row.try_get("", "suspended_until")?,
        teaches: row.try_get("", "teaches")?,
        inside_slots: row.try_get("", "inside_slots")?,
        clash: clash.zip(row.try_get("", "clash_code")?),
        price_rp: price.map(|one| one.amount_rp),
        person: Person {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            name: row.try_get("", "name")?,
            golongan: row.try_get("", "golongan")?,
            place,
            at_home: home.is_some(),
            distance_m: centre.distance_m(place),
            last_active_at: active.max(row.try_get("", "last_taught_at")?),
            preferred: row.try_get("", "preferred")?,
        },
    })
}
