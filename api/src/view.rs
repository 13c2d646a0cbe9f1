//! The shapes the API speaks that more than one route shares. The engine's own types stay free of OpenAPI.

pub mod availability;
pub mod entry;
pub mod nested;
pub mod outcome;
pub mod told;

use serde::Serialize;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Somebody or something by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// A row of a catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coded {
    pub id: Uuid,
    pub code: String,
    pub name: String,
}

/// Another instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstanceRef {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
}

/// A place with its coordinates.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Place {
    #[schema(required)]
    pub address: Option<String>,
    pub lat: f64,
    pub long: f64,
}

/// A JSON object with whatever keys, in the OpenAPI document.
pub struct AnyObject;

impl PartialSchema for AnyObject {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
    }
}

impl ToSchema for AnyObject {}
