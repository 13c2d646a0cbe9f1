//! Which sesi are measured, and how one of the figures is told apart from the others.

use super::lead;
use crate::listing::Where;
use crate::office_day;
use crate::problem::Problem;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::Db;
use engine::refusal::FieldError;
use serde::Deserialize;
use utoipa::IntoParams;

/// Without a first day: the month of the last one and as many before it.
const MONTHS_BEFORE: Months = Months::new(5);
/// Nobody compares more at once.
const MOST_DAYS: i64 = 3 * 366;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CancellationFilter {
    /// First day a sesi starts, in each office's zone; else six months are shown.
    #[serde(rename = "filter[from]")]
    pub from: Option<NaiveDate>,
    /// Last day a sesi starts; else today.
    #[serde(rename = "filter[until]")]
    pub until: Option<NaiveDate>,
    #[serde(rename = "filter[office_id]")]
    pub office_id: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    pub tutor_id: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    pub siswa_id: Option<String>,
    /// Only in the list: `2026-11`.
    #[serde(rename = "filter[month]")]
    pub month: Option<String>,
    /// Only in the list: `CANCELLED`, `NO_SHOW_STUDENT`, `NO_SHOW_TUTOR`, `RESCHEDULED`, separated by commas; all of them unless named.
    #[serde(rename = "filter[state]")]
    pub state: Option<String>,
    /// Only in the list: who cancelled, `SISWA`, `TUTOR` or `ADMIN`.
    #[serde(rename = "filter[party]")]
    pub party: Option<String>,
    /// Only in the list, with `filter[party]`: the place of the bracket in its distribution, from 0.
    #[serde(rename = "filter[bracket]")]
    pub bracket: Option<usize>,
    /// Only in the list: the category of the claim.
    #[serde(rename = "filter[category]")]
    pub category: Option<String>,
    /// Only in the list: the reason as the report writes it, of those without a claim.
    #[serde(rename = "filter[said]")]
    pub said: Option<String>,
    /// Language of an export's headings: `id`, unless it is `en`.
    pub lang: Option<String>,
}

/// The category of the newest claim about a sesi `s` that was not withdrawn.
pub const CATEGORY: &str = "(SELECT c.category FROM fm_claim c WHERE c.sesi_id = s.id AND c.state <> 'WITHDRAWN' ORDER BY c.filed_at DESC, c.id DESC LIMIT 1)";
/// The reason as it is counted: the same words are the same reason, however they begin and end.
pub const SAID: &str = "lower(rtrim(trim(coalesce(s.closing_reason, '')), ' .!—'))";

const BROKEN_OFF: &str = "CANCELLED,NO_SHOW_STUDENT,NO_SHOW_TUTOR,RESCHEDULED";

/// The days measured.
pub fn days(asked: &CancellationFilter, now: DateTime<Utc>) -> Result<(NaiveDate, NaiveDate), Problem> {
    let until = asked.until.unwrap_or_else(|| now.with_timezone(&Jakarta).date_naive());
    let first = until.checked_sub_months(MONTHS_BEFORE).and_then(|day| day.with_day(1));
    let from = asked.from.or(first).unwrap_or(until);
    if from > until {
        return Err(Problem::invalid(FieldError::new("filter[until]", "before_start")));
    }
    if (until - from).num_days() > MOST_DAYS {
        return Err(Problem::invalid(FieldError::new("filter[from]", "range_too_long").with("most_days", MOST_DAYS)));
    }
    Ok((from, until))
}

/// Sesi that were approved, of these days, people and offices.
pub async fn planned(db: &Db, asked: &CancellationFilter, (from, until): (NaiveDate, NaiveDate)) -> Result<Where, Problem> {
    let mut filter = Where::default();
    filter.and("s.approved_at IS NOT NULL", []);
    office_day::between(db, "s.office_id", "s.starts_at", (Some(from), Some(until)), &mut filter).await?;
    filter.one_of_ids("s.office_id", "filter[office_id]", asked.office_id.as_deref())?;
    filter.one_of_ids("s.tutor_id", "filter[tutor_id]", asked.tutor_id.as_deref())?;
    filter.one_of_ids("s.siswa_id", "filter[siswa_id]", asked.siswa_id.as_deref())?;
    Ok(filter)
}

/// Those of them that did not take place and are behind one figure.
pub async fn behind(db: &Db, asked: &CancellationFilter, now: DateTime<Utc>) -> Result<Where, Problem> {
    let mut filter = planned(db, asked, days(asked, now)?).await?;
    filter.one_of("s.state", Some(asked.state.as_deref().unwrap_or(BROKEN_OFF)));
    filter.one_of("s.period_month", asked.month.as_deref());
    filter.one_of("s.cancelled_party", asked.party.as_deref());
    filter.one_of(CATEGORY, asked.category.as_deref());
    if let Some(said) = &asked.said {
        filter.and(format!("{CATEGORY} IS NULL AND {SAID} = ?"), [said.as_str().into()]);
    }
    if let Some(place) = asked.bracket {
        let none = || Problem::invalid(FieldError::new("filter[bracket]", "not_a_choice"));
        let party = asked.party.as_deref().and_then(lead::Party::named).ok_or_else(none)?;
        let bracket = lead::brackets(db, party, now).await?.1.into_iter().nth(place).ok_or_else(none)?;
        filter.and(bracket.sql(party), []);
    }
    Ok(filter)
}
