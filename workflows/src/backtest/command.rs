//! What may be asked about a backtest.

use super::prices::{Bump, CellPrice};
use super::record::Subject;
use engine::backtest::{Place, Report};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Start(Start),
    /// A worker has decided the next part anew.
    Progress {
        part: i64,
        /// Behind the last decision of the part; nothing when there was none.
        place: Option<Place>,
        report: Box<Report>,
        ended: bool,
    },
    /// The draft, or a version it stands on, cannot be used any more.
    Fail {
        message: String,
    },
    Cancel,
}

/// A draft of a policy with its script and parameters, or of prices with cells, a bump, or both; and the days, in WIB,
/// whose decisions it is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub subject: Subject,
    pub kind: Option<String>,
    pub publication_id: Option<Uuid>,
    pub script: Option<String>,
    pub params: Option<Value>,
    #[serde(default)]
    pub cells: Vec<CellPrice>,
    pub bump: Option<Bump>,
    pub from_on: String,
    pub to_on: String,
}
