//! The business of XPrivate Education: one file per workflow, and the records they share.
//!
//! Read `sesi.rs` for the shape every workflow has; [`registry`] lists them all.

pub mod adopt;
pub mod billing;
pub mod books;
pub mod catalog;
pub mod changes;
pub mod held;
pub mod import;
pub mod people;
pub mod prices;
pub mod records;
pub mod seed;

pub mod backtest;
pub mod denda;
pub mod erasure;
pub mod fm_claim;
pub mod notification;
pub mod payment;
pub mod policy_publication;
pub mod reactivation;
pub mod reminder;
pub mod result_override;
pub mod sesi;
pub mod strike;
pub mod suspension;
pub mod termination;

use engine::registry::Registry;

/// Every workflow, in alphabetical order.
pub fn registry() -> Registry {
    Registry::new()
        .with::<backtest::Backtest>()
        .with::<denda::Denda>()
        .with::<erasure::Erasure>()
        .with::<fm_claim::FmClaim>()
        .with::<notification::Notification>()
        .with::<result_override::ResultOverride>()
        .with::<payment::Payment>()
        .with::<policy_publication::PolicyPublication>()
        .with::<reactivation::Reactivation>()
        .with::<reminder::Reminder>()
        .with::<sesi::Sesi>()
        .with::<strike::Strike>()
        .with::<suspension::Suspension>()
        .with::<termination::Termination>()
}
