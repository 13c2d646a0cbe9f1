//! What the worker promises, on SQLite and (with `ALUR_TEST_POSTGRES_URL`) on Postgres.

mod lab;
mod toy;

mod contract;
mod defects;
mod documents;
mod drain;
mod jobs;
mod processes;
mod timers;
