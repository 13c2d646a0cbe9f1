//! Why an evaluation failed, with the place for whoever writes the script or the input.

use super::versions::Version;
use engine::policy::PolicyError;
use serde_json::{Value, json};

#[derive(Debug)]
pub struct EvalError {
    code: &'static str,
    message: String,
    place: Option<(usize, usize)>,
}

impl EvalError {
    pub fn input(error: &serde_json::Error) -> Self {
        Self { code: "bad_input", message: format!("the input is not JSON: {error}"), place: Some((error.line(), error.column())) }
    }
    pub fn unreadable(error: &std::io::Error) -> Self {
        Self { code: "bad_input", message: format!("the input cannot be read: {error}"), place: None }
    }
    pub fn unknown_kind(kind: &str, versions: &[Version]) -> Self {
        let mut known: Vec<&str> = versions.iter().map(|version| version.kind.as_str()).collect();
        known.dedup();
        Self { code: "not_found", message: format!("there is no policy {kind}; known are {}", known.join(", ")), place: None }
    }
    pub fn no_version(kind: &str, number: Option<i64>) -> Self {
        let message = number.map_or_else(|| format!("no version of {kind} is in force"), |number| format!("there is no version {number} of policy {kind}"));
        Self { code: "not_found", message, place: None }
    }

    /// `{"code", "message", "line"?, "column"?}`
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some((line, column)) = self.place {
            error["line"] = line.into();
            error["column"] = column.into();
        }
        error
    }
}

impl From<PolicyError> for EvalError {
    fn from(error: PolicyError) -> Self {
        let message = error.to_string();
        let (code, place) = match error {
            PolicyError::Compile { line, column, .. } => ("compile", Some((line, column))),
            PolicyError::Run { line, column, .. } => ("run", Some((line, column))),
            PolicyError::Limit { line, column, .. } => ("limit", Some((line, column))),
            PolicyError::Input { .. } => ("input", None),
            PolicyError::Output { .. } => ("output", None),
            PolicyError::TooLarge { .. } => ("too_large", None),
            PolicyError::NotFound { .. } => ("not_found", None),
        };
        // Zero means that the interpreter does not know.
        Self { code, message, place: place.filter(|(line, _)| *line > 0) }
    }
}
