//! Why a settlement is not taken back, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    AlreadyReversed,
    /// The siswa was billed for it: a credit note is the way.
    Billed(Blocking),
    Paid,
    BeingOverridden(Blocking),
    /// What is theirs belongs to the final settlement, which has adjustments of its own.
    TutorLeft,
    PeriodLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str| Self::new(code).at(FieldError::new("settlement_id", code));
        match rejection {
            Rejection::AlreadyReversed => at("settlement_reversed"),
            Rejection::Billed(tagihan) => at("settlement_billed").blocked_by(vec![tagihan]),
            Rejection::Paid => at("settlement_paid"),
            Rejection::BeingOverridden(other) => at("override_requested").blocked_by(vec![other]),
            Rejection::TutorLeft => at("tutor_left"),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
