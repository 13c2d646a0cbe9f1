//! What a command did, or would do.

use super::AnyObject;
use super::InstanceRef;
use super::entry::Entry;
use super::nested::NestedPreview;
use chrono::{DateTime, Utc};
use engine::plan;
use engine::policy::PolicyDecision;
use engine::view as kernel;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A named figure: rupiah, or a plain count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<i64>,
}

/// What a person should know before going on: a code with parameters.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Warning {
    pub code: String,
    #[schema(value_type = AnyObject)]
    pub params: Map<String, Value>,
}

/// One step of how a policy decided: a rule looked at, a percentage worked out, or a value noted.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum TraceStep {
    /// `detail` is what the rule was compared with.
    Rule {
        rule: String,
        matched: bool,
        #[schema(nullable = false)]
        detail: Option<Value>,
    },
    /// `pct` % of `of_rp`; `remainder` is what the rounding decided on, in hundredths of a rupiah.
    Percentage {
        pct: i64,
        of_rp: i64,
        result_rp: i64,
        rounding: String,
        remainder: i64,
    },
    Note {
        note: String,
        value: Value,
    },
}

/// A policy version's answer with the steps to it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Decision {
    pub kind: String,
    pub version: i64,
    pub sha256: String,
    #[schema(value_type = AnyObject)]
    pub input: Value,
    #[schema(value_type = AnyObject)]
    pub output: Value,
    /// Rules looked at and figures worked out, in order.
    #[schema(value_type = Vec<TraceStep>)]
    pub trace: Vec<Value>,
}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Outcome {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
    pub state: String,
    pub revision: i64,
    pub amounts: Vec<Amount>,
    /// Digest of state and amounts, equal to the preview's when nothing changed in between.
    pub outcome: String,
    /// Instances started or commanded along the way.
    pub started: Vec<InstanceRef>,
    /// Whether this is the answer given earlier under the same Idempotency-Key.
    pub repeated: bool,
}

/// A timer that would be armed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Armed {
    pub name: String,
    pub due_at: DateTime<Utc>,
}

/// What a command would do; nothing was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Null when the command would start the instance.
    #[schema(required)]
    pub from: Option<String>,
    pub to: String,
    pub amounts: Vec<Amount>,
    /// Send it as `expected_outcome` to be told when the result is no longer this one.
    pub outcome: String,
    pub decisions: Vec<Decision>,
    pub entries: Vec<Entry>,
    pub tasks_opened: Vec<String>,
    pub tasks_closed: Vec<String>,
    pub timers_armed: Vec<Armed>,
    pub timers_disarmed: Vec<String>,
    pub jobs: Vec<String>,
    /// The workflows of instances that would be started.
    pub starts: Vec<String>,
    pub warnings: Vec<Warning>,
    #[schema(required)]
    pub on_behalf_of: Option<String>,
    /// What it would do to other instances, each command followed by those that it sends in turn.
    pub nested: Vec<NestedPreview>,
}

impl From<kernel::Armed> for Armed {
    fn from(kernel::Armed { name, due_at }: kernel::Armed) -> Self {
        Self { name, due_at }
    }
}

impl From<plan::Amount> for Amount {
    fn from(plan::Amount { key, rp, count }: plan::Amount) -> Self {
        Self { key, rp, count }
    }
}

impl From<plan::Notice> for Warning {
    fn from(plan::Notice { code, params }: plan::Notice) -> Self {
        Self { code, params }
    }
}

impl From<PolicyDecision> for Decision {
    fn from(decision: PolicyDecision) -> Self {
        let PolicyDecision { kind, version, sha256, input, output, trace } = decision;
        // Steps are plain data; writing them as JSON cannot fail.
        let trace = trace.iter().filter_map(|step| serde_json::to_value(step).ok()).collect();
        Self { kind, version, sha256, input, output, trace }
    }
}

impl From<kernel::Outcome> for Outcome {
    fn from(outcome: kernel::Outcome) -> Self {
        let kernel::Outcome { id, workflow, code, state, revision, amounts, outcome, started, repeated } = outcome;
        let started = started.into_iter().map(|kernel::Started { id, workflow, code }| InstanceRef { id, workflow, code }).collect();
        Self { id, workflow, code, state, revision, amounts: amounts.into_iter().map(Into::into).collect(), outcome, started, repeated }
    }
}

impl Preview {
    /// `accounts` are the names of ledger accounts by code.
    pub fn new(preview: kernel::Preview, accounts: &HashMap<String, String>) -> Self {
        Self {
            from: preview.from,
            to: preview.to,
            amounts: preview.amounts.into_iter().map(Into::into).collect(),
            outcome: preview.outcome,
            decisions: preview.decisions.into_iter().map(Into::into).collect(),
            entries: preview.entries.into_iter().map(|entry| Entry::new(entry, accounts)).collect(),
            tasks_opened: preview.tasks_opened,
            tasks_closed: preview.tasks_closed,
            timers_armed: preview.timers_armed.into_iter().map(Into::into).collect(),
            timers_disarmed: preview.timers_disarmed,
            jobs: preview.jobs,
            starts: preview.starts,
            warnings: preview.warnings.into_iter().map(Into::into).collect(),
            on_behalf_of: preview.on_behalf_of,
            nested: preview.nested.into_iter().map(|one| NestedPreview::new(one, accounts)).collect(),
        }
    }
}
