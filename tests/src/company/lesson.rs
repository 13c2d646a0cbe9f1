//! What is asked for when a sesi is requested.

use super::{Company, admin};
use chrono::{DateTime, TimeDelta, Utc};
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Lesson {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub duration_minutes: i64,
    pub mode: &'static str,
    pub place: Option<Value>,
    pub mode_surcharge_rp: Option<i64>,
}

impl Lesson {
    pub(super) fn new(company: &Company) -> Self {
        Self {
            siswa_id: company.siswa_id,
            tutor_id: company.tutor_id,
            subject_id: company.subject_id,
            subject_level_id: None,
            starts_at: "2026-11-23T03:00:00Z".parse().expect("an instant"),
            duration_minutes: 90,
            mode: "ONLINE",
            place: None,
            mode_surcharge_rp: None,
        }
    }

    #[must_use]
    pub fn at(self, starts_at: DateTime<Utc>) -> Self {
        Self { starts_at, ..self }
    }

    /// At a place so many degrees of latitude north of the Jakarta office; one is about 111 km.
    #[must_use]
    pub fn offline(self, north: f64) -> Self {
        let place = json!({ "address": "Jalan Melati 1", "lat": -6.2088 + north, "long": 106.8456 });
        Self { mode: "OFFLINE_CUSTOM", place: Some(place), ..self }
    }

    pub fn ends_at(&self) -> DateTime<Utc> {
        self.starts_at + TimeDelta::minutes(self.duration_minutes)
    }

    pub fn body(&self) -> Value {
        json!({
            "siswa_id": self.siswa_id, "tutor_id": self.tutor_id, "subject_id": self.subject_id, "subject_level_id": self.subject_level_id,
            "starts_at": self.starts_at, "duration_minutes": self.duration_minutes, "mode": self.mode, "place": self.place,
            "mode_surcharge_rp": self.mode_surcharge_rp,
        })
    }

    /// The request of the admin for it.
    pub fn request(&self, company: &Company) -> Request {
        Request::new("sesi", Target::New(company.new_id()), AnyCommand::with("request", &self.body()), admin())
    }
}
