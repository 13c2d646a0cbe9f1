//! Why a reactivation is not asked for, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    NotSuspended,
    /// One at a time.
    AlreadyRequested(Blocking),
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NotSuspended => at("tutor_id", "not_suspended"),
            Rejection::AlreadyRequested(other) => at("tutor_id", "reactivation_requested").blocked_by(vec![other]),
        }
    }
}
