//! Tests at the level a user feels, on SQLite and on Postgres. One binary: `cargo test -p tests --test it -- <filter>`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]

mod architecture;
mod archive;
mod backtest;
mod billing;
mod cli;
mod conformance;
mod discipline;
mod documents;
mod erasure;
mod golden_month;
mod http;
mod kernel;
mod kill;
mod months;
mod notification;
mod periods;
mod processes;
mod sesi;
mod strikes;
mod terminations;
