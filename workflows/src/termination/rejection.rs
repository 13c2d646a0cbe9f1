//! Why a termination does not go on, each with a stable code and what stands in the way.

use chrono::NaiveDate;
use engine::refusal::{Blocking, FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// A force majeure claim of the tutor is not decided (SPEC HR-4).
    ClaimPending(Vec<Blocking>),
    AlreadyTerminated(Vec<Blocking>),
    /// Neither at work nor suspended.
    NotEmployed {
        status: String,
    },
    /// The strike is somebody else's.
    UnknownStrike,
    /// The tutor's account is the last that may do everything.
    LastOwner,
    LiveSesi {
        count: i64,
        named: Vec<Blocking>,
    },
    AlreadyCleared,
    AlreadySettled,
    /// There is no settlement yet.
    NotSettled,
    /// Sesi have to be cleared before.
    NotCleared,
    NothingDue,
    NothingOwed,
    /// Money has moved on this settlement: it is not adjusted any more.
    AlreadyPaid,
    AdjustmentZero,
    /// What the settlement rests on has changed since.
    SettlementChanged,
    SettlementUnchanged,
    NotADay {
        field: &'static str,
    },
    InTheFuture {
        field: &'static str,
        today: NaiveDate,
    },
    BeforeSettlement {
        field: &'static str,
        from: NaiveDate,
    },
    PeriodLocked {
        field: &'static str,
        month: String,
    },
    UnknownDocument,
    AlreadyReturned,
    GroundStands,
    ArchiveBlocked(Vec<Blocking>),
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let at = |field: &str, code: &str| Self::new(code).at(FieldError::new(field, code));
        match rejection {
            Rejection::ClaimPending(claims) => Self::new("claim_pending").blocked_by(claims),
            Rejection::AlreadyTerminated(there) => at("tutor_id", "already_terminated").blocked_by(there),
            Rejection::NotEmployed { status } => {
                Self::new("tutor_not_employed").with("status", status.clone()).at(FieldError::new("tutor_id", "tutor_not_employed").with("status", status))
            }
            Rejection::UnknownStrike => at("strike_id", "unknown"),
            Rejection::LastOwner => Self::new("last_owner"),
            Rejection::LiveSesi { count, named } => Self::new("live_sesi").with("count", count).blocked_by(named),
            Rejection::AlreadyCleared => Self::new("already_cleared"),
            Rejection::AlreadySettled => Self::new("already_settled"),
            Rejection::NotSettled => Self::new("not_settled"),
            Rejection::NotCleared => Self::new("not_cleared"),
            Rejection::NothingDue => Self::new("nothing_due"),
            Rejection::NothingOwed => Self::new("nothing_owed"),
            Rejection::AlreadyPaid => at("amount_rp", "already_paid"),
            Rejection::AdjustmentZero => at("amount_rp", "adjustment_zero"),
            Rejection::SettlementChanged => Self::new("settlement_changed"),
            Rejection::SettlementUnchanged => Self::new("settlement_unchanged"),
            Rejection::NotADay { field } => at(field, "not_date"),
            Rejection::InTheFuture { field, today } => dated(field, "in_future", ("today", today)),
            Rejection::BeforeSettlement { field, from } => dated(field, "before_settlement", ("from", from)),
            Rejection::PeriodLocked { field, month } => {
                Self::new("period_locked").with("month", month.clone()).at(FieldError::new(field, "period_locked").with("month", month))
            }
            Rejection::UnknownDocument => at("proof_document_id", "unknown"),
            Rejection::AlreadyReturned => Self::new("already_returned"),
            Rejection::GroundStands => Self::new("ground_stands"),
            Rejection::ArchiveBlocked(open) => Self::new("archive_blocked").blocked_by(open),
        }
    }
}

fn dated(field: &str, code: &str, (name, day): (&str, NaiveDate)) -> Rejected {
    Rejected::new(code).with(name, day.to_string()).at(FieldError::new(field, code).with(name, day.to_string()))
}
