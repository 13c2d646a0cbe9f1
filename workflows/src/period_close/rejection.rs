//! Why a month is not closed, each with a stable code.

use crate::period::evidence::{Check, Evidence};
use engine::refusal::{Blocking, FieldError, Rejected};
use engine::tag::Tag;

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    NotAMonth,
    /// Nothing can have happened in it yet.
    MonthNotBegun,
    /// It is closed, and nobody has opened it again.
    PeriodLocked {
        month: String,
    },
    /// Somebody closes it already.
    AlreadyRunning(Blocking),
    /// Something stands in the way of this check, so it is not signed.
    CheckBlocked(Box<Evidence>),
    /// What is signed is no longer what was on the screen.
    EvidenceChanged(Check),
    NotSigned(Check),
    AlreadyChecking,
    /// Something stands in the way of closing.
    ChecksBlocked(Vec<Evidence>),
    SignaturesMissing(Vec<Check>),
    /// What was signed has changed since.
    SignaturesStale(Vec<Check>),
    /// Whoever closes has signed everything themselves.
    SecondPersonNeeded,
    /// The part is not the next one.
    PartOutOfOrder,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str, field: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NotAMonth => at("not_month", "month"),
            Rejection::MonthNotBegun => at("month_not_begun", "month"),
            Rejection::PeriodLocked { month } => {
                Self::new("period_locked").with("month", month.clone()).at(FieldError::new("month", "period_locked").with("month", month))
            }
            Rejection::AlreadyRunning(other) => at("closing_running", "month").blocked_by(vec![other]),
            Rejection::CheckBlocked(evidence) => {
                let blocking = evidence.blocking.iter().map(Blocking::from).collect();
                at("check_blocked", "check").with("count", evidence.blocking_count).blocked_by(blocking)
            }
            Rejection::EvidenceChanged(check) => at("evidence_changed", "check").with("check", check.as_str()),
            Rejection::NotSigned(check) => at("not_signed", "check").with("check", check.as_str()),
            Rejection::AlreadyChecking => Self::new("already_checking"),
            Rejection::ChecksBlocked(checks) => {
                let blocking = checks.iter().flat_map(|evidence| &evidence.blocking).map(Blocking::from).collect();
                Self::new("checks_blocked").with("checks", names(&checks.iter().map(|evidence| evidence.check).collect::<Vec<_>>())).blocked_by(blocking)
            }
            Rejection::SignaturesMissing(checks) => Self::new("signatures_missing").with("checks", names(&checks)),
            Rejection::SignaturesStale(checks) => Self::new("signatures_stale").with("checks", names(&checks)),
            Rejection::SecondPersonNeeded => Self::new("second_person_needed"),
            Rejection::PartOutOfOrder => Self::new("part_out_of_order"),
        }
    }
}

fn names(checks: &[Check]) -> Vec<&'static str> {
    checks.iter().map(|check| check.as_str()).collect()
}
