//! The rows of a payment: itself, what it pays, the documents with their settlements, and the line of the bank.

use super::record::{BillMoved, Change, Entity, Kind, Model, SlipMoved};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::workflow::Ctx;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Value};
use serde_json::json;
use uuid::Uuid;

pub(super) fn store(ctx: Ctx<'_>, change: &Change, batch: &mut Batch) {
    let payment = &change.payment;
    batch.push_query(&Entity::insert(payment.clone().into_active_model().reset_all()));
    for bill in &change.bills {
        if payment.kind != Kind::Reversal {
            let sql = "INSERT INTO payment_allocation (payment_id, tagihan_id, amount_rp) VALUES (?,?,?)";
            batch.push(sql, vec![payment.id.into(), bill.id.into(), bill.amount_rp.into()]);
        }
        tagihan(ctx, payment, bill, batch);
    }
    let became = |paid: bool| -> Vec<Uuid> {
        let is_paid = |status: &str| status == "PAID";
        let moved = change.bills.iter().filter(|bill| is_paid(&bill.status) == paid && is_paid(&bill.status) != is_paid(&bill.status_before));
        moved.map(|bill| bill.id).collect()
    };
    settle("siswa_settlement", ("tagihan_line", "tagihan_id"), "PAID", &became(true), batch);
    settle("siswa_settlement", ("tagihan_line", "tagihan_id"), "UNPAID", &became(false), batch);
    if let Some(slip) = &change.slip {
        honorarium(ctx, payment, slip, batch);
        settle("tutor_settlement", ("honorarium_line", "honorarium_id"), if slip.status == "PAID" { "PAID" } else { "UNPAID" }, &[slip.id], batch);
    }
    line(ctx, change, batch);
}

fn tagihan(ctx: Ctx<'_>, payment: &Model, bill: &BillMoved, batch: &mut Batch) {
    let sql = "UPDATE tagihan SET paid_rp = ?, status = ?, proof_document_id = COALESCE(?, proof_document_id) WHERE id = ?";
    batch.push(sql, vec![bill.paid_rp.into(), bill.status.clone().into(), payment.proof_document_id.into(), bill.id.into()]);
    let before = json!({ "status": bill.status_before, "paid_rp": bill.paid_before_rp });
    let after = json!({ "status": bill.status, "paid_rp": bill.paid_rp, "payment_id": payment.id });
    document(ctx, "tagihan", (bill.id, &bill.number), (before, after), batch);
}

fn honorarium(ctx: Ctx<'_>, payment: &Model, slip: &SlipMoved, batch: &mut Batch) {
    let sql = "UPDATE honorarium SET paid_rp = ?, pph_withheld_rp = ?, status = ?, proof_document_id = COALESCE(?, proof_document_id) WHERE id = ?";
    let values = vec![slip.paid_rp.into(), slip.pph_withheld_rp.into(), slip.status.clone().into(), payment.proof_document_id.into(), slip.id.into()];
    batch.push(sql, values);
    let before = json!({ "status": slip.status_before });
    let after = json!({ "status": slip.status, "paid_rp": slip.paid_rp, "pph_withheld_rp": slip.pph_withheld_rp, "payment_id": payment.id });
    document(ctx, "honorarium", (slip.id, &slip.number), (before, after), batch);
}

fn document(ctx: Ctx<'_>, entity_type: &str, (id, number): (Uuid, &str), (before, after): (serde_json::Value, serde_json::Value), batch: &mut Batch) {
    let action = Action {
        action: format!("{entity_type}.payment"),
        entity_type,
        entity_id: id,
        entity_code: Some(number),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(before),
        after: Some(after),
        reason: None,
    };
    audit::record(action, ctx.actor, ctx.now, batch);
}

/// What stands on these documents follows them; what was reversed stays so.
fn settle(table: &str, (line, document): (&str, &str), status: &str, documents: &[Uuid], batch: &mut Batch) {
    if documents.is_empty() {
        return;
    }
    let marks = vec!["?"; documents.len()].join(",");
    let sql = format!(
        "UPDATE {table} SET status = '{status}' WHERE status <> 'REVERSED' AND id IN (SELECT l.source_id FROM {line} l WHERE l.{document} IN ({marks}) AND l.voided_at IS NULL)"
    );
    batch.push(sql, documents.iter().map(|id| Value::from(*id)).collect());
}

/// The line it is found on; what is taken back leaves its line open again.
fn line(ctx: Ctx<'_>, change: &Change, batch: &mut Batch) {
    let (payment, by) = (&change.payment, ctx.actor.id);
    if let Some(line) = change.line_id {
        let sql = "UPDATE bank_line SET state = 'MATCHED', payment_id = ?, decided_by = ?, decided_at = ? WHERE id = ?";
        batch.push(sql, vec![payment.id.into(), by.into(), ctx.now.into(), line.into()]);
    }
    if let Some(reversed) = payment.reverses_id {
        let sql = "UPDATE bank_line SET state = 'OPEN', payment_id = NULL, decided_by = ?, decided_at = ? WHERE payment_id = ?";
        batch.push(sql, vec![by.into(), ctx.now.into(), reversed.into()]);
    }
}
