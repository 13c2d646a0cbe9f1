//! The row of a sesi: what was agreed, what was frozen at approval, how it ended.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a sesi takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    #[sea_orm(string_value = "ONLINE")]
    Online,
    #[sea_orm(string_value = "OFFLINE_RUMAH_SISWA")]
    OfflineRumahSiswa,
    #[sea_orm(string_value = "OFFLINE_CUSTOM")]
    OfflineCustom,
}

/// Whether the siswa came on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Attendance {
    #[sea_orm(string_value = "PRESENT")]
    Present,
    #[sea_orm(string_value = "LATE")]
    Late,
}

/// On whose account something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Party {
    #[sea_orm(string_value = "SISWA")]
    Siswa,
    #[sea_orm(string_value = "TUTOR")]
    Tutor,
    #[sea_orm(string_value = "ADMIN")]
    Admin,
}

/// What is odd about a sesi (SPEC SES-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnomalyType {
    #[sea_orm(string_value = "TIMING_OUTLIER")]
    TimingOutlier,
    #[sea_orm(string_value = "DURATION_OUTLIER")]
    DurationOutlier,
    #[sea_orm(string_value = "NO_SHOW_IMPLICIT")]
    NoShowImplicit,
    #[sea_orm(string_value = "CONCURRENCY")]
    Concurrency,
    #[sea_orm(string_value = "PATTERN_ABUSE")]
    PatternAbuse,
}

/// What was taught (SPEC SES-5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Materi {
    pub topic: String,
    pub sub_topic: Option<String>,
    pub pages: Option<String>,
    pub homework: Option<String>,
    pub next_target: Option<String>,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sesi")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub code: String,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub office_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub duration_minutes: i64,
    pub mode: Mode,
    pub place_address: Option<String>,
    pub place_lat: Option<f64>,
    pub place_long: Option<f64>,
    /// Great-circle metres from the tutor's office to the place; offline only.
    pub distance_m: Option<i64>,
    pub mode_surcharge_rp: i64,
    pub state: String,
    /// The month of its start in its office's zone, `YYYY-MM` (SPEC TIM-1).
    pub period_month: String,
    pub requested_by: Uuid,
    pub price_student_id: Option<Uuid>,
    pub price_tutor_id: Option<Uuid>,
    pub matrix_student_rp: Option<i64>,
    pub matrix_tutor_rp: Option<i64>,
    pub tagihan_rp: Option<i64>,
    pub honorarium_rp: Option<i64>,
    pub transport_rp: Option<i64>,
    pub pricing_version: Option<i64>,
    pub cancellation_tutor_version: Option<i64>,
    pub cancellation_siswa_version: Option<i64>,
    pub no_show_version: Option<i64>,
    pub reschedule_version: Option<i64>,
    pub approved_at: Option<DateTimeUtc>,
    pub approved_by: Option<Uuid>,
    pub approved_by_name: Option<String>,
    pub outside_slots_reason: Option<String>,
    pub started_at: Option<DateTimeUtc>,
    pub attendance: Option<Attendance>,
    pub materi: Option<Materi>,
    pub photo_document_id: Option<Uuid>,
    pub confirmed_at: Option<DateTimeUtc>,
    pub cancelled_at: Option<DateTimeUtc>,
    pub cancelled_party: Option<Party>,
    pub closing_reason: Option<String>,
    /// Seconds between the cancel instant and the start; 0 after the start (SPEC §7).
    pub lead_time_s: Option<i64>,
    pub anomaly_flag: bool,
    pub anomaly_type: Option<AnomalyType>,
    pub anomaly_flagged_at: Option<DateTimeUtc>,
    pub anomaly_resolved_at: Option<DateTimeUtc>,
    pub anomaly_resolved_by: Option<Uuid>,
    pub rescheduled_from_id: Option<Uuid>,
    pub rescheduled_to_id: Option<Uuid>,
    pub sla_flagged: bool,
    pub created_at: DateTimeUtc,
    /// When its tutor said that somebody else has to stand in; empty again once somebody does (SPEC CAN-2).
    pub announced_at: Option<DateTimeUtc>,
    /// Until when a substitute whom the tutor finds costs the tutor nothing.
    pub seeking_until: Option<DateTimeUtc>,
    /// Whom its tutor stands in for, after the last substitution.
    pub substituted_from_id: Option<Uuid>,
    /// How often its tutor was substituted.
    pub substitutions: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The person behind a party.
    pub fn party(&self, party: Party) -> Option<Uuid> {
        match party {
            Party::Siswa => Some(self.siswa_id),
            Party::Tutor => Some(self.tutor_id),
            Party::Admin => None,
        }
    }
}
