//! Why a denda stays as it is, each with a stable code.

use engine::refusal::Rejected;

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Neither the month of the sesi nor the present one can be booked in.
    PeriodLocked { month: String },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
