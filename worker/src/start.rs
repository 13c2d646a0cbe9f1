//! Starts a worker's loops together and stops them in order.

use crate::archiver;
use crate::attempt::{Attempts, panic_text};
use crate::bell::{self, Origin};
use crate::jobs::{Deps, Handler, handlers};
use crate::options::{BadOption, Options};
use crate::runtime::Runtime;
use crate::sealer;
use crate::sweeper;
use crate::timers::Timers;
use crate::wake::Wake;
use engine::execute::Engine;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a loop that broke waits before it starts again.
const PAUSE: Duration = Duration::from_secs(1);

/// A worker about to start. Its engine's announcer rings the same `wake`.
pub struct Worker {
    pub engine: Engine,
    pub wake: Wake,
    pub handlers: Vec<Box<dyn Handler>>,
    pub options: Options,
}

/// Starts a worker for all job kinds of this program; needs a database that [`crate::setup`] has seen.
pub async fn start(engine: Engine, wake: Wake, deps: &Deps, options: Options) -> Result<Running, BadOption> {
    let (archived, documents) = (engine.clone(), deps.documents.clone());
    let running = Worker { engine, wake, handlers: handlers(deps), options }.start()?;
    running.keep("archiver", move |stop| archiver::run(archived.clone(), documents.clone(), stop));
    Ok(running)
}

impl Worker {
    pub fn start(self) -> Result<Running, BadOption> {
        let Self { engine, wake, handlers, options } = self;
        options.check()?;
        let running = Running { stop: CancellationToken::new(), loops: TaskTracker::new(), attempts: TaskTracker::new(), grace: options.shutdown_grace };
        let attempts = Arc::new(Attempts { engine: engine.clone(), handlers, timeout: options.attempt_timeout, renew_every: options.renew_every });
        let runtime = Runtime { attempts, options: options.clone(), wake: wake.clone(), running: running.attempts.clone() };
        running.keep("job runtime", move |stop| runtime.clone().run(stop));
        running.keep("timers", {
            let (engine, options, wake) = (engine.clone(), options.clone(), wake.clone());
            move |stop| Timers::new(engine.clone(), &options).run(wake.timers.listen(), stop)
        });
        running.keep("sweeper", {
            let (engine, options) = (engine.clone(), options.clone());
            move |stop| sweeper::run(engine.clone(), options.clone(), stop)
        });
        running.keep("sealer", {
            let engine = engine.clone();
            move |stop| sealer::run(engine.clone(), stop)
        });
        let origin = Origin::new();
        running.keep("notifier", {
            let (db, wake, origin) = (engine.db.clone(), wake.clone(), origin.clone());
            move |stop| bell::ring_others(db.clone(), wake.clone(), origin.clone(), stop)
        });
        running.keep("listener", move |stop| bell::hear_others(engine.db.clone(), wake.clone(), origin.clone(), stop));
        running.loops.close();
        Ok(running)
    }
}

/// A running worker. Dropping it tells the loops to stop without waiting for them.
pub struct Running {
    stop: CancellationToken,
    loops: TaskTracker,
    attempts: TaskTracker,
    grace: Duration,
}

/// How a worker stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Attempts that were still running when the grace was over; their leases will run out.
    pub unfinished: usize,
}

impl Running {
    /// Takes no more work, and waits for what is being done.
    pub async fn shutdown(self) -> Stopped {
        self.stop.cancel();
        self.attempts.close();
        let ended = async {
            self.loops.wait().await;
            self.attempts.wait().await;
        };
        if tokio::time::timeout(self.grace, ended).await.is_err() {
            tracing::warn!(unfinished = self.attempts.len(), "the worker did not finish in time");
        }
        Stopped { unfinished: self.attempts.len() }
    }

    /// Runs a loop until the worker stops; should it break, it starts again.
    fn keep<F: Future<Output = ()> + Send + 'static>(&self, name: &'static str, make: impl Fn(CancellationToken) -> F + Send + 'static) {
        let stop = self.stop.clone();
        self.loops.spawn(async move {
            loop {
                match AssertUnwindSafe(make(stop.clone())).catch_unwind().await {
                    Ok(()) => return,
                    Err(panic) => tracing::error!(name, panic = panic_text(panic.as_ref()), "a worker loop broke"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
