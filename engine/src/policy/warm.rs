//! Evaluators of one version, kept between calls: looking up each operator and function anew is a third of
//! an evaluation, and what was found holds as long as the script is the same.
//!
//! The interpreter gives its lookups away only through the internals it exports; this module alone uses those.

use super::{ENTRY, sandbox};
use rhai::{AST, Caches, Dynamic, EvalAltResult, EvalContext, GlobalRuntimeState, Scope};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The evaluators of a version that are not at work; as many as have ever been at once.
pub struct Evaluators {
    ast: AST,
    idle: Mutex<Vec<Evaluator>>,
}

struct Evaluator {
    state: GlobalRuntimeState,
    found: Caches,
}

impl Evaluators {
    pub fn new(ast: AST) -> Self {
        Self { ast, idle: Mutex::default() }
    }

    /// Calls `decide`, with this thread's count and trace begun anew.
    pub fn call(&self, mut input: Dynamic, mut params: Dynamic) -> Result<Dynamic, Box<EvalAltResult>> {
        let engine = sandbox::begin();
        let mut evaluator = self.take(engine);
        let mut scope = Scope::new();
        let outcome = EvalContext::new(engine, &mut evaluator.state, &mut evaluator.found, &mut scope, None).call_fn_raw(
            ENTRY,
            false,
            false,
            &mut [&mut input, &mut params],
        )?;
        // One that failed is dropped with whatever it was in the middle of.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(evaluator);
        Ok(outcome)
    }

    fn take(&self, engine: &rhai::Engine) -> Evaluator {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| {
            let mut state = engine.new_global_runtime_state();
            state.lib.push(self.ast.shared_lib().clone());
            Evaluator { state, found: Caches::new() }
        })
    }
}

impl fmt::Debug for Evaluators {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Evaluators").field("ast", &self.ast).finish_non_exhaustive()
    }
}
/// Line and column of the first statement outside of all functions.
pub fn outside_functions(ast: &AST) -> Option<(usize, usize)> {
    let position = ast.statements().first()?.position();
    Some((position.line().unwrap_or(1), position.position().unwrap_or(1)))
}
