//! Honorarium (SPEC FIN-3, REP-3): the list with its sums, one in full, its slip. Whose rows are seen comes from the caller's
//! account; a tutor sees no draft. What is paid are commands of the workflow `payment`.

mod detail;
mod list;
mod sheet;
mod slip;

pub use detail::show;
pub use list::list;
pub use slip::pdf;
