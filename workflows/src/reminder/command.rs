//! What may be told of reminders, and which kinds there are.

use crate::notification::log::RecipientKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

engine::tags! {
    /// Of what somebody is reminded.
    pub enum Kind { LatePayment => "LATE_PAYMENT", LowCompletion => "LOW_COMPLETION" }
}

impl Kind {
    /// The text they are sent; whoever does not want it is left alone.
    pub const fn template(self) -> &'static str {
        match self {
            Self::LatePayment => "reminder_payment",
            Self::LowCompletion => "reminder_completion",
        }
    }

    /// Who is reminded.
    pub const fn recipient(self) -> RecipientKind {
        match self {
            Self::LatePayment => RecipientKind::Siswa,
            Self::LowCompletion => RecipientKind::Tutor,
        }
    }

    /// The column of `reminder_log` that holds them.
    pub const fn column(self) -> &'static str {
        match self {
            Self::LatePayment => "siswa_id",
            Self::LowCompletion => "tutor_id",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// These people were sent their text.
    Log { kind: Kind, parties: Vec<Uuid> },
}
