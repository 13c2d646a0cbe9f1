//! A command inside a transaction of the caller's, together with rows that belong to no workflow.

use crate::db::Tx;
use crate::execute::{Engine, Request};
use crate::refusal::Halt;
use crate::view::Outcome;

/// A command carried out, as long as its transaction commits.
#[derive(Clone, Debug)]
pub struct Within {
    pub outcome: Outcome,
    jobs: bool,
    timers: bool,
}

impl Engine {
    /// Carries out a command as [`Engine::execute`] would, but leaves the commit to the caller, who then calls
    /// [`Engine::ring`]. Nothing is tried again: a caller who loses a race begins anew.
    ///
    /// # Errors
    /// As [`Engine::execute`]; the transaction is then to be rolled back.
    pub async fn execute_within(&self, tx: &Tx, request: &Request) -> Result<Within, Halt> {
        let done = self.share(tx, request).await.map_err(|(halt, _)| halt)?;
        Ok(Within { outcome: done.outcome, jobs: done.jobs, timers: done.timers })
    }

    /// Tells the job runtime of what a committed command has left to do.
    pub fn ring(&self, within: &Within) {
        self.announcer.committed(within.jobs, within.timers);
    }
}
