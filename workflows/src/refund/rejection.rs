//! Why nothing is refunded, each with a stable code.

use chrono::NaiveDate;
use engine::refusal::{FieldError, Rejected};

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    /// More than the siswa has given in advance.
    AboveTitipan {
        titipan_rp: i64,
    },
    NotADay,
    InTheFuture {
        today: NaiveDate,
    },
    /// Before it was owed.
    BeforeRefund {
        from: NaiveDate,
    },
    PaidInLockedMonth {
        month: String,
    },
    PeriodLocked {
        month: String,
    },
    UnknownDocument,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let with = |field: FieldError| Self::new(field.code.clone()).at(field);
        match rejection {
            Rejection::AboveTitipan { titipan_rp } => with(FieldError::new("amount_rp", "above_titipan").with("titipan_rp", titipan_rp)),
            Rejection::NotADay => with(FieldError::new("paid_on", "not_a_day")),
            Rejection::InTheFuture { today } => with(FieldError::new("paid_on", "in_the_future").with("today", today.to_string())),
            Rejection::BeforeRefund { from } => with(FieldError::new("paid_on", "before_refund").with("from", from.to_string())),
            Rejection::PaidInLockedMonth { month } => with(FieldError::new("paid_on", "period_locked").with("month", month)),
            Rejection::PeriodLocked { month } => Self::new("period_locked").with("month", month),
            Rejection::UnknownDocument => with(FieldError::new("proof_document_id", "unknown")),
        }
    }
}
