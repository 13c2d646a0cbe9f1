//! Which messages somebody wants (SPEC NOT-2): one's own, and those of tutor and siswa, who say it to somebody here.

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::FieldError;
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::notification::log::{Channel, RecipientKind};
use workflows::notification::preference::{self, Preference, Whose};

/// Whether somebody gets a message in one way.
#[derive(Serialize, ToSchema)]
pub struct MessagePreference {
    /// A code of the list of templates.
    template: &'static str,
    /// `EMAIL` or `WHATSAPP_TEXT`.
    channel: String,
    wanted: bool,
    /// False for what is always sent, such as the mail to choose a new password.
    may_be_declined: bool,
    #[schema(required)]
    changed_at: Option<DateTime<Utc>>,
}

/// Every message there is for this person, in every way it can come.
#[derive(Serialize, ToSchema)]
pub struct MessagePreferences {
    items: Vec<MessagePreference>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferenceChange {
    template: String,
    /// `EMAIL` or `WHATSAPP_TEXT`.
    channel: String,
    wanted: bool,
}

pub async fn own(State(app): OurApp, who: SignedIn) -> Result<Json<MessagePreferences>, Problem> {
    shown(&app, Whose { kind: RecipientKind::User, id: who.actor.id }).await
}

/// 422 `invalid` at `template` (`unknown`, `always_sent`) or `channel`.
pub async fn change_own(State(app): OurApp, who: SignedIn, Body(change): Body<PreferenceChange>) -> Result<Json<MessagePreferences>, Problem> {
    changed(&app, Whose { kind: RecipientKind::User, id: who.actor.id }, &change, &who.actor).await
}

pub async fn of_tutor(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<MessagePreferences>, Problem> {
    shown(&app, Whose { kind: RecipientKind::Tutor, id }).await
}

/// 422 `invalid` at `template` (`unknown`, `always_sent`) or `channel`.
pub async fn change_of_tutor(
    State(app): OurApp,
    who: SignedIn,
    At(id): At<Uuid>,
    Body(change): Body<PreferenceChange>,
) -> Result<Json<MessagePreferences>, Problem> {
    changed(&app, Whose { kind: RecipientKind::Tutor, id }, &change, &who.actor).await
}

pub async fn of_siswa(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<MessagePreferences>, Problem> {
    shown(&app, Whose { kind: RecipientKind::Siswa, id }).await
}

/// 422 `invalid` at `template` (`unknown`, `always_sent`) or `channel`.
pub async fn change_of_siswa(
    State(app): OurApp,
    who: SignedIn,
    At(id): At<Uuid>,
    Body(change): Body<PreferenceChange>,
) -> Result<Json<MessagePreferences>, Problem> {
    changed(&app, Whose { kind: RecipientKind::Siswa, id }, &change, &who.actor).await
}

async fn shown(app: &App, whose: Whose) -> Result<Json<MessagePreferences>, Problem> {
    let reader = app.engine.db.reader();
    let sql = format!("SELECT id FROM {} WHERE id = ?", whose.kind.table());
    db::row(reader, &sql, vec![whose.id.into()]).await?.ok_or_else(|| nobody(whose.kind))?;
    let items = preference::all(reader, whose).await?.into_iter().map(MessagePreference::from).collect();
    Ok(Json(MessagePreferences { items }))
}

async fn changed(app: &App, whose: Whose, change: &PreferenceChange, actor: &Actor) -> Result<Json<MessagePreferences>, Problem> {
    let tx = app.engine.db.begin().await?;
    let code = held(&tx, whose).await?;
    let before = asked(preference::all(&tx, whose).await?, change)?;
    // What is said again changes nothing and leaves no second record.
    if before.wanted != change.wanted {
        let now = app.engine.clock.now();
        let mut batch = Batch::default();
        preference::say(whose, &Preference { wanted: change.wanted, ..before.clone() }, (now, &mut batch));
        let about = json!({ "template": before.template.code, "channel": before.channel.to_value(), "wanted": change.wanted });
        let action = Action {
            action: format!("{}.message_preference", entity(whose.kind)),
            entity_type: entity(whose.kind),
            entity_id: whose.id,
            entity_code: Some(&code),
            instance_seq: None,
            on_behalf_of: None,
            before: Some(json!({ "wanted": before.wanted })),
            after: Some(about),
            reason: None,
        };
        audit::record(action, actor, now, &mut batch);
        batch.run(&tx).await?;
    }
    tx.commit().await?;
    shown(app, whose).await
}

/// The person's code, or address for a user; two changes for one person come one after the other.
async fn held(tx: &Tx, whose: Whose) -> Result<String, Problem> {
    let code = if whose.kind == RecipientKind::User { "email" } else { "code" };
    let sql = format!("SELECT {code} AS code FROM {} WHERE id = ?", whose.kind.table());
    let row = db::locked_row(tx, &sql, vec![whose.id.into()]).await?.ok_or_else(|| nobody(whose.kind))?;
    Ok(row.try_get("", "code").map_err(engine::refusal::Failure::from)?)
}

/// The line that is to be changed.
fn asked(all: Vec<Preference>, change: &PreferenceChange) -> Result<Preference, Problem> {
    let channels = Channel::ALL.map(|channel| channel.to_value());
    if !channels.contains(&change.channel) {
        return Err(Problem::invalid(FieldError::new("channel", "not_a_choice").with("choices", channels.to_vec())));
    }
    let found = all.into_iter().find(|each| each.template.code == change.template && each.channel.to_value() == change.channel);
    match found {
        None => Err(Problem::invalid(FieldError::new("template", "unknown"))),
        Some(found) if !found.template.may_be_declined && !change.wanted => Err(Problem::invalid(FieldError::new("template", "always_sent"))),
        Some(found) => Ok(found),
    }
}

fn nobody(kind: RecipientKind) -> Problem {
    Problem::not_found(entity(kind))
}

fn entity(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::User => "user",
        RecipientKind::Tutor => "tutor",
        RecipientKind::Siswa => "siswa",
    }
}

impl From<Preference> for MessagePreference {
    fn from(preference: Preference) -> Self {
        Self {
            template: preference.template.code,
            channel: preference.channel.to_value(),
            wanted: preference.wanted,
            may_be_declined: preference.template.may_be_declined,
            changed_at: preference.changed_at,
        }
    }
}
