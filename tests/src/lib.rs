//! What the tests stand on: throw-away databases, a manual clock, a believable company, the program itself.
//!
//! The tests are in `it/`, one binary. [`both_databases!`] runs a test on SQLite and on Postgres.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]

pub mod database;
pub mod postgres;

pub mod company;

pub mod app;
pub mod browser;
pub mod bucket;
pub mod identity;
pub mod pdf;
pub mod peers;
pub mod program;
pub mod proxy;
pub mod smtp;
