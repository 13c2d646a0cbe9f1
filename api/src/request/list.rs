//! Lists: `?q=&filter[name]=a,b&sort=-starts_at&cursor=&limit=50`.

use crate::problem::Problem;
use crate::route::describe::{Sketch, Takes};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

const LIMIT: u64 = 50;
const MAX_LIMIT: u64 = 200;
/// The longest text anybody searches for.
const MAX_SEARCH: usize = 200;

/// One page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// How many match on all pages.
    pub total: i64,
}

/// By hand, for each list's page has its own name in the document.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .property("next_cursor", text.description(Some("Pass it as `cursor` for the next page; null on the last")))
            .property("total", ObjectBuilder::new().schema_type(Type::Integer).description(Some("How many match on all pages")))
            .required("items")
            .required("next_cursor")
            .required("total")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}

/// What a caller wants of a list; `F` are its filters.
#[derive(Clone, Debug)]
pub struct List<F> {
    pub q: Option<String>,
    pub filter: F,
    pub sort: Option<String>,
    pub cursor: Option<String>,
    pub limit: u64,
}

/// The parameters every list has.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Common {
    /// Text to search for.
    q: Option<String>,
    /// The key to sort by, with `-` before it for descending.
    sort: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// At most this many items, up to 200.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    limit: Option<u64>,
}

const COMMON: [&str; 4] = ["q", "sort", "cursor", "limit"];

impl<S: Send + Sync, F: DeserializeOwned> FromRequestParts<S> for List<F> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default())
    }
}

fn parse<F: DeserializeOwned>(query: &str) -> Result<List<F>, Problem> {
    let (common, filter): (Vec<&str>, Vec<&str>) =
        query.split('&').filter(|pair| !is_empty(pair)).partition(|pair| COMMON.contains(&pair.split('=').next().unwrap_or_default()));
    let common: Common = read(&common.join("&"))?;
    let q = common.q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    if q.as_ref().is_some_and(|q| q.chars().count() > MAX_SEARCH) {
        return Err(malformed(format!("q is longer than {MAX_SEARCH} characters")));
    }
    Ok(List { q, filter: read(&filter.join("&"))?, sort: common.sort, cursor: common.cursor, limit: common.limit.unwrap_or(LIMIT).clamp(1, MAX_LIMIT) })
}

/// `filter[state]=` says nothing, as an empty search box does.
fn is_empty(pair: &str) -> bool {
    pair.split_once('=').is_none_or(|(_, value)| value.is_empty())
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let uri = format!("/?{query}").parse().map_err(|_| malformed("not a query string".into()))?;
    let axum::extract::Query(value) = axum::extract::Query::try_from_uri(&uri).map_err(|error| malformed(error.body_text()))?;
    Ok(value)
}

fn malformed(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", message)
}

impl<F: IntoParams> Takes for List<F> {
    fn describe(sketch: &mut Sketch) {
        for parameter in Common::into_params(|| Some(ParameterIn::Query)).into_iter().chain(F::into_params(|| Some(ParameterIn::Query))) {
            sketch.parameter(parameter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Filter {
        #[serde(rename = "filter[state]")]
        state: Option<String>,
    }

    #[test]
    fn a_list_query_is_read_whole() {
        let list: List<Filter> = parse("q=+zahra%20a+&filter%5Bstate%5D=A,B&sort=-code&limit=900&cursor=").unwrap();
        assert_eq!((list.q.as_deref(), list.sort.as_deref(), list.cursor, list.limit), (Some("zahra a"), Some("-code"), None, 200));
        assert_eq!(list.filter.state.as_deref(), Some("A,B"));
    }

    #[test]
    fn a_filter_nobody_knows_is_refused_instead_of_ignored() {
        for query in ["filter[color]=red", "page=2", "limit=many"] {
            assert_eq!(parse::<Filter>(query).unwrap_err().code, "malformed_query", "{query}");
        }
        assert!(parse::<Filter>("filter[state]=&q=").is_ok());
    }
}
