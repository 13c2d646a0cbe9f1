//! Academic years with what stands in them.

use super::super::OurApp;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::Body;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::prices::year::{self, Cloned, Listed, NewYear};
use workflows::records::tahun_ajaran::Model;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TahunAjaran)]
pub struct Year {
    pub id: Uuid,
    pub code: String,
    pub starts_on: NaiveDate,
    /// The last day, inclusive.
    pub ends_on: NaiveDate,
}

#[derive(Serialize, ToSchema)]
pub struct PriceYear {
    #[serde(flatten)]
    year: Year,
    /// How many prices belong to it, those of the past included.
    prices: i64,
    /// How it came by its first prices, when they were cloned.
    #[schema(required)]
    cloned: Option<YearClone>,
}

#[derive(Serialize, ToSchema)]
pub struct YearClone {
    source_code: String,
    at: DateTime<Utc>,
    /// Null of somebody who was erased.
    #[schema(required)]
    by: Option<String>,
    /// 550 is 5.5 %.
    bump_basis_points: i64,
    step_rp: i64,
    copied: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTahunAjaran {
    code: String,
    starts_on: NaiveDate,
    /// The last day, inclusive.
    ends_on: NaiveDate,
}

pub async fn years(State(app): OurApp) -> Result<Json<Vec<PriceYear>>, Problem> {
    let listed = year::list(app.engine.db.reader()).await?;
    Ok(Json(listed.into_iter().map(Into::into).collect()))
}

/// A year without prices. 422 `invalid` at `code`, `starts_on` (`tahun_ajaran_overlap`) or `ends_on`.
pub async fn create_year(State(app): OurApp, who: SignedIn, Body(new): Body<NewTahunAjaran>) -> Result<Created<Year>, Problem> {
    let year = year::create(&app.engine.db, &new.into(), &who.actor, app.engine.clock.now()).await?;
    Ok(Created(year.into()))
}

impl From<NewTahunAjaran> for NewYear {
    fn from(NewTahunAjaran { code, starts_on, ends_on }: NewTahunAjaran) -> Self {
        Self { code, starts_on, ends_on }
    }
}

impl From<Model> for Year {
    fn from(Model { id, code, starts_on, ends_on }: Model) -> Self {
        Self { id, code, starts_on, ends_on }
    }
}

impl From<Listed> for PriceYear {
    fn from(Listed { year, prices, cloned }: Listed) -> Self {
        Self { year: year.into(), prices, cloned: cloned.map(Into::into) }
    }
}

impl From<Cloned> for YearClone {
    fn from(Cloned { source_code, at, by, bump_basis_points, step_rp, copied }: Cloned) -> Self {
        Self { source_code, at, by, bump_basis_points, step_rp, copied }
    }
}
