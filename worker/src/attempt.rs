//! One attempt at a job: claim it, run its handler, settle it. The runtime and [`crate::drain`] both
//! come through here.
//!
//! Whatever happens inside the handler (error, panic, overrun, a command refused) ends in the job's
//! own row, which alone decides whether and when there is another attempt.

use crate::jobs::{Done, Handler, Work};
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::batch::Batch;
use engine::execute::{Engine, Origin, Request, Target};
use engine::job::{Claimed, Failed};
use engine::plan::AnyCommand;
use engine::refusal::{Failure, Halt, Refusal};
use futures::FutureExt;
use serde_json::{Value, json};
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use uuid::Uuid;

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// Not due, settled, or held by another: nothing was done.
    NotTaken,
    Done,
    /// Its command was refused by the business; the job is done, with this code as its result.
    Refused(String),
    /// Failed; the next attempt is due at this instant.
    Again(DateTime<Utc>),
    /// Failed for the last time; a dead letter waits for a person.
    Dead,
    /// Somebody else settled the job meanwhile; this attempt left nothing behind.
    Gone,
}

/// All that attempts need.
pub(crate) struct Attempts {
    pub engine: Engine,
    pub handlers: Vec<Box<dyn Handler>>,
    pub timeout: Duration,
    pub renew_every: Duration,
}

impl Attempts {
    /// Makes one attempt at the job, unless it is not due or another holds it.
    ///
    /// # Errors
    /// Only when the outcome could not be recorded; the job's lease then runs out and it is tried again.
    pub async fn attempt(&self, id: Uuid) -> Result<Attempted, Failure> {
        let Some(job) = self.engine.claim_job(id).await? else { return Ok(Attempted::NotTaken) };
        let attempted = match self.run(&job).await {
            Ok(Done::Effect { result, batch }) => {
                if self.engine.job_done(&job, result, batch).await? {
                    Attempted::Done
                } else {
                    Attempted::Gone
                }
            }
            Ok(Done::Command { workflow, id, command }) => self.report(&job, workflow, id, command).await?,
            Err(error) => self.failed(&job, &error).await?,
        };
        tracing::debug!(%id, kind = job.kind, attempt = job.attempt, ?attempted, "job attempted");
        Ok(attempted)
    }

    /// Runs the handler; a panic or an overrun is an error like any other.
    async fn run(&self, job: &Claimed) -> anyhow::Result<Done> {
        let Some(handler) = self.handlers.iter().find(|handler| handler.kind() == job.kind) else {
            anyhow::bail!("this program has no handler for jobs of kind `{}`", job.kind);
        };
        let work = Work { engine: &self.engine, job };
        let guarded = AssertUnwindSafe(handler.run(&work)).catch_unwind();
        tokio::select! {
            outcome = guarded => outcome.unwrap_or_else(|panic| Err(anyhow::anyhow!("the handler panicked: {}", panic_text(panic.as_ref())))),
            () = tokio::time::sleep(self.timeout) => Err(anyhow::anyhow!("the attempt took longer than {} s", self.timeout.as_secs())),
            () = self.hold(job) => Err(anyhow::anyhow!("another worker has taken the job over")),
        }
    }

    /// Renews the lease for as long as the attempt runs; ends only when the job is somebody else's.
    async fn hold(&self, job: &Claimed) {
        loop {
            tokio::time::sleep(self.renew_every).await;
            match self.engine.renew_lease(job).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(failure) => tracing::warn!(id = %job.id, %failure, "the lease of a running job could not be renewed"),
            }
        }
    }

    /// Brings back what the job learned as a command; the job becomes done in the same transaction.
    async fn report(&self, job: &Claimed, workflow: &str, id: Uuid, command: AnyCommand) -> Result<Attempted, Failure> {
        let name = command.name.clone();
        let mut request = Request::new(workflow, Target::Existing(id), command, Actor::system());
        request.origin = Origin::Job { id: job.id, attempt: job.attempt };
        match self.engine.execute(&request).await {
            Ok(_) => Ok(Attempted::Done),
            Err(Halt::Refused(Refusal::Settled)) => Ok(Attempted::Gone),
            Err(Halt::Refused(refusal)) if is_business(&refusal) => {
                let code = refusal.code().to_owned();
                let result = json!({ "command": name, "refused": code });
                self.settle(job, result, Batch::default(), Attempted::Refused(code)).await
            }
            Err(Halt::Refused(refusal)) => self.failed(job, &anyhow::anyhow!("the command `{name}` to {workflow} was refused: {}", refusal.code())).await,
            Err(Halt::Failed(failure)) => self.failed(job, &anyhow::Error::new(failure)).await,
        }
    }

    /// Settles a job without a command. The engine refuses an effect that would break a rule, as
    /// leaving the job's instance with nothing to wait for; that is a failed attempt.
    async fn settle(&self, job: &Claimed, result: Value, effect: Batch, settled: Attempted) -> Result<Attempted, Failure> {
        match self.engine.job_done(job, result, effect).await {
            Ok(true) => Ok(settled),
            Ok(false) => Ok(Attempted::Gone),
            Err(failure) => self.failed(job, &anyhow::Error::new(failure)).await,
        }
    }

    async fn failed(&self, job: &Claimed, error: &anyhow::Error) -> Result<Attempted, Failure> {
        let outcome = self.engine.job_failed(job, &format!("{error:#}")).await?;
        tracing::warn!(id = %job.id, kind = job.kind, attempt = job.attempt, error = format!("{error:#}"), ?outcome, "job failed");
        Ok(match outcome {
            Failed::Again(run_at) => Attempted::Again(run_at),
            Failed::Dead => Attempted::Dead,
            Failed::Gone => Attempted::Gone,
        })
    }
}

/// Whether the business said no to the command (the job has done its part), or the command itself is
/// wrong (a bug that people must see).
fn is_business(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotAllowed { .. } | Refusal::Rejected(_) | Refusal::Stale { .. } | Refusal::OutcomeChanged { .. } | Refusal::Settled => true,
        Refusal::NotFound { .. } | Refusal::Forbidden { .. } | Refusal::WrongActor | Refusal::FourEyes { .. } | Refusal::Invalid(_) | Refusal::KeyReused => {
            false
        }
    }
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
