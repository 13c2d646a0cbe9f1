//! The texts of our messages: the list, one with its versions, editing, preview, a test to oneself (SPEC NOT-2).

mod write;

use super::OurApp;
use super::notifications::Letter;
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Key};
use crate::view::outcome::Outcome;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::refusal::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::notification::log::{Locale, RecipientKind};
use workflows::notification::template::{self, Template, Version};
use workflows::notification::{self, Mail, letter};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateSummary {
    code: String,
    /// `USER`, `TUTOR` or `SISWA`.
    recipient_kind: String,
    /// Whether people may say that they do not want it.
    may_be_declined: bool,
    /// Whether people may send it; others go out by themselves.
    by_hand: bool,
    texts: Vec<TemplateHead>,
}

/// The version in force of a text in one language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateHead {
    /// `id` or `en`.
    locale: String,
    version: i64,
    subject: String,
    author_name: String,
    created_at: DateTime<Utc>,
}

/// A text in one language with all its versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateText {
    code: String,
    locale: String,
    recipient_kind: String,
    may_be_declined: bool,
    /// The version in force.
    version: i64,
    subject: String,
    body: String,
    /// As the program brought it.
    default_subject: String,
    default_body: String,
    placeholders: Vec<TemplatePlaceholder>,
    /// The newest first.
    versions: Vec<TemplateVersion>,
}

/// `{{name}}` in a text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplatePlaceholder {
    name: String,
    /// What a preview puts in its place.
    sample: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateVersion {
    version: i64,
    subject: String,
    body: String,
    author_name: String,
    created_at: DateTime<Utc>,
}

/// A text as somebody would have it. `{{name}}` is a placeholder, `**…**` bold, `[words](address)` a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateDraft {
    subject: String,
    body: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateEdit {
    subject: String,
    body: String,
    /// The version the edit began with; 412 when another has come since.
    based_on: i64,
}

pub async fn list(State(app): OurApp) -> Result<Json<Vec<TemplateSummary>>, Problem> {
    let mut all = vec![];
    for template in &template::TEMPLATES {
        let mut texts = vec![];
        for locale in Locale::ALL {
            let current = template::current(app.engine.db.reader(), template.code, locale).await?;
            texts.extend(current.map(|version| TemplateHead {
                locale: locale.as_str().into(),
                version: version.version,
                subject: version.subject,
                author_name: version.author_name,
                created_at: version.created_at,
            }));
        }
        all.push(TemplateSummary {
            code: template.code.into(),
            recipient_kind: kind(template).into(),
            may_be_declined: template.may_be_declined,
            by_hand: template.by_hand,
            texts,
        });
    }
    Ok(Json(all))
}

pub async fn show(State(app): OurApp, At(address): At<(String, String)>) -> Result<Json<TemplateText>, Problem> {
    let (template, locale) = find(&address)?;
    Ok(Json(read(&app, template, locale).await?))
}

/// 422 `invalid` at `subject` or `body` with `line` and `column` (`unknown_placeholder`, `placeholder_open`,
/// `link_not_allowed`, `not_one_line`, `required`, `too_long`); 412 `stale_revision`.
pub async fn edit(State(app): OurApp, who: SignedIn, At(address): At<(String, String)>, Body(edit): Body<TemplateEdit>) -> Result<Json<TemplateText>, Problem> {
    let (template, locale) = find(&address)?;
    write::edit(&app, &who.actor, (template, locale), &edit).await?;
    Ok(Json(read(&app, template, locale).await?))
}

/// The draft with sample values. 422 as when it is saved.
pub async fn preview(At(address): At<(String, String)>, Body(draft): Body<TemplateDraft>) -> Result<Json<Letter>, Problem> {
    let (template, locale) = find(&address)?;
    write::check(template, &draft.subject, &draft.body)?;
    let letter = letter::write(template, (&draft.subject, &draft.body), &template.samples(), locale).map_err(|_| Problem::internal())?;
    Ok(Json(letter.into()))
}

/// Sends the version in force, with sample values, to the address of whoever asks.
pub async fn test(State(app): OurApp, who: SignedIn, Key(key): Key, At(address): At<(String, String)>) -> Result<Created<Outcome>, Problem> {
    let (template, locale) = find(&address)?;
    let now = app.engine.clock.now();
    let reference_id = Uuid::parse_str(&key).map_err(|_| Problem::internal())?;
    let mail = Mail { locale: Some(locale), sample: true, ..Mail::to_user(template.code, who.actor.id, reference_id) };
    let mut request = notification::by_person(&mail, who.actor, now);
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

fn find((code, locale): &(String, String)) -> Result<(&'static Template, Locale), Problem> {
    let template = template::of(code).ok_or_else(|| Problem::not_found("template"))?;
    let locale = Locale::parse(locale).ok_or_else(|| Problem::not_found("template"))?;
    Ok((template, locale))
}

fn kind(template: &Template) -> &'static str {
    match template.recipient {
        RecipientKind::User => "USER",
        RecipientKind::Tutor => "TUTOR",
        RecipientKind::Siswa => "SISWA",
    }
}

async fn read(app: &App, template: &'static Template, locale: Locale) -> Result<TemplateText, Problem> {
    let versions = template::versions(app.engine.db.reader(), template.code, locale).await?;
    let current = versions.first().ok_or_else(|| Problem::not_found("template"))?;
    let (default_subject, default_body) = template.default_text(locale);
    Ok(TemplateText {
        code: template.code.into(),
        locale: locale.as_str().into(),
        recipient_kind: kind(template).into(),
        may_be_declined: template.may_be_declined,
        version: current.version,
        subject: current.subject.clone(),
        body: current.body.clone(),
        default_subject: default_subject.into(),
        default_body: default_body.into(),
        placeholders: template.placeholders.iter().map(|one| TemplatePlaceholder { name: one.name.into(), sample: one.sample.into() }).collect(),
        versions: versions.into_iter().map(Into::into).collect(),
    })
}

impl From<Version> for TemplateVersion {
    fn from(version: Version) -> Self {
        let Version { version, subject, body, author_name, created_at, .. } = version;
        Self { version, subject, body, author_name, created_at }
    }
}

/// A fault of a text as a fault of its field.
fn fault((field, fault): (&'static str, notification::markup::Fault)) -> FieldError {
    FieldError::new(field, fault.code).with("line", fault.line).with("column", fault.column).with("text", fault.text)
}
