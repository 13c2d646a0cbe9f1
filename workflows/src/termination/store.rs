//! The rows of a change: the record, the tutor, the accounts, and the settlement with its lines.

use super::access;
use super::billed::Unpaid;
use super::record::{Begun, Change, Column, Entity, Model, Payment, SettlementStatus};
use super::settlement::Settlement;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Value};
use serde_json::json;
use uuid::Uuid;

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    let row = after.clone().into_active_model().reset_all();
    match before {
        None => batch.push_query(&Entity::insert(row)),
        Some(_) => batch.push_query(&Entity::update_many().set(row).filter(Column::Id.eq(after.id))),
    }
    match change {
        Change::Decided { begun } => end(ctx, begun, batch),
        Change::Settled { settlement, offset, voided } => {
            revision(after, settlement, batch);
            voided.iter().for_each(|one| void(ctx, after, one, batch));
            paid(offset, batch);
        }
        Change::Paid { payment, sesi } => {
            moved(payment, SettlementStatus::Paid, batch);
            paid(sesi, batch);
        }
        Change::Received { payment } => moved(payment, SettlementStatus::Received, batch),
        Change::WrittenOff { settlement_id, by, at } => batch.push(
            "UPDATE final_settlement SET status = 'WRITTEN_OFF', recorded_by = ?, recorded_at = ? WHERE id = ?",
            vec![(*by).into(), (*at).into(), (*settlement_id).into()],
        ),
        Change::Archived { tutor_code, .. } => archive(ctx, after, tutor_code, batch),
        Change::Cleared { .. } | Change::DocumentsReturned { .. } | Change::GroundFell { .. } | Change::GroundNoted { .. } => {}
    }
}

/// The tutor and every account of theirs, from this instant.
fn end(ctx: Ctx<'_>, begun: &Begun, batch: &mut Batch) {
    batch.push("UPDATE tutor SET status = 'TERMINATED', suspended_until = NULL WHERE id = ?", vec![begun.tutor_id.into()]);
    let action = Action {
        action: "tutor.terminate".into(),
        entity_type: "tutor",
        entity_id: begun.tutor_id,
        entity_code: Some(&begun.tutor_code),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "status": begun.status, "suspended_until": begun.suspended_until })),
        after: Some(json!({ "status": "TERMINATED", "suspended_until": null })),
        reason: ctx.reason,
    };
    audit::record(action, ctx.actor, ctx.now, batch);
    for account in &begun.accounts {
        access::close(account, ctx.now, batch);
        let action = Action {
            action: "user.archive".into(),
            entity_type: "user",
            entity_id: account.id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: Some(json!({ "state": account.state })),
            after: Some(json!({ "state": "ARCHIVED", "sessions_ended": account.sessions, "termination_id": begun.id })),
            reason: None,
        };
        audit::record(action, ctx.actor, ctx.now, batch);
    }
}

fn archive(ctx: Ctx<'_>, record: &Model, tutor_code: &str, batch: &mut Batch) {
    batch.push("UPDATE tutor SET status = 'ARCHIVED' WHERE id = ?", vec![record.tutor_id.into()]);
    let action = Action {
        action: "tutor.archive".into(),
        entity_type: "tutor",
        entity_id: record.tutor_id,
        entity_code: Some(tutor_code),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "status": "TERMINATED" })),
        after: Some(json!({ "status": "ARCHIVED" })),
        reason: ctx.reason,
    };
    audit::record(action, ctx.actor, ctx.now, batch);
}

fn revision(record: &Model, settlement: &Settlement, batch: &mut Batch) {
    batch.push(
        "INSERT INTO final_settlement (id, termination_id, tutor_id, revision, at, policy_version, policy_sha256, honorarium_rp, transport_rp, denda_rp, adjustment_rp, \
         corrections_rp, payable_rp, owed_rp, waived_rp, paid_before_rp, received_before_rp, due_rp, claim_rp, status, moved_rp) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)",
        vec![
            settlement.id.into(),
            record.id.into(),
            record.tutor_id.into(),
            settlement.revision.into(),
            settlement.at.into(),
            settlement.policy_version.into(),
            settlement.policy_sha256.clone().into(),
            settlement.honorarium_rp.into(),
            settlement.transport_rp.into(),
            settlement.denda_rp.into(),
            settlement.adjustment_rp.into(),
            settlement.corrections_rp.into(),
            settlement.payable_rp.into(),
            settlement.owed_rp.into(),
            settlement.waived_rp.into(),
            settlement.paid_before_rp.into(),
            settlement.received_before_rp.into(),
            settlement.due_rp.into(),
            settlement.claim_rp.into(),
            settlement.status().to_value().into(),
        ],
    );
    for (number, line) in (1_i64..).zip(&settlement.lines) {
        batch.push(
            "INSERT INTO final_settlement_line (settlement_id, number, kind, sesi_id, source_id, code, held_on, amount_rp) VALUES (?,?,?,?,?,?,?,?)",
            vec![
                settlement.id.into(),
                number.into(),
                line.kind.to_value().into(),
                line.sesi_id.into(),
                line.source_id.into(),
                line.code.clone().into(),
                line.held_on.into(),
                line.amount_rp.into(),
            ],
        );
    }
}

/// A Honorarium that nobody pays any more: its lines are settled.
fn void(ctx: Ctx<'_>, record: &Model, one: &Unpaid, batch: &mut Batch) {
    batch.push("UPDATE honorarium SET status = 'VOID' WHERE id = ?", vec![one.id.into()]);
    batch.push("UPDATE honorarium_line SET voided_at = ? WHERE honorarium_id = ? AND voided_at IS NULL", vec![ctx.now.into(), one.id.into()]);
    let action = Action {
        action: "honorarium.void".into(),
        entity_type: "honorarium",
        entity_id: one.id,
        entity_code: Some(&one.number),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "status": one.status })),
        after: Some(json!({ "status": "VOID", "termination_id": record.id })),
        reason: None,
    };
    audit::record(action, ctx.actor, ctx.now, batch);
}

/// Nobody pays these again.
fn paid(settlements: &[Uuid], batch: &mut Batch) {
    if settlements.is_empty() {
        return;
    }
    let ids: Vec<Value> = settlements.iter().map(|id| (*id).into()).collect();
    let marks = vec!["?"; ids.len()].join(",");
    batch.push(format!("UPDATE tutor_settlement SET status = 'PAID' WHERE id IN ({marks})"), ids);
}

fn moved(payment: &Payment, status: SettlementStatus, batch: &mut Batch) {
    batch.push(
        "UPDATE final_settlement SET status = ?, moved_rp = ?, moved_on = ?, method = ?, reference = ?, proof_document_id = ?, recorded_by = ?, recorded_at = ? WHERE id = ?",
        vec![
            status.to_value().into(),
            payment.amount_rp.into(),
            payment.moved_on.into(),
            payment.method.to_value().into(),
            payment.reference.clone().into(),
            payment.proof_document_id.into(),
            payment.by.into(),
            payment.at.into(),
            payment.settlement_id.into(),
        ],
    );
}
