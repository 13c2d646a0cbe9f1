//! Why somebody is not suspended, or a suspension is not changed, each with a stable code.

use chrono::{DateTime, Utc};
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// One at a time; this is the other one, unless it is from before there were any.
    AlreadySuspended {
        until: Option<DateTime<Utc>>,
        other: Option<Blocking>,
    },
    /// A draft, or somebody who is gone.
    NotActive {
        status: String,
    },
    /// What ends by a senior's approval only is not given an end this way.
    Indefinite,
    /// Only what has no end is looked at from time to time.
    HasEnd {
        until: DateTime<Utc>,
    },
    /// Its time has come; the timer ends it.
    Over,
    SesiRemain {
        count: i64,
        named: Vec<Blocking>,
    },
    AlreadyCleared,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::AlreadySuspended { until, other } => {
                at("tutor_id", "already_suspended").with("until", until.map(|instant| instant.to_rfc3339())).blocked_by(other.into_iter().collect())
            }
            Rejection::NotActive { status } => at("tutor_id", "tutor_not_active").with("status", status),
            Rejection::Indefinite => at("days", "suspension_indefinite"),
            Rejection::HasEnd { until } => Self::new("suspension_has_end").with("until", until.to_rfc3339()),
            Rejection::Over => Self::new("suspension_over"),
            Rejection::SesiRemain { count, named } => Self::new("sesi_remain").with("count", count).blocked_by(named),
            Rejection::AlreadyCleared => Self::new("already_cleared"),
        }
    }
}
