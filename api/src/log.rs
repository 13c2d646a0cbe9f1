//! What the program writes about itself, on standard error; standard output belongs to results.

use crate::config::Log;
use tracing_subscriber::EnvFilter;

/// Starts logging; `RUST_LOG` wins over the configuration.
///
/// # Errors
/// When `log.filter` cannot be read.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(text),
        _ => EnvFilter::try_new(&log.filter),
    };
    let filter = filter.map_err(|error| anyhow::anyhow!("`log.filter`: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = if log.json { builder.json().try_init() } else { builder.with_ansi(false).try_init() };
    Ok(())
}
