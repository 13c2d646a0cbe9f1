//! Settings edited at run time (SPEC MD-8), typed, with their defaults and limits.
//!
//! The table holds only what is known here; a missing row means the default. The transport brackets are not here: they
//! are parameters of the policy `transport`, versioned and frozen with it.

pub mod change;

use engine::refusal::Failure;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "app_config")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
    pub updated_at: DateTimeUtc,
    pub updated_by: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// One setting: a whole number within limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    pub key: &'static str,
    pub default: i64,
    pub least: i64,
    pub most: i64,
    /// Whether the program goes by it already; the others belong to workflows that are still to come.
    pub in_use: bool,
}

const fn setting(key: &'static str, default: i64, least: i64, most: i64) -> Setting {
    Setting { key, default, least, most, in_use: true }
}

/// All settings; the same keys as the fields of [`AppConfig`].
pub static SETTINGS: [Setting; 18] = [
    setting("session_default_duration_minutes", 90, 15, 480),
    setting("tutor_cancel.self_sub_window_hours", 4, 0, 168),
    setting("strike_decay_days", 90, 1, 3650),
    setting("force_majeure.approval_levels", 2, 1, 2),
    setting("force_majeure.appeal_window_days", 14, 0, 365),
    setting("force_majeure.claim_window_days", 7, 0, 365),
    setting("sla.request_hours", 24, 1, 720),
    setting("sla.fm_review_hours", 48, 1, 720),
    setting("reminder.quiet_days", 7, 0, 90),
    setting("billing.day", 1, 1, 28),
    setting("billing.due_days", 14, 0, 90),
    setting("billing.halt_above_pct", 50, 0, 1_000),
    setting("session.idle_minutes", 480, 5, 1440),
    setting("session.absolute_hours", 12, 1, 720),
    setting("session.remember_days", 30, 1, 365),
    setting("override.senior_above_rp", 100_000, 0, 1_000_000_000),
    setting("adjustment.senior_above_rp", 100_000, 0, 1_000_000_000),
    setting("credit_note.senior_above_rp", 100_000, 0, 1_000_000_000),
];

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppConfig {
    pub session_default_duration_minutes: i64,
    #[serde(rename = "tutor_cancel.self_sub_window_hours")]
    pub tutor_cancel_self_sub_window_hours: i64,
    pub strike_decay_days: i64,
    #[serde(rename = "force_majeure.approval_levels")]
    pub force_majeure_approval_levels: i64,
    #[serde(rename = "force_majeure.appeal_window_days")]
    pub force_majeure_appeal_window_days: i64,
    #[serde(rename = "force_majeure.claim_window_days")]
    pub force_majeure_claim_window_days: i64,
    #[serde(rename = "sla.request_hours")]
    pub sla_request_hours: i64,
    /// How long each review of a force majeure claim may take (SPEC FM-5).
    #[serde(rename = "sla.fm_review_hours")]
    pub sla_fm_review_hours: i64,
    /// Whoever was reminded so recently is marked, so that nobody is nagged twice (SPEC REP-5).
    #[serde(rename = "reminder.quiet_days")]
    pub reminder_quiet_days: i64,
    /// The day of the month from which the month before is billed (SPEC FIN-1).
    #[serde(rename = "billing.day")]
    pub billing_day: i64,
    /// How long after it is issued a Tagihan is to be paid.
    #[serde(rename = "billing.due_days")]
    pub billing_due_days: i64,
    /// A billing run stops when its sum differs by more from the month before.
    #[serde(rename = "billing.halt_above_pct")]
    pub billing_halt_above_pct: i64,
    /// Time-outs of a sign-in session, not of a sesi.
    #[serde(rename = "session.idle_minutes")]
    pub session_idle_minutes: i64,
    #[serde(rename = "session.absolute_hours")]
    pub session_absolute_hours: i64,
    /// How long a browser that is to remember stays signed in.
    #[serde(rename = "session.remember_days")]
    pub session_remember_days: i64,
    /// An override of a computed result that differs by more needs a senior (SPEC POL-8).
    #[serde(rename = "override.senior_above_rp")]
    pub override_senior_above_rp: i64,
    /// An adjustment above this, with those of the same month before it, needs somebody senior (SPEC FIN-5).
    #[serde(rename = "adjustment.senior_above_rp")]
    pub adjustment_senior_above_rp: i64,
    /// A credit note above this, with those of the same Tagihan before it, needs somebody senior (SPEC FIN-6).
    #[serde(rename = "credit_note.senior_above_rp")]
    pub credit_note_senior_above_rp: i64,
}

/// Settings that cannot be read.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("setting {key} is {found}, not a whole number from {least} to {most}")]
    OutOfRange { key: &'static str, found: Json, least: i64, most: i64 },
    #[error("settings and their keys differ")]
    Keys(#[source] serde_json::Error),
    #[error("settings cannot be read")]
    Database(#[from] DbErr),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Database(error) => Self::Db(error),
            ConfigError::Keys(source) => Self::Stored { what: "settings".into(), source },
            ConfigError::OutOfRange { .. } => Self::Unknown { what: "setting", text: error.to_string() },
        }
    }
}

impl Setting {
    /// The setting with this key.
    pub fn of(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The value, or why it cannot be this setting's.
    pub fn check(&self, value: &Json) -> Result<i64, ConfigError> {
        let within = value.as_i64().filter(|number| (self.least..=self.most).contains(number));
        within.ok_or_else(|| ConfigError::OutOfRange { key: self.key, found: value.clone(), least: self.least, most: self.most })
    }
}

impl AppConfig {
    /// The settings in force now.
    pub async fn load(conn: &impl ConnectionTrait) -> Result<Self, ConfigError> {
        Self::from_rows(&Entity::find().all(conn).await?)
    }

    /// The defaults, overridden by `rows`. Keys not known here are left alone: an older program may still run.
    pub fn from_rows(rows: &[Model]) -> Result<Self, ConfigError> {
        let mut values = Map::new();
        for setting in SETTINGS {
            let row = rows.iter().find(|row| row.key == setting.key);
            let value = row.map_or(Ok(setting.default), |row| setting.check(&row.value))?;
            values.insert(setting.key.to_owned(), value.into());
        }
        serde_json::from_value(Json::Object(values)).map_err(ConfigError::Keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(key: &str, value: Json) -> Model {
        Model { key: key.into(), value, updated_at: DateTimeUtc::UNIX_EPOCH, updated_by: "A".into() }
    }

    #[test]
    fn without_rows_the_defaults_hold_and_every_key_has_its_field() {
        let config = AppConfig::from_rows(&[]).unwrap();
        assert_eq!((config.session_default_duration_minutes, config.sla_request_hours), (90, 24));
        let written = serde_json::to_value(&config).unwrap();
        assert_eq!(written.as_object().unwrap().len(), SETTINGS.len());
    }

    #[test]
    fn a_row_overrides_its_default_and_unknown_rows_do_nothing() {
        let rows = [row("sla.request_hours", json!(48)), row("some.day", json!("x"))];
        assert_eq!(AppConfig::from_rows(&rows).unwrap().sla_request_hours, 48);
    }

    #[test]
    fn a_value_that_is_no_number_or_past_its_limits_is_named() {
        for value in [json!("24"), json!(24.5), json!(0), json!(721), json!(null)] {
            let error = AppConfig::from_rows(&[row("sla.request_hours", value)]).unwrap_err();
            assert!(error.to_string().starts_with("setting sla.request_hours"), "{error}");
        }
    }
}
