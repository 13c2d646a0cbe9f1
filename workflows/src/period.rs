//! Months as the books close them (SPEC FIN-7 to FIN-9): what stands in the way of closing one, its documents as they are hashed,
//! its receipt, and the proof that both can be made again from what they came of.
//!
//! `period_close` and `period_reopening` are the workflows; nothing else writes the table `period`.

pub mod contents;
pub mod evidence;
pub mod lock;
pub mod paper;
pub mod receipt;
mod signature;
mod source;
pub mod verify;

pub use signature::{Signature, Signatures};
