//! Reading a sesi in one query, its documents in a second.

use super::{
    Anomaly, Cancelled, Denda, Frozen, Materi, Sesi, SesiOffice, SesiRef, SesiSiswa, SesiTutor, Settlement, SiswaSettlement, Substitution, TutorSettlement,
};
use crate::routes::documents;
use crate::view::{Named, Place};
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, TryGetable};
use serde_json::Value;
use uuid::Uuid;

const SQL: &str = "SELECT s.*, i.revision, w.code AS siswa_code, w.name AS siswa_name, ti.name AS tingkat, sg.code AS segmentasi, \
    t.code AS tutor_code, t.name AS tutor_name, g.code AS golongan, o.name AS office_name, o.zone, b.name AS subject_name, l.name AS level_name, \
    ss.amount_rp AS siswa_rp, ss.id AS siswa_settlement_id, ss.status AS siswa_status, ts.honorarium_rp AS tutor_honorarium_rp, ts.transport_rp AS tutor_transport_rp, ts.id AS tutor_settlement_id, ts.status AS tutor_status, \
    CAST(COALESCE((SELECT sum(points) FROM strike k WHERE k.sesi_id = s.id AND k.status <> 'REVOKED'), 0) AS BIGINT) AS strikes, \
    rf.code AS from_code, rt.code AS to_code \
    FROM sesi s JOIN workflow_instance i ON i.id = s.id JOIN siswa w ON w.id = s.siswa_id JOIN tingkat ti ON ti.id = w.tingkat_id \
    JOIN segmentasi sg ON sg.id = w.segmentasi_id JOIN tutor t ON t.id = s.tutor_id JOIN golongan g ON g.id = t.golongan_id \
    JOIN office o ON o.id = s.office_id JOIN subject b ON b.id = s.subject_id LEFT JOIN subject_level l ON l.id = s.subject_level_id \
    LEFT JOIN siswa_settlement ss ON ss.sesi_id = s.id LEFT JOIN tutor_settlement ts ON ts.sesi_id = s.id \
    LEFT JOIN sesi rf ON rf.id = s.rescheduled_from_id LEFT JOIN sesi rt ON rt.id = s.rescheduled_to_id WHERE s.id = ?";

pub async fn sesi(db: &Db, id: Uuid) -> Result<Option<Sesi>, Failure> {
    let Some(row) = db::row(db.reader(), SQL, vec![id.into()]).await? else { return Ok(None) };
    let photo: Option<Uuid> = get(&row, "photo_document_id")?;
    let documents = documents::some(db, photo.as_slice()).await?;
    Ok(Some(Sesi {
        id,
        code: get(&row, "code")?,
        state: get(&row, "state")?,
        revision: get(&row, "revision")?,
        siswa: SesiSiswa {
            id: get(&row, "siswa_id")?,
            code: get(&row, "siswa_code")?,
            name: get(&row, "siswa_name")?,
            tingkat: get(&row, "tingkat")?,
            segmentasi: get(&row, "segmentasi")?,
        },
        tutor: SesiTutor { id: get(&row, "tutor_id")?, code: get(&row, "tutor_code")?, name: get(&row, "tutor_name")?, golongan: get(&row, "golongan")? },
        office: SesiOffice { id: get(&row, "office_id")?, name: get(&row, "office_name")?, zone: get(&row, "zone")? },
        subject: Named { id: get(&row, "subject_id")?, name: get(&row, "subject_name")? },
        level: level(&row)?,
        starts_at: get(&row, "starts_at")?,
        ends_at: get(&row, "ends_at")?,
        duration_minutes: get(&row, "duration_minutes")?,
        mode: get(&row, "mode")?,
        place: place(&row)?,
        distance_m: get(&row, "distance_m")?,
        mode_surcharge_rp: get(&row, "mode_surcharge_rp")?,
        frozen: frozen(&row)?,
        attendance: get(&row, "attendance")?,
        started_at: get(&row, "started_at")?,
        materi: get::<Option<Value>>(&row, "materi")?.as_ref().map(materi),
        photo_document_id: photo,
        documents,
        cancelled: cancelled(&row)?,
        anomaly: anomaly(&row)?,
        settlement: settlement(&row)?,
        denda: denda(db, id).await?,
        announced_at: get(&row, "announced_at")?,
        seeking_until: get(&row, "seeking_until")?,
        substitutions: substitutions(db, id).await?,
        strikes: get(&row, "strikes")?,
        rescheduled_from: reference(&row, "rescheduled_from_id", "from_code")?,
        rescheduled_to: reference(&row, "rescheduled_to_id", "to_code")?,
    }))
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, Failure> {
    Ok(row.try_get("", column)?)
}

fn level(row: &QueryResult) -> Result<Option<Named>, Failure> {
    let (id, name): (Option<Uuid>, Option<String>) = (get(row, "subject_level_id")?, get(row, "level_name")?);
    Ok(id.zip(name).map(|(id, name)| Named { id, name }))
}

fn place(row: &QueryResult) -> Result<Option<Place>, Failure> {
    let (lat, long): (Option<f64>, Option<f64>) = (get(row, "place_lat")?, get(row, "place_long")?);
    let address = get(row, "place_address")?;
    Ok(lat.zip(long).map(|(lat, long)| Place { address, lat, long }))
}

fn frozen(row: &QueryResult) -> Result<Option<Frozen>, Failure> {
    let Some(approved_at) = get::<Option<DateTime<Utc>>>(row, "approved_at")? else { return Ok(None) };
    Ok(Some(Frozen {
        tagihan_rp: get::<Option<i64>>(row, "tagihan_rp")?.unwrap_or(0),
        honorarium_rp: get::<Option<i64>>(row, "honorarium_rp")?.unwrap_or(0),
        transport_rp: get::<Option<i64>>(row, "transport_rp")?.unwrap_or(0),
        approved_at,
        approved_by: get::<Option<String>>(row, "approved_by_name")?.unwrap_or_default(),
    }))
}

fn materi(value: &Value) -> Materi {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Materi { topic: text("topic"), sub_topic: text("sub_topic"), pages: text("pages"), homework: text("homework"), next_target: text("next_target") }
}

fn cancelled(row: &QueryResult) -> Result<Option<Cancelled>, Failure> {
    let (Some(at), Some(party)) = (get::<Option<DateTime<Utc>>>(row, "cancelled_at")?, get::<Option<String>>(row, "cancelled_party")?) else { return Ok(None) };
    let reason = get::<Option<String>>(row, "closing_reason")?.unwrap_or_default();
    Ok(Some(Cancelled { party, reason, at, lead_time_s: get::<Option<i64>>(row, "lead_time_s")?.unwrap_or(0) }))
}

fn anomaly(row: &QueryResult) -> Result<Option<Anomaly>, Failure> {
    let (kind, flagged_at): (Option<String>, Option<DateTime<Utc>>) = (get(row, "anomaly_type")?, get(row, "anomaly_flagged_at")?);
    let resolved_at = get(row, "anomaly_resolved_at")?;
    Ok(kind.zip(flagged_at).map(|(kind, flagged_at)| Anomaly { kind, flagged_at, resolved_at }))
}

fn settlement(row: &QueryResult) -> Result<Option<Settlement>, Failure> {
    let siswa = match get::<Option<i64>>(row, "siswa_rp")? {
        Some(amount_rp) => Some(SiswaSettlement { id: get(row, "siswa_settlement_id")?, amount_rp, status: get(row, "siswa_status")? }),
        None => None,
    };
    let tutor = match get::<Option<i64>>(row, "tutor_honorarium_rp")? {
        Some(honorarium_rp) => Some(TutorSettlement {
            id: get(row, "tutor_settlement_id")?,
            honorarium_rp,
            transport_rp: get(row, "tutor_transport_rp")?,
            status: get(row, "tutor_status")?,
        }),
        None => None,
    };
    Ok((siswa.is_some() || tutor.is_some()).then_some(Settlement { siswa, tutor }))
}

/// Those of every tutor who has left it, the newest last.
async fn denda(db: &Db, sesi: Uuid) -> Result<Vec<Denda>, Failure> {
    let sql = "SELECT d.id, d.code, d.amount_rp, d.status, t.id AS tutor_id, t.name FROM denda d JOIN tutor t ON t.id = d.tutor_id WHERE d.sesi_id = ? ORDER BY d.number";
    let rows = db::rows(db.reader(), sql, vec![sesi.into()]).await?;
    let read = |row: &QueryResult| {
        let tutor = Named { id: get(row, "tutor_id")?, name: get(row, "name")? };
        Ok(Denda { id: get(row, "id")?, code: get(row, "code")?, tutor, amount_rp: get(row, "amount_rp")?, status: get(row, "status")? })
    };
    rows.iter().map(read).collect()
}

fn reference(row: &QueryResult, id: &str, code: &str) -> Result<Option<SesiRef>, Failure> {
    let (id, code): (Option<Uuid>, Option<String>) = (get(row, id)?, get(row, code)?);
    Ok(id.zip(code).map(|(id, code)| SesiRef { id, code }))
}

async fn substitutions(db: &Db, sesi: Uuid) -> Result<Vec<Substitution>, Failure> {
    let sql = "SELECT x.*, f.name AS from_name, t.name AS to_name FROM sesi_substitution x JOIN tutor f ON f.id = x.from_tutor_id JOIN tutor t ON t.id = x.to_tutor_id \
               WHERE x.sesi_id = ? ORDER BY x.number";
    let rows = db::rows(db.reader(), sql, vec![sesi.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Substitution {
                from: Named { id: get(row, "from_tutor_id")?, name: get(row, "from_name")? },
                to: Named { id: get(row, "to_tutor_id")?, name: get(row, "to_name")? },
                way: get(row, "way")?,
                at: get(row, "at")?,
                denda_rp: get(row, "denda_rp")?,
                strikes: get(row, "strikes")?,
                honorarium_before_rp: get(row, "honorarium_before_rp")?,
                transport_before_rp: get(row, "transport_before_rp")?,
                honorarium_rp: get(row, "honorarium_rp")?,
                transport_rp: get(row, "transport_rp")?,
            })
        })
        .collect()
}
