//! Serving: UI and API, jobs and timers, in one process or in several.

use super::output::{self, Finished};
use crate::app::App;
use crate::auth::bootstrap;
use crate::router;
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use worker::{Options, Origin, Running};

/// Which parts this process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    name: &'static str,
    api: bool,
    worker: bool,
}

impl Parts {
    pub const ALL: Self = Self { name: "serve", api: true, worker: true };
    pub const API: Self = Self { name: "api", api: true, worker: false };
    pub const WORKER: Self = Self { name: "worker", api: false, worker: true };
}

/// Runs until the process is told to end; then finishes what has begun.
pub async fn run(app: Arc<App>, parts: Parts) -> anyhow::Result<Finished> {
    let stop = stop_signal()?;
    // First of all, so that a second server on this address ends before it does anything.
    let listener = if parts.api { Some(listen(&app).await?) } else { None };
    let worker = if parts.worker { Some(start_worker(&app, parts).await?) } else { None };
    // A process without a worker must wake the workers of others itself.
    let bell = if parts.worker { None } else { Some(tokio::spawn(worker::ring_others(app.engine.db.clone(), app.wake.clone(), Origin::new(), stop.clone()))) };
    match listener {
        Some(listener) => serve(&app, listener, stop.clone()).await?,
        None => stop.cancelled().await,
    }
    tracing::info!("stopping");
    if let Some(worker) = worker {
        let stopped = worker.shutdown().await;
        tracing::info!(unfinished = stopped.unfinished, "worker stopped");
    }
    if let Some(bell) = bell {
        bell.await.context("the notifier broke")?;
    }
    Ok(Finished::Well)
}

async fn listen(app: &App) -> anyhow::Result<TcpListener> {
    let address = app.config.server.listen;
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} (`server.listen`)"))
}

async fn start_worker(app: &App, parts: Parts) -> anyhow::Result<Running> {
    let options = Options { role: parts.name.into(), ..Options::default() };
    Ok(worker::start(app.engine.clone(), app.wake.clone(), &app.deps(), options).await?)
}

async fn serve(app: &Arc<App>, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    tracing::info!(address = %listener.local_addr()?, url = app.config.base_url(), "serving");
    if let Some(link) = bootstrap::first_link(app).await? {
        output::print(&format!("Masuk pertama: {link}\n(sekali pakai, 15 menit; hanya tautan terbaru yang berlaku, juga bila beberapa proses mencetaknya)\n"));
    }
    let service = router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await.context("the server broke")
}

/// Cancelled by SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}
