//! Editing the catalog (SPEC MD-3, MD-9): the four dimensions, subjects with their levels, and offices.
//!
//! Called by the API's pages. A row is made, renamed, put elsewhere in its order, archived and restored; it is never
//! deleted and its code never changes, for files and people name it by that. Every change has its audit record.

pub mod office;
pub mod shelf;
pub mod subject;

use crate::held::NotHeld;
use crate::records::catalog::Status;
use engine::refusal::{Failure, FieldError, Refusal, Rejected};
use sea_orm::DbErr;

const MOST_IN_CODE: usize = 40;
const MOST_IN_NAME: usize = 100;

/// Why a row was not changed.
#[derive(Debug)]
pub enum NotChanged<M> {
    NotHeld(NotHeld<M>),
    Refused(Refusal),
}

impl<M> From<NotHeld<M>> for NotChanged<M> {
    fn from(error: NotHeld<M>) -> Self {
        Self::NotHeld(error)
    }
}

impl<M> From<Failure> for NotChanged<M> {
    fn from(failure: Failure) -> Self {
        Self::NotHeld(failure.into())
    }
}

impl<M> From<DbErr> for NotChanged<M> {
    fn from(error: DbErr) -> Self {
        Self::NotHeld(error.into())
    }
}

impl<M> From<Rejected> for NotChanged<M> {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(Refusal::Rejected(rejected))
    }
}

/// Faults of a form, gathered before anything is refused.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    pub fn add(&mut self, fault: FieldError) {
        self.0.push(fault);
    }

    /// A code as it is stored: upper case, `_` for spaces; letters, digits and `_` only.
    pub fn code(&mut self, text: &str) -> String {
        let code = text.split_whitespace().collect::<Vec<_>>().join("_").to_uppercase();
        let is_plain = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if code.is_empty() {
            self.add(FieldError::new("code", "required"));
        } else if !is_plain {
            self.add(FieldError::new("code", "code_malformed"));
        } else if code.len() > MOST_IN_CODE {
            self.add(FieldError::new("code", "too_long").with("max", MOST_IN_CODE));
        }
        code
    }

    /// A name as it is stored: one line, trimmed.
    pub fn name(&mut self, text: &str) -> String {
        let name = text.trim().to_owned();
        if name.is_empty() {
            self.add(FieldError::new("name", "required"));
        } else if name.chars().count() > MOST_IN_NAME {
            self.add(FieldError::new("name", "too_long").with("max", MOST_IN_NAME));
        } else if name.chars().any(char::is_control) {
            self.add(FieldError::new("name", "malformed"));
        }
        name
    }

    pub fn none<M>(self) -> Result<(), NotChanged<M>> {
        if self.0.is_empty() { Ok(()) } else { Err(NotChanged::Refused(Refusal::Invalid(self.0))) }
    }
}

/// `catalog.archive`, `catalog.restore` or `catalog.edit`: what a change is called in the audit.
pub(crate) fn action(before: Status, after: Status) -> &'static str {
    match (before, after) {
        (Status::Active, Status::Archived) => "catalog.archive",
        (Status::Archived, Status::Active) => "catalog.restore",
        (Status::Active, Status::Active) | (Status::Archived, Status::Archived) => "catalog.edit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_upper_case_and_plain() {
        for (text, code) in [("hsk 1", "HSK_1"), (" SD_5 ", "SD_5")] {
            let mut faults = Faults::default();
            assert_eq!((faults.code(text).as_str(), faults.0.len()), (code, 0));
        }
        for (text, fault) in [("", "required"), ("é", "code_malformed"), ("A-B", "code_malformed")] {
            let mut faults = Faults::default();
            faults.code(text);
            assert_eq!(faults.0[0].code, fault, "{text}");
        }
    }
}
