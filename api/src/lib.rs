//! The program `alur`: command line, configuration, composition root, HTTP API and the embedded web UI.
//!
//! Read [`router`] for every route and [`app`] for how the parts meet. As a library it serves tests:
//! `App::build(config, clock)` and `router::router(app)`.

pub mod cli;
pub mod config;
pub mod demo;
pub mod log;

/// Policies and JSON make many small allocations; this allocator answers them in half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod app;
pub mod router;

pub mod http;
pub mod openapi;
pub mod route;

mod answer;
mod docs;
mod links;
mod ui;

pub mod auth;
pub mod problem;
pub mod request;

mod export;
mod listing;
mod office_day;
pub mod routes;
pub mod view;
mod words;
