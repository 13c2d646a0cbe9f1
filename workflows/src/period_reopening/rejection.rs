//! Why a month is not opened again, each with a stable code.

use crate::period::lock;
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    NotAMonth,
    /// It was never closed by anybody, or is open.
    NotClosed,
    /// Later months are closed: the last one is opened first.
    LaterClosed(Vec<String>),
    /// Somebody has asked already, or it is open.
    AlreadyRequested(Blocking),
    UntilPassed,
    UntilTooFar {
        most_days: i64,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str, field: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NotAMonth => at("not_month", "month"),
            Rejection::NotClosed => at("period_not_closed", "month"),
            Rejection::LaterClosed(months) => {
                let last = months.first().cloned().unwrap_or_default();
                let blocking = |month: &String| Blocking { kind: "period".into(), id: lock::audit_id(month), code: month.clone(), label: "LOCKED".into() };
                let field = FieldError::new("month", "later_closed").with("month", last.clone());
                Self::new("later_closed").with("month", last).at(field).blocked_by(months.iter().map(blocking).collect())
            }
            Rejection::AlreadyRequested(other) => at("reopening_requested", "month").blocked_by(vec![other]),
            Rejection::UntilPassed => at("until_passed", "until"),
            Rejection::UntilTooFar { most_days } => Self::new("until_too_far").at(FieldError::new("until", "until_too_far").with("days", most_days)),
        }
    }
}
