//! The form a personal value has in the database, in memory on its way there, and for readers.
//!
//! ```text
//! {"$personal": {"of": [id, …], "plain": value}}   marked: about these people, to be sealed before it is written
//! {"$personal": {"of": [id, …], "text": "…"}}      sealed: a text; base64 of nonce and ciphertext, empty when the
//! {"$personal": {"of": [id, …], "json": "…"}}              person was erased before it was written; or any other value
//! {"$erased": true}                                what readers get when a key is destroyed
//! ```

use serde_json::{Map, Value, json};
use uuid::Uuid;

const MARK: &str = "$personal";
/// The one field of the object that stands for an erased value.
pub const ERASED: &str = "$erased";

/// What stands under a mark.
pub(crate) enum Content {
    Plain(Value),
    Text(String),
    Json(String),
}

/// A marked or sealed value taken apart.
pub(crate) struct Mark {
    pub of: Vec<Uuid>,
    pub content: Content,
}

impl Mark {
    pub fn is_on(value: &Value) -> bool {
        value.as_object().is_some_and(|object| object.len() == 1 && object.contains_key(MARK))
    }

    /// The mark on a value, if it has one.
    pub fn read(value: &Value) -> Option<Self> {
        let inner = value.as_object().filter(|object| object.len() == 1)?.get(MARK)?.as_object()?;
        let of = inner.get("of")?.as_array()?.iter().map(|id| id.as_str()?.parse().ok()).collect::<Option<Vec<Uuid>>>()?;
        let text = |name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
        let content = match inner.get("plain") {
            Some(plain) => Content::Plain(plain.clone()),
            None => text("text").map(Content::Text).or_else(|| text("json").map(Content::Json))?,
        };
        Some(Self { of, content })
    }

    pub fn write(&self) -> Value {
        let (name, value) = match &self.content {
            Content::Plain(value) => ("plain", value.clone()),
            Content::Text(sealed) => ("text", Value::from(sealed.as_str())),
            Content::Json(sealed) => ("json", Value::from(sealed.as_str())),
        };
        let inner: Map<String, Value> = [("of".to_owned(), json!(self.of)), (name.to_owned(), value)].into_iter().collect();
        json!({ MARK: inner })
    }
}

/// A value about these people, which whoever writes it seals. Nothing is said of nobody and by nothing.
pub fn marked(value: Value, of: &[Uuid]) -> Value {
    if value.is_null() || of.is_empty() || Mark::is_on(&value) {
        return value;
    }
    Mark { of: of.to_vec(), content: Content::Plain(value) }.write()
}

/// The value of a text column: a sealed one as an object, so that [`open`](super::open) finds it.
pub fn stored_text(text: Option<String>) -> Value {
    let Some(text) = text else { return Value::Null };
    let sealed = text.starts_with("{\"$personal\"").then(|| serde_json::from_str::<Value>(&text).ok()).flatten();
    sealed.filter(Mark::is_on).unwrap_or(Value::String(text))
}

/// Whether a value that was opened is one that nobody can read any more.
pub fn is_erased(value: &Value) -> bool {
    value.get(ERASED) == Some(&Value::Bool(true))
}

pub(crate) fn erased() -> Value {
    json!({ ERASED: true })
}
