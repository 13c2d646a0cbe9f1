//! The domain-free kernel of Alur: it executes commands on workflows, each in one transaction.
//!
//! Read [`execute`] first, then [`workflow`] (what an author writes) and [`plan`] (what a
//! transition causes). The engine knows no business word, no HTTP and no job runtime: a test
//! reads its source to keep it so.

pub mod execute;

pub mod definition;
pub mod plan;
pub mod workflow;

mod answer;
pub mod refusal;
mod refused;
pub mod view;

pub mod actor;
pub mod clock;
pub mod id;
pub mod money;
pub mod tag;

pub mod audit;
pub mod backtest;
pub mod history;
pub mod job;
pub mod ledger;
pub mod personal;
pub mod policy;
pub mod policy_store;
pub mod seal;
pub mod task;
pub mod timer;

pub mod batch;
pub mod boot;
pub mod db;
pub mod migrate;
pub mod registry;
pub mod replay;
mod standing;
pub mod together;
pub mod within;
mod write;
