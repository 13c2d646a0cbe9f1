//! Configuration: one struct per concern, from the file `alur.toml` and the environment (SPEC OPS-5).
//!
//! The environment wins over the file, the file over the defaults; every error names the key.

mod oidc;
mod smtp;
mod source;

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use oidc::Oidc;
pub use smtp::Smtp;
pub use source::KEYS;

/// Everything the program can be told.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub storage: Storage,
    pub oidc: Oidc,
    pub smtp: Smtp,
    pub bootstrap_admin: BootstrapAdmin,
    pub log: Log,
}

/// Where the program listens and what browsers call it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub listen: SocketAddr,
    /// What people type into the browser; `http://<listen>` unless told.
    pub base_url: Option<String>,
    /// Whether a proxy in front sets `X-Forwarded-For`; never trust that header otherwise.
    pub behind_proxy: bool,
    /// How many requests each session may send to a process; 0 for no limit.
    pub requests_per_minute: u32,
}

/// The database and the folder of everything the program keeps beside it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`; `alur.db` in the data folder unless told.
    pub url: Option<String>,
    pub folder: PathBuf,
    /// Whether `serve`, `api` and `worker` bring the schema up to date themselves.
    pub migrate: bool,
}

/// Where documents are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// `documents` in the data folder unless told; not used with a bucket.
    pub folder: Option<PathBuf>,
    /// An S3 bucket; setting it moves documents there.
    pub bucket: Option<String>,
    pub region: Option<String>,
    /// Another S3 service than Amazon's.
    pub endpoint: Option<String>,
    pub access_key: Option<String>,
    pub secret_key: Option<String>,
    /// A virus scanner: a program with arguments that reads a document on its standard input and
    /// ends with 0 for clean, 1 for infected.
    pub scanner: Option<String>,
}

/// Who may sign in first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BootstrapAdmin {
    pub email: String,
    pub name: String,
}

/// What the program writes about itself, on standard error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// A filter as `tracing-subscriber` reads it, e.g. `info,api=debug`.
    pub filter: String,
    pub json: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), base_url: None, behind_proxy: false, requests_per_minute: 3000 }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, folder: PathBuf::from("./data"), migrate: true }
    }
}

impl Default for BootstrapAdmin {
    fn default() -> Self {
        Self { email: "admin@localhost".into(), name: "Admin".into() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,sqlx=error,sea_orm=warn,apalis_core=warn".into(), json: false }
    }
}

/// A setting the program cannot work with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path} is not valid TOML: {message}")]
    Syntax { path: PathBuf, message: String },
    /// The file or the environment holds something of the wrong kind, or a key nobody knows.
    #[error("configuration: {0}")]
    Shape(String),
    #[error("`{key}`: {fault}")]
    Value { key: &'static str, fault: String },
    #[error("unknown setting `{0}` in the environment")]
    UnknownVariable(String),
}

impl Config {
    /// Reads the file, when there is one, and the environment.
    ///
    /// # Errors
    /// Names the key that is unknown or has a wrong value.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let table = match file {
            Some(path) => source::file(path)?,
            None => source::optional_file(Path::new("alur.toml"))?,
        };
        Self::from_parts(table, std::env::vars())
    }

    pub(crate) fn from_parts(mut table: toml::Table, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        source::overlay(&mut table, variables)?;
        let config: Self = table.try_into().map_err(|error: toml::de::Error| ConfigError::Shape(error.to_string().trim().replace('\n', " ")))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, fault: &str| Err(ConfigError::Value { key, fault: fault.into() });
        if self.server.base_url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            return wrong("server.base_url", "must start with http:// or https://");
        }
        if self.database.url.as_ref().is_some_and(|url| !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))) {
            return wrong("database.url", "must start with sqlite: or postgres://");
        }
        self.oidc.check()?;
        if !self.bootstrap_admin.email.contains('@') {
            return wrong("bootstrap_admin.email", "must be an e-mail address");
        }
        if self.bootstrap_admin.name.trim().is_empty() {
            return wrong("bootstrap_admin.name", "must not be empty");
        }
        if self.storage.bucket.is_some() && self.storage.access_key.is_some() != self.storage.secret_key.is_some() {
            return wrong("storage.secret_key", "must be given together with storage.access_key");
        }
        Ok(())
    }

    /// The address of the web UI, without a slash at its end.
    pub fn base_url(&self) -> String {
        let url = self.server.base_url.clone().unwrap_or_else(|| format!("http://{}", self.server.listen));
        url.trim_end_matches('/').to_owned()
    }

    /// Whether browsers reach the program by https, so that cookies may demand it.
    pub fn is_https(&self) -> bool {
        self.base_url().starts_with("https://")
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database.url.clone().unwrap_or_else(|| format!("sqlite://{}", self.database.folder.join("alur.db").display()))
    }

    /// The folder of documents when no bucket is set.
    pub fn document_folder(&self) -> PathBuf {
        self.storage.folder.clone().unwrap_or_else(|| self.database.folder.join("documents"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Variables = &'static [(&'static str, &'static str)];

    fn parse(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let table = file.parse::<toml::Table>().unwrap();
        let variables = variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Config::from_parts(table, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let file = "[server]\nlisten = '0.0.0.0:1'\nbase_url = 'https://alur.example/'";
        let config = parse(file, &[("ALUR_SERVER_LISTEN", "127.0.0.1:2"), ("DATABASE_URL", "postgres://db/alur"), ("ALUR_LOG_JSON", "true")]).unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!((config.base_url().as_str(), config.is_https()), ("https://alur.example", true));
        assert_eq!(config.database_url(), "postgres://db/alur");
        assert!(config.log.json);
    }

    #[test]
    fn without_settings_everything_lies_in_the_data_folder_of_this_machine() {
        let config = parse("", &[]).unwrap();
        assert_eq!(config.database_url(), "sqlite://./data/alur.db");
        assert_eq!((config.base_url().as_str(), config.is_https()), ("http://127.0.0.1:8080", false));
    }

    #[test]
    fn every_error_names_its_key() {
        let cases: [(&str, Variables, &str); 8] = [
            ("[server]\nlisten = 5", &[], "server.listen"),
            ("[server]\nport = 5", &[], "port"),
            ("[mail]\nx = 1", &[], "mail"),
            ("", &[("ALUR_SERVER_LISTN", "x")], "ALUR_SERVER_LISTN"),
            ("", &[("ALUR_LOG_JSON", "maybe")], "ALUR_LOG_JSON"),
            ("[session]\nidle_minutes = 5", &[], "session"),
            ("[server]\nbase_url = 'alur.example'", &[], "server.base_url"),
            ("", &[("DATABASE_URL", "mysql://db")], "database.url"),
        ];
        for (file, variables, key) in cases {
            let error = parse(file, variables).unwrap_err();
            assert!(error.contains(key), "{error}");
        }
    }
}
