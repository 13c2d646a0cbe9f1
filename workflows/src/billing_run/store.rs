//! How a run and its documents are written: a document is a row that says what its lines come to, its lines are copied from
//! what they bill by one statement for all of a part.

use super::items;
use super::part::series;
use super::record::{Billed, Change, Column, Document, Entity, Model};
use super::state::{Side, State};
use super::zones::Zones;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::tag::Tag;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Value};
use serde_json::json;

/// What a part writes beside the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub documents: Vec<Document>,
    pub zones: Zones,
    pub at: DateTime<Utc>,
}

pub(super) fn store(before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    match change {
        Change::Scheduled { .. } | Change::Waited | Change::Begun { .. } | Change::Proceeded => {}
        Change::Preflighted { ranges, .. } => {
            let columns = "run_id, number, side, first_id, last_id, parties, documents, parked, amount_rp";
            for (ranges, from) in ranges.chunks(1_000).zip((0_i64..).step_by(1_000)) {
                let rows = vec!["(?,?,?,?,?,0,0,0,0)"; ranges.len()].join(",");
                let values = (from..).zip(ranges).flat_map(|(number, range)| -> [Value; 5] {
                    [after.id.into(), number.into(), range.side.as_str().into(), range.after_id.into(), range.last_id.into()]
                });
                batch.push(format!("INSERT INTO billing_part ({columns}) VALUES {rows}"), values.collect());
            }
        }
        Change::Billed(billed) => part(after, billed, batch),
        Change::Issued { issued_on, due_on, .. } => issue(after, (*issued_on, *due_on), batch),
        Change::Ended { at, .. } if before.is_some_and(|before| !before.is_in(State::Scheduled)) => void(after, *at, batch),
        Change::Ended { .. } => {}
    }
}

fn part(run: &Model, billed: &Billed, batch: &mut Batch) {
    let sql = "UPDATE billing_part SET parties = ?, documents = ?, parked = ?, amount_rp = ?, done_at = ? WHERE run_id = ? AND number = ?";
    let parked = i64::try_from(billed.parked.len()).unwrap_or(i64::MAX);
    let values = vec![
        billed.parties.into(),
        billed.documents.into(),
        parked.into(),
        billed.amount_rp.into(),
        billed.rows.at.into(),
        run.id.into(),
        billed.number.into(),
    ];
    batch.push(sql, values);
    park(run, billed, batch);
    if billed.rows.documents.is_empty() {
        return;
    }
    let sql = "INSERT INTO document_series (series, next) VALUES (?,?) ON CONFLICT (series) DO UPDATE SET next = excluded.next";
    batch.push(sql, vec![series(billed.range.side, &run.period_month).into(), (billed.first + billed.documents).into()]);
    match billed.range.side {
        Side::Siswa => tagihan(run, &billed.rows, batch),
        Side::Tutor => honorarium(run, &billed.rows, batch),
    }
    lines(run, billed, batch);
}

fn park(run: &Model, billed: &Billed, batch: &mut Batch) {
    for one in &billed.parked {
        let values = vec![
            run.id.into(),
            billed.range.side.as_str().into(),
            one.party_id.into(),
            one.reason.as_str().into(),
            json!({ "amount_rp": one.amount_rp }).into(),
            one.amount_rp.into(),
        ];
        batch.push("INSERT INTO billing_parked (run_id, side, party_id, reason, params, amount_rp) VALUES (?,?,?,?,?,?)", values);
    }
}

fn tagihan(run: &Model, rows: &Rows, batch: &mut Batch) {
    let columns = "id, number, siswa_id, period_month, revision, status, sesi_rp, adjustment_rp, total_rp, credited_rp, refunded_rp, paid_rp, written_off_rp, run_id, created_at";
    let each = vec!["(?,?,?,?,?,'DRAFT',?,?,?,0,0,0,0,?,?)"; rows.documents.len()].join(",");
    let values = rows.documents.iter().flat_map(|document| -> [Value; 10] {
        let (due, sums) = (&document.due, &document.due.sums);
        [
            due.document_id.into(),
            document.number.clone().into(),
            due.party_id.into(),
            run.period_month.clone().into(),
            due.revision.into(),
            sums.sesi_rp.into(),
            sums.adjustment_rp.into(),
            document.total_rp.into(),
            run.id.into(),
            rows.at.into(),
        ]
    });
    batch.push(format!("INSERT INTO tagihan ({columns}) VALUES {each}"), values.collect());
}

fn honorarium(run: &Model, rows: &Rows, batch: &mut Batch) {
    let columns = "id, number, tutor_id, period_month, revision, status, base_rp, transport_rp, adjustment_rp, returned_rp, reversed_rp, denda_rp, carried_in_rp, \
                   carried_out_rp, net_rp, pph_withheld_rp, paid_rp, run_id, created_at";
    let each = vec!["(?,?,?,?,?,'DRAFT',?,?,?,?,?,?,?,?,?,0,0,?,?)"; rows.documents.len()].join(",");
    let values = rows.documents.iter().flat_map(|document| -> [Value; 16] {
        let (due, sums) = (&document.due, &document.due.sums);
        [
            due.document_id.into(),
            document.number.clone().into(),
            due.party_id.into(),
            run.period_month.clone().into(),
            due.revision.into(),
            sums.sesi_rp.into(),
            sums.transport_rp.into(),
            sums.adjustment_rp.into(),
            sums.returned_rp.into(),
            sums.reversed_rp.into(),
            sums.denda_rp.into(),
            sums.carried_in_rp.into(),
            document.carried_out_rp.into(),
            document.total_rp.into(),
            run.id.into(),
            rows.at.into(),
        ]
    });
    batch.push(format!("INSERT INTO honorarium ({columns}) VALUES {each}"), values.collect());
}

/// Each line of a document, numbered by its day; what has none comes last.
fn lines(run: &Model, billed: &Billed, batch: &mut Batch) {
    let items = items::of(billed.range.side, &run.period_month, Some(&billed.range));
    let (day, zones, zone_values) = billed.rows.zones.day();
    let (table, document, rest, rest_values) = match billed.range.side {
        Side::Siswa => ("tagihan_line", "tagihan_id", ", credited_rp", ", 0"),
        Side::Tutor => ("honorarium_line", "honorarium_id", "", ""),
    };
    let each = vec!["(?,?)"; billed.rows.documents.len()].join(",");
    let sql = format!(
        "INSERT INTO {table} ({document}, number, kind, source_id, sesi_id, held_on, amount_rp{rest}) \
         SELECT d.column2, row_number() OVER (PARTITION BY d.column2 ORDER BY COALESCE(i.on_day, {day}) IS NULL, COALESCE(i.on_day, {day}), \
         s.starts_at IS NULL, s.starts_at, i.rank, i.source_id), i.kind, i.source_id, i.sesi_id, COALESCE(i.on_day, {day}), i.amount_rp{rest_values} \
         FROM (VALUES {each}) d JOIN ({}) i ON i.party_id = d.column1 LEFT JOIN sesi s ON s.id = i.sesi_id {zones}",
        items.sql
    );
    let documents = billed.rows.documents.iter().flat_map(|document| -> [Value; 2] { [document.due.party_id.into(), document.due.document_id.into()] });
    batch.push(sql, documents.chain(items.values).chain(zone_values).collect());
}

/// All at once; what comes to nothing is paid with it. Sesi first: they are found by what is still a draft.
fn issue(run: &Model, (issued_on, due_on): (chrono::NaiveDate, chrono::NaiveDate), batch: &mut Batch) {
    let id: Value = run.id.into();
    batch.push(
        "UPDATE siswa_settlement SET status = 'PAID' WHERE status = 'UNPAID' AND id IN (SELECT l.source_id FROM tagihan d JOIN tagihan_line l ON l.tagihan_id = d.id \
         WHERE d.run_id = ? AND d.status = 'DRAFT' AND d.total_rp = 0 AND l.kind <> 'ADJUSTMENT' AND l.voided_at IS NULL)",
        vec![id.clone()],
    );
    batch.push(
        "UPDATE tutor_settlement SET status = 'PAID' WHERE status = 'UNPAID' AND id IN (SELECT l.source_id FROM honorarium d JOIN honorarium_line l ON l.honorarium_id = d.id \
         WHERE d.run_id = ? AND d.status = 'DRAFT' AND d.net_rp = 0 AND l.kind IN ('SESI','NO_SHOW','CANCELLATION','RESCHEDULE','TRANSPORT') AND l.voided_at IS NULL)",
        vec![id.clone()],
    );
    batch.push(
        "UPDATE tagihan SET status = CASE WHEN total_rp = 0 THEN 'PAID' ELSE 'ISSUED' END, issued_on = ?, due_on = ? WHERE run_id = ? AND status = 'DRAFT'",
        vec![issued_on.into(), due_on.into(), id.clone()],
    );
    batch.push(
        "UPDATE honorarium SET status = CASE WHEN net_rp = 0 THEN 'PAID' ELSE 'ISSUED' END, issued_on = ? WHERE run_id = ? AND status = 'DRAFT'",
        vec![issued_on.into(), id],
    );
}

/// What was drafted counts no more: what it billed can be billed anew.
fn void(run: &Model, at: DateTime<Utc>, batch: &mut Batch) {
    for (document, line, key) in [("tagihan", "tagihan_line", "tagihan_id"), ("honorarium", "honorarium_line", "honorarium_id")] {
        let sql =
            format!("UPDATE {line} SET voided_at = ? WHERE voided_at IS NULL AND {key} IN (SELECT id FROM {document} WHERE run_id = ? AND status = 'DRAFT')");
        batch.push(sql, vec![at.into(), run.id.into()]);
        batch.push(format!("UPDATE {document} SET status = 'VOID' WHERE run_id = ? AND status = 'DRAFT'"), vec![run.id.into()]);
    }
}
