//! A message as it travels: headers, plain text and HTML.

use super::Letter;
use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, address::AddressError};

/// From whom, to whom, and the mark by which a double is recognised.
#[derive(Debug)]
pub struct Envelope {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub to: Mailbox,
    /// `<…@…>`.
    pub message_id: String,
    pub at: DateTime<Utc>,
}

impl Envelope {
    /// The mailbox of a person. A name is one line, whatever it holds.
    ///
    /// # Errors
    /// When it is no address.
    pub fn mailbox(name: &str, address: &str) -> Result<Mailbox, AddressError> {
        let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        Ok(Mailbox::new(Some(name.trim().to_owned()).filter(|name| !name.is_empty()), address.parse::<Address>()?))
    }
}

/// A message that cannot be written down.
#[derive(Debug, thiserror::Error)]
#[error("the message cannot be written")]
pub struct BadMessage(#[from] lettre::error::Error);

/// The bytes that go to the server.
#[derive(Debug)]
pub struct Message(Vec<u8>);

impl Message {
    /// Puts a letter into its envelope.
    ///
    /// # Errors
    /// When a header cannot be written.
    pub fn of(letter: &Letter, envelope: &Envelope) -> Result<Self, BadMessage> {
        let mut builder = lettre::Message::builder()
            .from(envelope.from.clone())
            .to(envelope.to.clone())
            .subject(letter.subject.clone())
            .message_id(Some(envelope.message_id.clone()))
            .date(envelope.at.into())
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
        if let Some(reply_to) = &envelope.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let message = builder.multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.page()))?;
        Ok(Self(message.formatted()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use workflows::notification::log::Locale;

    #[test]
    fn what_people_typed_adds_no_header() {
        let evil = "Rina\r\nBcc: <evil@evil.id>\r\n\r\nx";
        let to = Envelope::mailbox(evil, "rina@xprivate.education").unwrap();
        let envelope =
            Envelope { from: "Alur <alur@xprivate.education>".parse().unwrap(), reply_to: None, to, message_id: "<1@a.id>".into(), at: DateTime::UNIX_EPOCH };
        let letter = Letter { subject: format!("Halo {evil}"), text: "x".into(), html: "<p>x</p>".into(), locale: Locale::Id };
        let text = String::from_utf8(Message::of(&letter, &envelope).unwrap().0).unwrap();
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = headers.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
        assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{headers}");
        for address in ["a@b.id\r\nBcc: c@d.id", "a@b.id, c@d.id", "<a@b.id>", "a@b.id\n", ""] {
            assert!(Envelope::mailbox("Rina", address).is_err(), "{address:?}");
        }
    }
}
