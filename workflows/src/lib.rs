//! The business of XPrivate Education: one file per workflow, and the records they share.
//!
//! Read `sesi.rs` for the shape every workflow has; [`registry`] lists them all.

pub mod adopt;
pub mod bank;
pub mod billing;
pub mod books;
pub mod catalog;
pub mod changes;
pub mod held;
pub mod import;
pub mod people;
pub mod period;
pub mod prices;
pub mod records;
pub mod seed;

pub mod backtest;
pub mod billing_run;
pub mod credit_note;
pub mod denda;
pub mod erasure;
pub mod fm_claim;
pub mod money_adjustment;
pub mod notification;
pub mod payment;
pub mod period_close;
pub mod period_reopening;
pub mod policy_publication;
pub mod reactivation;
pub mod refund;
pub mod reminder;
pub mod result_override;
pub mod sesi;
pub mod settlement_reversal;
pub mod strike;
pub mod suspension;
pub mod termination;
pub mod write_off;

use engine::registry::Registry;

/// Every workflow, in alphabetical order.
pub fn registry() -> Registry {
    Registry::new()
        .with::<backtest::Backtest>()
        .with::<billing_run::BillingRun>()
        .with::<credit_note::CreditNote>()
        .with::<denda::Denda>()
        .with::<erasure::Erasure>()
        .with::<fm_claim::FmClaim>()
        .with::<money_adjustment::MoneyAdjustment>()
        .with::<notification::Notification>()
        .with::<result_override::ResultOverride>()
        .with::<payment::Payment>()
        .with::<period_close::PeriodClose>()
        .with::<period_reopening::PeriodReopening>()
        .with::<policy_publication::PolicyPublication>()
        .with::<reactivation::Reactivation>()
        .with::<refund::Refund>()
        .with::<reminder::Reminder>()
        .with::<sesi::Sesi>()
        .with::<settlement_reversal::SettlementReversal>()
        .with::<strike::Strike>()
        .with::<suspension::Suspension>()
        .with::<termination::Termination>()
        .with::<write_off::WriteOff>()
}
