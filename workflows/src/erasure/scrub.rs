//! Destroying what is known of a person: the keys, and whatever live rows say of them. Ids, codes, dates and amounts
//! stay. Everything that `personal` of a workflow declares about its record is emptied here; `alur workflow verify`
//! names what was forgotten.

use super::NOBODY;
use super::record::{Model, PersonKind};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use sea_orm::Value;
use uuid::Uuid;

/// The statements of an approval. No two touch one row: on Postgres they run side by side.
pub(super) fn everything(now: DateTime<Utc>, erasure: &Model, documents: &[Uuid], batch: &mut Batch) {
    let id = erasure.person_id;
    for owner in documents.iter().chain([&id]) {
        batch.push("UPDATE personal_key SET key = NULL, destroyed_at = ? WHERE owner_id = ? AND key IS NOT NULL", vec![now.into(), (*owner).into()]);
    }
    for document in documents {
        batch.push("UPDATE document SET name = ? WHERE id = ?", vec![NOBODY.into(), (*document).into()]);
    }
    let mut about = |sql: &str, values: Vec<Value>| batch.push(sql, values);
    match erasure.person_kind {
        PersonKind::Siswa => siswa(id, &mut about),
        PersonKind::Tutor => tutor(id, &mut about),
        PersonKind::User => user(id, now, &mut about),
    }
    mails(id, &mut about);
    let sql = "UPDATE workflow_instance SET label = ? WHERE id IN (SELECT id FROM erasure WHERE person_id = ? AND id <> ?)";
    about(sql, vec![NOBODY.into(), id.into(), erasure.id.into()]);
    about("DELETE FROM notification_preference WHERE recipient_id = ?", vec![id.into()]);
}

type About<'a> = dyn FnMut(&str, Vec<Value>) + 'a;

fn siswa(id: Uuid, about: &mut About<'_>) {
    let sql = "UPDATE siswa SET name = ?, parent_name = ?, parent_phone = ?, parent_relation = ?, email = NULL, address = NULL, lat = NULL, long = NULL, status = 'ARCHIVED' \
               WHERE id = ?";
    about(sql, vec![NOBODY.into(), NOBODY.into(), NOBODY.into(), NOBODY.into(), id.into()]);
    let sql = "UPDATE sesi SET place_address = NULL, place_lat = NULL, place_long = NULL, materi = NULL, closing_reason = NULL, outside_slots_reason = NULL WHERE siswa_id = ?";
    about(sql, vec![id.into()]);
    about("DELETE FROM preferred_tutor WHERE siswa_id = ?", vec![id.into()]);
    overrides("siswa_id", id, about);
    corrections("siswa_id", &["money_adjustment", "credit_note", "refund", "write_off", "settlement_reversal"], id, about);
    about("UPDATE refund_note SET body = NULL WHERE refund_id IN (SELECT id FROM refund WHERE siswa_id = ?)", vec![id.into()]);
    claims("siswa_id", id, about);
    payments("siswa_id", id, about);
    around_sesi("siswa_id", ("'—'", "(SELECT t.name FROM tutor t WHERE t.id = s.tutor_id)"), id, about);
}

fn tutor(id: Uuid, about: &mut About<'_>) {
    let sql = "UPDATE tutor SET name = ?, phone = ?, email = NULL, address = NULL, lat = NULL, long = NULL, bio = NULL, suspended_until = NULL, status = 'ARCHIVED' WHERE id = ?";
    // Phones are unique; this is none.
    about(sql, vec![NOBODY.into(), format!("{NOBODY} {id}").into(), id.into()]);
    let sql = "UPDATE sesi SET closing_reason = NULL, outside_slots_reason = NULL WHERE tutor_id = ? OR substituted_from_id = ?";
    about(sql, vec![id.into(), id.into()]);
    about("DELETE FROM slot WHERE tutor_id = ?", vec![id.into()]);
    about("DELETE FROM preferred_tutor WHERE tutor_id = ?", vec![id.into()]);
    overrides("tutor_id", id, about);
    corrections("tutor_id", &["money_adjustment", "settlement_reversal"], id, about);
    claims("tutor_id", id, about);
    payments("tutor_id", id, about);
    suspensions(id, about);
    terminations(id, about);
    strikes(id, about);
    around_sesi("tutor_id", ("(SELECT p.name FROM siswa p WHERE p.id = s.siswa_id)", "'—'"), id, about);
}

/// Why a result of theirs was overridden, and what was said about it.
fn overrides(whose: &str, id: Uuid, about: &mut About<'_>) {
    about(&format!("UPDATE result_override SET reason = NULL WHERE {whose} = ?"), vec![id.into()]);
    let theirs = format!("SELECT t.id FROM task t JOIN result_override o ON o.id = t.instance_id WHERE o.{whose} = ?");
    about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
}

/// Why what they owe or are owed was put right, how they were paid back, and what was said about it.
fn corrections(whose: &str, tables: &[&str], id: Uuid, about: &mut About<'_>) {
    for table in tables {
        let more = match *table {
            "refund" => ", reference = NULL",
            "write_off" => ", tax_note = NULL",
            _ => "",
        };
        about(&format!("UPDATE {table} SET reason = NULL{more} WHERE {whose} = ?"), vec![id.into()]);
        let theirs = format!("SELECT t.id FROM task t JOIN {table} o ON o.id = t.instance_id WHERE o.{whose} = ?");
        about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
    }
}

/// Why they were suspended, why they were to teach again, and what was said about it.
fn suspensions(id: Uuid, about: &mut About<'_>) {
    for table in ["suspension", "reactivation"] {
        about(&format!("UPDATE {table} SET reason = NULL WHERE tutor_id = ?"), vec![id.into()]);
        let theirs = format!("SELECT t.id FROM task t JOIN {table} o ON o.id = t.instance_id WHERE o.tutor_id = ?");
        about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
    }
}

/// Why the work with them ended, what was noted on the way, and how they were paid.
fn terminations(id: Uuid, about: &mut About<'_>) {
    about("UPDATE termination SET reason = NULL, documents_note = NULL, ground_note = NULL WHERE tutor_id = ?", vec![id.into()]);
    about("UPDATE final_settlement SET reference = NULL WHERE tutor_id = ?", vec![id.into()]);
    let theirs = "SELECT t.id FROM task t JOIN termination o ON o.id = t.instance_id WHERE o.tutor_id = ?";
    about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
}

/// What HR said of their strikes, and what was said about it.
fn strikes(id: Uuid, about: &mut About<'_>) {
    about("UPDATE strike SET decision_reason = NULL, revoked_reason = NULL WHERE tutor_id = ?", vec![id.into()]);
    let theirs = "SELECT t.id FROM task t JOIN strike o ON o.id = t.instance_id WHERE o.tutor_id = ?";
    about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
}

/// What happened to a tutor, what was decided about it and why, and what was said of it.
fn claims(whose: &str, id: Uuid, about: &mut About<'_>) {
    let sql = format!(
        "UPDATE fm_claim SET story = NULL, comp_notes = NULL, l1_reason = NULL, appeal_reason = NULL, l2_reason = NULL, withdraw_reason = NULL WHERE {whose} = ?"
    );
    about(&sql, vec![id.into()]);
    let theirs = format!("SELECT t.id FROM task t JOIN fm_claim c ON c.id = t.instance_id WHERE c.{whose} = ?");
    about(&format!("UPDATE task_comment SET body = ? WHERE task_id IN ({theirs})"), vec![NOBODY.into(), id.into()]);
}

/// What was noted on their payments, and what the bank wrote of them.
fn payments(whose: &str, id: Uuid, about: &mut About<'_>) {
    about(&format!("UPDATE payment SET reference = NULL, reason = NULL WHERE {whose} = ?"), vec![id.into()]);
    let sql = format!("UPDATE bank_line SET description = ? WHERE payment_id IN (SELECT p.id FROM payment p WHERE p.{whose} = ?)");
    about(&sql, vec![NOBODY.into(), id.into()]);
}

/// Labels, comments and refusals beside the sesi of somebody. `names` is how siswa and tutor are called in the label.
fn around_sesi(whose: &str, names: (&str, &str), id: Uuid, about: &mut About<'_>) {
    let theirs = format!("SELECT id FROM sesi WHERE {whose} = ?");
    let label = format!(
        "SELECT b.name || COALESCE((SELECT ' ' || l.name FROM subject_level l WHERE l.id = s.subject_level_id), '') || ' · ' || {} || ' · ' || {} \
         FROM sesi s JOIN subject b ON b.id = s.subject_id WHERE s.id = workflow_instance.id",
        names.0, names.1
    );
    about(&format!("UPDATE workflow_instance SET label = ({label}) WHERE id IN ({theirs})"), vec![id.into()]);
    let sql = format!("UPDATE task_comment SET body = ? WHERE task_id IN (SELECT id FROM task WHERE instance_id IN ({theirs}))");
    about(&sql, vec![NOBODY.into(), id.into()]);
    about(&format!("UPDATE timer SET refusal = NULL WHERE refusal IS NOT NULL AND instance_id IN ({theirs})"), vec![id.into()]);
    about(&format!("UPDATE job SET last_error = NULL WHERE last_error IS NOT NULL AND instance_id IN ({theirs})"), vec![id.into()]);
}

fn user(id: Uuid, now: DateTime<Utc>, about: &mut About<'_>) {
    let sql = "UPDATE user_account SET name = ?, email = ?, account_state = 'ARCHIVED' WHERE id = ?";
    about(sql, vec![NOBODY.into(), format!("{id}@erased.invalid").into(), id.into()]);
    let sql = "UPDATE user_session SET ip = NULL, user_agent = NULL, revoked_at = COALESCE(revoked_at, ?) WHERE user_id = ?";
    about(sql, vec![now.into(), id.into()]);
    about("UPDATE sign_in_link SET expires_at = ? WHERE user_id = ? AND used_at IS NULL AND expires_at > ?", vec![now.into(), id.into(), now.into()]);
    about("UPDATE login_event SET ip = NULL, user_agent = NULL WHERE user_id = ?", vec![id.into()]);
    for table in ["user_role", "password_credential", "password_reset", "user_identity", "two_factor_method", "email_verification"] {
        about(&format!("DELETE FROM {table} WHERE user_id = ?"), vec![id.into()]);
    }
    about("UPDATE sesi SET approved_by_name = NULL WHERE approved_by = ?", vec![id.into()]);
    about("UPDATE task SET claimed_by_name = ? WHERE claimed_by = ?", vec![NOBODY.into(), id.into()]);
    about("UPDATE task_comment SET actor_name = ? WHERE actor_id = ?", vec![NOBODY.into(), id.into()]);
    about("UPDATE document SET uploaded_by_name = ? WHERE uploaded_by = ?", vec![NOBODY.into(), id.into()]);
}

/// Messages to the person, and by them.
fn mails(id: Uuid, about: &mut About<'_>) {
    let to = "CASE WHEN recipient_id = ? THEN NULL ELSE";
    let sql = format!(
        "UPDATE notification_log SET to_name = {to} to_name END, to_address = {to} to_address END, problem_detail = {to} problem_detail END, \
         server_reply = {to} server_reply END, requested_by_name = CASE WHEN requested_by = ? THEN ? ELSE requested_by_name END \
         WHERE recipient_id = ? OR requested_by = ?"
    );
    about(&sql, vec![id.into(), id.into(), id.into(), id.into(), id.into(), NOBODY.into(), id.into(), id.into()]);
    let sql = "UPDATE workflow_instance SET label = (SELECT n.template || ' · —' FROM notification_log n WHERE n.id = workflow_instance.id) \
               WHERE id IN (SELECT id FROM notification_log WHERE recipient_id = ?)";
    about(sql, vec![id.into()]);
}
