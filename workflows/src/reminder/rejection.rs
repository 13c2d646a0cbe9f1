//! Why reminders are not logged, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    Nobody,
    TooMany {
        most: usize,
    },
    Unknown,
    /// They do not want this text.
    OptedOut(Vec<Blocking>),
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |code: &str| Self::new(code).at(FieldError::new("parties", code));
        match rejection {
            Rejection::Nobody => at("required"),
            Rejection::TooMany { most } => Self::new("out_of_range").at(FieldError::new("parties", "out_of_range").with("min", 1).with("max", most)),
            Rejection::Unknown => at("unknown"),
            Rejection::OptedOut(people) => at("opted_out").blocked_by(people),
        }
    }
}
