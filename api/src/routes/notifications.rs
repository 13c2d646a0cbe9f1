//! The send log: mails and texts, who got which, how often it was tried, how it ended (SPEC NOT-1).

mod read;

use super::OurApp;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Key, List, Page};
use crate::view::outcome::Outcome;
use crate::view::told::Told;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::id::new_id;
use engine::refusal::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::notification::log::{Channel, Locale, RecipientKind};
use workflows::notification::{self, Mail};

/// A message of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationRow {
    id: Uuid,
    code: String,
    /// `QUEUED`, `SENDING`, `TO_COPY`, `SENT`, `FAILED`, `UNCERTAIN` or `CANCELLED`.
    state: String,
    revision: i64,
    template: String,
    /// `id` or `en`.
    locale: String,
    /// `EMAIL` or `WHATSAPP_TEXT`.
    channel: String,
    /// `USER`, `TUTOR` or `SISWA`.
    recipient_kind: String,
    recipient_id: Uuid,
    /// Null once the person has been erased.
    #[schema(required)]
    to_name: Option<String>,
    #[schema(required)]
    to_address: Option<String>,
    /// A test with sample values.
    sample: bool,
    requested_by_name: String,
    requested_at: DateTime<Utc>,
    attempts: i64,
    /// Why the last attempt did not succeed, e.g. `unreachable`.
    #[schema(required)]
    problem: Option<String>,
    #[schema(required)]
    next_attempt_at: Option<DateTime<Utc>>,
    #[schema(required)]
    sent_at: Option<DateTime<Utc>>,
}

/// A message with its attempts and its words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notification {
    #[serde(flatten)]
    summary: NotificationRow,
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    #[schema(required)]
    template_version: Option<i64>,
    /// By which a mail server recognises a double.
    #[schema(required)]
    message_id: Option<String>,
    /// What the mail server said, without addresses.
    #[schema(required)]
    problem_detail: Option<String>,
    #[schema(required)]
    server_reply: Option<String>,
    steps: Vec<NotificationStep>,
    /// As it reads; links that would let somebody in are cut. Null once the person has been erased.
    #[schema(required)]
    letter: Option<Letter>,
}

/// What happened to a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationStep {
    at: DateTime<Utc>,
    /// The command, e.g. `begin`, `deliver`, `defer`.
    command: String,
    to_state: String,
    actor_name: Told,
    #[schema(required)]
    problem: Option<String>,
    /// What the mail server said, without addresses.
    #[schema(required)]
    detail: Option<Told>,
    #[schema(required)]
    reason: Option<Told>,
    #[schema(required)]
    next_attempt_at: Option<DateTime<Utc>>,
}

/// A message as it is read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Letter {
    subject: String,
    text: String,
    /// `p`, `br`, `ul`, `li`, `strong` and `a` only, every value escaped.
    html: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct NotificationFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[template]")]
    template: Option<String>,
    #[serde(rename = "filter[channel]")]
    channel: Option<String>,
    #[serde(rename = "filter[recipient_kind]")]
    recipient_kind: Option<String>,
    #[serde(rename = "filter[recipient_id]")]
    recipient_id: Option<String>,
    /// First date it was asked for, in Jakarta.
    #[serde(rename = "filter[from]")]
    from: Option<NaiveDate>,
    /// Last date it was asked for, in Jakarta.
    #[serde(rename = "filter[until]")]
    until: Option<NaiveDate>,
}

/// A message to somebody; each request is one message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotification {
    /// A code of the list of templates.
    template: String,
    /// `USER`, `TUTOR` or `SISWA`.
    recipient_kind: String,
    recipient_id: Uuid,
    /// `id` unless given, or `en`.
    locale: Option<String>,
    /// `EMAIL` unless given, or `WHATSAPP_TEXT` for a text to copy.
    channel: Option<String>,
}

pub async fn list(State(app): OurApp, list: List<NotificationFilter>) -> Result<Json<Page<NotificationRow>>, Problem> {
    Ok(Json(read::page(&app, &list).await?))
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Notification>, Problem> {
    Ok(Json(read::one(&app, id).await?))
}

/// 422 `no_address`, `not_by_hand`, `opted_out`, `recipient_inactive`, `recipient_unknown`, `recipient_unfit`, `template_unknown`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Body(new): Body<NewNotification>) -> Result<Created<Outcome>, Problem> {
    let now = app.engine.clock.now();
    // A repeated request is known by its key; its reference must not make it another one.
    let reference_id = Uuid::parse_str(&key).unwrap_or_else(|_| new_id(now));
    let mail = Mail {
        template: new.template,
        recipient_kind: one_of(
            "recipient_kind",
            &new.recipient_kind,
            &[("USER", RecipientKind::User), ("TUTOR", RecipientKind::Tutor), ("SISWA", RecipientKind::Siswa)],
        )?,
        recipient_id: new.recipient_id,
        reference_id,
        locale: new.locale.map(|text| one_of("locale", &text, &[("id", Locale::Id), ("en", Locale::En)])).transpose()?,
        channel: new.channel.map(|text| one_of("channel", &text, &[("EMAIL", Channel::Email), ("WHATSAPP_TEXT", Channel::WhatsappText)])).transpose()?,
        expires_at: None,
        sample: false,
    };
    let mut request = notification::by_person(&mail, who.actor, now);
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

fn one_of<T: Copy>(field: &str, text: &str, choices: &[(&'static str, T)]) -> Result<T, Problem> {
    let found = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    found.ok_or_else(|| Problem::invalid(FieldError::new(field, "not_a_choice").with("choices", names)))
}

impl From<notification::letter::Letter> for Letter {
    fn from(letter: notification::letter::Letter) -> Self {
        Self { subject: letter.subject, text: letter.text, html: letter.html }
    }
}
