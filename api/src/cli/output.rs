//! What a command tells: results on standard output, as text or JSON.

use crate::problem::chain;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// Writes to standard output. Whoever reads it may have gone away; that is no failure of ours.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// How a command ended when nothing broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    Well,
    /// It found something that is not as it should be.
    WithFindings,
}

impl From<Finished> for ExitCode {
    fn from(finished: Finished) -> Self {
        match finished {
            Finished::Well => Self::SUCCESS,
            Finished::WithFindings => Self::FAILURE,
        }
    }
}

impl Finished {
    /// Well when there is nothing to report.
    pub fn without(findings: &[impl Sized]) -> Self {
        if findings.is_empty() { Self::Well } else { Self::WithFindings }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// A line for people; nothing when JSON is wanted.
    pub fn text(self, line: impl AsRef<str>) {
        if !self.json {
            print(&format!("{}\n", line.as_ref()));
        }
    }

    /// The result for programs; nothing when text is wanted.
    pub fn value(self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            print(&format!("{}\n", serde_json::to_string(value)?));
        }
        Ok(())
    }

    /// An error with everything that caused it, and the exit code for it.
    pub fn failed(self, error: &anyhow::Error) -> ExitCode {
        self.error(json!({ "code": "failed", "message": chain(error.as_ref()) }))
    }

    /// An error with a code of its own; `error` holds at least `message`.
    pub fn error(self, error: Value) -> ExitCode {
        if self.json {
            print(&format!("{}\n", json!({ "error": error })));
        } else {
            eprintln!("alur: {}", error["message"].as_str().unwrap_or("failed"));
        }
        ExitCode::FAILURE
    }
}
