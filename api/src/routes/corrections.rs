//! What is put right after the fact (SPEC FIN-5, FIN-6, FIN-10): adjustments, credit notes, refunds, write-offs, and settlements
//! taken back. Lists and pages of all five have one shape; what happens to one are commands of its workflow.

mod detail;
mod kind;
mod list;
mod start;

pub use detail::{show_adjustment, show_credit_note, show_refund, show_reversal, show_write_off};
pub use list::{adjustments, credit_notes, refunds, reversals, write_offs};
pub use start::{adjust, credit, preview_adjust, preview_credit, preview_refund, preview_reverse, preview_write_off, refund, reverse, write_off};
