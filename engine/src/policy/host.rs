//! The compiled versions a program holds, by kind and number.

use super::{CompiledPolicy, PolicyError};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A cache of compiled versions; a clone shares it. A version never changes, so nothing expires.
#[derive(Clone, Debug, Default)]
pub struct PolicyHost(Arc<RwLock<HashMap<String, HashMap<i64, CompiledPolicy>>>>);

impl PolicyHost {
    /// Keeps a version for later.
    pub fn insert(&self, policy: CompiledPolicy) {
        let mut kinds = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kinds.entry(policy.kind().to_owned()).or_default().insert(policy.number(), policy);
    }

    /// # Errors
    /// `NotFound` when the version was not inserted before.
    pub fn get(&self, kind: &str, number: i64) -> Result<CompiledPolicy, PolicyError> {
        let kinds = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = kinds.get(kind).and_then(|numbers| numbers.get(&number)).cloned();
        known.ok_or_else(|| PolicyError::NotFound { kind: kind.to_owned(), number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, compile};
    use serde_json::json;

    #[test]
    fn a_version_is_found_by_kind_and_number_only() {
        let host = PolicyHost::default();
        let source = PolicySource { kind: "a".into(), number: 2, script: "fn decide(input, params) { #{} }".into(), params: json!({}) };
        host.clone().insert(compile(&source).unwrap());
        assert_eq!(host.get("a", 2).unwrap().number(), 2);
        for (kind, number) in [("a", 1), ("b", 2)] {
            assert_eq!(host.get(kind, number).unwrap_err(), PolicyError::NotFound { kind: kind.into(), number });
        }
    }
}
