//! What a caller names in the address: a year and a day, a page of the matrix, a cell.

use crate::problem::Problem;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::FieldError;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use workflows::prices::matrix::Page;
use workflows::prices::{today, year};
use workflows::records::price::{Audience, Cell};
use workflows::records::tahun_ajaran::Model as Year;

/// Each address takes what it needs of this.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PriceFilter {
    /// The Tahun Ajaran; without it the one that holds the day.
    #[serde(rename = "filter[tahun_ajaran_id]")]
    tahun_ajaran_id: Option<Uuid>,
    /// Without it today, or the day of the Tahun Ajaran nearest to it.
    #[serde(rename = "filter[day]")]
    day: Option<NaiveDate>,
    /// `STUDENT` (default) or `TUTOR`.
    #[serde(rename = "filter[audience]")]
    audience: Option<String>,
    #[serde(rename = "filter[subject_id]")]
    subject_id: Option<Uuid>,
    #[serde(rename = "filter[subject_level_id]")]
    subject_level_id: Option<Uuid>,
    /// Of a cell.
    #[serde(rename = "filter[tingkat_id]")]
    tingkat_id: Option<Uuid>,
    /// Of a cell.
    #[serde(rename = "filter[segmentasi_id]")]
    segmentasi_id: Option<Uuid>,
    /// Of a cell of tutors.
    #[serde(rename = "filter[golongan_id]")]
    golongan_id: Option<Uuid>,
}

/// Where in time a caller looks.
pub struct Place {
    pub year: Year,
    pub years: Vec<Year>,
    pub day: NaiveDate,
}

impl PriceFilter {
    pub async fn place(&self, conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Place, Problem> {
        let years = year::all(conn).await?;
        let today = today(now);
        let year = match self.tahun_ajaran_id {
            Some(id) => years.iter().find(|year| year.id == id).ok_or_else(|| fault("tahun_ajaran_id", "unknown"))?,
            None => {
                let day = self.day.unwrap_or(today);
                years.iter().find(|year| year.holds(day)).ok_or_else(|| fault("day", "no_tahun_ajaran"))?
            }
        };
        let day = self.day.unwrap_or_else(|| today.clamp(year.starts_on, year.ends_on));
        if !year.holds(day) {
            let outside = FieldError::new("day", "outside_tahun_ajaran").with("from", year.starts_on.to_string()).with("until", year.ends_on.to_string());
            return Err(Problem::invalid(outside));
        }
        Ok(Place { year: year.clone(), day, years })
    }

    pub fn audience(&self) -> Result<Audience, Problem> {
        match self.audience.as_deref() {
            None | Some("STUDENT") => Ok(Audience::Student),
            Some("TUTOR") => Ok(Audience::Tutor),
            Some(_) => Err(fault("audience", "not_a_choice")),
        }
    }

    pub fn page(&self) -> Result<Page, Problem> {
        let subject_id = self.subject_id.ok_or_else(|| fault("subject_id", "required"))?;
        Ok(Page { audience: self.audience()?, subject_id, subject_level_id: self.subject_level_id })
    }

    pub fn cell(&self) -> Result<Cell, Problem> {
        Ok(Cell {
            subject_id: self.subject_id.ok_or_else(|| fault("subject_id", "required"))?,
            subject_level_id: self.subject_level_id,
            tingkat_id: self.tingkat_id.ok_or_else(|| fault("tingkat_id", "required"))?,
            segmentasi_id: self.segmentasi_id.ok_or_else(|| fault("segmentasi_id", "required"))?,
            golongan_id: self.golongan_id,
        })
    }
}

fn fault(field: &str, code: &str) -> Problem {
    Problem::invalid(FieldError::new(field, code))
}

/// The word for it in the API.
pub fn word(audience: Audience) -> &'static str {
    match audience {
        Audience::Student => "STUDENT",
        Audience::Tutor => "TUTOR",
    }
}
