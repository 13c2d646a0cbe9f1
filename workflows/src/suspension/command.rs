//! What may be asked about a suspension.

use super::record::EndCause;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// For so many days of 24 hours; without them until a senior ends it.
    Impose {
        tutor_id: Uuid,
        #[serde(default)]
        days: Option<i64>,
        /// The strike it is the sanction of: when that falls, so does this.
        #[serde(default)]
        strike_id: Option<Uuid>,
    },
    /// So many days longer; without them until a senior ends it.
    Extend {
        #[serde(default)]
        days: Option<i64>,
    },
    /// An indefinite one was looked at and stays.
    Keep,
    /// Nothing of the tutor is left in it.
    ConfirmCleared,
    /// Ended early by another workflow.
    Lift { cause: EndCause },
    /// The tutor was terminated; the termination says what they are from now on.
    Close,
    /// Its time is over.
    End,
}
