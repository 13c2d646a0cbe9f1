//! The books of XPrivate (SPEC MON-2, FIN): every account there is, every kind of entry with what it moves, and one function
//! per event that shapes its entry. Workflows post what these functions give them and name no account themselves.
//!
//! [`account`] is the chart of accounts, [`kind`] the table of entries: the seed reads the one, the README shows both
//! ([`table`]), `alur ledger check` holds what is posted against them ([`check`]). [`balance`] sums up a month.

pub mod account;
pub mod aging;
pub mod balance;
mod carry_over;
pub mod check;
pub(crate) mod corrections;
mod day;
mod denda;
mod final_settlement;
pub mod kind;
mod lesson;
mod payment;
mod reversal;
pub mod table;

pub(crate) use carry_over::carry_over;
pub(crate) use day::posted_on;
pub(crate) use denda::denda;
pub(crate) use final_settlement::{adjustment, carried_back, forgiven, payout, receipt, settlement};
pub(crate) use lesson::{Parties, Worth, lesson, lesson_kind};
pub(crate) use payment::{deposit_applied, honorarium_payment, pph_remitted, siswa_payment};
pub(crate) use reversal::undone;
