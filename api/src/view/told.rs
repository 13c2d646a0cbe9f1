//! Texts about people as the audit and the history give them back.

use engine::personal;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A text about somebody, or the mark that they were erased and nobody can read it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Told {
    Text(String),
    Erased(Erased),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// Always true.
    #[serde(rename = "$erased")]
    erased: bool,
}

impl Told {
    /// What a text column says once it was opened.
    pub fn of(opened: &Value) -> Option<Self> {
        match opened {
            Value::Null => None,
            Value::String(text) => Some(Self::Text(text.clone())),
            other if personal::is_erased(other) => Some(Self::Erased(Erased { erased: true })),
            other => Some(Self::Text(other.to_string())),
        }
    }

    /// The same of a column that is never empty.
    pub fn certain(opened: &Value) -> Self {
        Self::of(opened).unwrap_or_else(|| Self::Text(String::new()))
    }

    /// The text; nothing of somebody who was erased.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Erased(_) => None,
        }
    }
}

/// A text column as [`personal::open`] wants it.
pub fn stored(row: &QueryResult, column: &str) -> Result<Value, Failure> {
    Ok(personal::stored_text(row.try_get("", column)?))
}
