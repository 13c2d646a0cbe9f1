//! Where settings come from: a TOML file, and one environment variable per key.

use super::ConfigError;
use std::path::Path;

/// How the text of an environment variable is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Flag,
    Number,
}

/// Every setting: section, key, kind. Its variable is `ALUR_<SECTION>_<KEY>`.
pub const KEYS: &[(&str, &str, Kind)] = &[
    ("server", "listen", Kind::Text),
    ("server", "base_url", Kind::Text),
    ("server", "behind_proxy", Kind::Flag),
    ("server", "requests_per_minute", Kind::Number),
    ("database", "url", Kind::Text),
    ("database", "folder", Kind::Text),
    ("database", "migrate", Kind::Flag),
    ("storage", "folder", Kind::Text),
    ("storage", "bucket", Kind::Text),
    ("storage", "region", Kind::Text),
    ("storage", "endpoint", Kind::Text),
    ("storage", "access_key", Kind::Text),
    ("storage", "secret_key", Kind::Text),
    ("storage", "scanner", Kind::Text),
    ("oidc", "issuer", Kind::Text),
    ("oidc", "client_id", Kind::Text),
    ("oidc", "client_secret", Kind::Text),
    ("oidc", "hosted_domain", Kind::Text),
    ("oidc", "name", Kind::Text),
    ("smtp", "server", Kind::Text),
    ("smtp", "security", Kind::Text),
    ("smtp", "username", Kind::Text),
    ("smtp", "password", Kind::Text),
    ("smtp", "from", Kind::Text),
    ("smtp", "reply_to", Kind::Text),
    ("smtp", "ca_file", Kind::Text),
    ("bootstrap_admin", "email", Kind::Text),
    ("bootstrap_admin", "name", Kind::Text),
    ("log", "filter", Kind::Text),
    ("log", "json", Kind::Flag),
];

/// What hosting services call the database address.
const DATABASE_URL: &str = "DATABASE_URL";

/// The variable of a setting.
pub fn variable(section: &str, key: &str) -> String {
    format!("ALUR_{}_{}", section.to_uppercase(), key.to_uppercase())
}

pub(super) fn file(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
    text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax { path: path.into(), message: error.message().to_owned() })
}

pub(super) fn optional_file(path: &Path) -> Result<toml::Table, ConfigError> {
    if path.exists() { file(path) } else { Ok(toml::Table::new()) }
}

/// Puts what the environment says over the file. A variable of a known section with an unknown key is a typo.
pub(super) fn overlay(table: &mut toml::Table, variables: impl Iterator<Item = (String, String)>) -> Result<(), ConfigError> {
    let mut variables: Vec<(String, String)> = variables.filter(|(name, _)| name.starts_with("ALUR_") || name == DATABASE_URL).collect();
    // DATABASE_URL sorts last and would win; our own name for it is the more specific one.
    variables.sort_by_key(|(name, _)| name != DATABASE_URL);
    for (name, text) in variables {
        if name == DATABASE_URL {
            set(table, ("database", "url"), toml::Value::String(text))?;
            continue;
        }
        match KEYS.iter().find(|(section, key, _)| variable(section, key) == name) {
            Some((section, key, kind)) => set(table, (section, key), value(&name, text, *kind)?)?,
            None if KEYS.iter().any(|(section, ..)| name.starts_with(&variable(section, ""))) => return Err(ConfigError::UnknownVariable(name)),
            None => {}
        }
    }
    Ok(())
}

fn set(table: &mut toml::Table, (section, key): (&str, &str), value: toml::Value) -> Result<(), ConfigError> {
    let entry = table.entry(section).or_insert_with(|| toml::Table::new().into());
    let section = entry.as_table_mut().ok_or_else(|| ConfigError::Shape(format!("`{section}` must be a section")))?;
    section.insert(key.into(), value);
    Ok(())
}

fn value(name: &str, text: String, kind: Kind) -> Result<toml::Value, ConfigError> {
    match kind {
        Kind::Text => Ok(text.into()),
        Kind::Number => text.parse::<i64>().map(Into::into).map_err(|_| ConfigError::Shape(format!("`{name}` must be a whole number"))),
        Kind::Flag => text.parse::<bool>().map(Into::into).map_err(|_| ConfigError::Shape(format!("`{name}` must be true or false"))),
    }
}
