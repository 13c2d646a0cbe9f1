//! Force majeure claims (SPEC 8): the queue, one in full, what may be claimed, and the evidence. What happens to a claim are
//! commands of the workflow `fm_claim`, like any others.

mod claimable;
mod detail;
mod evidence;
mod list;
mod new;

pub use claimable::claimable;
pub use detail::show;
pub use evidence::open;
pub use list::{figures, list};
pub use new::{create, preview};
