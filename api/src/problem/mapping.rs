//! From what the engine says to a problem.

use super::Problem;
use axum::http::StatusCode;
use engine::refusal::{Failure, FieldError, Halt, Refusal, Rejected};
use serde_json::json;

impl From<Halt> for Problem {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(refusal) => refusal.into(),
            Halt::Failed(failure) => failure.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = |status| Self::new(status, refusal.code());
        match &refusal {
            Refusal::NotFound { what } => problem(StatusCode::NOT_FOUND).with("what", *what),
            Refusal::Forbidden { permission } => problem(StatusCode::FORBIDDEN).with("permission", *permission),
            Refusal::WrongActor => problem(StatusCode::FORBIDDEN),
            Refusal::FourEyes { command } => problem(StatusCode::FORBIDDEN).with("command", *command),
            Refusal::NotAllowed { state, allowed } => problem(StatusCode::CONFLICT).with("state", state.as_str()).with("allowed", json!(allowed)),
            Refusal::Stale { revision } => problem(StatusCode::PRECONDITION_FAILED).with("revision", *revision),
            Refusal::Invalid(faults) => invalid(faults),
            Refusal::Rejected(rejected) => rejection(rejected),
            Refusal::KeyReused | Refusal::Settled => problem(StatusCode::CONFLICT),
            Refusal::OutcomeChanged { outcome, now } => problem(StatusCode::CONFLICT).with("outcome", outcome.as_str()).with("now", json!(now)),
        }
    }
}

/// A field nobody knows is a mistake of the program that asks (400); a wrong value one of the person (422).
fn invalid(faults: &[FieldError]) -> Problem {
    let unknown = faults.iter().any(|fault| fault.code == "unknown_field");
    let problem = if unknown { Problem::new(StatusCode::BAD_REQUEST, "unknown_field") } else { Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid") };
    faults.iter().cloned().fold(problem, Problem::at)
}

/// Somebody else was faster, or holds it: a conflict between people, not a rule of the business.
const CONFLICTS: [&str; 4] = ["claimed_by_other", "prices_changed", "already_cloned", "clone_changed"];

fn rejection(rejected: &Rejected) -> Problem {
    let status = if CONFLICTS.contains(&rejected.code.as_str()) { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut problem = Problem::new(status, &rejected.code);
    problem.0.params = rejected.params.clone();
    problem.0.fields = rejected.fields.iter().cloned().map(Into::into).collect();
    problem.0.blocking = rejected.blocking.iter().cloned().map(Into::into).collect();
    problem
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        if let Some(refused) = failure.db_text().as_deref().and_then(refused_by_database) {
            return refused;
        }
        if let Failure::Unanswered(_) = failure {
            tracing::error!(error = %chain(&failure), "unanswered");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "unanswered").retry_after(1);
        }
        if failure.retryable() {
            tracing::warn!(error = %chain(&failure), "busy");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy").retry_after(1);
        }
        tracing::error!(error = %chain(&failure), "failed");
        Self::internal()
    }
}

impl From<sea_orm::DbErr> for Problem {
    fn from(error: sea_orm::DbErr) -> Self {
        Failure::from(error).into()
    }
}

/// The rules the database itself keeps, as the last word after the workflow's own checks.
fn refused_by_database(text: &str) -> Option<Problem> {
    if let Some((_, rest)) = text.split_once("period_locked:") {
        let month: String = rest.chars().take("2026-09".len()).collect();
        return Some(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "period_locked").with("month", month));
    }
    // Prices that somebody wrote by hand beside the program, or years that two people added at once.
    if let Some(code) = ["price_overlap", "tahun_ajaran_overlap"].into_iter().find(|code| text.contains(code)) {
        return Some(Problem::new(StatusCode::CONFLICT, code));
    }
    // Two who make a tutor with one phone at once: both found it free.
    if text.contains("tutor_phone_key") || text.contains("tutor.phone") {
        return Some(Problem::invalid(FieldError::new("phone", "taken")));
    }
    let taken = text.contains("ux_sesi_tutor_start") || text.contains("sesi.tutor_id, sesi.starts_at");
    taken.then(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "slot_taken").with("who", "TUTOR"))
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::plan::Amount;

    #[test]
    fn every_refusal_has_its_status_and_its_own_code() {
        let cases = [
            (Refusal::NotFound { what: "task" }, 404, "not_found"),
            (Refusal::Forbidden { permission: "x.y" }, 403, "forbidden"),
            (Refusal::WrongActor, 403, "wrong_actor"),
            (Refusal::FourEyes { command: "request" }, 403, "four_eyes"),
            (Refusal::NotAllowed { state: "A".into(), allowed: vec!["go"] }, 409, "not_allowed"),
            (Refusal::Stale { revision: 3 }, 412, "stale_revision"),
            (Refusal::Invalid(vec![FieldError::new("mode", "required")]), 422, "invalid"),
            (Refusal::Invalid(vec![FieldError::new("color", "unknown_field")]), 400, "unknown_field"),
            (Refusal::Rejected(Rejected::new("price_missing")), 422, "price_missing"),
            (Refusal::Rejected(Rejected::new("claimed_by_other")), 409, "claimed_by_other"),
            (Refusal::KeyReused, 409, "idempotency_key_reused"),
            (Refusal::OutcomeChanged { outcome: "d".into(), now: vec![Amount::rp("tagihan", 5)] }, 409, "outcome_changed"),
            (Refusal::Settled, 409, "settled"),
        ];
        for (refusal, status, code) in cases {
            let problem = Problem::from(refusal);
            assert_eq!((problem.status, problem.code.as_str()), (status, code));
            assert!(problem.detail.len() > 20 && problem.kind.ends_with(code), "{problem:?}");
        }
    }

    #[test]
    fn a_rejection_keeps_params_fields_and_what_is_in_the_way() {
        let rejected = Rejected::new("slot_taken").with("who", "TUTOR").at(FieldError::new("starts_at", "taken"));
        let problem = Problem::from(Refusal::Rejected(rejected));
        assert_eq!(problem.params["who"], "TUTOR");
        assert_eq!(problem.fields[0].field, "starts_at");
        assert_eq!(problem.title, "Slot taken");
    }

    #[test]
    fn what_the_database_refuses_by_name_is_no_server_error() {
        let locked = refused_by_database("error returned from database: period_locked:2026-09").unwrap();
        assert_eq!((locked.status, locked.params["month"].as_str()), (422, Some("2026-09")));
        assert!(refused_by_database("UNIQUE constraint failed: sesi.tutor_id, sesi.starts_at").is_some());
        assert!(refused_by_database("disk full").is_none());
    }
}
