//! Why a draft does not go on, each with a stable code and the place to mend it.

use chrono::{DateTime, Utc};
use engine::refusal::{FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Something in the draft is wrong or missing; every fault at its field, row or line.
    NotReady(Vec<FieldError>),
    /// Script and parameters are those of the version it would replace.
    Unchanged { number: i64 },
    /// Another version has come into force, or is scheduled before this one, since the draft began.
    BaseOutdated { base: i64, now: i64 },
    /// Whoever had a hand in a draft does not approve it.
    OwnDraft,
    /// Its time has come; it can no longer be called off.
    InForce { since: DateTime<Utc> },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotReady(faults) => faults.into_iter().fold(Self::new("policy_not_ready"), Self::at),
            Rejection::Unchanged { number } => Self::new("policy_unchanged").with("number", number),
            Rejection::BaseOutdated { base, now } => {
                let fault = FieldError::new("base_number", "base_outdated").with("base", base).with("now", now);
                Self::new("base_outdated").with("base", base).with("now", now).at(fault)
            }
            Rejection::OwnDraft => Self::new("policy_own_draft"),
            Rejection::InForce { since } => Self::new("policy_in_force").with("since", since.to_rfc3339()),
        }
    }
}
