//! Why nothing is written off, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// A draft, void, or written off.
    TagihanNotLive {
        status: &'static str,
    },
    NothingOpen,
    /// One of a Tagihan waits at a time.
    AlreadyRequested(Blocking),
    /// Another amount is open than when it was asked for.
    Changed {
        now_rp: i64,
    },
    PeriodLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::TagihanNotLive { status } => at("tagihan_id", "tagihan_not_live").with("status", status),
            Rejection::NothingOpen => at("tagihan_id", "tagihan_nothing_open"),
            Rejection::AlreadyRequested(other) => at("tagihan_id", "write_off_requested").blocked_by(vec![other]),
            Rejection::Changed { now_rp } => Self::new("write_off_changed").with("now_rp", now_rp),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
