//! Sesi: the list, one in full, a new one, and what approval would say about it.

mod detail;
mod list;
mod new;
mod reassign;
mod substitutes;

pub use detail::{links, show};
pub use list::list;
pub use new::{create, preview};
pub use reassign::{preview as preview_reassign, reassign};
pub use substitutes::substitutes;

/// The workflow's name.
pub const WORKFLOW: &str = <workflows::sesi::Sesi as engine::workflow::Workflow>::NAME;
