//! From a considered decision to the batch of statements that carries it out.

use crate::actor::Actor;
use crate::audit;
use crate::batch::Batch;
use crate::definition::Definition;
use crate::execute::Announcer;
use crate::history::Step;
use crate::id::new_id;
use crate::job;
use crate::ledger::{self, Cause, JournalEntry};
use crate::personal::{self, Keyring, Part};
use crate::plan::{AnyCommand, Effect, JobSpec};
use crate::policy::PolicyDecision;
use crate::refusal::Failure;
use crate::standing::{Origin, Standing};
use crate::workflow::Considered;
use chrono::{DateTime, Utc};
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type Instant = DateTime<Utc>;

/// A command to another instance, or one that starts it.
#[derive(Clone, Debug)]
pub(crate) struct Nested {
    pub workflow: &'static str,
    pub id: Uuid,
    pub command: AnyCommand,
    pub starts: bool,
}

/// The effects of a plan sorted by kind, tasks and timers reduced to their net change.
#[derive(Default)]
pub(crate) struct Effects {
    pub tasks_open: BTreeMap<&'static str, Option<Instant>>,
    pub tasks_close: BTreeSet<String>,
    pub tasks_flag: BTreeSet<&'static str>,
    pub timers_arm: BTreeMap<&'static str, Instant>,
    pub timers_disarm: BTreeSet<String>,
    pub jobs: Vec<JobSpec>,
    pub entries: Vec<JournalEntry>,
    pub decisions: Vec<PolicyDecision>,
    pub nested: Vec<Nested>,
    /// A change of whom the instance waits for.
    pub waits_on: Option<Option<Uuid>>,
}

impl Effects {
    /// Sorts the effects; a terminal state closes everything that is open.
    pub fn sort(effects: Vec<Effect>, standing: &Standing, terminal: bool) -> Self {
        let mut sorted = Self::default();
        for effect in effects {
            sorted.add(effect, standing);
        }
        if terminal {
            sorted.tasks_open.clear();
            sorted.tasks_flag.clear();
            sorted.timers_arm.clear();
            sorted.tasks_close = standing.tasks.clone();
            sorted.timers_disarm = standing.timers.clone();
            sorted.waits_on = Some(None);
        }
        sorted
    }

    fn add(&mut self, effect: Effect, standing: &Standing) {
        match effect {
            Effect::OpenTask { name, due_at } => {
                self.tasks_close.remove(name);
                self.tasks_open.insert(name, due_at);
            }
            Effect::CloseTask(name) => {
                self.tasks_open.remove(name);
                if standing.tasks.contains(name) {
                    self.tasks_close.insert(name.to_owned());
                }
            }
            Effect::FlagTask(name) => {
                if standing.tasks.contains(name) {
                    self.tasks_flag.insert(name);
                }
            }
            Effect::ArmTimer { name, due_at } => {
                self.timers_disarm.remove(name);
                self.timers_arm.insert(name, due_at);
            }
            Effect::DisarmTimer(name) => {
                self.timers_arm.remove(name);
                if standing.timers.contains(name) {
                    self.timers_disarm.insert(name.to_owned());
                }
            }
            Effect::Enqueue(job) => self.jobs.push(job),
            Effect::Post(entry) => self.entries.push(entry),
            Effect::Decided(decision) => self.decisions.push(decision),
            Effect::WaitOn(id) => self.waits_on = Some(Some(id)),
            Effect::WaitNoMore => self.waits_on = Some(None),
            Effect::Send { workflow, id, command } => self.nested.push(Nested { workflow, id, command, starts: false }),
            Effect::Start { workflow, id, command } => self.nested.push(Nested { workflow, id, command, starts: true }),
        }
    }

    /// Names the rule of the engine that the effects break, if any: declared names, balanced entries.
    pub fn broken_rule(&self, definition: &Definition) -> Option<String> {
        let undeclared_task = self.tasks_open.keys().chain(&self.tasks_flag).find(|name| definition.task(name).is_none());
        if let Some(name) = undeclared_task {
            return Some(format!("task `{name}` is not declared"));
        }
        if let Some(name) = self.timers_arm.keys().find(|name| !definition.timers.iter().any(|timer| timer.name == **name)) {
            return Some(format!("timer `{name}` is not declared"));
        }
        if let Some(job) = self.jobs.iter().find(|job| !definition.jobs.contains(&job.kind)) {
            return Some(format!("job `{}` is not declared", job.kind));
        }
        let unbalanced = self.entries.iter().find(|entry| !entry.balances())?;
        Some(format!("journal entry `{}` does not balance", unbalanced.natural_key))
    }

    /// Whether these effects and what stood before leave something that will move the instance (invariant I3).
    /// Children started on the way are not counted, nor is whom it waits for from now on: whether they live shows only
    /// when everything has run.
    pub fn leaves_obligation(&self, standing: &Standing, origin: &Origin) -> bool {
        let fired = match origin {
            Origin::Timer { name, .. } => Some(name),
            Origin::Caller | Origin::Job { .. } => None,
        };
        let own_job = i64::from(matches!(origin, Origin::Job { .. }));
        !self.tasks_open.is_empty()
            || standing.tasks.iter().any(|name| !self.tasks_close.contains(name))
            || !self.timers_arm.is_empty()
            || standing.timers.iter().any(|name| !self.timers_disarm.contains(name) && Some(name) != fired)
            || !self.jobs.is_empty()
            || standing.jobs > own_job
            || standing.children > 0
            || (self.waits_on.is_none() && standing.awaited)
    }
}

/// Everything around one decision that its rows need.
pub(crate) struct Frame<'a> {
    pub id: Uuid,
    pub parent: Option<Uuid>,
    pub definition: &'a Definition,
    pub standing: &'a Standing,
    pub command: &'a AnyCommand,
    pub actor: &'a Actor,
    pub origin: &'a Origin,
    pub now: Instant,
    pub terminal: bool,
}

impl Frame<'_> {
    fn seq(&self) -> i64 {
        self.standing.revision + 1
    }

    /// All rows of the decision. `facts` and the like are consumed; the workflow's own writes come along.
    pub fn write(&self, considered: &mut Considered, effects: &Effects, announcer: &dyn Announcer) -> Result<Batch, Failure> {
        let mut batch = Batch::default();
        self.write_instance(considered, effects, &mut batch);
        batch.append(std::mem::take(&mut considered.writes));
        self.step(considered)?.write(&mut batch);
        self.write_tasks(effects, &mut batch)?;
        self.write_timers(effects, &mut batch);
        self.write_jobs(effects, announcer, &mut batch);
        let entries: Vec<(Uuid, &JournalEntry)> = effects.entries.iter().map(|entry| (new_id(self.now), entry)).collect();
        ledger::write(&entries, Cause { instance_id: self.id, seq: self.seq(), at: self.now }, &mut batch);
        for decision in &effects.decisions {
            self.write_decision(decision, &mut batch);
        }
        batch.push(audit::insert(), self.audited(considered).values(&considered.keys)?);
        self.settle_origin(effects, &mut batch);
        Ok(batch)
    }

    fn audited(&self, considered: &mut Considered) -> audit::Entry {
        let about = considered.about();
        let (before, after) = (considered.before.take(), considered.after.take());
        let action = audit::Action {
            action: format!("{}.{}", self.definition.name, self.command.name),
            entity_type: self.definition.name,
            entity_id: self.id,
            entity_code: Some(&considered.subject.code),
            instance_seq: Some(self.seq()),
            on_behalf_of: considered.on_behalf_of.as_deref(),
            before: before.map(|before| considered.marked(before)),
            after: Some(considered.marked(after)),
            reason: self.command.reason.as_deref(),
        };
        audit::Entry::new(action, &about, self.actor, self.now).done_for(considered.done_for)
    }

    fn write_instance(&self, considered: &Considered, effects: &Effects, batch: &mut Batch) {
        let subject = &considered.subject;
        let waits_on = effects.waits_on.unwrap_or(self.standing.waits_on);
        if self.standing.exists {
            batch.push(
                "UPDATE workflow_instance SET version = ?, state = ?, revision = ?, terminal = ?, code = ?, label = ?, amount_rp = ?, updated_at = ?, waits_on = ? WHERE id = ? AND revision = ?",
                vec![
                    self.definition.version.into(),
                    considered.next.into(),
                    self.seq().into(),
                    self.terminal.into(),
                    subject.code.clone().into(),
                    subject.label.clone().into(),
                    subject.amount_rp.into(),
                    self.now.into(),
                    waits_on.into(),
                    self.id.into(),
                    self.standing.revision.into(),
                ],
            );
        } else {
            batch.push(
                "INSERT INTO workflow_instance (id, workflow, version, state, revision, parent_id, terminal, code, label, amount_rp, created_at, updated_at, waits_on) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                vec![
                    self.id.into(),
                    self.definition.name.into(),
                    self.definition.version.into(),
                    considered.next.into(),
                    self.seq().into(),
                    self.parent.into(),
                    self.terminal.into(),
                    subject.code.clone().into(),
                    subject.label.clone().into(),
                    subject.amount_rp.into(),
                    self.now.into(),
                    self.now.into(),
                    waits_on.into(),
                ],
            );
        }
    }

    /// The row of the history, as it is stored: hashes hold whether or not anybody can still read it.
    fn step<'a>(&'a self, considered: &'a mut Considered) -> Result<Step<'a>, Failure> {
        let text = |text: Option<&str>, of: &[Uuid], keys: &Keyring| text.map(|text| personal::seal_text(text, of, keys)).transpose();
        let acting: Vec<Uuid> = audit::acting(self.actor).collect();
        let done_for: Vec<Uuid> = considered.done_for.into_iter().collect();
        let (facts, change) = (considered.facts.take(), considered.change.take());
        Ok(Step {
            instance_id: self.id,
            seq: self.seq(),
            command: &self.command.name,
            payload: considered.sealed(Part::Command, Value::Object(self.command.body.clone()))?,
            actor: self.actor,
            actor_name: personal::seal_text(&self.actor.name, &acting, &considered.keys)?,
            on_behalf_of: text(considered.on_behalf_of.as_deref(), &done_for, &considered.keys)?,
            facts: considered.sealed(Part::Facts, facts)?,
            change: considered.sealed(Part::Change, change)?,
            from_state: self.standing.exists.then_some(self.standing.state.as_str()),
            to_state: considered.next,
            reason: text(self.command.reason.as_deref(), &considered.about(), &considered.keys)?,
            amounts: &considered.amounts,
            at: self.now,
            previous_hash: &self.standing.head_hash,
        })
    }

    fn write_tasks(&self, effects: &Effects, batch: &mut Batch) -> Result<(), Failure> {
        for (name, due_at) in &effects.tasks_open {
            if self.standing.tasks.contains(*name) {
                batch.push(
                    "UPDATE task SET due_at = ?, sla_flagged_at = NULL WHERE instance_id = ? AND name = ? AND state = 'OPEN'",
                    vec![(*due_at).into(), self.id.into(), (*name).into()],
                );
                continue;
            }
            let spec = self
                .definition
                .task(name)
                .ok_or_else(|| Failure::Broken { workflow: self.definition.name.into(), rule: format!("task `{name}` is not declared") })?;
            batch.push(
                "INSERT INTO task (id, instance_id, workflow, name, permission, state, due_at, opened_at) VALUES (?,?,?,?,?,'OPEN',?,?)",
                vec![
                    new_id(self.now).into(),
                    self.id.into(),
                    self.definition.name.into(),
                    (*name).into(),
                    spec.permission.0.into(),
                    (*due_at).into(),
                    self.now.into(),
                ],
            );
        }
        for name in &effects.tasks_close {
            let by_command = self.definition.task(name).is_some_and(|task| task.commands.contains(&self.command.name.as_str()));
            batch.push(
                "UPDATE task SET state = ?, closed_at = ?, closed_by = ? WHERE instance_id = ? AND name = ? AND state = 'OPEN'",
                vec![if by_command { "DONE" } else { "CANCELLED" }.into(), self.now.into(), self.actor.id.into(), self.id.into(), name.clone().into()],
            );
        }
        for name in effects.tasks_flag.iter().filter(|name| !effects.tasks_close.contains(**name) && !effects.tasks_open.contains_key(**name)) {
            batch.push(
                "UPDATE task SET sla_flagged_at = ? WHERE instance_id = ? AND name = ? AND state = 'OPEN'",
                vec![self.now.into(), self.id.into(), (*name).into()],
            );
        }
        Ok(())
    }

    fn write_timers(&self, effects: &Effects, batch: &mut Batch) {
        for (name, due_at) in &effects.timers_arm {
            if self.standing.timers.contains(*name) {
                batch.push(
                    "UPDATE timer SET due_at = ?, armed_at = ? WHERE instance_id = ? AND name = ? AND state = 'ARMED'",
                    vec![(*due_at).into(), self.now.into(), self.id.into(), (*name).into()],
                );
                continue;
            }
            let command = self.definition.timers.iter().find(|timer| timer.name == *name).map(|timer| timer.command).unwrap_or_default();
            batch.push(
                "INSERT INTO timer (id, instance_id, name, command, due_at, state, armed_at) VALUES (?,?,?,?,?,'ARMED',?)",
                vec![new_id(self.now).into(), self.id.into(), (*name).into(), json!(AnyCommand::new(command)).into(), (*due_at).into(), self.now.into()],
            );
        }
        let fired = match self.origin {
            Origin::Timer { name, .. } => Some(name),
            Origin::Caller | Origin::Job { .. } => None,
        };
        for name in effects.timers_disarm.iter().filter(|name| Some(*name) != fired) {
            batch.push(
                "UPDATE timer SET state = 'DISARMED', settled_at = ? WHERE instance_id = ? AND name = ? AND state = 'ARMED'",
                vec![self.now.into(), self.id.into(), name.clone().into()],
            );
        }
    }

    fn write_jobs(&self, effects: &Effects, announcer: &dyn Announcer, batch: &mut Batch) {
        if effects.jobs.is_empty() {
            return;
        }
        let announced: Vec<job::Announcement> = effects.jobs.iter().map(|spec| job::enqueue(spec, Some(self.id), self.now, batch)).collect();
        announcer.announce(&announced, batch);
    }

    fn write_decision(&self, decision: &PolicyDecision, batch: &mut Batch) {
        let values: Vec<SqlValue> = vec![
            new_id(self.now).into(),
            self.id.into(),
            self.seq().into(),
            decision.kind.clone().into(),
            decision.version.into(),
            decision.sha256.clone().into(),
            decision.input.clone().into(),
            decision.output.clone().into(),
            json!(decision.trace).into(),
            self.now.into(),
        ];
        batch.push("INSERT INTO policy_decision (id, instance_id, seq, kind, version, sha256, input, output, trace, at) VALUES (?,?,?,?,?,?,?,?,?,?)", values);
    }

    fn settle_origin(&self, effects: &Effects, batch: &mut Batch) {
        match self.origin {
            Origin::Caller => {}
            // Re-armed under its own name: the row lives on with its new due time.
            Origin::Timer { name, .. } if effects.timers_arm.contains_key(name.as_str()) => {}
            Origin::Timer { id, .. } => batch.push("UPDATE timer SET state = 'FIRED', settled_at = ? WHERE id = ?", vec![self.now.into(), (*id).into()]),
            Origin::Job { id, .. } => batch.push(
                "UPDATE job SET state = 'DONE', finished_at = ?, lease_until = NULL, last_error = NULL, result = ? WHERE id = ?",
                vec![self.now.into(), json!({ "command": self.command.name, "revision": self.seq() }).into(), (*id).into()],
            ),
        }
    }
}
