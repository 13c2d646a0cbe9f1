//! What may be asked of a billing run.

use super::part::Range;
use super::preflight::Report;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The run of a month lies ready until it is over.
    Schedule {
        period_month: String,
    },
    /// The timer looks whether the day has come.
    Wake,
    /// Somebody begins: the run that lies ready, or a further one of a month.
    Begin {
        period_month: Option<String>,
        /// When the Tagihan are to be paid; some days after they are issued unless it is said.
        due_on: Option<String>,
    },
    /// A worker has looked ahead, and says in which ranges it is best billed.
    Preflighted {
        report: Box<Report>,
        ranges: Vec<Range>,
    },
    /// Somebody has seen why it stopped.
    Proceed,
    /// The next part is billed.
    Progress {
        part: i64,
    },
    /// Everything is billed: it is issued.
    Finish,
    /// It cannot go on.
    Fail {
        message: String,
    },
    Cancel,
}
