//! Every rupiah of a sesi or of a denda, from the price matrix and the policy to the journal entry.

mod denda;
mod final_settlement;
mod honorarium;
mod read;
mod steps;
mod substitution;
mod tagihan;

pub use denda::denda;
pub use final_settlement::final_settlement;
pub use honorarium::honorarium_line;
pub use tagihan::tagihan_line;

use super::OurApp;
use super::overrides::OverrideView;
use crate::problem::Problem;
use crate::request::At;
use crate::view::AnyObject;
use crate::view::entry::Entry;
use crate::view::outcome::TraceStep;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Explanation {
    amounts: Vec<ExplainedAmount>,
}

/// One figure with the steps that lead to it, in order.
#[derive(Serialize, ToSchema)]
struct ExplainedAmount {
    /// `tagihan`, `honorarium`, `transport`, `siswa_charge`, `tutor_honor`, `denda`, `final_settlement` or `adjustment`.
    key: String,
    /// What counts: the computed amount, or what it was overridden with.
    rp: i64,
    /// What was computed, by approval or by closing the sesi.
    computed_rp: i64,
    /// Whether closing the sesi has made it a result that can be overridden, and under which name.
    #[schema(required)]
    result: Option<String>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ExplanationStep)]
enum Step {
    /// A row of the price matrix.
    Matrix {
        label_code: String,
        rp: i64,
        #[schema(value_type = AnyObject)]
        params: Map<String, Value>,
        #[schema(required)]
        price_id: Option<Uuid>,
    },
    /// What a policy version decided, and how.
    Policy {
        policy: String,
        version: i64,
        sha256: String,
        #[schema(value_type = Vec<TraceStep>)]
        trace: Vec<Value>,
        #[schema(value_type = AnyObject)]
        input: Value,
        #[schema(value_type = AnyObject)]
        output: Value,
    },
    /// What rounding to whole rupiah decided on, in hundredths.
    Rounding { rounding: String, remainder: i64 },
    /// Who fixed the figure, and when.
    Approval { actor: String, at: DateTime<Utc> },
    /// Somebody else in the tutor's place; what follows is the tutor's side as it was frozen anew.
    Substitution {
        from: String,
        to: String,
        /// `SELF`, `DISPATCH` or `REASSIGN`.
        way: String,
        actor: String,
        at: DateTime<Utc>,
    },
    /// What somebody has added or taken off by hand.
    Adjustment {
        code: String,
        /// Null once whom it was about has been erased.
        #[schema(required)]
        reason: Option<String>,
        actor: String,
        at: DateTime<Utc>,
    },
    /// Where it was booked.
    Entry { entry: Entry },
    /// By what somebody has replaced the computed amount, or wants to.
    Override {
        #[serde(rename = "override")]
        made: Box<OverrideView>,
    },
}

pub async fn sesi(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Explanation>, Problem> {
    let facts = read::facts(&app.engine.db, id).await?.ok_or_else(|| Problem::not_found("sesi"))?;
    Ok(Json(Explanation { amounts: steps::amounts(&facts) }))
}
