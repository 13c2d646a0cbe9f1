//! Where a script was stopped. The interpreter loses the place of a limit on its way out of a
//! function; since an evaluation is deterministic, it is repeated once with the body of `decide`
//! as plain statements, which keep their place. Runs only after a limit was hit.

use super::{ENTRY, PolicyError, sandbox};
use rhai::{Dynamic, Scope};

/// The candidates tried for the closing brace of `decide`: a bound on the time spent here.
const MAX_BRACES: usize = 256;

/// The error of the repeated evaluation, or `None` when it does not show the place either.
pub fn again(script: &str, input: Dynamic, params: Dynamic) -> Option<PolicyError> {
    let mut scope = Scope::new();
    scope.push_dynamic("input", input).push_dynamic("params", params);
    let ast = sandbox::compile_in(&scope, &body_as_statements(script)?).ok()?;
    let (error, placed) = PolicyError::from_run(*sandbox::begin().run_ast_with_scope(&mut scope, &ast).err()?);
    placed.then_some(error)
}

/// The script with the head of `decide` blanked out and its closing brace made `;`, every other
/// character where it was. The closing brace is the first one that makes the function parse.
fn body_as_statements(script: &str) -> Option<String> {
    let head = format!("fn {ENTRY}(input, params)");
    let start = script.find(&head)?;
    let open = start + script[start..].find('{')?;
    let close =
        script[open..].match_indices('}').take(MAX_BRACES).map(|(offset, _)| open + offset).find(|close| sandbox::compile(&script[start..=*close]).is_ok())?;
    let (before, body, after) = (&script[..start], &script[open + 1..close], &script[close + 1..]);
    let blank: String = script[start..=open].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    Some(format!("{before}{blank}{body};{after}"))
}

#[cfg(test)]
mod tests {
    use super::body_as_statements;

    #[test]
    fn the_body_keeps_its_lines_and_columns() {
        let cases = [
            ("// x\nfn decide(input, params) {\n    1\n}\nfn f() { 2 }", "// x\n                          \n    1\n;\nfn f() { 2 }"),
            ("fn decide(input, params) { if true { \"}\" } else { \"{\" } }", "                           if true { \"}\" } else { \"{\" } ;"),
        ];
        for (script, expected) in cases {
            assert_eq!(body_as_statements(script).as_deref(), Some(expected));
        }
        assert_eq!(body_as_statements("fn other() {}"), None);
    }
}
