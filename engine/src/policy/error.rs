//! What can go wrong with a policy version, told so that its author finds the place.

use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};

/// Why a version could not be compiled, evaluated or found. Lines and columns count from 1; 0 where
/// the interpreter does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("line {line}, column {column}: {message}")]
    Compile { line: usize, column: usize, message: String },
    #[error("line {line}, column {column}: {message}")]
    Run { line: usize, column: usize, message: String },
    #[error("line {line}, column {column}: the script was stopped: {what}")]
    Limit { what: String, line: usize, column: usize },
    /// A value handed to the script (`input…` or `params…`) is not allowed.
    #[error("{path}: {message}")]
    Input { path: String, message: String },
    /// A value the script returned or noted (`output…` or `trace…`) is missing or not allowed.
    #[error("{path}: {message}")]
    Output { path: String, message: String },
    #[error("the script has {bytes} bytes, the limit is {limit}")]
    TooLarge { bytes: usize, limit: usize },
    #[error("there is no version {number} of policy {kind}")]
    NotFound { kind: String, number: i64 },
}

impl PolicyError {
    pub(super) fn from_parse(error: &ParseError) -> Self {
        let (line, column) = place(error.position());
        let message = error.err_type().to_string();
        match error.err_type() {
            ParseErrorType::ExprTooDeep
            | ParseErrorType::TooManyFunctions
            | ParseErrorType::LiteralTooLarge(..)
            | ParseErrorType::BadInput(LexError::StringTooLong(_)) => Self::Limit { what: message, line, column },
            _ => Self::Compile { line, column, message },
        }
    }

    /// The error and whether its place is known. Inside function calls the innermost place counts.
    pub(super) fn from_run(mut error: EvalAltResult) -> (Self, bool) {
        let mut position = error.take_position();
        while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
            error = *inner;
            let deeper = error.take_position();
            position = if deeper.is_none() { position } else { deeper };
        }
        let (line, column) = place(position);
        let message = error.to_string();
        let error = match error {
            EvalAltResult::ErrorParsing(kind, _) => Self::from_parse(&ParseError(Box::new(kind), position)),
            EvalAltResult::ErrorTerminated(..) => Self::Limit { what: "Too many operations".into(), line, column },
            limit if limit.is_system_exception() => Self::Limit { what: message, line, column },
            _ => Self::Run { line, column, message },
        };
        (error, !position.is_none())
    }
}

fn place(position: Position) -> (usize, usize) {
    (position.line().unwrap_or(0), position.position().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::PolicyError;
    use crate::policy::{PolicySource, compile, evaluate};
    use serde_json::json;

    fn fails(script: &str) -> PolicyError {
        let source = PolicySource { kind: "test".into(), number: 1, script: script.into(), params: json!({}) };
        match compile(&source) {
            Ok(policy) => evaluate(&policy, &json!({ "a": 7 })).expect_err(script),
            Err(error) => error,
        }
    }

    #[test]
    fn an_error_names_the_line_and_column_of_its_cause() {
        let cases = [
            ("fn decide(input, params) {\n    let b = 1 + ;\n}", "line 2, column 17: Unexpected ';'"),
            ("fn decide(input, params) {\n    let b = 1;\n    b + aa\n}", "line 3, column 9: Undefined variable: aa"),
            ("fn decide(input, params) {\n    input.aa\n}", "line 2, column 11: Property not found: aa"),
            ("fn decide(input, params) {\n    #{ x: input.a / 0 }\n}", "line 2, column 19: Division by zero: 7 / 0"),
            ("fn decide(input, params) {\n    #{ x: 9223372036854775807 + input.a }\n}", "line 2, column 31: Addition overflow: 9223372036854775807 + 7"),
            ("fn decide(input, params) {\n    if input.a == 7 { throw \"no row for 7\"; }\n}", "line 2, column 23: Runtime error: no row for 7"),
            ("fn decide(input, params) {\n    inner(input.a)\n}\nfn inner(a) {\n    a / 0\n}", "line 5, column 7: Division by zero: 7 / 0"),
            (
                "fn decide(input, params) {\n    #{ x: pct(9223372036854775807, 200) }\n}",
                "line 2, column 11: Runtime error: 200 % of 9223372036854775807 is too large",
            ),
            ("fn decide(input) { #{} }", "line 1, column 1: the script must define `fn decide(input, params)`"),
        ];
        for (script, message) in cases {
            assert_eq!(fails(script).to_string(), message, "{script}");
        }
    }
}
