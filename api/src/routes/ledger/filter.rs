//! Which entries are meant.

use crate::listing::{self, Where};
use crate::problem::Problem;
use crate::request::List;
use engine::refusal::FieldError;
use sea_orm::Value;
use serde::Deserialize;
use utoipa::IntoParams;
use workflows::books::balance::Month;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct EntryFilter {
    /// The month they are posted in: `2026-11`; all of them unless named.
    #[serde(rename = "filter[month]")]
    pub month: Option<String>,
    /// Codes of accounts they move, separated by commas.
    #[serde(rename = "filter[account]")]
    pub account: Option<String>,
    /// The siswa or tutor whose account they move.
    #[serde(rename = "filter[party_id]")]
    pub party_id: Option<String>,
    /// Kinds of entries, separated by commas.
    #[serde(rename = "filter[kind]")]
    pub kind: Option<String>,
    /// Language of an export's headings: `id`, unless it is `en`.
    pub lang: Option<String>,
}

/// The month that a text names.
pub fn month(field: &str, text: &str) -> Result<Month, Problem> {
    Month::parse(text).ok_or_else(|| Problem::invalid(FieldError::new(field, "not_month")))
}

/// Conditions on entries `e` and the instances `i` that caused them.
pub fn wanted(list: &List<EntryFilter>) -> Result<Where, Problem> {
    let EntryFilter { month: named, account, party_id, kind, lang: _ } = &list.filter;
    let mut filter = Where::default();
    if let Some(text) = named {
        let month = month("filter[month]", text)?;
        filter.and("e.posted_on >= ? AND e.posted_on <= ?", [month.first.into(), month.last.into()]);
    }
    filter.one_of("e.kind", kind.as_deref());
    for (column, field, texts) in [("p.account", None, account), ("p.party_id", Some("filter[party_id]"), party_id)] {
        let mut inner = Where::default();
        match field {
            None => inner.one_of(column, texts.as_deref()),
            Some(field) => inner.one_of_ids(column, field, texts.as_deref())?,
        }
        filter.exists("posting p", "p.entry_id = e.id", inner);
    }
    if let Some(q) = &list.q {
        search(&mut filter, q);
    }
    Ok(filter)
}

/// The code of the cause, or the code or name of whoever's account is moved.
fn search(filter: &mut Where, q: &str) {
    let like = |column: &str| format!("lower({column}) LIKE ? ESCAPE '!'");
    let people = |table: &str| format!("SELECT id FROM {table} WHERE {} OR {}", like("code"), like("name"));
    let parties = format!("{} UNION ALL {}", people("siswa"), people("tutor"));
    let clause = format!("({} OR e.id IN (SELECT x.entry_id FROM posting x WHERE x.party_id IN ({parties})))", like("i.code"));
    filter.and(clause, vec![Value::from(listing::contains(q)); 5]);
}
