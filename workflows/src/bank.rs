//! Bank statements (SPEC FIN-4): a CSV file of the bank read line by line, kept once, and held against what is still open.
//!
//! [`layout`] finds the columns in the exports that Indonesian banks give, [`amount`] and [`day`] read their cells, [`sheet`] the
//! file, [`statement`] keeps it: the same line comes in once, from however many exports. [`propose`] says who may have paid;
//! confirming it is a payment ([`crate::payment`]), [`decide`] is everything else that becomes of a line.
//!
//! What a bank writes about a transfer names people. It stays on the line only, never in an audit record, and is emptied with
//! whoever the line is matched to (`erasure/scrub.rs`).

mod amount;
mod day;
pub mod decide;
mod layout;
pub mod propose;
pub mod sheet;
pub mod statement;
mod text;
