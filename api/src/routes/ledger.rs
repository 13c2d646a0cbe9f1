//! The books as bookkeepers read them (SPEC FIN-12): the trial balance of a month, and the entries behind each figure.

mod entries;
mod export;
pub(super) mod filter;
mod trial_balance;

pub use entries::{list, show};
pub use export::{entries_csv, entries_xlsx};
pub use trial_balance::{trial_balance, trial_balance_csv, trial_balance_xlsx};
