//! Why a claim is not filed, added to or appealed, each with a stable code.

use chrono::{DateTime, Utc};
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// The tutor has no denda and no strike of this sesi that still counts.
    NothingToClaim,
    /// The time to claim is over.
    ClaimWindowClosed { until: DateTime<Utc> },
    /// One claim for one penalty.
    AlreadyClaimed(Blocking),
    /// A file that cannot be evidence, with why not.
    Evidence { code: &'static str },
    /// The time to appeal is over.
    AppealWindowClosed { until: DateTime<Utc> },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NothingToClaim => at("sesi_id", "nothing_to_claim"),
            Rejection::ClaimWindowClosed { until } => {
                let fault = FieldError::new("sesi_id", "claim_window_closed").with("until", until.to_rfc3339());
                Self::new("claim_window_closed").with("until", until.to_rfc3339()).at(fault)
            }
            Rejection::AlreadyClaimed(blocking) => at("sesi_id", "already_claimed").blocked_by(vec![blocking]),
            Rejection::Evidence { code } => at("evidence", code),
            Rejection::AppealWindowClosed { until } => Self::new("appeal_window_closed").with("until", until.to_rfc3339()),
        }
    }
}
