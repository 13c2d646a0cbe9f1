//! Storing a mail: the row, and the name and address of its recipient as they are now.

use super::change::Change;
use super::log::{self, Model};
use engine::batch::Batch;
use engine::workflow::Ctx;
use sea_orm::Value;

pub(super) fn store(ctx: Ctx<'_>, before: Option<&Model>, after: &Model, change: &Change, batch: &mut Batch) {
    match before {
        None => insert(ctx, after, batch),
        Some(before) if before == after => {}
        Some(_) => update(after, change, batch),
    }
}

/// `(SELECT …)` of a column of the recipient.
fn recipients(after: &Model, column: &str) -> String {
    format!("(SELECT {column} FROM {} WHERE id = ?)", after.recipient_kind.table())
}

fn insert(ctx: Ctx<'_>, after: &Model, batch: &mut Batch) {
    let sql = format!(
        "INSERT INTO notification_log (id, code, template, locale, channel, recipient_kind, recipient_id, reference_id, sample, requested_by, \
         requested_at, expires_at, attempts, attempts_before, requested_by_name, to_name, to_address) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,{},{})",
        recipients(after, "name"),
        recipients(after, "email")
    );
    let values: Vec<Value> = vec![
        after.id.into(),
        after.code.clone().into(),
        after.template.clone().into(),
        after.locale.as_str().into(),
        channel(after).into(),
        kind(after).into(),
        after.recipient_id.into(),
        after.reference_id.into(),
        after.sample.into(),
        after.requested_by.into(),
        after.requested_at.into(),
        after.expires_at.into(),
        after.attempts.into(),
        after.attempts_before.into(),
        ctx.actor.name.clone().into(),
        after.recipient_id.into(),
        after.recipient_id.into(),
    ];
    batch.push(sql, values);
}

/// What an attempt may change; when one begins, to whom as well.
fn update(after: &Model, change: &Change, batch: &mut Batch) {
    let mut sql = String::from(
        "UPDATE notification_log SET attempts = ?, attempts_before = ?, template_version = ?, message_id = ?, problem = ?, problem_detail = ?, next_attempt_at = ?, sending_at = ?, \
         sent_at = ?, server_reply = ?",
    );
    let mut values: Vec<Value> = vec![
        after.attempts.into(),
        after.attempts_before.into(),
        after.template_version.into(),
        after.message_id.clone().into(),
        after.problem.clone().into(),
        after.problem_detail.clone().into(),
        after.next_attempt_at.into(),
        after.sending_at.into(),
        after.sent_at.into(),
        after.server_reply.clone().into(),
    ];
    if let Change::Began { .. } = change {
        sql.push_str(&format!(", to_name = {}, to_address = {}", recipients(after, "name"), recipients(after, "email")));
        values.extend([after.recipient_id.into(), after.recipient_id.into()]);
    }
    sql.push_str(" WHERE id = ?");
    values.push(after.id.into());
    batch.push(sql, values);
}

fn channel(model: &Model) -> &'static str {
    match model.channel {
        log::Channel::Email => "EMAIL",
        log::Channel::WhatsappText => "WHATSAPP_TEXT",
    }
}

fn kind(model: &Model) -> &'static str {
    match model.recipient_kind {
        log::RecipientKind::User => "USER",
        log::RecipientKind::Tutor => "TUTOR",
        log::RecipientKind::Siswa => "SISWA",
    }
}
