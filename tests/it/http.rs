//! The server as a browser meets it: who may do what, and a clear answer to everything that is wrong.

mod attacks;
mod audit;
mod backtests;
mod catalog;
mod commands;
mod documents;
mod freezing;
mod imports;
mod notifications;
mod oidc;
mod overrides;
mod password;
mod people;
mod permissions;
mod policies;
mod preferences;
mod prices;
mod requests;
mod roles;
mod settings;
mod signing_in;
mod users;
