//! What the pages of tutors and siswa share: documents, who may be the same, what a form is told before it is sent.

pub mod documents;
pub mod export;

use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::{FieldFault, Problem};
use crate::view::Named;
use chrono::{DateTime, Utc};
use engine::definition::check_text;
use engine::refusal::FieldError;
use engine::within::Within;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::changes::Written;
use workflows::notification::log::RecipientKind;
use workflows::notification::{self, Mail};
use workflows::people::Findings;
use workflows::people::documents::Attached;
use workflows::people::duplicates::Match;

/// A document of somebody; opened by its own address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonDocument {
    id: Uuid,
    /// `PHOTO`, `KTP`, `AKTA` or `CONTRACT`.
    role: String,
    name: String,
    content_type: String,
    size: i64,
    /// `PENDING`, `CLEAN`, `INFECTED` or `SKIPPED`.
    scan_state: String,
    uploaded_at: DateTime<Utc>,
    uploaded_by: Named,
    /// Null for the one that counts.
    #[schema(required)]
    replaced_at: Option<DateTime<Utc>>,
}

/// Somebody who may be the same person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PossibleDuplicate {
    id: Uuid,
    code: String,
    name: String,
    status: String,
    /// What is alike: `phone`, `email`, `name`.
    alike: Vec<String>,
}

/// What is to be said of a form before it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormCheck {
    faults: Vec<FieldFault>,
    /// Taken, but worth a look, e.g. `outside_indonesia`.
    warnings: Vec<FieldFault>,
    /// For somebody new only.
    duplicates: Vec<PossibleDuplicate>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonStatusChange {
    /// `DRAFT`, `ACTIVE` or `ARCHIVED`.
    pub status: String,
    pub reason: String,
}

impl FormCheck {
    pub fn new(findings: Findings, duplicates: Vec<Match>) -> Self {
        let told = |faults: Vec<FieldError>| faults.into_iter().map(Into::into).collect();
        Self { faults: told(findings.faults), warnings: told(findings.warnings), duplicates: duplicates.into_iter().map(Into::into).collect() }
    }
}

impl From<Match> for PossibleDuplicate {
    fn from(Match { id, code, name, status, alike }: Match) -> Self {
        Self { id, code, name, status, alike: alike.into_iter().map(str::to_owned).collect() }
    }
}

impl From<Attached> for PersonDocument {
    fn from(attached: Attached) -> Self {
        Self {
            id: attached.document_id,
            role: attached.role,
            name: attached.name,
            content_type: attached.content_type,
            size: attached.size,
            scan_state: attached.scan_state,
            uploaded_at: attached.uploaded_at,
            uploaded_by: Named { id: attached.uploaded_by, name: attached.uploaded_by_name },
            replaced_at: attached.replaced_at,
        }
    }
}

/// Who changes something, now, and why if they say.
pub fn written<'a>(app: &App, who: &'a SignedIn, reason: Option<&'a str>) -> Written<'a> {
    Written { actor: &who.actor, at: app.engine.clock.now(), reason }
}

/// A reason that must be given.
pub fn reason(text: &str) -> Result<&str, Problem> {
    check_text("reason", text).map_or_else(|| Ok(text.trim()), |fault| Err(Problem::invalid(fault)))
}

/// A reason that may be given.
pub fn reason_if_any<'a>(field: &'static str, text: Option<&'a str>) -> Result<Option<&'a str>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    check_text(field, text).map_or_else(|| Ok(Some(text)), |fault| Err(Problem::invalid(fault)))
}

/// Asks for the mail that welcomes somebody, in the transaction that makes them (SPEC NOT-1).
pub async fn welcome(app: &App, who: &SignedIn, tx: &engine::db::Tx, (kind, id, email): (RecipientKind, Uuid, Option<&str>)) -> Result<Within, Problem> {
    if email.is_none() {
        return Err(Problem::invalid(FieldError::new("email", "required")));
    }
    let template = if kind == RecipientKind::Tutor { "welcome_tutor" } else { "welcome_siswa" };
    let mail = Mail { recipient_kind: kind, ..Mail::to_user(template, id, id) };
    Ok(app.engine.execute_within(tx, &notification::by_person(&mail, who.actor.clone(), app.engine.clock.now())).await?)
}
