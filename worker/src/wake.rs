//! Signals that work has appeared: rung after a commit, heard by the loops that wait for it.
//!
//! A signal only says *look again*. It carries nothing, any number of rings may melt into one, and
//! whoever misses one finds the work at its next slow tick; the database alone says what is due.

use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::watch;

/// The signals of one process; clones ring and hear the same ones.
#[derive(Clone, Debug, Default)]
pub struct Wake {
    pub(crate) jobs: Signal,
    pub(crate) timers: Signal,
    /// Rung for what other processes should look at; see [`crate::bell`].
    pub(crate) others: Signal,
}

impl Wake {
    pub fn new() -> Self {
        Self::default()
    }
}

/// One thing to be told about.
#[derive(Clone, Debug)]
pub(crate) struct Signal(watch::Sender<()>);

impl Default for Signal {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Signal {
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// Hears every ring from now on.
    pub fn listen(&self) -> Listener {
        Listener { rings: self.0.subscribe(), _keep: self.0.clone() }
    }
}

/// Hears a signal. Rings between two calls of [`Listener::rung`] count as one and are not lost.
pub(crate) struct Listener {
    rings: watch::Receiver<()>,
    /// Keeps the signal alive, so that waiting for it never ends by itself.
    _keep: watch::Sender<()>,
}

impl Listener {
    pub async fn rung(&mut self) {
        if self.rings.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub fn into_stream(self) -> BoxStream<'static, ()> {
        stream::unfold(self, |mut listener| async move {
            listener.rung().await;
            Some(((), listener))
        })
        .boxed()
    }
}
