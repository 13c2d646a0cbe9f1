//! Why somebody is not erased, each with a stable code and what to do about it.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// Something that is not finished yet still needs the person.
    InTheWay(Vec<Blocking>),
    AlreadyErased,
    /// Not said to be meant for good.
    NotConfirmed,
    /// Nobody decides about their own erasure.
    Oneself,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::InTheWay(blocking) => Self::new("erasure_blocked").blocked_by(blocking),
            Rejection::AlreadyErased => Self::new("already_erased").at(FieldError::new("person_id", "already_erased")),
            Rejection::NotConfirmed => Self::new("not_confirmed").at(FieldError::new("confirmed", "not_confirmed")),
            Rejection::Oneself => Self::new("erasing_oneself"),
        }
    }
}
