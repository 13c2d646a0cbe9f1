//! Executing a command: load → authorise → facts → decide → write, in one transaction.
//!
//! Every path into the system (UI, API, bulk, import, command line, timer, job) comes through
//! [`Engine::execute`]; [`Engine::preview`] walks the same path without the write, so that what a
//! person is shown is what will happen.

use crate::actor::{Actor, ActorKind};
use crate::answer::{Done, cascade_digest, expect, finish, outcome_digest, remember, repeated};
use crate::batch::Batch;
use crate::clock::Clock;
use crate::db::{self, Db, Tx};
use crate::definition::{CommandSpec, Definition};
use crate::job::Announcement;
use crate::personal::Keys;
use crate::plan::AnyCommand;
use crate::policy::PolicyHost;
use crate::refusal::{Failure, Halt, Refusal};
use crate::registry::Registry;
pub use crate::standing::Origin;
use crate::standing::{Standing, is_cared_for, waiters};
use crate::together::Queue;
use crate::view::{NestedPreview, Outcome, Preview, Started};
use crate::workflow::{AnyWorkflow, At, Considered, Ctx};
use crate::write::{Effects, Frame, Nested};
use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, DbBackend};
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How often a command that lost a race is tried again before the caller is told to.
const MAX_TRIES: u32 = 20;
/// How deep commands may nest: a command that sends a command that sends a command.
const MAX_DEPTH: u32 = 4;

/// Tells the job runtime about new jobs; implemented by the worker, which alone knows that runtime.
pub trait Announcer: Send + Sync {
    /// Adds to the transaction whatever the runtime needs to find these jobs.
    fn announce(&self, jobs: &[Announcement], batch: &mut Batch);
    /// The transaction has committed; `jobs` or `timers` may be waiting now.
    fn committed(&self, jobs: bool, timers: bool);
}

/// Announces nothing: for programs that only read, and for tests that drain jobs themselves.
pub struct Silent;

impl Announcer for Silent {
    fn announce(&self, _: &[Announcement], _: &mut Batch) {}
    fn committed(&self, _: bool, _: bool) {}
}

/// The instance a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A new instance under this id.
    New(Uuid),
    Existing(Uuid),
}

impl Target {
    pub fn id(self) -> Uuid {
        match self {
            Self::New(id) | Self::Existing(id) => id,
        }
    }
}

/// A command with everything the caller says about it.
#[derive(Clone, Debug)]
pub struct Request {
    pub workflow: String,
    pub target: Target,
    pub command: AnyCommand,
    pub actor: Actor,
    /// The revision the caller saw.
    pub expected_revision: Option<i64>,
    /// The digest of the preview the caller saw.
    pub expected_outcome: Option<String>,
    pub idempotency_key: Option<String>,
    /// When the caller's request came in; the engine notes it when nobody else has.
    pub received_at: Option<DateTime<Utc>>,
    pub origin: Origin,
}

impl Request {
    pub fn new(workflow: &str, target: Target, command: AnyCommand, actor: Actor) -> Self {
        Self {
            workflow: workflow.into(),
            target,
            command,
            actor,
            expected_revision: None,
            expected_outcome: None,
            idempotency_key: None,
            received_at: None,
            origin: Origin::Caller,
        }
    }

    /// The failure of a command that breaks a rule of the engine.
    pub(crate) fn broken(&self, rule: &str) -> Halt {
        Failure::Broken { workflow: self.workflow.clone(), rule: rule.to_owned() }.into()
    }
}

/// The kernel: a database, a clock, the known workflows and policies.
#[derive(Clone)]
pub struct Engine {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub registry: Arc<Registry>,
    pub policies: Arc<PolicyHost>,
    pub announcer: Arc<dyn Announcer>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) keys: Arc<Keys>,
}

/// How a request is run: for real or for show, and what it is nested in.
#[derive(Clone, Copy)]
struct Mode<'a> {
    /// The instant of the command this one is nested in.
    now: Option<DateTime<Utc>>,
    depth: u32,
    parent: Option<Uuid>,
    trail: &'a Trail,
}

/// What an attempt has done so far.
#[derive(Default)]
pub(crate) struct Trail {
    /// Set once anything has been written: a refusal before that leaves the transaction as it was.
    wrote: AtomicBool,
    /// The instances it has come to.
    touched: Mutex<BTreeSet<Uuid>>,
}

impl Trail {
    fn touch(&self, id: Uuid) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
    }

    /// Holds the instances it has come to, and those of an earlier attempt, in one order for everybody, so
    /// that two that need the same do not meet in a deadlock. (SQLite has one writer anyway.)
    async fn hold(&self, tx: &Tx) -> Result<(), Failure> {
        let ids: Vec<Uuid> = self.touched.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
            for id in ids {
                db::row(tx, "SELECT id FROM workflow_instance WHERE id = ? FOR NO KEY UPDATE", vec![id.into()]).await?;
            }
        }
        Ok(())
    }
}

impl Engine {
    pub fn new(db: Db, clock: Arc<dyn Clock>, registry: Arc<Registry>, policies: Arc<PolicyHost>, announcer: Arc<dyn Announcer>) -> Self {
        Self { db, clock, registry, policies, announcer, queue: Arc::default(), keys: Arc::default() }
    }

    /// Carries out a command, all or nothing.
    ///
    /// # Errors
    /// [`Halt::Refused`] when the caller can act on it; nothing has changed. [`Halt::Failed`] when
    /// the machine could not; [`Failure::retryable`] says whether to try again.
    pub async fn execute(&self, request: &Request) -> Result<Outcome, Halt> {
        let request = &Request { received_at: request.received_at.or_else(|| Some(self.clock.now())), ..request.clone() };
        let answer = match self.db.backend() {
            DbBackend::Postgres => self.execute_alone(request).await,
            _ => self.execute_in_line(request).await,
        };
        if let Err(Halt::Refused(refusal)) = &answer {
            self.record_refusal(request, refusal).await?;
        }
        answer
    }

    /// A command in a transaction of its own. One that panics has failed like one that breaks a rule.
    pub(crate) async fn execute_alone(&self, request: &Request) -> Result<Outcome, Halt> {
        let guarded = AssertUnwindSafe(self.attempts(request, true)).catch_unwind();
        let done = guarded.await.unwrap_or_else(|panic| Err(request.broken(panic_text(panic.as_ref()))))?;
        self.announcer.committed(done.jobs, done.timers);
        Ok(done.outcome)
    }

    /// What the command would do now; writes nothing.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub async fn preview(&self, request: &Request) -> Result<Preview, Halt> {
        let unkeyed = Request { idempotency_key: None, ..request.clone() };
        Ok(self.attempts(&unkeyed, false).await?.shown)
    }

    /// Tries until nobody else gets in the way.
    async fn attempts(&self, request: &Request, keep: bool) -> Result<Done, Halt> {
        let mut tries = 0;
        let trail = Trail::default();
        loop {
            tries += 1;
            match self.attempt(request, &trail, keep).await {
                Err(Halt::Failed(failure)) if tries < MAX_TRIES && failure.retryable() => {
                    tracing::debug!(%failure, tries, command = request.command.name, "lost a race, trying again");
                    tokio::time::sleep(pause(tries)).await;
                }
                answer => return answer,
            }
        }
    }

    async fn attempt(&self, request: &Request, trail: &Trail, keep: bool) -> Result<Done, Halt> {
        let tx = self.db.begin().await?;
        let answer = match trail.hold(&tx).await {
            Ok(()) => self.carry_out_checked(&tx, request, trail).await,
            Err(failure) => Err(failure.into()),
        };
        if keep && answer.is_ok() {
            tx.commit().await.map_err(Failure::of_commit)?;
        } else {
            tx.rollback().await?;
        }
        answer
    }

    /// The command as one of several in an open transaction; an error says whether it has written by then.
    pub(crate) async fn share(&self, tx: &Tx, request: &Request) -> Result<Done, (Halt, bool)> {
        let trail = Trail::default();
        self.carry_out_checked(tx, request, &trail).await.map_err(|halt| (halt, trail.wrote.load(Ordering::Relaxed)))
    }

    /// The command and all it sends, then a look at everyone it might have left with nothing to wait for.
    async fn carry_out_checked(&self, tx: &Tx, request: &Request, trail: &Trail) -> Result<Done, Halt> {
        let done = self.carry_out(tx, request, Mode { now: None, depth: 0, parent: None, trail }).await?;
        for id in &done.to_check {
            if !is_cared_for(tx, *id).await? {
                return Err(request.broken(&format!("instance {id} would be live with no open task, armed timer, job or live child")));
            }
        }
        Ok(done)
    }

    fn carry_out<'a>(&'a self, tx: &'a Tx, request: &'a Request, mode: Mode<'a>) -> BoxFuture<'a, Result<Done, Halt>> {
        Box::pin(async move {
            let (workflow, spec) = self.authorise(request, mode.depth > 0)?;
            mode.trail.touch(request.target.id());
            let standing = self.stand(tx, workflow, request).await?;
            if let Some(answer) = repeated(request, &standing)? {
                return Ok(Done { outcome: answer, shown: Preview::default(), label: String::new(), jobs: false, timers: false, to_check: vec![] });
            }
            // Read after the wait for the row, and never before the instance's last step.
            let now = mode.now.unwrap_or_else(|| self.clock.now());
            let now = standing.updated_at.map_or(now, |last| now.max(last));
            let mut considered = self.consider(tx, (workflow, spec), request, &standing, now).await?;
            let definition = workflow.definition();
            let terminal = is_terminal(definition, considered.next);
            let effects = Effects::sort(std::mem::take(&mut considered.effects), &standing, terminal);
            if let Some(rule) = effects.broken_rule(definition) {
                return Err(Failure::Broken { workflow: definition.name.into(), rule }.into());
            }
            considered.fetch_keys(&self.keys, &self.db, tx, (&request.actor, now)).await?;
            let id = request.target.id();
            if effects.nested.is_empty() {
                expect(request, &outcome_digest(considered.next, &considered.amounts), &considered.amounts)?;
            }
            let frame = Frame {
                id,
                parent: mode.parent,
                definition,
                standing: &standing,
                command: &request.command,
                actor: &request.actor,
                origin: &request.origin,
                now,
                terminal,
            };
            let mut batch = frame.write(&mut considered, &effects, self.announcer.as_ref())?;
            let mut done = finish(definition, id, &standing, considered, &effects);
            if !terminal && !effects.leaves_obligation(&standing, &request.origin) {
                done.to_check.push(id);
            }
            if terminal {
                done.to_check.extend(standing.parent_id);
                if standing.waiters > 0 {
                    done.to_check.extend(waiters(tx, id).await?);
                }
            }
            mode.trail.wrote.store(true, Ordering::Relaxed);
            if !effects.nested.is_empty() {
                effects.nested.iter().filter(|nested| !nested.starts).for_each(|nested| mode.trail.touch(nested.id));
                mode.trail.hold(tx).await?;
                std::mem::take(&mut batch).run(tx).await?;
                self.carry_out_nested(tx, request, &effects.nested, Mode { now: Some(now), ..mode }, &mut done).await?;
                done.outcome.outcome = cascade_digest(&done.shown);
                done.shown.outcome.clone_from(&done.outcome.outcome);
                expect(request, &done.outcome.outcome, &done.outcome.amounts)?;
            }
            remember(request, &done.outcome, now, &mut batch);
            batch.run(tx).await?;
            Ok(done)
        })
    }

    async fn carry_out_nested(&self, tx: &Tx, request: &Request, nested: &[Nested], mode: Mode<'_>, done: &mut Done) -> Result<(), Halt> {
        if mode.depth >= MAX_DEPTH {
            return Err(request.broken(&format!("commands nest deeper than {MAX_DEPTH}")));
        }
        for one in nested {
            let target = if one.starts { Target::New(one.id) } else { Target::Existing(one.id) };
            let inner = Request { received_at: request.received_at, ..Request::new(one.workflow, target, one.command.clone(), request.actor.clone()) };
            let parent = one.starts.then(|| request.target.id());
            let inner_done = self.carry_out(tx, &inner, Mode { depth: mode.depth + 1, parent, ..mode }).await?;
            done.jobs |= inner_done.jobs;
            done.timers |= inner_done.timers;
            done.to_check.extend(inner_done.to_check);
            let Outcome { id, workflow, code, started, .. } = inner_done.outcome;
            done.shown.nested.extend(NestedPreview::list((id, &workflow, &code, inner_done.label), &one.command.name, inner_done.shown));
            done.outcome.started.push(Started { id, workflow, code });
            done.outcome.started.extend(started);
        }
        Ok(())
    }

    /// Finds the command and checks who runs it and what they typed. A nested command was vouched
    /// for by the command that sent it.
    fn authorise(&self, request: &Request, nested: bool) -> Result<(&dyn AnyWorkflow, &CommandSpec), Halt> {
        let workflow = self.registry.get(&request.workflow).ok_or(Refusal::NotFound { what: "workflow" })?;
        // The name is bound to the definition's lifetime, which is the registry's.
        let spec = workflow.definition().command(&request.command.name).ok_or(Refusal::NotFound { what: "command" })?;
        if !nested {
            if spec.by != request.actor.kind {
                return Err(Refusal::WrongActor.into());
            }
            if spec.by == ActorKind::Person && !request.actor.may(spec.permission) {
                return Err(Refusal::Forbidden { permission: spec.permission.0 }.into());
            }
        }
        let faults = spec.check(&request.command.body, request.command.reason.as_deref());
        if faults.is_empty() { Ok((workflow, spec)) } else { Err(Refusal::Invalid(faults).into()) }
    }

    async fn stand(&self, tx: &Tx, workflow: &dyn AnyWorkflow, request: &Request) -> Result<Standing, Halt> {
        let key = request.idempotency_key.as_deref().map(|key| (request.actor.id, key));
        let standing = Standing::load(tx, request.target.id(), workflow.table(), key, &request.origin).await?;
        if standing.earlier.is_some() {
            return Ok(standing);
        }
        match request.target {
            Target::Existing(_) if !standing.exists || standing.workflow != request.workflow => Err(Refusal::NotFound { what: "instance" }.into()),
            // A process of the next release has carried it over while this one still runs, or the other way round.
            Target::Existing(_) if standing.version != workflow.definition().version => {
                Err(request.broken(&format!("the instance is of version {}, this program knows {}", standing.version, workflow.definition().version)))
            }
            Target::New(_) if standing.exists => Err(Refusal::Stale { revision: standing.revision }.into()),
            Target::New(_) | Target::Existing(_) if !standing.origin_open => Err(Refusal::Settled.into()),
            Target::New(_) | Target::Existing(_) => Ok(standing),
        }
    }

    /// Checks state, revision and four-eyes, then lets the workflow decide.
    async fn consider(
        &self,
        tx: &Tx,
        (workflow, spec): (&dyn AnyWorkflow, &CommandSpec),
        request: &Request,
        standing: &Standing,
        now: DateTime<Utc>,
    ) -> Result<Considered, Halt> {
        let state = standing.exists.then_some(standing.state.as_str());
        let revision = standing.revision;
        if request.expected_revision.is_some_and(|expected| expected != revision) {
            return Err(Refusal::Stale { revision }.into());
        }
        if !spec.leads_from(state) {
            let allowed = workflow.definition().allowed_from(&standing.state);
            return Err(Refusal::NotAllowed { state: standing.state.clone(), allowed }.into());
        }
        if let Some(command) = spec.not_by_actor_of
            && last_actor_of(tx, request.target.id(), command).await? == Some(request.actor.id)
        {
            return Err(Refusal::FourEyes { command }.into());
        }
        let received_at = request.received_at.unwrap_or(now);
        let ctx = Ctx { id: request.target.id(), now, received_at, actor: &request.actor, reason: request.command.reason.as_deref(), policies: &self.policies };
        let at = At { state, subject: standing.exists.then_some(&standing.subject), row: standing.row.as_ref() };
        let considered = workflow.consider(tx, at, &request.command, ctx).await?;
        if !spec.edges.iter().any(|edge| edge.from == state && edge.to == considered.next) {
            return Err(request.broken(&format!("no declared edge {state:?} → {} for `{}`", considered.next, spec.name)));
        }
        Ok(considered)
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("the command broke off")
}

fn is_terminal(definition: &Definition, state: &str) -> bool {
    definition.state(state).is_some_and(|state| state.terminal)
}

/// A random wait, longer after each try, so that those who collided once do not meet again.
fn pause(tries: u32) -> Duration {
    let most = u128::from(tries * tries * 4 + 1);
    Duration::from_millis(u64::try_from(Uuid::new_v4().as_u128() % most).unwrap_or(0))
}

async fn last_actor_of(tx: &Tx, id: Uuid, command: &str) -> Result<Option<Uuid>, Failure> {
    let sql = "SELECT actor_id FROM workflow_history WHERE instance_id = ? AND command = ? ORDER BY seq DESC LIMIT 1";
    let row = db::row(tx, sql, vec![id.into(), command.into()]).await?;
    Ok(row.map(|row| row.try_get("", "actor_id")).transpose()?)
}
