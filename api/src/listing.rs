//! Pages of rows: conditions, order and keyset cursor as SQL that both databases read alike.

use crate::problem::Problem;
use crate::request::{List, Page};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use engine::db::{self, Db};
use engine::refusal::{Failure, FieldError};
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Conditions joined by AND, with their values in order.
#[derive(Clone, Debug, Default)]
pub struct Where {
    clauses: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    pub fn and(&mut self, clause: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.clauses.push(clause.into());
        self.values.extend(values);
    }

    /// `column` is one of the comma-separated texts.
    pub fn one_of(&mut self, column: &str, texts: Option<&str>) {
        let Some(texts) = texts else { return };
        let texts: Vec<Value> = texts.split(',').filter(|text| !text.is_empty()).map(Value::from).collect();
        self.and(format!("{column} IN ({})", vec!["?"; texts.len().max(1)].join(",")), if texts.is_empty() { vec![Value::from("")] } else { texts });
    }

    /// `column` is one of the comma-separated ids.
    pub fn one_of_ids(&mut self, column: &str, field: &str, texts: Option<&str>) -> Result<(), Problem> {
        let Some(texts) = texts else { return Ok(()) };
        let ids = texts.split(',').map(Uuid::parse_str).collect::<Result<Vec<Uuid>, _>>();
        let ids = ids.map_err(|_| Problem::invalid(FieldError::new(field, "not_id")))?;
        self.and(format!("{column} IN ({})", vec!["?"; ids.len()].join(",")), ids.into_iter().map(Value::from));
        Ok(())
    }

    /// There is a row of `table` joined by `on` that meets `inner`, if `inner` asks for anything.
    pub fn exists(&mut self, table: &str, on: &str, inner: Self) {
        if !inner.clauses.is_empty() {
            self.and(format!("EXISTS (SELECT 1 FROM {table} WHERE {on} AND {})", inner.clauses.join(" AND ")), inner.values);
        }
    }

    /// One of the columns holds the text, whatever its case.
    pub fn search(&mut self, columns: &[&str], q: Option<&str>) {
        let Some(q) = q else { return };
        let pattern = contains(q);
        let any: Vec<String> = columns.iter().map(|column| format!("lower({column}) LIKE ? ESCAPE '!'")).collect();
        self.and(format!("({})", any.join(" OR ")), vec![Value::from(pattern); columns.len()]);
    }

    /// A whole query with these conditions, and its values.
    pub fn select(&self, columns: &str, from: &str, rest: &str) -> (String, Vec<Value>) {
        (format!("SELECT {columns} FROM {from}{}{rest}", self.sql()), self.values.clone())
    }

    fn sql(&self) -> String {
        if self.clauses.is_empty() { String::new() } else { format!(" WHERE {}", self.clauses.join(" AND ")) }
    }
}

/// A LIKE pattern for texts that contain `q`, in lower case.
pub fn contains(q: &str) -> String {
    let mut pattern = String::from("%");
    for letter in q.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// How a sort key compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Day,
    Instant,
    /// A whole number.
    Number,
    Text,
}

/// A key a list may be sorted by. `sql` is never null.
#[derive(Debug)]
pub struct SortKey {
    pub name: &'static str,
    pub sql: &'static str,
    pub sort: Sort,
}

/// The chosen order. Ties are broken by id, so that no row is shown twice or left out.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    key: &'static SortKey,
    descending: bool,
}

impl Order {
    /// The order named by `sort`, or by `default` when the caller has no wish.
    pub fn of(sort: Option<&str>, default: &str, keys: &'static [SortKey]) -> Result<Self, Problem> {
        let wish = sort.unwrap_or(default);
        let (name, descending) = wish.strip_prefix('-').map_or((wish, false), |name| (name, true));
        let key = keys.iter().find(|key| key.name == name).ok_or_else(|| {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", format!("sort by one of {}", names.join(", ")))
        })?;
        Ok(Self { key, descending })
    }

    fn after(&self, cursor: &Cursor, id: &str, filter: &mut Where) -> Result<(), Problem> {
        let sign = if self.descending { "<" } else { ">" };
        let key: Value = match self.key.sort {
            Sort::Text => cursor.0.clone().into(),
            Sort::Number => cursor.0.parse::<i64>().map_err(|_| Cursor::malformed())?.into(),
            Sort::Day => cursor.0.parse::<NaiveDate>().map_err(|_| Cursor::malformed())?.into(),
            Sort::Instant => cursor.0.parse::<DateTime<Utc>>().map_err(|_| Cursor::malformed())?.into(),
        };
        filter.and(format!("({}, {id}) {sign} (?, ?)", self.key.sql), [key, cursor.1.into()]);
        Ok(())
    }

    fn sql(&self, id: &str) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        format!(" ORDER BY {} {direction}, {id} {direction}", self.key.sql)
    }

    fn cursor(&self, row: &QueryResult) -> Result<Cursor, Failure> {
        let key = match self.key.sort {
            Sort::Text => row.try_get("", "sort_key")?,
            Sort::Number => row.try_get::<i64>("", "sort_key")?.to_string(),
            Sort::Day => row.try_get::<NaiveDate>("", "sort_key")?.to_string(),
            Sort::Instant => row.try_get::<DateTime<Utc>>("", "sort_key")?.to_rfc3339_opts(SecondsFormat::Micros, true),
        };
        Ok(Cursor(key, row.try_get("", "sort_id")?))
    }
}

/// Where the next page begins: after this sort key and id. Opaque to callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(String, Uuid);

impl Cursor {
    fn malformed() -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", "cursor is not one of ours")
    }
    fn parse(text: &str) -> Result<Self, Problem> {
        let bytes = hex::decode(text).map_err(|_| Self::malformed())?;
        serde_json::from_slice(&bytes).map_err(|_| Self::malformed())
    }
    fn write(&self) -> String {
        hex::encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// A query for one page: `SELECT <select> FROM <from>`, `id` being the id column.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    pub select: &'a str,
    pub from: &'a str,
    pub id: &'a str,
    pub filter: Where,
    pub order: Order,
}

impl Listing<'_> {
    /// Reads the page a caller wants, and how many rows match on all pages.
    pub async fn page<T, F>(self, db: &Db, list: &List<F>, read: impl Fn(&QueryResult) -> Result<T, Failure>) -> Result<Page<T>, Problem> {
        let count = format!("SELECT count(*) AS n FROM {}{}", self.from, self.filter.sql());
        let total = total(db, &count, self.filter.values.clone()).await?;
        self.page_of(total, db, list, read).await
    }

    /// As [`Self::page`] for tables that grow without end: counts no further than one more than `most`.
    pub async fn page_counting<T, F>(self, most: i64, db: &Db, list: &List<F>, read: impl Fn(&QueryResult) -> Result<T, Failure>) -> Result<Page<T>, Problem> {
        let count = format!("SELECT count(*) AS n FROM (SELECT 1 AS one FROM {}{} LIMIT {}) counted", self.from, self.filter.sql(), most + 1);
        let total = total(db, &count, self.filter.values.clone()).await?;
        self.page_of(total, db, list, read).await
    }

    async fn page_of<T, F>(self, total: i64, db: &Db, list: &List<F>, read: impl Fn(&QueryResult) -> Result<T, Failure>) -> Result<Page<T>, Problem> {
        let after = list.cursor.as_deref().map(Cursor::parse).transpose()?;
        let (rows, next) = self.rows_after(db, after, list.limit).await?;
        let items = rows.iter().map(read).collect::<Result<Vec<T>, Failure>>()?;
        Ok(Page { items, next_cursor: next.map(|cursor| cursor.write()), total })
    }

    /// The rows after a place, at most `limit`, and the place after them when there are more.
    pub async fn rows_after(&self, db: &Db, after: Option<Cursor>, limit: u64) -> Result<(Vec<QueryResult>, Option<Cursor>), Problem> {
        let mut filter = self.filter.clone();
        if let Some(cursor) = &after {
            self.order.after(cursor, self.id, &mut filter)?;
        }
        let sql = format!(
            "SELECT {}, {} AS sort_key, {} AS sort_id FROM {}{}{} LIMIT {}",
            self.select,
            self.order.key.sql,
            self.id,
            self.from,
            filter.sql(),
            self.order.sql(self.id),
            // A figure, not a placeholder: Postgres plans for all values at once, and takes an unknown limit for a tenth of the table.
            limit + 1
        );
        let mut rows = db::rows(db.reader(), &sql, filter.values).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = match rows.get(wanted.saturating_sub(1)) {
            Some(last) if rows.len() > wanted => Some(self.order.cursor(last)?),
            _ => None,
        };
        rows.truncate(wanted);
        Ok((rows, next))
    }
}

async fn total(db: &Db, sql: &str, values: Vec<Value>) -> Result<i64, Failure> {
    Ok(db::row(db.reader(), sql, values).await?.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    static KEYS: [SortKey; 1] = [SortKey { name: "code", sql: "s.code", sort: Sort::Text }];

    #[test]
    fn a_cursor_survives_the_way_to_the_browser_and_back() {
        let cursor = Cursor("SES-2026-000001".into(), Uuid::from_u128(7));
        assert_eq!(Cursor::parse(&cursor.write()).unwrap(), cursor);
        for text in ["", "zz", "00ff", "7b7d"] {
            assert_eq!(Cursor::parse(text).unwrap_err().code, "malformed_query", "{text}");
        }
    }

    #[test]
    fn pages_go_on_after_the_last_row_of_the_one_before() {
        let mut filter = Where::default();
        let order = Order::of(Some("-code"), "code", &KEYS).unwrap();
        order.after(&Cursor("B".into(), Uuid::nil()), "s.id", &mut filter).unwrap();
        assert_eq!(format!("{}{}", filter.sql(), order.sql("s.id")), " WHERE (s.code, s.id) < (?, ?) ORDER BY s.code DESC, s.id DESC");
        assert!(Order::of(Some("colour"), "code", &KEYS).is_err());
    }

    #[test]
    fn a_search_finds_percent_signs_and_underscores_as_they_are() {
        assert_eq!(contains("50%_A!"), "%50!%!_a!!%");
    }
}
