//! What the lines of documents came of: settlements of sesi, denda, adjustments, and what an earlier Honorarium carried on.
//!
//! A line names its source; everything else about it is read from there. Statuses are not: a settlement that is paid, or taken
//! back later, was worth what it was worth when it was billed.

use super::paper::{Kind, Line};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A line made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// What kind of line it makes.
    pub kind: String,
    pub party_id: Uuid,
    pub sesi_id: Option<Uuid>,
    pub held_on: Option<NaiveDate>,
    /// Nothing when it is what an Honorarium carried on.
    pub amount_rp: Option<i64>,
}

const OF_TAGIHAN: &str = "SELECT l.tagihan_id AS document_id, l.number, l.kind, l.source_id, l.sesi_id, l.held_on, l.amount_rp, \
    s.kind AS settled_as, s.siswa_id AS settled_for, s.sesi_id AS settled_sesi_id, s.amount_rp AS settled_rp, \
    a.siswa_id AS adjusted_for, a.sesi_id AS adjusted_sesi_id, a.amount_rp AS adjusted_rp, a.occurred_on AS adjusted_on, x.starts_at, o.zone \
    FROM tagihan_line l LEFT JOIN siswa_settlement s ON s.id = l.source_id LEFT JOIN money_adjustment a ON a.id = l.source_id AND a.side = 'SISWA' \
    LEFT JOIN sesi x ON x.id = s.sesi_id LEFT JOIN office o ON o.id = x.office_id WHERE l.voided_at IS NULL AND l.tagihan_id IN";
const OF_HONORARIUM: &str = "SELECT l.honorarium_id AS document_id, l.number, l.kind, l.source_id, l.sesi_id, l.held_on, l.amount_rp, \
    s.kind AS settled_as, s.tutor_id AS settled_for, s.sesi_id AS settled_sesi_id, s.honorarium_rp, s.transport_rp, \
    n.tutor_id AS fined_for, n.sesi_id AS fined_sesi_id, n.amount_rp AS fined_rp, \
    a.tutor_id AS adjusted_for, a.sesi_id AS adjusted_sesi_id, a.amount_rp AS adjusted_rp, a.occurred_on AS adjusted_on, c.tutor_id AS carried_for, x.starts_at, o.zone \
    FROM honorarium_line l LEFT JOIN tutor_settlement s ON s.id = l.source_id LEFT JOIN denda n ON n.id = l.source_id \
    LEFT JOIN money_adjustment a ON a.id = l.source_id AND a.side = 'TUTOR' LEFT JOIN honorarium c ON c.id = l.source_id \
    LEFT JOIN sesi x ON x.id = COALESCE(s.sesi_id, n.sesi_id) LEFT JOIN office o ON o.id = x.office_id WHERE l.voided_at IS NULL AND l.honorarium_id IN";

/// Reads the source of a line of a kind.
type Read = fn(&QueryResult, &str) -> Result<Option<Source>, Failure>;

/// The lines of documents by their number, each with its source if that is there.
pub(super) async fn lines(conn: &impl ConnectionTrait, kind: Kind, documents: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Line, Option<Source>)>>, Failure> {
    let (select, read): (_, Read) = match kind {
        Kind::Honorarium => (OF_HONORARIUM, of_honorarium),
        Kind::Tagihan => (OF_TAGIHAN, of_tagihan),
    };
    let ids: Vec<Value> = documents.iter().map(|id| (*id).into()).collect();
    let sql = format!("{select} ({}) ORDER BY 1, l.number", vec!["?"; ids.len()].join(","));
    let mut found: HashMap<Uuid, Vec<(Line, Option<Source>)>> = HashMap::new();
    for row in db::rows(conn, &sql, ids).await? {
        let line = line(&row)?;
        let source = read(&row, &line.kind)?;
        found.entry(row.try_get("", "document_id")?).or_default().push((line, source));
    }
    Ok(found)
}

fn line(row: &QueryResult) -> Result<Line, Failure> {
    Ok(Line {
        number: row.try_get("", "number")?,
        kind: row.try_get("", "kind")?,
        source_id: row.try_get("", "source_id")?,
        sesi_id: row.try_get("", "sesi_id")?,
        held_on: row.try_get("", "held_on")?,
        amount_rp: row.try_get("", "amount_rp")?,
    })
}

fn of_tagihan(row: &QueryResult, _: &str) -> Result<Option<Source>, Failure> {
    if let Some(settled) = row.try_get::<Option<String>>("", "settled_as")? {
        let amount_rp: i64 = row.try_get("", "settled_rp")?;
        return of_sesi(row, billed_as(&settled), "settled", amount_rp).map(Some);
    }
    adjusted(row)
}

fn of_honorarium(row: &QueryResult, kind: &str) -> Result<Option<Source>, Failure> {
    if let Some(settled) = row.try_get::<Option<String>>("", "settled_as")? {
        let (base, transport): (i64, i64) = (row.try_get("", "honorarium_rp")?, row.try_get("", "transport_rp")?);
        let (kind, rp) = match kind {
            "TRANSPORT" => (kind, transport),
            "REVERSED" => (kind, base + transport),
            _ => (billed_as(&settled), base),
        };
        return of_sesi(row, kind, "settled", rp).map(Some);
    }
    if let Some(rp) = row.try_get::<Option<i64>>("", "fined_rp")? {
        let kind = if kind == "DENDA_RETURNED" { kind } else { "DENDA" };
        return of_sesi(row, kind, "fined", rp).map(Some);
    }
    if let Some(party_id) = row.try_get("", "carried_for")? {
        return Ok(Some(Source { kind: "CARRIED".into(), party_id, sesi_id: None, held_on: None, amount_rp: None }));
    }
    adjusted(row)
}

/// A settlement or a denda: on the day of the sesi at its office.
fn of_sesi(row: &QueryResult, kind: &str, columns: &str, rp: i64) -> Result<Source, Failure> {
    let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
    let text: String = row.try_get("", "zone")?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    Ok(Source {
        kind: kind.into(),
        party_id: row.try_get("", &format!("{columns}_for"))?,
        sesi_id: row.try_get("", &format!("{columns}_sesi_id"))?,
        held_on: Some(starts_at.with_timezone(&zone).date_naive()),
        amount_rp: Some(signed(kind, rp)),
    })
}

fn adjusted(row: &QueryResult) -> Result<Option<Source>, Failure> {
    let Some(amount_rp) = row.try_get("", "adjusted_rp")? else { return Ok(None) };
    Ok(Some(Source {
        kind: "ADJUSTMENT".into(),
        party_id: row.try_get("", "adjusted_for")?,
        sesi_id: row.try_get("", "adjusted_sesi_id")?,
        held_on: row.try_get("", "adjusted_on")?,
        amount_rp: Some(amount_rp),
    }))
}

/// What a settlement of this kind is called on a document.
fn billed_as(settled: &str) -> &str {
    match settled {
        "COMPLETED" => "SESI",
        "NO_SHOW_STUDENT" => "NO_SHOW",
        other => other,
    }
}

/// An amount as it stands on a line: what is taken away is below zero.
pub(super) fn signed(kind: &str, rp: i64) -> i64 {
    if matches!(kind, "DENDA" | "REVERSED" | "CARRIED") { -rp } else { rp }
}

/// The head of a document by its lines. What an Honorarium cannot bear is carried on (SPEC CAN-6).
pub(super) fn sums(kind: Kind, lines: &[Line]) -> BTreeMap<&'static str, i64> {
    let of = |kinds: &[&str]| lines.iter().filter(|line| kinds.contains(&line.kind.as_str())).map(|line| line.amount_rp).sum::<i64>();
    let (lessons, adjustment) = (of(&["SESI", "NO_SHOW", "CANCELLATION", "RESCHEDULE"]), of(&["ADJUSTMENT"]));
    match kind {
        Kind::Tagihan => BTreeMap::from([("sesi_rp", lessons), ("adjustment_rp", adjustment), ("total_rp", lessons + adjustment)]),
        Kind::Honorarium => {
            let earned = lines.iter().map(|line| line.amount_rp).sum::<i64>();
            BTreeMap::from([
                ("base_rp", lessons),
                ("transport_rp", of(&["TRANSPORT"])),
                ("adjustment_rp", adjustment),
                ("returned_rp", of(&["DENDA_RETURNED"])),
                ("reversed_rp", -of(&["REVERSED"])),
                ("denda_rp", -of(&["DENDA"])),
                ("carried_in_rp", -of(&["CARRIED"])),
                ("carried_out_rp", (-earned).max(0)),
                ("net_rp", earned.max(0)),
            ])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, rp: i64) -> Line {
        Line { number: 1, kind: kind.into(), source_id: Uuid::nil(), sesi_id: None, held_on: None, amount_rp: signed(kind, rp) }
    }

    #[test]
    fn what_an_honorarium_cannot_bear_is_carried_on() {
        for (denda, carried_out, net) in [(30_000, 0, 70_000), (100_000, 0, 0), (130_001, 30_001, 0)] {
            let sums = sums(Kind::Honorarium, &[line("SESI", 90_000), line("TRANSPORT", 20_000), line("DENDA", denda), line("CARRIED", 10_000)]);
            let of = |name: &str| sums.get(name).copied().unwrap();
            assert_eq!((of("denda_rp"), of("carried_in_rp"), of("carried_out_rp"), of("net_rp")), (denda, 10_000, carried_out, net));
            assert_eq!(of("base_rp") + of("transport_rp") - of("denda_rp") - of("carried_in_rp") + of("carried_out_rp"), of("net_rp"));
        }
    }
}
