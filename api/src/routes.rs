//! The handlers, by resource. Each is thin: read the request, ask the engine or the database, shape the answer.

pub mod audit;
pub mod backtests;
pub mod bank_statements;
pub mod casefile;
pub mod catalog;
pub mod commands;
pub mod documents;
pub mod erasures;
pub mod explain;
pub mod exports;
pub mod fm_claims;
pub mod health;
pub mod honorarium;
pub mod hr;
pub mod imports;
pub mod instances;
pub mod jobs;
pub mod ledger;
pub mod me;
pub mod notifications;
pub mod offices;
pub mod oidc;
pub mod overrides;
pub mod overview;
pub mod password;
pub mod payments;
pub mod people;
pub mod permissions;
pub mod person;
pub mod policies;
pub mod preferences;
pub mod prices;
pub mod publications;
pub mod reactivations;
pub mod reminders;
pub mod reports;
pub mod roles;
pub mod sesi;
pub mod session;
pub mod settings;
pub mod sign_ins;
pub mod siswa;
pub mod suspensions;
pub mod tagihan;
pub mod tasks;
pub mod templates;
pub mod terminations;
pub mod tutor;
pub mod users;
pub mod workflows;

use crate::app::App;
use axum::extract::State;
use std::sync::Arc;

/// What every handler takes first.
type OurApp = State<Arc<App>>;
