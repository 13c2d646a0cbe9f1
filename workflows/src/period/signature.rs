//! Signatures under checks: who looked at what.

use super::evidence::{Check, Evidence};
use chrono::{DateTime, Utc};
use engine::tag::Tag;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A signature under a check, on its evidence as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub by: Uuid,
    pub at: DateTime<Utc>,
    pub note: Option<String>,
    /// [`Evidence::digest`] of what was on the screen.
    pub digest: String,
}

/// One for each check at most, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signatures(BTreeMap<String, Signature>);

impl Signatures {
    pub fn of(&self, check: Check) -> Option<&Signature> {
        self.0.get(check.as_str())
    }

    #[must_use]
    pub fn with(mut self, check: Check, signature: Signature) -> Self {
        self.0.insert(check.as_str().into(), signature);
        self
    }

    #[must_use]
    pub fn without(mut self, check: Check) -> Self {
        self.0.remove(check.as_str());
        self
    }

    /// Whether the check was signed, and nothing about it has changed since.
    pub fn holds(&self, evidence: &Evidence) -> bool {
        self.of(evidence.check).is_some_and(|signature| signature.digest == evidence.digest())
    }

    pub fn all_given(&self) -> bool {
        Check::SIGNED.iter().all(|check| self.of(*check).is_some())
    }

    /// Whether all of them are this person's.
    pub fn only_by(&self, who: Uuid) -> bool {
        self.0.values().all(|signature| signature.by == who)
    }
}
