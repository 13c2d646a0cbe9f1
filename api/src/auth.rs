//! Who is asking, and what they may do: sign-in links, server-side sessions, CSRF, roles (SPEC 2).
//!
//! Tokens are 256 random bits; the database holds their SHA-256 only, so nobody who reads it can sign in.

pub mod account;
pub mod bootstrap;
pub mod cookie;
pub mod guard;
pub mod input;
pub mod limit;
pub mod link;
pub mod permissions;
pub mod roles;
pub mod session;
pub mod sign_in;
pub mod token;
pub mod turn;
