//! Stories of a sesi, from request to settlement (SPEC 6 and 7).

mod approving;
mod backtest;
mod cancelling;
mod lessons;
mod moving;
mod racing;
mod random;
mod time;
