//! Why somebody is not erased, each with a stable code and what to do about it.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Something that is not finished yet still needs the person.
    InTheWay(Vec<Blocking>),
    AlreadyErased,
    /// Nobody decides about their own erasure.
    Oneself,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::InTheWay(blocking) => Self::new("erasure_blocked").blocked_by(blocking),
            Rejection::AlreadyErased => Self::new("already_erased").at(FieldError::new("person_id", "already_erased")),
            Rejection::Oneself => Self::new("erasing_oneself"),
        }
    }
}
