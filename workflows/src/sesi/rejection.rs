//! Why the business says no, each with a stable code and what to do about it.

use crate::records::price::Cell;
use crate::records::sesi::Party;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::{Blocking, FieldError, Rejected};
use serde_json::Value;

/// A combination without a price (SPEC PRC-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPrice {
    pub audience: &'static str,
    pub subject: String,
    pub level: Option<String>,
    pub tingkat: String,
    pub segmentasi: String,
    /// Only the tutor's matrix knows it.
    pub golongan: Option<String>,
    /// Where it would stand, and the first day it is missed.
    pub cell: Cell,
    pub day: NaiveDate,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    TutorInactive {
        status: String,
    },
    TutorSuspended {
        until: Option<DateTime<Utc>>,
    },
    SiswaInactive,
    TutorDoesNotTeach {
        subject: String,
    },
    /// Another sesi is in the way, of the tutor or of the siswa.
    SlotTaken {
        who: Party,
        blocking: Vec<Blocking>,
    },
    /// Outside the tutor's Slots; a reason lets it through.
    OutsideSlots,
    PriceMissing(Box<MissingPrice>),
    PeriodLocked {
        month: String,
    },
    ReportIncomplete {
        missing: Vec<&'static str>,
    },
    TooEarly {
        from: DateTime<Utc>,
    },
    InTheFuture,
    LevelRequired,
    LevelNotAllowed,
    PlaceRequired,
    PlaceNotAllowed,
    PlaceOffTheGlobe,
    DocumentUnknown,
    Archived {
        field: &'static str,
    },
    NothingToChange,
    /// The tutor has said so before; the search is on until then.
    AlreadySeeking {
        until: DateTime<Utc>,
    },
    AlreadyBegun {
        at: DateTime<Utc>,
    },
    /// The time in which a substitute of the tutor's own finding costs nothing has passed.
    WindowOver {
        until: DateTime<Utc>,
    },
    SameTutor,
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        use Rejection::*;
        let at = |code: &str, field: &str| Rejected::new(code).at(FieldError::new(field, code));
        match rejection {
            TutorInactive { status } => at("tutor_inactive", "tutor_id").with("status", status),
            TutorSuspended { until } => at("tutor_suspended", "tutor_id").with("until", until.map(|instant| instant.to_rfc3339())),
            SiswaInactive => at("siswa_inactive", "siswa_id"),
            TutorDoesNotTeach { subject } => at("tutor_does_not_teach", "tutor_id").with("subject", subject),
            SlotTaken { who, blocking } => at("slot_taken", "starts_at").with("who", serde_json::to_value(who).unwrap_or(Value::Null)).blocked_by(blocking),
            OutsideSlots => at("outside_slots", "outside_slots_reason"),
            PriceMissing(missing) => Rejected::new("price_missing")
                .with("audience", missing.audience)
                .with("subject", missing.subject)
                .with("level", missing.level)
                .with("tingkat", missing.tingkat)
                .with("segmentasi", missing.segmentasi)
                .with("golongan", missing.golongan)
                .with("cell", serde_json::to_value(missing.cell).unwrap_or(Value::Null))
                .with("day", missing.day.to_string()),
            PeriodLocked { month } => at("period_locked", "starts_at").with("month", month),
            ReportIncomplete { missing } => {
                missing.into_iter().fold(Rejected::new("report_incomplete"), |all, field| all.at(FieldError::new(field, "required")))
            }
            TooEarly { from } => Rejected::new("too_early").with("from", from.to_rfc3339()),
            InTheFuture => at("in_the_future", "started_at"),
            LevelRequired => at("level_required", "subject_level_id"),
            LevelNotAllowed => at("level_not_allowed", "subject_level_id"),
            PlaceRequired => at("place_required", "place"),
            PlaceNotAllowed => at("place_not_allowed", "place"),
            PlaceOffTheGlobe => at("place_off_the_globe", "place"),
            DocumentUnknown => at("document_unknown", "photo_document_id"),
            Archived { field } => at("archived", field),
            NothingToChange => Rejected::new("nothing_to_change"),
            AlreadySeeking { until } => Rejected::new("already_seeking").with("until", until.to_rfc3339()),
            AlreadyBegun { at } => Rejected::new("already_begun").with("at", at.to_rfc3339()),
            WindowOver { until } => at("substitute_window_over", "way").with("until", until.to_rfc3339()),
            SameTutor => at("same_tutor", "tutor_id"),
        }
    }
}
