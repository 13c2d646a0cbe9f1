//! The business of XPrivate Education: one file per workflow, and the records they share.
//!
//! Read `sesi.rs` for the shape every workflow has; [`registry`] lists them all.

pub mod changes;
pub mod held;
pub mod import;
pub mod records;
pub mod seed;

pub mod backtest;
pub mod erasure;
pub mod notification;
pub mod sesi;

use engine::registry::Registry;

/// Every workflow, in alphabetical order.
pub fn registry() -> Registry {
    Registry::new().with::<erasure::Erasure>().with::<notification::Notification>().with::<sesi::Sesi>()
}
