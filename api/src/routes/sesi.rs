//! Sesi: the list, one in full, a new one, and what approval would say about it.

mod detail;
mod list;
mod new;

pub use detail::{links, show};
pub use list::list;
pub use new::{create, preview};

/// The workflow's name.
pub const WORKFLOW: &str = <workflows::sesi::Sesi as engine::workflow::Workflow>::NAME;
