//! What may be asked of a mail.

use super::log::{Channel, Locale, RecipientKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A message to somebody. It holds nothing secret: links are made when it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    /// A code of [`super::template::TEMPLATES`].
    pub template: String,
    pub recipient_kind: RecipientKind,
    pub recipient_id: Uuid,
    /// What it is about; a second request with the same one is refused.
    pub reference_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub locale: Option<Locale>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel: Option<Channel>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it is a test with sample values.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub sample: bool,
}

/// Why an attempt did not succeed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// One of [`super::PROBLEMS`].
    pub problem: String,
    pub detail: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request(Mail),
    RequestBySystem(Mail),
    /// The mail server is ready for the content; from here on its answer counts.
    Begin {
        template_version: i64,
        message_id: String,
    },
    Deliver {
        reply: Option<String>,
    },
    /// Known not to have been sent, but it may work later.
    Defer(Trouble),
    /// Known not to have been sent, and trying again will not help.
    Refuse(Trouble),
    LoseTrack(Trouble),
    TryAgain,
    Expire,
    Retry,
    SendAgain,
    MarkDelivered,
    Cancel,
}
