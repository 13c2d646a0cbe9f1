//! Why nothing is adjusted, each with a stable code.

use engine::refusal::{FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Neither a sesi nor anybody.
    NobodyNamed {
        field: &'static str,
    },
    /// The sesi is somebody else's.
    NotOfSesi {
        field: &'static str,
    },
    /// What is theirs belongs to the final settlement, which has adjustments of its own.
    TutorLeft,
    Zero,
    NotAMonth,
    MonthInFuture {
        present: String,
    },
    /// Neither its month nor the present one can be booked in.
    PeriodLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NobodyNamed { field } => at(field, "required"),
            Rejection::NotOfSesi { field } => at(field, "not_of_sesi"),
            Rejection::TutorLeft => at("tutor_id", "tutor_left"),
            Rejection::Zero => at("amount_rp", "adjustment_zero"),
            Rejection::NotAMonth => at("month", "not_a_month"),
            Rejection::MonthInFuture { present } => Self::new("month_in_future").at(FieldError::new("month", "month_in_future").with("present", present)),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
