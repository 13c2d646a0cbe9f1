//! What happens to the record of a mail, as recorded in its history; folding the changes gives the row.

use super::command::Trouble;
use super::log::{Channel, Locale, Model, RecipientKind};
use chrono::{DateTime, Utc};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Requested(Requested),
    Began {
        template_version: i64,
        message_id: String,
        at: DateTime<Utc>,
    },
    Delivered {
        at: DateTime<Utc>,
        reply: Option<String>,
    },
    /// Known not to have been sent; the next attempt is due then, or a person is asked.
    NotSent {
        trouble: Trouble,
        next_attempt_at: Option<DateTime<Utc>>,
    },
    TrackLost {
        trouble: Trouble,
    },
    AttemptDue,
    /// A person wants it tried again, from the start.
    Resumed,
    MarkedDelivered {
        at: DateTime<Utc>,
    },
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    pub id: Uuid,
    pub code: String,
    pub template: String,
    pub locale: Locale,
    pub channel: Channel,
    pub recipient_kind: RecipientKind,
    pub recipient_id: Uuid,
    pub reference_id: Uuid,
    pub sample: bool,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Folds a change into the row. Pure.
pub(super) fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Requested(requested) = change {
        return Ok(fresh(requested));
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "notification".into(), rule: "changed before it was requested".into() })?;
    match change {
        Change::Requested(_) => {}
        Change::Began { template_version, message_id, at } => {
            model.attempts += 1;
            model.template_version = Some(*template_version);
            model.message_id = Some(message_id.clone());
            model.sending_at = Some(*at);
            settle(&mut model, None, None);
        }
        Change::Delivered { at, reply } => {
            model.sent_at = Some(*at);
            model.server_reply.clone_from(reply);
            settle(&mut model, None, None);
        }
        Change::NotSent { trouble, next_attempt_at } => {
            // An attempt that came as far as the content has been counted.
            if model.sending_at.is_none() {
                model.attempts += 1;
            }
            model.sending_at = None;
            settle(&mut model, Some(trouble), *next_attempt_at);
        }
        Change::TrackLost { trouble } => settle(&mut model, Some(trouble), None),
        Change::AttemptDue => model.next_attempt_at = None,
        Change::Resumed => {
            model.attempts_before = model.attempts;
            model.sending_at = None;
            settle(&mut model, None, None);
        }
        Change::MarkedDelivered { at } => {
            model.sent_at = Some(*at);
            settle(&mut model, None, None);
        }
        Change::Cancelled => model.next_attempt_at = None,
    }
    Ok(model)
}

fn settle(model: &mut Model, trouble: Option<&Trouble>, next_attempt_at: Option<DateTime<Utc>>) {
    model.problem = trouble.map(|trouble| trouble.problem.clone());
    model.problem_detail = trouble.and_then(|trouble| trouble.detail.clone());
    model.next_attempt_at = next_attempt_at;
}

fn fresh(requested: &Requested) -> Model {
    let Requested { id, code, template, locale, channel, recipient_kind, recipient_id, reference_id, sample, requested_by, requested_at, expires_at } =
        requested.clone();
    Model {
        id,
        code,
        template,
        locale,
        channel,
        recipient_kind,
        recipient_id,
        reference_id,
        sample,
        requested_by,
        requested_at,
        expires_at,
        attempts: 0,
        attempts_before: 0,
        template_version: None,
        message_id: None,
        problem: None,
        problem_detail: None,
        next_attempt_at: None,
        sending_at: None,
        sent_at: None,
        server_reply: None,
    }
}
