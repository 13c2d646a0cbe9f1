//! What the routes that edit the catalog share: the body's common part, and refusals as problems.

use crate::problem::Problem;
use crate::request::not_held;
use engine::refusal::{FieldError, Refusal};
use serde::Serialize;
use serde_json::json;
use workflows::catalog::NotChanged;
use workflows::records::catalog::Status;

const MOST_IN_REASON: usize = 1_000;

/// Why a row was not changed, as a problem; a stale one shows the row of now.
pub fn refused<M: Serialize>(error: NotChanged<M>, what: &'static str) -> Problem {
    match error {
        NotChanged::NotHeld(error) => not_held(error, what, |row| json!(row)),
        NotChanged::Refused(refusal) => refusal.into(),
    }
}

/// A reason, if one is given.
pub fn reason(given: Option<&str>) -> Result<Option<&str>, Problem> {
    let reason = given.map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > MOST_IN_REASON) {
        return Err(Refusal::Invalid(vec![FieldError::new("reason", "too_long").with("max", MOST_IN_REASON)]).into());
    }
    Ok(reason)
}

/// `ACTIVE` or `ARCHIVED`, if one is given.
pub fn status(given: Option<&str>) -> Result<Option<Status>, Problem> {
    given
        .map(|text| match text {
            "ACTIVE" => Ok(Status::Active),
            "ARCHIVED" => Ok(Status::Archived),
            _ => Err(Refusal::Invalid(vec![FieldError::new("status", "unknown")]).into()),
        })
        .transpose()
}

/// The text of a status.
pub fn shown(status: Status) -> &'static str {
    match status {
        Status::Active => "ACTIVE",
        Status::Archived => "ARCHIVED",
    }
}
