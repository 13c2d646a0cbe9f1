//! Measures of the business: read only, from rows that other pages change.

pub mod cancellations;
pub mod materi;
pub mod progress;
