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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wake::Signal;
    use apalis_core::task::builder::TaskBuilder;
    use apalis_sqlite::SqliteStorage;
    use futures::task::noop_waker;
    use sqlx::SqlitePool;
    use std::sync::{Arc, Mutex};
    use tokio::sync::oneshot;

    /// A fetch that was asked for: how many at most, and where its deliveries go.
    type Asked = (usize, oneshot::Sender<Vec<Delivery>>);

    /// Fetches end when the test says so.
    #[derive(Clone, Default)]
    struct ByHand(Arc<Mutex<Vec<Asked>>>);

    impl ByHand {
        fn fetches(&self) -> usize {
            self.0.lock().unwrap().len()
        }

        fn end_last(&self, deliveries: usize) {
            let (_, fetch) = self.0.lock().unwrap().pop().unwrap();
            fetch.send((0..deliveries).map(|_| TaskBuilder::new(vec![]).build()).collect()).unwrap();
        }
    }

    impl Store for ByHand {
        type Error = apalis_sqlite::Error;
        type Storage = SqliteStorage<Vec<u8>>;

        fn storage(&self) -> Self::Storage {
            SqliteStorage::new(&SqlitePool::connect_lazy("sqlite::memory:").unwrap())
        }

        fn take(&self, _: &WorkerContext, limit: usize) -> BoxFuture<'static, Result<Vec<Delivery>, Self::Error>> {
            let (end, ended) = oneshot::channel();
            self.0.lock().unwrap().push((limit, end));
            async move { Ok(ended.await.unwrap()) }.boxed()
        }

        fn give_back(&self, _: &WorkerContext, _: Vec<String>) -> BoxFuture<'static, Result<(), Self::Error>> {
            async { Ok(()) }.boxed()
        }
    }

    struct Bench {
        fetches: ByHand,
        wake: Signal,
        queue: Queue<ByHand>,
        worker: WorkerContext,
    }

    impl Bench {
        fn new() -> Self {
            let (fetches, wake) = (ByHand::default(), Signal::default());
            let options = Options { tick: Duration::from_secs(3_600), concurrency: 2, ..Options::default() };
            let queue = Queue::new(fetches.clone(), &options, wake.listen(), 0);
            Self { fetches, wake, queue, worker: WorkerContext::new("bench") }
        }

        /// Whether a delivery came.
        fn poll(&mut self) -> bool {
            let waker = noop_waker();
            matches!(self.queue.poll_next(&mut Context::from_waker(&waker), &self.worker), Poll::Ready(Some(Ok(_))))
        }
    }

    #[tokio::test]
    async fn a_wake_up_during_a_fetch_leads_to_another_fetch() {
        let mut bench = Bench::new();
        assert!(!bench.poll());
        assert_eq!(bench.fetches.fetches(), 1, "it looks when it starts");
        bench.wake.ring();
        assert!(!bench.poll(), "the wake-up is heard while the fetch is under way");
        bench.fetches.end_last(0);
        assert!(!bench.poll());
        assert_eq!(bench.fetches.fetches(), 1, "it looks again");
        bench.fetches.end_last(0);
        assert!(!bench.poll() && !bench.poll());
        assert_eq!(bench.fetches.fetches(), 0, "with nothing new it does not look");
        bench.wake.ring();
        assert!(!bench.poll());
        assert_eq!(bench.fetches.fetches(), 1);
    }

    #[tokio::test]
    async fn it_takes_what_can_start_at_once_and_looks_again_after_a_full_fetch() {
        let mut bench = Bench::new();
        assert!(!bench.poll());
        assert_eq!(bench.fetches.0.lock().unwrap()[0].0, 2, "as many as there are slots");
        bench.fetches.end_last(2);
        assert!(bench.poll() && bench.poll() && !bench.poll());
        assert_eq!(bench.fetches.fetches(), 1, "there may be more");
        bench.fetches.end_last(1);
        assert!(bench.poll() && !bench.poll());
        assert_eq!(bench.fetches.fetches(), 0, "there was no more");
    }
}
