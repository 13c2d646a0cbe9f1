//! What handlers take from a request: JSON bodies, lists' queries, path parts and headers, each
//! refused with a problem that names the place.

mod body;
mod headers;
mod list;
mod seen;

pub use body::{Body, Fields, JSON_LIMIT};
pub use headers::{Condition, Key};
pub use list::{List, Page};
pub use seen::{Seen, not_held};

use crate::problem::Problem;
use crate::route::describe::Takes;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// The parts of the path. One that cannot be read (an id that is none) names nothing we have.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found("address")),
        }
    }
}

/// Described by the route's path.
impl<T> Takes for At<T> {}
