//! What a decision about a mail looks at: whether its recipient can be reached.

use super::command::{Command, Mail};
use super::log::{Channel, Model, RecipientKind};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request; the other commands need none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub recipient: Option<Recipient>,
    /// A mail asked for earlier with the same reference.
    pub earlier: Option<Earlier>,
    pub wanted: bool,
    /// Shown in lists, but kept out of the history.
    #[serde(skip)]
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipient {
    pub has_address: bool,
    pub active: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    pub id: Uuid,
    pub code: String,
}

impl Earlier {
    pub fn blocking(&self) -> Blocking {
        Blocking { kind: "notification".into(), id: self.id, code: self.code.clone(), label: String::new() }
    }
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, now: DateTime<Utc>) -> Result<Facts, Failure> {
    match (command, record) {
        (Command::Request(mail) | Command::RequestBySystem(mail), None) => of_request(tx, mail, now).await,
        _ => Ok(Facts::default()),
    }
}

async fn of_request(tx: &Tx, mail: &Mail, now: DateTime<Utc>) -> Result<Facts, Failure> {
    let mut facts = Facts { wanted: wanted(tx, mail).await?, earlier: earlier(tx, mail).await?, ..Facts::default() };
    if let Some(person) = person(tx, mail.recipient_kind, mail.recipient_id).await? {
        facts.recipient = Some(Recipient { has_address: person.address.is_some(), active: person.active });
        facts.name = person.name;
    }
    facts.code = Some(next_code(tx, now.with_timezone(&Jakarta).year()).await?);
    Ok(facts)
}

/// Somebody who can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub address: Option<String>,
    pub active: bool,
}

/// The person as known now.
pub async fn person(conn: &impl ConnectionTrait, kind: RecipientKind, id: Uuid) -> Result<Option<Person>, Failure> {
    let state = if kind == RecipientKind::User { "account_state" } else { "status" };
    let sql = format!("SELECT name, email, {state} AS state FROM {} WHERE id = ?", kind.table());
    let Some(row) = db::row(conn, &sql, vec![id.into()]).await? else { return Ok(None) };
    let state: String = row.try_get("", "state")?;
    let address: Option<String> = row.try_get("", "email")?;
    // A tutor is welcomed while still a draft, and told why they are suspended.
    let active = matches!(state.as_str(), "ACTIVE" | "DRAFT") || (kind == RecipientKind::Tutor && state == "SUSPENDED");
    Ok(Some(Person { name: row.try_get("", "name")?, address: address.filter(|address| !address.is_empty()), active }))
}

async fn wanted(tx: &Tx, mail: &Mail) -> Result<bool, Failure> {
    let channel = match mail.channel.unwrap_or(Channel::Email) {
        Channel::Email => "EMAIL",
        Channel::WhatsappText => "WHATSAPP_TEXT",
    };
    let sql = "SELECT template FROM notification_preference WHERE recipient_id = ? AND template = ? AND channel = ? AND NOT wanted";
    Ok(db::row(tx, sql, vec![mail.recipient_id.into(), mail.template.clone().into(), channel.into()]).await?.is_none())
}

async fn earlier(tx: &Tx, mail: &Mail) -> Result<Option<Earlier>, Failure> {
    let sql = "SELECT id, code FROM notification_log WHERE template = ? AND recipient_id = ? AND reference_id = ?";
    let row = db::row(tx, sql, vec![mail.template.clone().into(), mail.recipient_id.into(), mail.reference_id.into()]).await?;
    row.map(|row| Ok(Earlier { id: row.try_get("", "id")?, code: row.try_get("", "code")? })).transpose()
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_notification') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'notification' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: "notification".into() })?;
    Ok(format!("NOT-{year}-{:06}", row.try_get::<i64>("", "value")?))
}
