//! What a caller is told of a command: its outcome with the digest a person confirms, the preview, and the answer that is
//! kept under an idempotency key.

use crate::batch::Batch;
use crate::definition::Definition;
use crate::execute::{Request, Target};
use crate::history::canonical;
use crate::plan::Amount;
use crate::refusal::{Failure, Halt, Refusal};
use crate::standing::Standing;
use crate::view::{Armed, Outcome, Preview};
use crate::workflow::Considered;
use crate::write::Effects;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a command left behind it in the open transaction.
pub(crate) struct Done {
    pub outcome: Outcome,
    pub shown: Preview,
    /// How people recognise the instance in a list.
    pub label: String,
    pub jobs: bool,
    pub timers: bool,
    /// Instances that must still have something that will move them when all is done (invariant I3).
    pub to_check: Vec<Uuid>,
}

/// What the caller is told, and what a preview shows.
pub(crate) fn finish(definition: &Definition, id: Uuid, standing: &Standing, considered: Considered, effects: &Effects) -> Done {
    let outcome = outcome_digest(considered.next, &considered.amounts);
    let names = |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>();
    let shown = Preview {
        from: standing.exists.then(|| standing.state.clone()),
        to: considered.next.into(),
        amounts: considered.amounts.clone(),
        outcome: outcome.clone(),
        decisions: effects.decisions.clone(),
        entries: effects.entries.iter().map(Into::into).collect(),
        tasks_opened: effects.tasks_open.keys().map(|name| (*name).to_owned()).collect(),
        tasks_closed: names(&effects.tasks_close),
        timers_armed: effects.timers_arm.iter().map(|(name, due_at)| Armed { name: (*name).into(), due_at: *due_at }).collect(),
        timers_disarmed: names(&effects.timers_disarm),
        jobs: effects.jobs.iter().map(|job| job.kind.to_owned()).collect(),
        starts: effects.nested.iter().filter(|nested| nested.starts).map(|nested| nested.workflow.to_owned()).collect(),
        warnings: considered.warnings,
        on_behalf_of: considered.on_behalf_of,
        nested: vec![],
    };
    let label = considered.subject.label;
    let outcome = Outcome {
        id,
        workflow: definition.name.into(),
        code: considered.subject.code,
        state: considered.next.into(),
        revision: standing.revision + 1,
        amounts: considered.amounts,
        outcome,
        started: vec![],
        repeated: false,
    };
    Done { outcome, shown, label, jobs: !effects.jobs.is_empty(), timers: !effects.timers_arm.is_empty(), to_check: vec![] }
}

impl Request {
    /// What an idempotency key stands for: the same key with another request is a mistake.
    fn fingerprint(&self) -> String {
        let target = match self.target {
            // A repeated request to start something carries a fresh id.
            Target::New(_) => Value::Null,
            Target::Existing(id) => json!(id),
        };
        digest(&json!([self.workflow, target, self.command]))
    }
}

/// The first answer under the request's idempotency key, if there is one.
pub(crate) fn repeated(request: &Request, standing: &Standing) -> Result<Option<Outcome>, Halt> {
    let Some(earlier) = &standing.earlier else { return Ok(None) };
    if earlier.request_hash != request.fingerprint() {
        return Err(Refusal::KeyReused.into());
    }
    let answer: Outcome = serde_json::from_value(earlier.answer.clone()).map_err(|source| Failure::Stored { what: "idempotent answer".into(), source })?;
    Ok(Some(Outcome { repeated: true, ..answer }))
}

/// Keeps the answer under the idempotency key, in the same transaction.
pub(crate) fn remember(request: &Request, outcome: &Outcome, now: DateTime<Utc>, batch: &mut Batch) {
    let Some(key) = &request.idempotency_key else { return };
    batch.push(
        "INSERT INTO idempotency_key (actor_id, key, request_hash, instance_id, answer, created_at) VALUES (?,?,?,?,?,?)",
        vec![request.actor.id.into(), key.clone().into(), request.fingerprint().into(), outcome.id.into(), json!(outcome).into(), now.into()],
    );
}

/// Refuses when the caller was shown another outcome.
pub(crate) fn expect(request: &Request, outcome: &str, amounts: &[Amount]) -> Result<(), Halt> {
    if request.expected_outcome.as_ref().is_some_and(|expected| expected != outcome) {
        return Err(Refusal::OutcomeChanged { outcome: outcome.to_owned(), now: amounts.to_vec() }.into());
    }
    Ok(())
}

/// As [`outcome_digest`], over everything the command causes elsewhere too.
pub(crate) fn cascade_digest(shown: &Preview) -> String {
    let nested: Vec<Value> = shown.nested.iter().map(|one| json!([one.workflow, one.command, one.to, one.amounts])).collect();
    digest(&json!([shown.to, shown.amounts, nested]))
}

/// Digest of what a person decides by: the next state and the figures.
pub(crate) fn outcome_digest(next: &str, amounts: &[Amount]) -> String {
    digest(&json!([next, amounts]))
}

fn digest(value: &Value) -> String {
    hex::encode(Sha256::digest(canonical(value)))
}
