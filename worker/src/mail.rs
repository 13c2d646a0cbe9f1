//! Mails on their way out of the house: the message as it travels, and the conversation with the mail server.
//!
//! A [`Message`] is built from a [`Letter`]; a [`Smtp`] opens a conversation ([`Ready`]) in which everything that can
//! go wrong without a mail being sent goes wrong first. Only [`Ready::send`] may leave a doubt.

mod message;
mod smtp;

pub use message::{BadMessage, Envelope, Message};
pub use smtp::{Answer, Ready, Security, Smtp, SmtpConfig, SmtpError, Unsent};
pub use workflows::notification::letter::{Letter, Links};
