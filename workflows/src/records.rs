//! The records the workflows share: master data, prices, settings, and the rows a sesi leaves behind.
//!
//! One table or concept per file. Entities are plain rows without relations; the rules that bind them are
//! constraints in `migrations`. Workflows read them as facts and write them in their `record` step.

pub mod catalog;
pub mod office;
pub mod tahun_ajaran;

pub mod siswa;
pub mod slot;
pub mod tutor;
pub mod tutor_subject;

pub mod config;
pub mod document;
pub mod price;

pub mod denda;
pub mod sesi;
pub mod settlement;
pub mod strike;
pub mod tagihan;

pub mod code;
pub mod day;
pub mod email;
pub mod phone;
pub mod place;
