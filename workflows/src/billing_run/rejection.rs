//! Why a billing run is not begun or does not go on, each with a stable code at its field.

use chrono::{DateTime, Utc};
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    MonthRequired,
    NotAMonth,
    /// The run that lies ready is of another month.
    OtherMonth {
        month: String,
    },
    /// Somewhere it is not over before this instant.
    MonthNotOver {
        over_at: DateTime<Utc>,
    },
    PeriodLocked {
        month: String,
    },
    /// One of this month is under way, or lies ready.
    AlreadyRunning(Blocking),
    NotADate,
    DueInThePast,
    /// The part is not the next one.
    PartOutOfOrder,
    /// What is carried over would be posted today, and today's month is locked.
    TodayLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str, field: &str| Self::new(code).at(FieldError::new(field, code));
        let month = |code: &str, month: String| Self::new(code).with("month", month.clone()).at(FieldError::new("period_month", code).with("month", month));
        match rejection {
            Rejection::MonthRequired => at("required", "period_month"),
            Rejection::NotAMonth => at("not_month", "period_month"),
            Rejection::OtherMonth { month: ready } => month("other_month", ready),
            Rejection::MonthNotOver { over_at } => {
                let over_at = over_at.to_rfc3339();
                Self::new("month_not_over").with("over_at", over_at.clone()).at(FieldError::new("period_month", "month_not_over").with("over_at", over_at))
            }
            Rejection::PeriodLocked { month: locked } => month("period_locked", locked),
            Rejection::AlreadyRunning(blocking) => {
                Self::new("billing_running").at(FieldError::new("period_month", "billing_running")).blocked_by(vec![blocking])
            }
            Rejection::NotADate => at("not_date", "due_on"),
            Rejection::DueInThePast => at("in_past", "due_on"),
            Rejection::PartOutOfOrder => Self::new("part_out_of_order"),
            Rejection::TodayLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
