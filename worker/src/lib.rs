//! Carries out what commands cause outside their transaction: jobs on apalis, timers, and the
//! adapters that handlers use.
//!
//! The program calls [`setup`] once, builds its engine with an [`ApalisAnnouncer`], and [`start`]s a
//! worker where jobs are to run. Tests and demos [`drain`] instead. Only [`runtime`] knows apalis.

mod start;

pub mod jobs;
pub mod options;
pub mod runtime;
pub mod wake;

pub mod archiver;

mod attempt;
mod bell;
mod sealer;
mod sweeper;
mod timers;

pub mod drain;

pub mod documents;
pub mod mail;
pub mod pdf;

pub use bell::{Origin, ring_others};
pub use drain::{DrainError, DrainReport, drain};
pub use jobs::{Deps, Done, Handler, KINDS, Work, handlers};
pub use options::{BadOption, Options};
pub use runtime::{ApalisAnnouncer, SetupError, setup};
pub use start::{Running, Stopped, Worker, start};
pub use wake::Wake;
