//! The server as a browser meets it: who may do what, and a clear answer to everything that is wrong.

mod attacks;
mod audit;
mod commands;
mod documents;
mod notifications;
mod oidc;
mod password;
mod permissions;
mod preferences;
mod requests;
mod roles;
mod signing_in;
mod users;
