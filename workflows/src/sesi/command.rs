//! What may be asked of a sesi.

use crate::records::sesi::{AnomalyType, Attendance, Mode, Party};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place with its coordinates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub address: String,
    pub lat: f64,
    pub long: f64,
}

/// What is agreed when a sesi is requested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub duration_minutes: Option<i64>,
    pub mode: Mode,
    pub place: Option<Place>,
    pub mode_surcharge_rp: Option<i64>,
}

/// The fields to change; a missing one stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    pub siswa_id: Option<Uuid>,
    pub tutor_id: Option<Uuid>,
    pub subject_id: Option<Uuid>,
    pub subject_level_id: Option<Uuid>,
    pub starts_at: Option<DateTime<Utc>>,
    pub duration_minutes: Option<i64>,
    pub mode: Option<Mode>,
    pub place: Option<Place>,
    pub mode_surcharge_rp: Option<i64>,
}

/// What the tutor reports about the lesson (SES-5). A missing field keeps what was reported before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub attendance: Option<Attendance>,
    pub topic: Option<String>,
    pub sub_topic: Option<String>,
    pub pages: Option<String>,
    pub homework: Option<String>,
    pub next_target: Option<String>,
    pub photo_document_id: Option<Uuid>,
}

/// A new time, and perhaps a new tutor (SES-8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reschedule {
    pub initiator: Party,
    pub starts_at: DateTime<Utc>,
    pub duration_minutes: Option<i64>,
    pub tutor_id: Option<Uuid>,
}

engine::tags! {
    /// How somebody else comes to stand in (SPEC CAN-2, CAN-3).
    pub enum Way {
        /// The tutor found the substitute: no denda, no strike.
        SelfFound => "SELF",
        /// The company did, because the tutor did not come: denda and strike as for a cancellation.
        Dispatch => "DISPATCH",
        /// On the company's account.
        Reassign => "REASSIGN",
    }
}

/// Who stands in, and how that came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Substitute {
    pub tutor_id: Uuid,
    pub way: Way,
    pub outside_slots_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request(Request),
    /// The request that a reschedule opens; sent by the old sesi only.
    RequestRescheduled {
        #[serde(flatten)]
        request: Request,
        rescheduled_from_id: Uuid,
    },
    Edit(Edit),
    Approve {
        outside_slots_reason: Option<String>,
    },
    Reject,
    Start {
        started_at: Option<DateTime<Utc>>,
    },
    Report(Report),
    Confirm,
    Validate,
    SendBack,
    NoShowStudent,
    NoShowTutor,
    Cancel {
        party: Party,
    },
    Reschedule(Reschedule),
    /// The tutor looks for a substitute.
    SeekSubstitute,
    Substitute(Substitute),
    RaiseSla,
    FlagSeekingOver,
    FlagNotStarted,
    FlagAnomaly {
        anomaly_type: AnomalyType,
    },
}
