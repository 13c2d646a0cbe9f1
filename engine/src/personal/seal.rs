//! Sealing marked values before they are written: AES-256-GCM under the key of the person, or of all of them at once.

use super::key::{Key, Keyring};
use super::mark::{Content, Mark, marked};
use crate::refusal::Failure;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use uuid::Uuid;

/// Replaces every marked value below this one by its sealed form. About nobody with a key, it stays as it is.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn seal(value: &mut Value, keys: &Keyring) -> Result<(), Failure> {
    match Mark::read(value) {
        Some(Mark { of, content: Content::Plain(plain) }) => *value = seal_one(plain, of, keys)?,
        Some(_) => {}
        None => match value {
            Value::Object(fields) => fields.values_mut().try_for_each(|field| seal(field, keys))?,
            Value::Array(items) => items.iter_mut().try_for_each(|item| seal(item, keys))?,
            _ => {}
        },
    }
    Ok(())
}

/// A text about these people in the form its column keeps.
///
/// # Errors
/// As [`seal`].
pub(crate) fn seal_text(text: &str, of: &[Uuid], keys: &Keyring) -> Result<String, Failure> {
    let mut value = marked(text.into(), of);
    seal(&mut value, keys)?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Everybody that marked values below this one are about.
pub(crate) fn owners_in(value: &Value, people: &mut BTreeSet<Uuid>) {
    match Mark::read(value) {
        Some(mark) => people.extend(mark.of),
        None => match value {
            Value::Object(fields) => fields.values().for_each(|field| owners_in(field, people)),
            Value::Array(items) => items.iter().for_each(|item| owners_in(item, people)),
            _ => {}
        },
    }
}

fn seal_one(plain: Value, of: Vec<Uuid>, keys: &Keyring) -> Result<Value, Failure> {
    let of: Vec<Uuid> = of.into_iter().filter(|id| keys.knows(*id)).collect::<BTreeSet<_>>().into_iter().collect();
    if of.is_empty() {
        return Ok(plain);
    }
    let (is_text, bytes) = match &plain {
        Value::String(text) => (true, text.clone().into_bytes()),
        other => (false, other.to_string().into_bytes()),
    };
    let sealed = match combined(&of, keys) {
        Some(key) => encrypt(&key, &aad(&of), bytes)?,
        // Erased already: nothing about this person is ever written again.
        None => String::new(),
    };
    let content = if is_text { Content::Text(sealed) } else { Content::Json(sealed) };
    Ok(Mark { of, content }.write())
}

/// One key out of those of all owners; none when one of them is gone.
pub(super) fn combined(of: &[Uuid], keys: &Keyring) -> Option<Key> {
    if let [one] = of {
        return keys.key(*one).copied();
    }
    let mut hasher = Sha256::new_with_prefix("alur personal value of several people");
    for id in of {
        hasher.update(keys.key(*id)?);
    }
    Some(hasher.finalize().into())
}

/// What a ciphertext is bound to: it opens for these people only.
pub(super) fn aad(of: &[Uuid]) -> String {
    of.iter().fold(String::from("alur"), |mut text, id| {
        let _ = write!(text, ":{id}");
        text
    })
}

fn encrypt(key: &Key, aad: &str, mut bytes: Vec<u8>) -> Result<String, Failure> {
    let broken = |_| Failure::Unknown { what: "randomness", text: "none to be had".into() };
    let mut nonce = [0_u8; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(broken)?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(broken)?);
    cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut bytes).map_err(broken)?;
    Ok(BASE64.encode([nonce.as_slice(), &bytes].concat()))
}

/// The plain bytes; none when the text is not what [`encrypt`] made under this key.
pub(super) fn decrypt(key: &Key, aad: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(sealed).ok()?;
    let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut rest = rest.to_vec();
    let plain = cipher.open_in_place(Nonce::try_assume_unique_for_key(nonce).ok()?, Aad::from(aad), &mut rest).ok()?;
    Some(plain.to_vec())
}
