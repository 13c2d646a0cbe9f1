//! Why a strike stays as it is, each with a stable code.

use engine::refusal::{FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// There is no open proposal to decide about.
    NothingProposed,
    /// That is what is proposed: it is confirmed, not changed.
    Unchanged,
    /// Whoever is terminated is not suspended as well.
    DaysWithTermination,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NothingProposed => Self::new("nothing_proposed"),
            Rejection::Unchanged => at("sanction", "sanction_unchanged"),
            Rejection::DaysWithTermination => at("suspension_days", "days_with_termination"),
        }
    }
}
