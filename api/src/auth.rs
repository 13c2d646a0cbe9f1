//! Who is asking, and what they may do: ways to sign in, server-side sessions, CSRF, roles (SPEC 2).
//!
//! Tokens are 256 random bits; the database holds their SHA-256 only, so nobody who reads it can take over a session (for resets see [`reset`]).

pub mod account;
pub mod bootstrap;
pub mod cookie;
pub mod credential;
pub mod event;
pub mod guard;
pub mod input;
pub mod limit;
pub mod link;
pub mod oidc;
pub mod password;
pub mod permissions;
pub mod reset;
pub mod return_path;
pub mod roles;
pub mod scope;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod throttle;
pub mod token;
pub mod turn;
