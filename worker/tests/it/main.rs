//! What the worker promises, on SQLite and (with `ALUR_TEST_POSTGRES_URL`) on Postgres.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod lab;
mod probe;
mod toy;

mod contract;
mod defects;
mod documents;
mod drain;
mod jobs;
mod processes;
mod timers;
