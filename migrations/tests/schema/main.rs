//! The schema on both databases: it goes up, down and up again, and each rule in it refuses what it must refuse.
//!
//! SQLite always; Postgres when `ALUR_TEST_POSTGRES_URL` names a server on which databases may be created.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]

mod billing;
mod claims;
mod database;
mod immutable_rows;
mod ledger;
mod periods;
mod price_clones;
mod prices;
mod rows;
mod suspensions;
mod tables;
mod terminations;
