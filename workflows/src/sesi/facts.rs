//! What decisions about a sesi may look at: people, places, settings, and, for approval, the market
//! of that moment (prices, Slots, other sesi, policies in force). Reads only, few round trips.

use super::command::{Command, Request};
use super::penalty::PenaltyIds;
use crate::records::place::Point;
use crate::records::sesi::{Model, Party};
use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::policy_store;
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything gathered for one decision; what the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub booking: Option<Booking>,
    pub market: Option<Market>,
    /// The human code of a new sesi.
    pub code: Option<String>,
    /// The id of the sesi that a reschedule opens.
    pub fresh_id: Option<Uuid>,
    /// The cases that a penalty would start.
    #[serde(default)]
    pub penalty: Option<PenaltyIds>,
    pub document_known: bool,
    /// Who had the sesi until now, when somebody stands in.
    #[serde(default)]
    pub first_tutor: Option<String>,
}

/// The people, the place and the settings around a sesi.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    pub siswa_name: String,
    pub siswa_status: String,
    pub siswa_address: Option<String>,
    pub siswa_place: Option<Point>,
    pub tutor_name: String,
    pub tutor_status: String,
    pub tutor_suspended_until: Option<DateTime<Utc>>,
    pub teaches: bool,
    pub office_id: Uuid,
    pub office_place: Point,
    pub zone: Tz,
    pub subject: String,
    pub subject_archived: bool,
    pub has_levels: bool,
    pub level: Option<String>,
    #[serde(default)]
    pub level_archived: bool,
    pub tingkat_id: Uuid,
    pub tingkat: String,
    pub segmentasi_id: Uuid,
    pub segmentasi: String,
    pub golongan_id: Uuid,
    pub golongan: String,
    pub locked_months: Vec<String>,
    pub sla_request_hours: i64,
    pub default_duration_minutes: i64,
    pub strike_decay_days: i64,
    #[serde(default)]
    pub claim_window_days: i64,
    #[serde(default)]
    pub self_sub_window_hours: i64,
}

impl Booking {
    /// `Matematika · Zahra A. · Dewi L.`
    pub fn label(&self) -> String {
        let level = self.level.as_ref().map(|level| format!(" {level}")).unwrap_or_default();
        format!("{}{level} · {} · {}", self.subject, self.siswa_name, self.tutor_name)
    }
    /// Whether the tutor is suspended at this instant; exactly at the end they may teach again (SPEC HR-3).
    pub fn suspended_at(&self, instant: DateTime<Utc>) -> bool {
        self.tutor_status == "SUSPENDED" && self.tutor_suspended_until.is_none_or(|until| instant < until)
    }
    /// For whom an admin acts when a party did it.
    pub fn party(&self, party: Party) -> Option<String> {
        match party {
            Party::Siswa => Some(format!("Siswa {}", self.siswa_name)),
            Party::Tutor => Some(format!("Tutor {}", self.tutor_name)),
            Party::Admin => None,
        }
    }
    /// The month an instant belongs to, in the office's zone (SPEC TIM-1).
    pub fn month(&self, instant: DateTime<Utc>) -> String {
        instant.with_timezone(&self.zone).format("%Y-%m").to_string()
    }
}

/// One price row in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub id: Uuid,
    pub amount_rp: i64,
}

/// Another sesi at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    pub id: Uuid,
    pub code: String,
    pub label: String,
    pub who: Party,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// What approval depends on at this moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Market {
    pub student: Option<Price>,
    pub tutor: Option<Price>,
    pub overlaps: Vec<Overlap>,
    /// Whether one of the tutor's Slots covers the whole sesi.
    pub inside_slots: bool,
    /// The version of each policy kind in force.
    pub policies: BTreeMap<String, i64>,
}

impl Market {
    pub fn blocking(&self) -> Vec<Blocking> {
        self.overlaps.iter().map(|overlap| Blocking { kind: "sesi".into(), id: overlap.id, code: overlap.code.clone(), label: overlap.label.clone() }).collect()
    }
}

/// Who and what a sesi is about.
#[derive(Clone, Copy)]
pub struct Keys {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
}

impl Keys {
    fn of(model: &Model) -> Self {
        Self { siswa_id: model.siswa_id, tutor_id: model.tutor_id, subject_id: model.subject_id, subject_level_id: model.subject_level_id }
    }
    pub(super) fn asked(request: &Request) -> Self {
        Self { siswa_id: request.siswa_id, tutor_id: request.tutor_id, subject_id: request.subject_id, subject_level_id: request.subject_level_id }
    }
}

pub async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let mut facts = Facts::default();
    match (command, record) {
        (Command::RaiseSla | Command::FlagAnomaly { .. } | Command::FlagNotStarted | Command::FlagSeekingOver | Command::Reject, _) => {}
        (Command::Request(request) | Command::RequestRescheduled { request, .. }, _) => {
            let booking = booking(tx, Keys::asked(request), false).await?;
            facts.code = Some(next_code(tx, ctx.now.with_timezone(&booking.zone).year()).await?);
            facts.booking = Some(booking);
        }
        (Command::Edit(edit), Some(model)) => {
            let keys = Keys {
                siswa_id: edit.siswa_id.unwrap_or(model.siswa_id),
                tutor_id: edit.tutor_id.unwrap_or(model.tutor_id),
                subject_id: edit.subject_id.unwrap_or(model.subject_id),
                subject_level_id: edited_level(edit, model),
            };
            facts.booking = Some(booking(tx, keys, false).await?);
        }
        (Command::Approve { .. }, Some(model)) => {
            let booking = booking(tx, Keys::of(model), true).await?;
            let market = market(tx, model, &booking, ctx.now).await?;
            for (kind, number) in &market.policies {
                policy_store::ensure(tx, ctx.policies, kind, *number).await?;
            }
            facts.market = Some(market);
            facts.booking = Some(booking);
        }
        (Command::Substitute(asked), Some(model)) => {
            // The new tutor is locked, as at an approval: nobody gets two lessons at one time.
            let booking = booking(tx, Keys { tutor_id: asked.tutor_id, ..Keys::of(model) }, true).await?;
            let in_place = Model { tutor_id: asked.tutor_id, ..model.clone() };
            facts.market = Some(market(tx, &in_place, &booking, ctx.now).await?);
            facts.booking = Some(booking);
            facts.first_tutor = tutor_name(tx, model.tutor_id).await?;
            ensure_frozen(tx, model, ctx).await?;
        }
        (_, Some(model)) => {
            facts.booking = Some(booking(tx, Keys::of(model), false).await?);
            ensure_frozen(tx, model, ctx).await?;
        }
        (_, None) => {}
    }
    if let Command::Reschedule(_) = command {
        facts.fresh_id = Some(new_id(ctx.now));
    }
    if let (Command::Cancel { .. } | Command::Reschedule(_) | Command::NoShowStudent | Command::NoShowTutor | Command::Substitute(_), Some(model)) =
        (command, record)
    {
        facts.penalty = Some(penalty_ids(tx, model.id, ctx.now).await?);
    }
    if let Command::Report(report) = command
        && let Some(id) = report.photo_document_id
    {
        // Somebody's KTP is no photo of a lesson.
        let sql = "SELECT id FROM document WHERE id = ? AND scan_state <> 'INFECTED' AND NOT EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = document.id)";
        facts.document_known = db::row(tx, sql, vec![id.into()]).await?.is_some();
    }
    Ok(facts)
}

async fn tutor_name(tx: &Tx, id: Uuid) -> Result<Option<String>, Failure> {
    let row = db::row(tx, "SELECT name FROM tutor WHERE id = ?", vec![id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

/// New ids, and the number after the penalties that the sesi has brought already.
pub(crate) async fn penalty_ids(tx: &Tx, sesi: Uuid, now: DateTime<Utc>) -> Result<PenaltyIds, Failure> {
    let sql = "SELECT CAST(COALESCE(max(number), 0) AS BIGINT) AS last FROM \
               (SELECT number FROM denda WHERE sesi_id = ? UNION ALL SELECT number FROM strike WHERE sesi_id = ?) p";
    let row = db::row(tx, sql, vec![sesi.into(), sesi.into()]).await?;
    let last: i64 = row.map(|row| row.try_get("", "last")).transpose()?.unwrap_or(0);
    Ok(PenaltyIds { denda_id: new_id(now), strike_id: new_id(now), number: last + 1 })
}

/// The level after an edit: a new subject drops the old subject's level.
pub fn edited_level(edit: &super::command::Edit, model: &Model) -> Option<Uuid> {
    let same_subject = edit.subject_id.is_none_or(|subject| subject == model.subject_id);
    edit.subject_level_id.or(if same_subject { model.subject_level_id } else { None })
}

/// Makes sure the versions frozen at approval are compiled (SPEC POL-4).
async fn ensure_frozen(tx: &Tx, model: &Model, ctx: Ctx<'_>) -> Result<(), Failure> {
    let frozen = [
        ("pricing", model.pricing_version),
        ("cancellation.tutor", model.cancellation_tutor_version),
        ("cancellation.siswa", model.cancellation_siswa_version),
        ("no_show", model.no_show_version),
        ("reschedule", model.reschedule_version),
    ];
    for (kind, number) in frozen {
        if let Some(number) = number {
            policy_store::ensure(tx, ctx.policies, kind, number).await?;
        }
    }
    Ok(())
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_sesi') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'sesi' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or_else(|| Failure::Unknown { what: "sequence", text: "sesi".into() })?;
    Ok(format!("SES-{year}-{:06}", row.try_get::<i64>("", "value")?))
}

/// Everyone and everything named, in one query. `lock` keeps two approvals for one tutor or siswa apart.
pub(super) async fn booking(tx: &Tx, keys: Keys, lock: bool) -> Result<Booking, Halt> {
    let postgres = ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres;
    let locked = if postgres { "string_agg(month, ',')" } else { "group_concat(month, ',')" };
    let sql = format!(
        "SELECT s.name AS siswa_name, s.status AS siswa_status, s.address AS siswa_address, s.lat AS siswa_lat, s.long AS siswa_long, \
         t.name AS tutor_name, t.status AS tutor_status, t.suspended_until, o.id AS office_id, o.zone, o.lat AS office_lat, o.long AS office_long, \
         b.name AS subject, b.status AS subject_status, b.has_levels, l.name AS level, l.status AS level_status, ti.id AS tingkat_id, ti.name AS tingkat, \
         sg.id AS segmentasi_id, sg.code AS segmentasi, g.id AS golongan_id, g.code AS golongan, \
         (SELECT count(*) FROM tutor_subject x WHERE x.tutor_id = t.id AND x.subject_id = b.id AND (x.subject_level_id IS NULL OR x.subject_level_id = l.id)) AS teaches, \
         (SELECT {locked} FROM period WHERE state = 'LOCKED') AS locked_months, \
         (SELECT CAST(value AS TEXT) FROM app_config WHERE key = 'sla.request_hours') AS sla_request_hours, \
         (SELECT CAST(value AS TEXT) FROM app_config WHERE key = 'session_default_duration_minutes') AS default_duration_minutes, \
         (SELECT CAST(value AS TEXT) FROM app_config WHERE key = 'strike_decay_days') AS strike_decay_days, \
         (SELECT CAST(value AS TEXT) FROM app_config WHERE key = 'force_majeure.claim_window_days') AS claim_window_days, \
         (SELECT CAST(value AS TEXT) FROM app_config WHERE key = 'tutor_cancel.self_sub_window_hours') AS self_sub_window_hours \
         FROM tutor t JOIN office o ON o.id = t.office_id JOIN golongan g ON g.id = t.golongan_id \
         JOIN siswa s ON s.id = ? JOIN tingkat ti ON ti.id = s.tingkat_id JOIN segmentasi sg ON sg.id = s.segmentasi_id \
         JOIN subject b ON b.id = ? LEFT JOIN subject_level l ON l.id = ? AND l.subject_id = b.id WHERE t.id = ?{}",
        if lock && postgres { " FOR NO KEY UPDATE OF t, s" } else { "" }
    );
    let values = vec![keys.siswa_id.into(), keys.subject_id.into(), keys.subject_level_id.into(), keys.tutor_id.into()];
    match db::row(tx, &sql, values).await? {
        None => Err(unknown(tx, keys).await?.into()),
        Some(row) => {
            let booking = read_booking(&row)?;
            if keys.subject_level_id.is_some() && booking.level.is_none() {
                return Err(Refusal::Invalid(vec![FieldError::new("subject_level_id", "unknown")]).into());
            }
            Ok(booking)
        }
    }
}

fn read_booking(row: &QueryResult) -> Result<Booking, Failure> {
    let setting = |key: &'static str, default: i64| -> Result<i64, Failure> {
        Ok(row.try_get::<Option<String>>("", key)?.and_then(|text| text.parse().ok()).unwrap_or(default))
    };
    let zone: String = row.try_get("", "zone")?;
    let siswa_place = match (row.try_get::<Option<f64>>("", "siswa_lat")?, row.try_get::<Option<f64>>("", "siswa_long")?) {
        (Some(lat), Some(long)) => Some(Point { lat, long }),
        _ => None,
    };
    Ok(Booking {
        siswa_name: row.try_get("", "siswa_name")?,
        siswa_status: row.try_get("", "siswa_status")?,
        siswa_address: row.try_get("", "siswa_address")?,
        siswa_place,
        tutor_name: row.try_get("", "tutor_name")?,
        tutor_status: row.try_get("", "tutor_status")?,
        tutor_suspended_until: row.try_get("", "suspended_until")?,
        teaches: row.try_get::<i64>("", "teaches")? > 0,
        office_id: row.try_get("", "office_id")?,
        office_place: Point { lat: row.try_get("", "office_lat")?, long: row.try_get("", "office_long")? },
        zone: zone.parse().map_err(|_| Failure::Unknown { what: "time zone", text: zone })?,
        subject: row.try_get("", "subject")?,
        subject_archived: row.try_get::<String>("", "subject_status")? == "ARCHIVED",
        has_levels: row.try_get("", "has_levels")?,
        level: row.try_get("", "level")?,
        level_archived: row.try_get::<Option<String>>("", "level_status")?.as_deref() == Some("ARCHIVED"),
        tingkat_id: row.try_get("", "tingkat_id")?,
        tingkat: row.try_get("", "tingkat")?,
        segmentasi_id: row.try_get("", "segmentasi_id")?,
        segmentasi: row.try_get("", "segmentasi")?,
        golongan_id: row.try_get("", "golongan_id")?,
        golongan: row.try_get("", "golongan")?,
        locked_months: row.try_get::<Option<String>>("", "locked_months")?.map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        sla_request_hours: setting("sla_request_hours", 24)?,
        default_duration_minutes: setting("default_duration_minutes", 90)?,
        strike_decay_days: setting("strike_decay_days", 90)?,
        claim_window_days: setting("claim_window_days", 7)?,
        self_sub_window_hours: setting("self_sub_window_hours", 4)?,
    })
}

/// Which of the named things does not exist.
async fn unknown(tx: &Tx, keys: Keys) -> Result<Refusal, Failure> {
    let mut faults = vec![];
    for (field, table, id) in [("siswa_id", "siswa", keys.siswa_id), ("tutor_id", "tutor", keys.tutor_id), ("subject_id", "subject", keys.subject_id)] {
        if db::row(tx, &format!("SELECT id FROM {table} WHERE id = ?"), vec![id.into()]).await?.is_none() {
            faults.push(FieldError::new(field, "unknown"));
        }
    }
    Ok(Refusal::Invalid(faults))
}

/// How many sesi in the way are named.
const MOST_OVERLAPS: usize = 5;

/// Prices, Slots, other sesi and policies of this moment, in one query of alike rows.
pub async fn market(tx: &Tx, sesi: &Model, booking: &Booking, now: DateTime<Utc>) -> Result<Market, Failure> {
    let local = sesi.starts_at.with_timezone(&booking.zone);
    let from_minute = i64::from(local.hour() * 60 + local.minute());
    let level = if sesi.subject_level_id.is_some() { "p.subject_level_id = ?" } else { "p.subject_level_id IS NULL" };
    // The longest sesi bounds how early an overlapping one can have started.
    let earliest = sesi.starts_at - chrono::TimeDelta::minutes(super::definition::DURATION_MINUTES.1);
    // One branch for each index: tutor and start, siswa and start.
    let overlapping = "y.state IN ('APPROVED','IN_PROGRESS') AND y.starts_at > ? AND y.starts_at < ? AND y.ends_at > ? AND y.id <> ?";
    let sql = format!(
        "SELECT 'overlap' AS kind, x.id AS id, x.code AS name, i.label AS label, x.number AS number, x.starts_at AS starts_at, x.ends_at AS ends_at \
           FROM (SELECT y.*, 1 AS number FROM sesi y WHERE y.tutor_id = ? AND {overlapping} UNION ALL \
                 SELECT y.*, 0 FROM sesi y WHERE y.siswa_id = ? AND y.tutor_id <> ? AND {overlapping}) x \
           JOIN workflow_instance i ON i.id = x.id \
         UNION ALL SELECT 'price', p.id, p.audience, NULL, p.amount_rp, NULL, NULL FROM price p WHERE p.subject_id = ? AND {level} AND p.tingkat_id = ? AND p.segmentasi_id = ? \
           AND (p.golongan_id IS NULL OR p.golongan_id = ?) AND p.effective_from <= ? AND (p.effective_until IS NULL OR p.effective_until > ?) \
         UNION ALL SELECT 'slot', t.id, NULL, NULL, t.from_minute, NULL, NULL FROM slot t WHERE t.tutor_id = ? AND t.weekday = ? AND t.from_minute <= ? AND t.until_minute >= ? \
         UNION ALL SELECT 'policy', v.id, v.kind, NULL, v.number, NULL, NULL FROM policy_version v WHERE v.state = 'ACTIVE' AND v.effective_from <= ? AND NOT EXISTS \
           (SELECT 1 FROM policy_version w WHERE w.kind = v.kind AND w.state = 'ACTIVE' AND w.effective_from <= ? \
            AND (w.effective_from > v.effective_from OR (w.effective_from = v.effective_from AND w.number > v.number)))"
    );
    let during = || -> [Value; 4] { [earliest.into(), sesi.ends_at.into(), sesi.starts_at.into(), sesi.id.into()] };
    let mut values: Vec<Value> = vec![sesi.tutor_id.into()];
    values.extend(during());
    values.extend([sesi.siswa_id.into(), sesi.tutor_id.into()]);
    values.extend(during());
    values.push(sesi.subject_id.into());
    values.extend(sesi.subject_level_id.map(Value::from));
    values.extend([booking.tingkat_id.into(), booking.segmentasi_id.into(), booking.golongan_id.into(), local.date_naive().into(), local.date_naive().into()]);
    let weekday = i64::from(local.weekday().number_from_monday());
    values.extend([sesi.tutor_id.into(), weekday.into(), from_minute.into(), (from_minute + sesi.duration_minutes).into()]);
    values.extend([now.into(), now.into()]);
    let mut market = Market::default();
    for row in db::rows(tx, &sql, values).await? {
        read_market(&row, &mut market)?;
    }
    market.overlaps.sort_by_key(|overlap| (overlap.starts_at, overlap.id));
    market.overlaps.truncate(MOST_OVERLAPS);
    Ok(market)
}

fn read_market(row: &QueryResult, market: &mut Market) -> Result<(), Failure> {
    let (id, number): (Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "number")?);
    let name = || row.try_get::<String>("", "name");
    match row.try_get::<String>("", "kind")?.as_str() {
        "overlap" => market.overlaps.push(Overlap {
            id,
            code: name()?,
            label: row.try_get("", "label")?,
            who: if number == 1 { Party::Tutor } else { Party::Siswa },
            starts_at: row.try_get("", "starts_at")?,
            ends_at: row.try_get("", "ends_at")?,
        }),
        "price" if name()? == "STUDENT" => market.student = Some(Price { id, amount_rp: number }),
        "price" => market.tutor = Some(Price { id, amount_rp: number }),
        "slot" => market.inside_slots = true,
        "policy" => {
            market.policies.insert(name()?, number);
        }
        other => return Err(Failure::Unknown { what: "row kind", text: other.into() }),
    }
    Ok(())
}
