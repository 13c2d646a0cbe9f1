//! The business of XPrivate Education: one file per workflow, and the records they share.
//!
//! Read `sesi.rs` for the shape every workflow has; [`registry`] lists them all.

pub mod catalog;
pub mod changes;
pub mod held;
pub mod import;
pub mod people;
pub mod prices;
pub mod records;
pub mod seed;

pub mod backtest;
pub mod erasure;
pub mod notification;
pub mod policy_publication;
pub mod result_override;
pub mod sesi;

use engine::registry::Registry;

/// Every workflow, in alphabetical order.
pub fn registry() -> Registry {
    Registry::new()
        .with::<backtest::Backtest>()
        .with::<erasure::Erasure>()
        .with::<notification::Notification>()
        .with::<result_override::ResultOverride>()
        .with::<policy_publication::PolicyPublication>()
        .with::<sesi::Sesi>()
}
