//! Why a result is not overridden, each with a stable code.

use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// There is no result yet.
    NotClosed {
        state: String,
    },
    /// Closing the sesi computed no such amount.
    NotComputed,
    /// It is that amount already.
    Unchanged,
    /// Money has moved: that is corrected where payments are.
    AlreadyPaid,
    AlreadyReversed,
    /// It stands on a Tagihan: a credit note is the way.
    SiswaBilled(Blocking),
    /// It stands on an Honorarium: an adjustment is the way.
    TutorBilled(Blocking),
    /// A force majeure claim decides about it first.
    DendaHeld,
    /// The time in which it could be contested is over.
    DendaFinal,
    /// One at a time.
    AlreadyRequested(Blocking),
    /// What was to be overridden is no longer what it was.
    ResultChanged {
        now_rp: i64,
    },
    /// Neither the month of the sesi nor the present one can be booked in.
    PeriodLocked {
        month: String,
    },
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::NotClosed { state } => at("sesi_id", "sesi_not_closed").with("state", state),
            Rejection::NotComputed => at("result", "not_computed"),
            Rejection::Unchanged => at("final_rp", "override_unchanged"),
            Rejection::AlreadyPaid => at("result", "settlement_paid"),
            Rejection::AlreadyReversed => at("result", "settlement_reversed"),
            Rejection::SiswaBilled(tagihan) => at("result", "settlement_billed").blocked_by(vec![tagihan]),
            Rejection::TutorBilled(honorarium) => at("result", "honorarium_made").blocked_by(vec![honorarium]),
            Rejection::DendaHeld => at("result", "denda_on_hold"),
            Rejection::DendaFinal => at("result", "denda_final"),
            Rejection::AlreadyRequested(blocking) => at("result", "override_requested").blocked_by(vec![blocking]),
            Rejection::ResultChanged { now_rp } => Self::new("result_changed").with("now_rp", now_rp),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
        }
    }
}
