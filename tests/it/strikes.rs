//! Denda and strikes: what leaving a sesi costs, what HR makes of it, and how it ends (SPEC 7, HR-1, HR-2).

mod adopting;
mod counting;
mod denda;
mod sanctions;
mod story;
