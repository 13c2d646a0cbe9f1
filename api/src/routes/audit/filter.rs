//! Which records are wanted: the same filters for the list, for what may be chosen, and for exports.

use crate::listing::{self, Where};
use crate::office_day;
use crate::problem::Problem;
use crate::request::List;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use engine::db::{self, Db};
use engine::refusal::{Failure, FieldError};
use sea_orm::Value;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How far back a search goes when nobody says from when: text stands in no index.
const SEARCHED: TimeDelta = TimeDelta::days(92);
/// Office days begin at midnight here, unless the caller names another zone.
const ZONE: Tz = Tz::Asia__Jakarta;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Ids, separated by commas.
    #[serde(rename = "filter[entity_id]")]
    pub entity_id: Option<String>,
    /// An id or a code (`SES-2026-000001`, an account's e-mail address).
    #[serde(rename = "filter[entity]")]
    pub entity: Option<String>,
    #[serde(rename = "filter[entity_type]")]
    pub entity_type: Option<String>,
    #[serde(rename = "filter[actor_id]")]
    pub actor_id: Option<String>,
    #[serde(rename = "filter[action]")]
    pub action: Option<String>,
    /// An instant, or a day in `filter[zone]`; included.
    #[serde(rename = "filter[from]")]
    pub from: Option<String>,
    /// An instant, excluded; or a day in `filter[zone]`, included.
    #[serde(rename = "filter[until]")]
    pub until: Option<String>,
    /// The zone of days: `Asia/Jakarta` unless named.
    #[serde(rename = "filter[zone]")]
    pub zone: Option<String>,
    /// Language of an export's headings: `id`, unless it is `en`.
    pub lang: Option<String>,
}

/// A filter that choices are counted without: they are choices for this very one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    Nothing,
    Actor,
    Action,
    EntityType,
}

/// The filters read: the conditions, and what they mean in instants.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub filter: Where,
    pub zone: Tz,
    /// Set when a search was bounded because nobody said from when.
    pub searched_from: Option<DateTime<Utc>>,
    /// Whom the text searched for may mean.
    pub people: Vec<Uuid>,
    /// What the code asked for may mean.
    pub entities: Vec<Uuid>,
}

/// Reads the filters of a query.
pub async fn wanted(db: &Db, list: &List<AuditFilter>, now: DateTime<Utc>, without: Without) -> Result<Wanted, Problem> {
    let asked = &list.filter;
    let zone = zone(asked)?;
    let until = asked.until.as_deref().map(|text| instant(text, 1, zone).ok_or_else(|| wrong("filter[until]", "not_date"))).transpose()?;
    let from = asked.from.as_deref().map(|text| instant(text, 0, zone).ok_or_else(|| wrong("filter[from]", "not_date"))).transpose()?;
    let searched_from = (list.q.is_some() && from.is_none()).then(|| until.unwrap_or(now) - SEARCHED);
    let mut filter = Where::default();
    if let Some(from) = from.or(searched_from) {
        filter.and("a.at >= ?", [from.into()]);
    }
    if let Some(until) = until {
        filter.and("a.at < ?", [until.into()]);
    }
    filter.one_of_ids("a.entity_id", "filter[entity_id]", asked.entity_id.as_deref())?;
    let entities = match &asked.entity {
        Some(entity) => entities(db, entity.trim()).await?,
        None => vec![],
    };
    if asked.entity.is_some() {
        filter.and(one_of("a.entity_id", entities.len()), entities.iter().map(|id| Value::from(*id)));
    }
    if without != Without::Actor {
        filter.one_of_ids("a.actor_id", "filter[actor_id]", asked.actor_id.as_deref())?;
    }
    // Beside an entity the indexes of these would only mislead SQLite, which keeps no statistics.
    let is_narrow = asked.entity.is_some() || asked.entity_id.is_some();
    let [action, entity_type] = if is_narrow { ["a.action || ''", "a.entity_type || ''"] } else { ["a.action", "a.entity_type"] };
    if without != Without::Action {
        filter.one_of(action, asked.action.as_deref());
    }
    if without != Without::EntityType {
        filter.one_of(entity_type, asked.entity_type.as_deref());
    }
    let people = match &list.q {
        Some(q) => search(db, q, &mut filter).await?,
        None => vec![],
    };
    Ok(Wanted { filter, zone, searched_from, people, entities })
}

/// Names of people stand sealed in the audit; so whoever is called like the text is looked up among the living rows.
const BY_NAME: &str = "SELECT id FROM user_account WHERE lower(name) LIKE ? ESCAPE '!' OR email LIKE ? ESCAPE '!' \
    UNION SELECT id FROM tutor WHERE lower(name) LIKE ? ESCAPE '!' UNION SELECT id FROM siswa WHERE lower(name) LIKE ? ESCAPE '!' LIMIT 100";
/// What is searched as text; sealed texts are no words.
const SEARCHED_IN: [&str; 5] = ["a.action", "a.entity_code", "a.reason", "a.request_id", "a.actor_name"];

/// Records that hold the text, or by or about people called like it; answers these.
async fn search(db: &Db, q: &str, filter: &mut Where) -> Result<Vec<Uuid>, Failure> {
    let pattern = listing::contains(q);
    let rows = db::rows(db.reader(), BY_NAME, vec![pattern.clone().into(); 4]).await?;
    let people = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<Uuid>, _>>()?;
    let mut any = SEARCHED_IN.map(|column| format!("(lower({column}) LIKE ? ESCAPE '!' AND {column} NOT LIKE '{{\"$personal\"%')")).to_vec();
    any.extend([one_of("a.actor_id", people.len()), one_of("a.entity_id", people.len())]);
    let ids = || people.iter().map(|id| Value::from(*id));
    let values: Vec<Value> = SEARCHED_IN.iter().map(|_| Value::from(pattern.clone())).chain(ids()).chain(ids()).collect();
    filter.and(format!("({})", any.join(" OR ")), values);
    Ok(people)
}

fn one_of(column: &str, count: usize) -> String {
    if count == 0 { "1 = 0".into() } else { format!("{column} IN ({})", vec!["?"; count].join(",")) }
}

fn zone(asked: &AuditFilter) -> Result<Tz, Problem> {
    asked.zone.as_deref().map_or(Ok(ZONE), |name| name.parse().map_err(|_| wrong("filter[zone]", "unknown")))
}

/// An instant, or the midnight at the start of a day plus `days`.
fn instant(text: &str, days: u64, zone: Tz) -> Option<DateTime<Utc>> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Some(office_day::begins(date.checked_add_days(Days::new(days))?, zone)),
        Err(_) => text.parse().ok(),
    }
}

fn wrong(field: &str, code: &str) -> Problem {
    Problem::invalid(FieldError::new(field, code))
}

/// Whom a code may mean. Deleted roles are known to the audit only.
const BY_CODE: &str = "SELECT id FROM workflow_instance WHERE code = ? UNION SELECT id FROM user_account WHERE email = ? \
    UNION SELECT id FROM role WHERE code = ? UNION SELECT id FROM tutor WHERE code = ? UNION SELECT id FROM siswa WHERE code = ? \
    UNION SELECT id FROM subject WHERE code = ? UNION SELECT id FROM office WHERE code = ? \
    UNION SELECT entity_id FROM audit_record WHERE entity_type = 'role' AND entity_code = ? LIMIT 100";

async fn entities(db: &Db, text: &str) -> Result<Vec<Uuid>, Failure> {
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(vec![id]);
    }
    let (code, email) = (text.to_uppercase(), text.to_lowercase());
    let values = [&code, &email, &code, &code, &code, &code, &code, &code].map(|text| Value::from(text.clone()));
    let rows = db::rows(db.reader(), BY_CODE, values.into()).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_days_includes_its_last_one_in_the_zone_of_the_office() {
        assert_eq!(instant("2026-11-21", 0, ZONE).unwrap().to_rfc3339(), "2026-11-20T17:00:00+00:00");
        assert_eq!(instant("2026-11-21", 1, ZONE).unwrap().to_rfc3339(), "2026-11-21T17:00:00+00:00");
        assert_eq!(instant("2026-11-21", 0, Tz::Asia__Jayapura).unwrap().to_rfc3339(), "2026-11-20T15:00:00+00:00");
        assert_eq!(instant("2026-11-21T05:00:00+07:00", 1, ZONE).unwrap().to_rfc3339(), "2026-11-20T22:00:00+00:00");
        assert_eq!(instant("yesterday", 0, ZONE), None);
    }
}
