//! Why nothing is credited, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// A draft, void, or written off.
    TagihanNotLive {
        status: &'static str,
    },
    NoLines,
    LinesMalformed,
    NothingCredited {
        number: i64,
    },
    LineTwice {
        number: i64,
    },
    UnknownLine {
        number: i64,
    },
    /// More than is left of the line.
    AboveLine {
        number: i64,
        left_rp: i64,
    },
    /// More than is left of the whole: a line that takes away lowers it.
    AboveTagihan {
        left_rp: i64,
    },
    /// One of a Tagihan waits at a time.
    AlreadyRequested(Blocking),
    PeriodLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        let line = |number: i64, code: &str| Self::new(code).at(FieldError::new(format!("lines.{number}"), code).with("number", number)).with("number", number);
        match rejection {
            Rejection::TagihanNotLive { status } => at("tagihan_id", "tagihan_not_live").with("status", status),
            Rejection::NoLines => at("lines", "credit_no_lines"),
            Rejection::LinesMalformed => at("lines", "malformed"),
            Rejection::NothingCredited { number } => line(number, "credit_not_positive"),
            Rejection::LineTwice { number } => line(number, "credit_line_twice"),
            Rejection::UnknownLine { number } => line(number, "credit_line_unknown"),
            Rejection::AboveLine { number, left_rp } => {
                let field = FieldError::new(format!("lines.{number}"), "credit_above_line").with("number", number).with("left_rp", left_rp);
                Self::new("credit_above_line").with("number", number).with("left_rp", left_rp).at(field)
            }
            Rejection::AboveTagihan { left_rp } => {
                Self::new("credit_above_tagihan").with("left_rp", left_rp).at(FieldError::new("lines", "credit_above_tagihan").with("left_rp", left_rp))
            }
            Rejection::AlreadyRequested(other) => at("tagihan_id", "credit_requested").blocked_by(vec![other]),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
