//! Several commands in one transaction, so that the disk is waited for once.
//!
//! Each command stays all or nothing: a refusal writes nothing, and when one of them fails after it has
//! written, the transaction is rolled back and each is carried out alone. On SQLite, which has one
//! writer, every command queues here and those that wait together are committed together; Postgres
//! commits side by side and gathers its own waits for the disk.

use crate::db::Tx;
use crate::execute::{Engine, Request};
use crate::refusal::{Failure, Halt};
use crate::view::Outcome;
use futures::FutureExt;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::{Instrument, Span};

/// How many commands share a transaction at most: enough to hide the disk, few enough to keep the first from waiting.
pub const MOST: usize = 64;

type Answer = Result<Outcome, Halt>;

struct Waiting {
    request: Request,
    span: Span,
    answer: oneshot::Sender<Answer>,
}

/// Commands that wait for the writer.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Line>);

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    /// Whether a task is at work that will come back for more.
    led: bool,
}

impl Queue {
    /// Takes a place in the line; true when nobody leads it yet.
    fn push(&self, one: Waiting) -> bool {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.waiting.push_back(one);
        !std::mem::replace(&mut line.led, true)
    }

    /// The next to be carried out together; with none left, the line has no leader any more.
    fn next(&self) -> Vec<Waiting> {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = line.waiting.len().min(MOST);
        line.led = count > 0;
        line.waiting.drain(..count).collect()
    }
}

impl Engine {
    /// Carries out each command as [`Engine::execute`] would, in their order and with one commit for all.
    /// The answers come in the order of the requests; one that is refused does not disturb the others.
    pub async fn execute_together(&self, requests: &[Request]) -> Vec<Answer> {
        let spans = vec![Span::current(); requests.len()];
        self.together(requests, &spans).await
    }

    /// Waits in line for the writer, then for the commit.
    pub(crate) async fn execute_in_line(&self, request: &Request) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.queue.push(Waiting { request: request.clone(), span: Span::current(), answer }) {
            // On its own: a caller who goes away must not take the others' commands along. And on a thread of its own:
            // it does nothing but wait for the writer's thread, and waking a thread is quicker than waking the runtime.
            let (leader, runtime) = (self.clone(), Handle::current());
            tokio::task::spawn_blocking(move || runtime.block_on(leader.lead()));
        }
        answered.await.unwrap_or_else(|_| Err(request.broken("the program stopped before the command was carried out")))
    }

    async fn lead(self) {
        loop {
            let mut requests = vec![];
            let mut spans = vec![];
            let mut answers = vec![];
            for Waiting { request, span, answer } in self.queue.next() {
                requests.push(request);
                spans.push(span);
                answers.push(answer);
            }
            if requests.is_empty() {
                return;
            }
            for (answer, outcome) in answers.into_iter().zip(self.together(&requests, &spans).await) {
                // Nobody listens when the caller has gone away; the command stands all the same.
                let _ = answer.send(outcome);
            }
        }
    }

    async fn together(&self, requests: &[Request], spans: &[Span]) -> Vec<Answer> {
        if requests.len() > 1
            && let Some(answers) = self.in_one_transaction(requests, spans).await
        {
            return answers;
        }
        let mut answers = Vec::with_capacity(requests.len());
        for (request, span) in requests.iter().zip(spans) {
            answers.push(self.execute_alone(request).instrument(span.clone()).await);
        }
        answers
    }

    /// `None` when one of them needs a transaction of its own; nothing was written then.
    async fn in_one_transaction(&self, requests: &[Request], spans: &[Span]) -> Option<Vec<Answer>> {
        let tx = self.db.begin().await.ok()?;
        let Some((answers, jobs, timers)) = self.one_after_another(&tx, requests, spans).await else {
            let _ = tx.rollback().await;
            return None;
        };
        match tx.commit().await.map_err(Failure::of_commit) {
            Ok(()) => {
                self.announcer.committed(jobs, timers);
                Some(answers)
            }
            // Nobody knows whether it was committed: carrying them out again might do them twice.
            Err(Failure::Unanswered(error)) => Some(requests.iter().map(|_| Err(Failure::Unanswered(error.clone()).into())).collect()),
            Err(_) => None,
        }
    }

    async fn one_after_another(&self, tx: &Tx, requests: &[Request], spans: &[Span]) -> Option<(Vec<Answer>, bool, bool)> {
        let (mut answers, mut jobs, mut timers) = (Vec::with_capacity(requests.len()), false, false);
        for (request, span) in requests.iter().zip(spans) {
            let shared = AssertUnwindSafe(self.share(tx, request).instrument(span.clone())).catch_unwind();
            match shared.await.ok()? {
                Ok(done) => {
                    jobs |= done.jobs;
                    timers |= done.timers;
                    answers.push(Ok(done.outcome));
                }
                Err((halt @ Halt::Refused(_), false)) => answers.push(Err(halt)),
                Err(_) => return None,
            }
        }
        Some((answers, jobs, timers))
    }
}
