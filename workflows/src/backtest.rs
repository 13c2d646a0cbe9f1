//! Backtest, for now its tables.
pub mod parties;
