//! The interpreter, with nothing in it but arithmetic, text, arrays and maps, and a limit on all.
//!
//! Nothing here can tell the time, so the time of an evaluation is bounded through its number of
//! operations and the size of the values it can copy, the memory through the number of variables and
//! their size. The slowest script found, which copies the largest arrays until it is stopped, runs for
//! 0.6 s in a release build; the opening rules take some microseconds.
//!
//! `Engine::new_raw` and hand-picked packages, not `Engine::new`: the standard package brings `sleep`,
//! which blocks the thread even when its symbol is disabled.

use super::{PolicyError, table, trace};
use rhai::packages::{ArithmeticPackage, BasicArrayPackage, BasicMapPackage, BasicMathPackage, BasicStringPackage, LogicPackage, Package};
use rhai::{AST, Dynamic, Engine, OptimizationLevel, Scope};
use std::cell::Cell;
use std::sync::OnceLock;

/// The longest script.
pub const MAX_SCRIPT_BYTES: usize = 64 * 1024;
/// The operations (statements, expressions, calls) of one evaluation; the opening rules take under 100.
pub const MAX_OPERATIONS: u64 = 20_000;
/// The recorded steps of one evaluation.
pub const MAX_TRACE_STEPS: usize = 256;

const MAX_CALL_LEVELS: usize = 8;
const MAX_EXPR_DEPTH: usize = 64;
const MAX_VARIABLES: usize = 64;
const MAX_FUNCTIONS: usize = 32;
/// Bytes of one string; of all strings inside one array or map.
const MAX_STRING_BYTES: usize = 4_096;
/// Elements of one array, nested ones included.
const MAX_ARRAY_ITEMS: usize = 512;
/// Fields of one map, nested ones included.
const MAX_MAP_FIELDS: usize = 1_024;

thread_local! {
    static OPERATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The one interpreter, shared by all threads, with this thread's count and trace begun anew.
pub fn begin() -> &'static Engine {
    OPERATIONS.set(0);
    trace::begin();
    engine()
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(build)
}

/// Counts an operation; past the limit it stops the script. The interpreter's own count starts over in
/// each callback (`array.map(Fn("f"))`), so nested ones would run for ever under it.
fn count_operation(_: u64) -> Option<Dynamic> {
    let operations = OPERATIONS.get() + 1;
    OPERATIONS.set(operations);
    (operations > MAX_OPERATIONS).then_some(Dynamic::UNIT)
}

/// Parses a script under the limits.
pub fn compile(script: &str) -> Result<AST, PolicyError> {
    compile_in(&Scope::new(), script)
}

/// [`compile`] of statements that see the variables of a scope.
pub fn compile_in(scope: &Scope, script: &str) -> Result<AST, PolicyError> {
    if script.len() > MAX_SCRIPT_BYTES {
        return Err(PolicyError::TooLarge { bytes: script.len(), limit: MAX_SCRIPT_BYTES });
    }
    engine().compile_with_scope(scope, script).map_err(|error| PolicyError::from_parse(&error))
}

fn build() -> Engine {
    let mut engine = Engine::new_raw();
    for module in [
        ArithmeticPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
        BasicStringPackage::new().as_shared_module(),
        BasicArrayPackage::new().as_shared_module(),
        BasicMapPackage::new().as_shared_module(),
        BasicMathPackage::new().as_shared_module(),
    ] {
        engine.register_global_module(module);
    }
    engine
        .on_progress(count_operation)
        .set_max_call_levels(MAX_CALL_LEVELS)
        .set_max_expr_depths(MAX_EXPR_DEPTH, MAX_EXPR_DEPTH)
        .set_max_variables(MAX_VARIABLES)
        .set_max_functions(MAX_FUNCTIONS)
        .set_max_string_size(MAX_STRING_BYTES)
        .set_max_array_size(MAX_ARRAY_ITEMS)
        .set_max_map_size(MAX_MAP_FIELDS)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        .set_allow_anonymous_fn(false)
        .set_allow_shadowing(false)
        // Interned strings sit behind one lock that every `for` on every thread would take.
        .set_max_strings_interned(0)
        .set_optimization_level(OptimizationLevel::Simple);
    for symbol in ["eval", "print", "debug", "sleep"] {
        engine.disable_symbol(symbol);
    }
    table::register(&mut engine);
    trace::register(&mut engine);
    engine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, compile, evaluate};
    use serde_json::json;

    fn refusal(script: &str) -> PolicyError {
        let source = PolicySource { kind: "test".into(), number: 1, script: script.into(), params: json!({}) };
        match compile(&source) {
            Ok(policy) => evaluate(&policy, &json!({})).expect_err(script),
            Err(error) => error,
        }
    }

    #[test]
    fn every_limit_stops_a_script_and_names_the_place() {
        let cases = [
            ("loop {}", "Too many operations", 2),
            ("let n = 0;\n    while true { n += 1; }", "Too many operations", 3),
            ("let n = 0;\n    loop { try { loop { n += 1; } } catch {} }", "Too many operations", 3),
            ("down(1)\n}\nfn down(n) {\n    down(n + 1)", "Stack overflow", 2),
            ("let s = \"0123456789abcdef\";\n    loop { s += s; }", "Length of string too large", 3),
            ("let a = [];\n    loop { a.push(1); }", "Size of array/BLOB too large", 3),
            ("let a = [1];\n    loop { a.append(a); }", "Size of array/BLOB too large", 3),
            ("let a = [1];\n    loop { a = [a, a]; }", "Size of array/BLOB too large", 3),
            ("let m = #{};\n    let n = 0;\n    loop { m.set(`k${n}`, 1); n += 1; }", "Size of object map too large", 4),
            ("let n = 0;\n    loop { note(\"n\", n); n += 1; }", "Trace too large", 3),
        ];
        for (body, what, line) in cases {
            match refusal(&format!("fn decide(input, params) {{\n    {body}\n}}")) {
                PolicyError::Limit { what: found, line: at, column } => {
                    assert_eq!((found.as_str(), at), (what, line), "{body}");
                    assert!(column > 0, "{body}");
                }
                other => panic!("{body}: {other:?}"),
            }
        }
    }

    #[test]
    fn operations_inside_callbacks_count() {
        let script = "fn decide(input, params) {\n    let a = [];\n    a.pad(500, 1);\n    a.map(Fn(\"all\"))\n}\n\
                      fn all(x) {\n    let b = [];\n    b.pad(500, 1);\n    b.map(Fn(\"one\"))\n}\nfn one(x) { x + 1 }";
        assert!(matches!(refusal(script), PolicyError::Limit { what, .. } if what == "Too many operations"));
    }

    #[test]
    fn a_script_reaches_nothing_outside_itself() {
        for body in [
            "eval(\"1\")",
            "import \"x\" as y; 1",
            "sleep(1)",
            "print(\"x\")",
            "debug(\"x\")",
            "timestamp()",
            "parse_float(\"1.5\")",
            "1.5",
            "let f = |x| x + 1; f.call(1)",
            "let a = 1; let a = 2; a",
            "rand()",
            "outside",
        ] {
            let error = refusal(&format!("fn decide(input, params) {{ {body} }}"));
            assert!(matches!(error, PolicyError::Compile { .. } | PolicyError::Run { .. }), "{body}: {error:?}");
        }
    }

    #[test]
    fn an_oversized_script_is_refused_unread() {
        let script = " ".repeat(MAX_SCRIPT_BYTES + 1);
        assert_eq!(refusal(&script), PolicyError::TooLarge { bytes: MAX_SCRIPT_BYTES + 1, limit: MAX_SCRIPT_BYTES });
        let functions: String = (0..=MAX_FUNCTIONS).map(|n| format!("fn f{n}() {{}}\n")).collect();
        assert!(matches!(refusal(&functions), PolicyError::Limit { .. }));
        let deep = format!("fn decide(input, params) {{ {}1{} }}", "(".repeat(100), ")".repeat(100));
        assert!(matches!(refusal(&deep), PolicyError::Limit { .. }));
    }

    #[test]
    fn the_deepest_script_fits_the_stack_of_a_thread() {
        let (open, close) = ("[".repeat(18), "]".repeat(18));
        let script = format!("fn decide(input, params) {{ down(1) }}\nfn down(n) {{ {open}[n].map(Fn(\"down\")){close} }}");
        let error = std::thread::Builder::new().stack_size(1 << 20).spawn(move || refusal(&script)).unwrap().join().unwrap();
        assert!(matches!(&error, PolicyError::Limit { what, .. } if what == "Stack overflow"), "{error:?}");
    }
}
