//! The history of one cell.

use super::super::OurApp;
use super::Price;
use super::filter::PriceFilter;
use super::years::YearClone;
use crate::problem::Problem;
use crate::request::List;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use workflows::prices::history::{self as cell, Event, How, Lived};

/// A price the cell held.
#[derive(Serialize, ToSchema)]
pub struct PriceLived {
    price: Price,
    opened: PriceEvent,
    /// Who gave it its last day, if it has one.
    #[schema(required)]
    ended: Option<PriceEvent>,
}

#[derive(Serialize, ToSchema)]
struct PriceEvent {
    /// `EDITED`, `IMPORTED` or `CLONED`.
    how: String,
    at: DateTime<Utc>,
    /// Null of somebody who was erased.
    #[schema(required)]
    by: Option<String>,
    #[schema(required)]
    reason: Option<String>,
    /// Of a clone: from which year, with which bump.
    #[schema(required)]
    clone: Option<YearClone>,
}

/// The newest first; an empty list for a cell that never had a price.
pub async fn history(State(app): OurApp, list: List<PriceFilter>) -> Result<Json<Vec<PriceLived>>, Problem> {
    let lived = cell::read(app.engine.db.reader(), list.filter.cell()?).await?;
    Ok(Json(lived.into_iter().map(Into::into).collect()))
}

impl From<Lived> for PriceLived {
    fn from(Lived { price, tahun_ajaran, opened, ended }: Lived) -> Self {
        let codes = [(price.tahun_ajaran_id, tahun_ajaran)].into();
        Self { price: Price::of(price, &codes), opened: opened.into(), ended: ended.map(Into::into) }
    }
}

impl From<Event> for PriceEvent {
    fn from(Event { at, by, reason, how }: Event) -> Self {
        let (how, clone) = match how {
            How::Edited => ("EDITED", None),
            How::Imported => ("IMPORTED", None),
            How::Cloned(cloned) => ("CLONED", Some(cloned.into())),
        };
        Self { how: how.into(), at, by, reason, clone }
    }
}
