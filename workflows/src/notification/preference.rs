//! Which messages somebody does not want (NotificationPreference, SPEC NOT-2). Nobody has said anything: everything comes.
//!
//! What people need to get in, or have asked for themselves, always comes: `may_be_declined` of its template says so.

use super::log::{Channel, RecipientKind};
use super::template::{TEMPLATES, Template};
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ActiveEnum, ConnectionTrait};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whose wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whose {
    pub kind: RecipientKind,
    pub id: Uuid,
}

/// Whether somebody gets a message in one way.
#[derive(Clone, Debug)]
pub struct Preference {
    pub template: &'static Template,
    pub channel: Channel,
    pub wanted: bool,
    /// When they last said so.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A line for each message that this person may get, and each way.
pub async fn all(conn: &impl ConnectionTrait, whose: Whose) -> Result<Vec<Preference>, Failure> {
    let said = said(conn, whose).await?;
    let ours = TEMPLATES.iter().filter(|template| template.recipient == whose.kind);
    Ok(ours.flat_map(|template| Channel::ALL.map(|channel| of(template, channel, &said))).collect())
}

type Said = BTreeMap<(String, String), (bool, DateTime<Utc>)>;

async fn said(conn: &impl ConnectionTrait, whose: Whose) -> Result<Said, Failure> {
    let sql = "SELECT template, channel, wanted, changed_at FROM notification_preference WHERE recipient_kind = ? AND recipient_id = ?";
    let rows = db::rows(conn, sql, vec![whose.kind.to_value().into(), whose.id.into()]).await?;
    rows.iter()
        .map(|row| Ok(((row.try_get("", "template")?, row.try_get("", "channel")?), (row.try_get("", "wanted")?, row.try_get("", "changed_at")?))))
        .collect()
}

fn of(template: &'static Template, channel: Channel, said: &Said) -> Preference {
    let said = said.get(&(template.code.to_owned(), channel.to_value())).copied();
    Preference { template, channel, wanted: !template.may_be_declined || said.is_none_or(|(wanted, _)| wanted), changed_at: said.map(|(_, at)| at) }
}

/// Adds to what is written whether somebody wants a message in this way.
pub fn say(whose: Whose, preference: &Preference, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let sql = "INSERT INTO notification_preference (recipient_kind, recipient_id, template, channel, wanted, changed_at) VALUES (?,?,?,?,?,?) \
               ON CONFLICT (recipient_kind, recipient_id, template, channel) DO UPDATE SET wanted = excluded.wanted, changed_at = excluded.changed_at";
    let (template, channel) = (preference.template.code, preference.channel.to_value());
    batch.push(sql, vec![whose.kind.to_value().into(), whose.id.into(), template.into(), channel.into(), preference.wanted.into(), now.into()]);
}
