//! Cloning a Tahun Ajaran into the next one.

use super::super::OurApp;
use super::years::Year;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::Body;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::prices::clone::{self as cloning, Clone as Asked, Outcome, Step};
use workflows::prices::year::NewYear;

/// Which year goes on as which. A year that is there under this code with these days is filled; another is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceClone {
    source_id: Uuid,
    code: String,
    /// The day after the last of the source.
    starts_on: NaiveDate,
    /// The last day, inclusive.
    ends_on: NaiveDate,
    /// 550 is 5.5 %.
    #[serde(default)]
    bump_basis_points: i64,
    /// Amounts are rounded half up to this step.
    #[serde(default = "one")]
    step_rp: i64,
    /// What the preview said; 409 when it would no longer be so.
    #[serde(default)]
    seen: Option<SeenClone>,
}

fn one() -> i64 {
    1
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenClone {
    copied: i64,
    after_rp: i64,
}

#[derive(Serialize, ToSchema)]
pub struct PriceClonePreview {
    source_code: String,
    copied: i64,
    /// Prices of the source that stay as they are, since the next year has something of its own there.
    kept: i64,
    before_rp: i64,
    after_rp: i64,
    /// The ten biggest changes.
    biggest: Vec<PriceStep>,
}

#[derive(Serialize, ToSchema)]
struct PriceStep {
    /// `STUDENT` or `TUTOR`.
    audience: String,
    subject: String,
    #[schema(required)]
    level: Option<String>,
    tingkat: String,
    segmentasi: String,
    #[schema(required)]
    golongan: Option<String>,
    before_rp: i64,
    after_rp: i64,
}

#[derive(Serialize, ToSchema)]
pub struct PriceCloned {
    tahun_ajaran: Year,
    copied: i64,
    after_rp: i64,
}

/// 409 `already_cloned` (`by`, `at`, `source`) or `clone_changed` (`copied`, `after_rp` as they are now); 422
/// `nothing_to_clone`, or `invalid` at the field at fault.
pub async fn clone(State(app): OurApp, who: SignedIn, Body(asked): Body<PriceClone>) -> Result<Created<PriceCloned>, Problem> {
    let (year, outcome) = cloning::clone(&app.engine.db, &asked.into(), &who.actor, app.engine.clock.now()).await?;
    Ok(Created(PriceCloned { tahun_ajaran: year.into(), copied: outcome.copied, after_rp: outcome.after_rp }))
}

/// What cloning would do. Refused as cloning is.
pub async fn preview_clone(State(app): OurApp, Body(asked): Body<PriceClone>) -> Result<Json<PriceClonePreview>, Problem> {
    Ok(Json(cloning::preview(&app.engine.db, &asked.into()).await?.into()))
}

impl From<PriceClone> for Asked {
    fn from(PriceClone { source_id, code, starts_on, ends_on, bump_basis_points, step_rp, seen }: PriceClone) -> Self {
        let seen = seen.map(|SeenClone { copied, after_rp }| (copied, after_rp));
        Self { source_id, target: NewYear { code, starts_on, ends_on }, bump_basis_points, step_rp, seen }
    }
}

impl From<Outcome> for PriceClonePreview {
    fn from(Outcome { source_code, copied, kept, before_rp, after_rp, biggest }: Outcome) -> Self {
        Self { source_code, copied, kept, before_rp, after_rp, biggest: biggest.into_iter().map(Into::into).collect() }
    }
}

impl From<Step> for PriceStep {
    fn from(Step { audience, subject, level, tingkat, segmentasi, golongan, before_rp, after_rp }: Step) -> Self {
        Self { audience, subject, level, tingkat, segmentasi, golongan, before_rp, after_rp }
    }
}
