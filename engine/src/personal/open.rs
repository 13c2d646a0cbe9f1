//! Opening sealed values for readers. Keys are looked up each time: none outlives an erasure.

use super::key::{Keyring, read_keys};
use super::mark::{Content, Mark, erased};
use super::seal::{aad, combined, decrypt, owners_in};
use crate::refusal::Failure;
use futures::future::BoxFuture;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::collections::BTreeSet;

/// Opens every sealed value in these and below them, with one query for all. What nobody can read any more becomes
/// `{"$erased": true}`. Give it the values of a whole page at once; a text column comes through
/// [`stored_text`](super::stored_text).
///
/// # Errors
/// When the database cannot be read. A sealed value that is damaged stays as it is stored: the chain names it.
pub fn open<'v>(conn: &'v impl ConnectionTrait, values: impl IntoIterator<Item = &'v mut Value>) -> BoxFuture<'v, Result<(), Failure>> {
    Box::pin(open_all(conn, values.into_iter().collect(), |_| erased()))
}

/// As [`open`], for folding changes into a record: an erased text becomes an empty one, any other value `null`.
pub(crate) fn open_for_replay<'v>(conn: &'v impl ConnectionTrait, values: impl IntoIterator<Item = &'v mut Value>) -> BoxFuture<'v, Result<(), Failure>> {
    let stand_in = |content: &Content| if matches!(content, Content::Text(_)) { Value::from("") } else { Value::Null };
    Box::pin(open_all(conn, values.into_iter().collect(), stand_in))
}

async fn open_all(conn: &impl ConnectionTrait, mut values: Vec<&mut Value>, stand_in: impl Fn(&Content) -> Value + Send + Sync) -> Result<(), Failure> {
    let mut people = BTreeSet::new();
    values.iter().for_each(|value| owners_in(value, &mut people));
    if people.is_empty() {
        return Ok(());
    }
    let keys = read_keys(conn, &people).await?;
    values.iter_mut().for_each(|value| walk(value, &keys, &stand_in));
    Ok(())
}

fn walk(value: &mut Value, keys: &Keyring, stand_in: &impl Fn(&Content) -> Value) {
    match Mark::read(value) {
        Some(mark) => {
            if let Some(opened) = open_one(&mark, keys, stand_in) {
                *value = opened;
            }
        }
        None => match value {
            Value::Object(fields) => fields.values_mut().for_each(|field| walk(field, keys, stand_in)),
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, keys, stand_in)),
            _ => {}
        },
    }
}

/// None for a value that is damaged.
fn open_one(mark: &Mark, keys: &Keyring, stand_in: &impl Fn(&Content) -> Value) -> Option<Value> {
    let (sealed, is_text) = match &mark.content {
        Content::Plain(value) => return Some(value.clone()),
        Content::Text(sealed) => (sealed, true),
        Content::Json(sealed) => (sealed, false),
    };
    let Some(key) = combined(&mark.of, keys).filter(|_| !sealed.is_empty()) else { return Some(stand_in(&mark.content)) };
    let plain = decrypt(&key, &aad(&mark.of), sealed)?;
    if is_text { String::from_utf8(plain).ok().map(Value::String) } else { serde_json::from_slice(&plain).ok() }
}
