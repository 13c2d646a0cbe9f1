//! The queue that apalis' worker polls: apalis' storage, with the fetching done here.
//!
//! apalis' storages fetch whenever they are polled and forget a wake-up that arrives while a fetch
//! is under way; and while fetched deliveries wait for a free slot they send no heartbeat. Here the
//! storage only registers, reports that the worker lives and acknowledges. Fetching is ours: only
//! when there may be something new, never more than can start at once, and again when a wake-up
//! arrived meanwhile.
//!
//! The fetch and the storage's own work may both want the one connection to SQLite. So neither is
//! ever left half done while the other is waited for: every poll drives both.

use super::store::{Acknowledge, Delivery, Store};
use crate::options::Options;
use crate::wake::Listener;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::worker::context::WorkerContext;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, ready};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep};
use ulid::Ulid;

/// How long a worker that failed waits before it starts again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Queue<T: Store> {
    store: T,
    storage: T::Storage,
    slots: usize,
    /// Set after a failure: nothing happens before.
    pause: Option<Pin<Box<Sleep>>>,
    tick: Interval,
    wake: BoxStream<'static, ()>,
    /// Whether something may have been announced since the last fetch began.
    is_stale: bool,
    fetching: Option<BoxFuture<'static, Result<Vec<Delivery>, T::Error>>>,
    fetching_limit: usize,
    fetched: VecDeque<Delivery>,
    failed: Option<T::Error>,
    closing: Closing<T::Error>,
}

/// How far the queue is with closing.
enum Closing<E> {
    Acknowledging,
    GivingBack(BoxFuture<'static, Result<(), E>>),
    Closed,
}

impl<T: Store> Queue<T> {
    pub fn new(store: T, options: &Options, wake: Listener, restarts: usize) -> Self {
        let mut tick = tokio::time::interval(options.tick);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            storage: store.storage(),
            store,
            slots: options.concurrency,
            pause: (restarts > 0).then(|| Box::pin(tokio::time::sleep_until(Instant::now() + RESTART_PAUSE))),
            tick,
            wake: wake.into_stream(),
            is_stale: true,
            fetching: None,
            fetching_limit: 0,
            fetched: VecDeque::new(),
            failed: None,
            closing: Closing::Acknowledging,
        }
    }

    /// Notes wake-ups and ticks. Polls both until they are pending, so that the next one wakes us.
    fn notice(&mut self, cx: &mut Context<'_>) {
        while self.tick.poll_tick(cx).is_ready() {
            self.is_stale = true;
        }
        while let Poll::Ready(Some(())) = self.wake.poll_next_unpin(cx) {
            self.is_stale = true;
        }
    }

    fn begin_fetch(&mut self, worker: &WorkerContext) {
        self.is_stale = false;
        self.fetching_limit = self.slots.saturating_sub(worker.task_count()).max(1);
        self.fetching = Some(self.store.take(worker, self.fetching_limit));
    }

    fn drive_fetch(&mut self, cx: &mut Context<'_>) {
        let Some(fetch) = &mut self.fetching else { return };
        let Poll::Ready(outcome) = fetch.poll_unpin(cx) else { return };
        self.fetching = None;
        match outcome {
            Ok(deliveries) => {
                self.is_stale |= deliveries.len() >= self.fetching_limit;
                self.fetched.extend(deliveries);
            }
            Err(error) => self.failed = Some(error),
        }
    }
}

impl<T: Store> Backend for Queue<T> {
    type Task = Delivery;
    type Error = T::Error;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.poll_unpin(cx));
            self.pause = None;
        }
        self.drive_fetch(cx);
        self.storage.poll_ready(cx, worker)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Option<Result<Delivery, Self::Error>>> {
        loop {
            self.notice(cx);
            self.drive_fetch(cx);
            if let Some(delivery) = self.fetched.pop_front() {
                return Poll::Ready(Some(Ok(delivery)));
            }
            if let Some(error) = self.failed.take() {
                return Poll::Ready(Some(Err(error)));
            }
            if self.fetching.is_some() || !self.is_stale {
                return Poll::Pending;
            }
            self.begin_fetch(worker);
        }
    }

    /// Acknowledges what was carried out and gives back what was not begun.
    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        self.drive_fetch(cx);
        loop {
            match &mut self.closing {
                Closing::Acknowledging => {
                    ready!(self.storage.poll_close(cx, worker))?;
                    if self.fetching.is_some() {
                        return Poll::Pending;
                    }
                    let ids: Vec<String> = self.fetched.drain(..).filter_map(|delivery| Some(delivery.ctx().task_id()?.to_string())).collect();
                    self.closing = if ids.is_empty() { Closing::Closed } else { Closing::GivingBack(self.store.give_back(worker, ids)) };
                }
                Closing::GivingBack(giving_back) => {
                    let given_back = ready!(giving_back.poll_unpin(cx));
                    self.closing = Closing::Closed;
                    given_back?;
                }
                Closing::Closed => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<T: Store> BackendConfig for Queue<T> {
    type Args = Vec<u8>;
    type Id = Ulid;
    /// Hands the payload on as it is: with apalis' own decoding an unreadable row ends the worker.
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Acknowledge;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, worker: &mut WorkerContext) -> Acknowledge {
        self.storage.middleware(worker)
    }
}
