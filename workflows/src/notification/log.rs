//! The row of a mail in the send log (NotificationLog): who, which text, how often tried, how it ended.
//!
//! The recipient's name and address stand in the table too (`to_name`, `to_address`), but not here: they are copied
//! from the account by the statements of `store`, so that no history keeps them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whose address a mail goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecipientKind {
    #[sea_orm(string_value = "USER")]
    User,
    #[sea_orm(string_value = "TUTOR")]
    Tutor,
    #[sea_orm(string_value = "SISWA")]
    Siswa,
}

/// How a message reaches people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    #[sea_orm(string_value = "EMAIL")]
    Email,
    /// A text that a person copies into WhatsApp.
    #[sea_orm(string_value = "WHATSAPP_TEXT")]
    WhatsappText,
}

/// The language of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    #[sea_orm(string_value = "id")]
    Id,
    #[sea_orm(string_value = "en")]
    En,
}

impl RecipientKind {
    /// The table that knows the person's name and address.
    pub fn table(self) -> &'static str {
        match self {
            Self::User => "user_account",
            Self::Tutor => "tutor",
            Self::Siswa => "siswa",
        }
    }
}

impl Channel {
    pub const ALL: [Self; 2] = [Self::Email, Self::WhatsappText];
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "notification_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub template: String,
    pub locale: Locale,
    pub channel: Channel,
    pub recipient_kind: RecipientKind,
    pub recipient_id: Uuid,
    /// What the mail is about: one mail for each template, recipient and reference.
    pub reference_id: Uuid,
    /// A test with sample values, to whoever asked for it.
    pub sample: bool,
    pub requested_by: Uuid,
    pub requested_at: DateTimeUtc,
    /// After this instant it is not sent any more.
    pub expires_at: Option<DateTimeUtc>,
    pub attempts: i64,
    /// Those made before a person last said to try again.
    pub attempts_before: i64,
    /// The version of the text that was last on its way.
    pub template_version: Option<i64>,
    /// The same for every attempt, so that a server that has it already can tell.
    pub message_id: Option<String>,
    /// Why the last attempt did not succeed: a stable code.
    pub problem: Option<String>,
    /// What the mail server said, without addresses.
    pub problem_detail: Option<String>,
    pub next_attempt_at: Option<DateTimeUtc>,
    pub sending_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub server_reply: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
