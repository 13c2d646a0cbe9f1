//! Why a command did not happen: refused (the caller can act on it) or failed (the machine could not).

use crate::plan::Amount;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Parameters of a code, for the sentence the UI makes of it.
pub type Params = Map<String, Value>;

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub code: String,
    #[serde(default)]
    pub params: Params,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), params: Params::new() }
    }
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.into(), value.into());
        self
    }
}

/// Something that stands in the way, with enough to link to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blocking {
    pub kind: String,
    pub id: uuid::Uuid,
    pub code: String,
    pub label: String,
}

/// The business said no: a stable code, its parameters, the fields and the things concerned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    pub code: String,
    #[serde(default)]
    pub params: Params,
    #[serde(default)]
    pub fields: Vec<FieldError>,
    #[serde(default)]
    pub blocking: Vec<Blocking>,
}

impl Rejected {
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
    }
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.into(), value.into());
        self
    }
    #[must_use]
    pub fn at(mut self, field: FieldError) -> Self {
        self.fields.push(field);
        self
    }
    #[must_use]
    pub fn blocked_by(mut self, blocking: Vec<Blocking>) -> Self {
        self.blocking = blocking;
        self
    }
}

/// A command that was refused; nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// No such workflow, command or instance.
    NotFound { what: &'static str },
    /// The actor lacks the permission.
    Forbidden { permission: &'static str },
    /// Only the system runs this command, or only a person does.
    WrongActor,
    /// The actor took part in an earlier step that another person must have taken (SPEC AUTH-6).
    FourEyes { command: &'static str },
    /// The command has no edge from the present state.
    NotAllowed { state: String, allowed: Vec<&'static str> },
    /// The caller saw an older revision.
    Stale { revision: i64 },
    /// The request itself is wrong.
    Invalid(Vec<FieldError>),
    /// The business said no.
    Rejected(Rejected),
    /// The idempotency key was used before for another request.
    KeyReused,
    /// The outcome is no longer the one shown in the preview (SPEC CAN-5).
    OutcomeChanged { outcome: String, now: Vec<Amount> },
    /// The timer or job that sent the command has been settled already.
    Settled,
}

impl Refusal {
    /// The stable code of the refusal.
    pub fn code(&self) -> &str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Forbidden { .. } => "forbidden",
            Self::WrongActor => "wrong_actor",
            Self::FourEyes { .. } => "four_eyes",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Stale { .. } => "stale_revision",
            Self::Invalid(_) => "invalid",
            Self::Rejected(rejected) => &rejected.code,
            Self::KeyReused => "idempotency_key_reused",
            Self::OutcomeChanged { .. } => "outcome_changed",
            Self::Settled => "settled",
        }
    }
}

/// The machine could not: the database, a stored value this program cannot read, a broken policy.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the database refused")]
    Db(#[from] DbErr),
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    #[error("stored {what} cannot be read")]
    Stored {
        what: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("unknown {what} `{text}` in the database")]
    Unknown { what: &'static str, text: String },
    #[error("policy")]
    Policy(#[from] crate::policy::PolicyError),
    /// The connection broke while a commit was under way. Whether it stands is unknown, so nothing tries again by
    /// itself; the same request under its idempotency key is safe to repeat.
    #[error("the database went away during the commit")]
    Unanswered(#[source] DbErr),
    /// A bug: a plan breaks a rule of the engine; nothing was written.
    #[error("{workflow}: {rule}")]
    Broken { workflow: String, rule: String },
}

impl Failure {
    pub(crate) fn connect(error: sqlx::Error) -> Self {
        Self::Connect(error)
    }

    /// Whether the same command may succeed when tried again.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Db(error) => self.is_conflict() || is_passing(error),
            Self::Connect(_) => true,
            Self::Stored { .. } | Self::Unknown { .. } | Self::Policy(_) | Self::Unanswered(_) | Self::Broken { .. } => false,
        }
    }

    /// Whether another transaction won: a unique key was taken, or the database broke a deadlock.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Db(error) => {
                matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) || matches!(sql_state(error).as_deref(), Some("40001" | "40P01"))
            }
            _ => false,
        }
    }

    /// Why a commit failed: refused by the database, so that nothing stands, or without an answer.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        match sql_state(&error) {
            // A server that shuts down (57P) may have committed before it said so.
            Some(state) if !state.starts_with("57P") => Self::Db(error),
            _ => Self::Unanswered(error),
        }
    }

    /// The text of a database refusal, to recognise a named constraint.
    pub fn db_text(&self) -> Option<String> {
        match self {
            Self::Db(error) => Some(error.to_string()),
            _ => None,
        }
    }
}

fn sql_state(error: &DbErr) -> Option<String> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(source)) | DbErr::Query(RuntimeErr::SqlxError(source)) | DbErr::Conn(RuntimeErr::SqlxError(source)) => {
            source.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()))
        }
        _ => None,
    }
}

fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        // SQLITE_BUSY and SQLITE_LOCKED, admin shutdown and its kin.
        _ => matches!(sql_state(error).as_deref(), Some("5" | "6" | "57P01" | "57P03")),
    }
}

/// A command did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DbErr> for Halt {
    fn from(error: DbErr) -> Self {
        Self::Failed(Failure::Db(error))
    }
}
