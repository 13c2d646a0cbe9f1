//! The conversation with the mail server (lettre), in two halves.
//!
//! [`Smtp::open`] connects, signs in, names sender and recipient, and is told to go on: up to there no mail is sent,
//! whatever happens. [`Ready::send`] hands over the content; only the server's answer says what became of it.

use super::{Envelope, Message};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take for everything before the content.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may think about the content before its answer counts as lost.
const PATIENCE_FOR_ANSWER: Duration = Duration::from_secs(120);
/// How long a good-bye may take.
const PATIENCE_FOR_GOODBYE: Duration = Duration::from_secs(2);
/// How much of what a server says is kept, in characters.
const REPLY_LIMIT: usize = 300;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// In the clear: for a server on the same machine.
    None,
    /// Begins in the clear and goes on encrypted, or not at all.
    #[default]
    StartTls,
    /// Encrypted from the start.
    Tls,
}

/// Where mails are handed over.
#[derive(Clone)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Name and password.
    pub login: Option<(String, String)>,
    /// `Name <address>`.
    pub from: String,
    pub reply_to: Option<String>,
    /// A certificate authority to trust besides the public ones, as PEM.
    pub authority: Option<Vec<u8>>,
}

/// A configuration that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("`smtp.{key}` is no mailbox like `Alur <alur@example.com>`")]
    Mailbox {
        key: &'static str,
        #[source]
        source: lettre::address::AddressError,
    },
    #[error("the TLS settings for {host} cannot be used")]
    Tls {
        host: String,
        #[source]
        source: Error,
    },
}

/// A mail that was not sent, for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// One of `workflows::notification::PROBLEMS`.
    pub problem: &'static str,
    pub detail: String,
    /// Whether trying again is of no use.
    pub for_good: bool,
}

/// What became of the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Taken {
        reply: String,
    },
    Unsent(Unsent),
    /// Nobody can know whether the server took it.
    Lost {
        detail: String,
    },
}

/// A mail server.
pub struct Smtp {
    config: SmtpConfig,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    tls: Option<TlsParameters>,
}

impl Smtp {
    /// Checks the configuration; connects to nothing yet.
    ///
    /// # Errors
    /// Names the setting that cannot be used.
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpError> {
        let mailbox = |key, text: &str| text.parse::<Mailbox>().map_err(|source| SmtpError::Mailbox { key, source });
        let from = mailbox("from", &config.from)?;
        let reply_to = config.reply_to.as_deref().map(|text| mailbox("reply_to", text)).transpose()?;
        let tls = match config.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(tls(&config).map_err(|source| SmtpError::Tls { host: config.host.clone(), source })?),
        };
        Ok(Self { config, from, reply_to, tls })
    }

    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    pub fn reply_to(&self) -> Option<&Mailbox> {
        self.reply_to.as_ref()
    }

    /// Everything before the content.
    ///
    /// # Errors
    /// Why the mail was not sent.
    pub async fn open(&self, envelope: &Envelope) -> Result<Ready, Unsent> {
        let begun = async {
            let connection = self.connect().await?;
            introduce(connection, envelope).await
        };
        timeout(PATIENCE, begun).await.unwrap_or_else(|_| Err(Unsent::unreachable("the mail server did not answer in time")))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Unsent> {
        let config = &self.config;
        let (server, hello) = ((config.host.as_str(), config.port), ClientId::default());
        let immediate = if config.security == Security::Tls { self.tls.clone() } else { None };
        let unreachable = |error: Error| Unsent::unreachable(&chain(&error));
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &hello, immediate, None).await.map_err(unreachable)?;
        if config.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            connection.starttls(tls, &hello).await.map_err(unreachable)?;
        }
        if let Some((name, password)) = &config.login {
            let credentials = Credentials::new(name.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map_err(|error| login_refused(&error))?;
        }
        Ok(connection)
    }
}

/// Names sender and recipient and asks to go on.
async fn introduce(mut connection: AsyncSmtpConnection, envelope: &Envelope) -> Result<Ready, Unsent> {
    let (from, to) = (envelope.from.email.clone(), envelope.to.email.clone());
    let mut parameters = vec![];
    let plain: &str = to.as_ref();
    if !plain.is_ascii() {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let detail = "the mail server takes only addresses of plain letters".to_owned();
            return Err(Unsent { problem: "address_invalid", detail, for_good: true });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let refused = |error: Error| Unsent::said(&error).unwrap_or_else(|| Unsent::unreachable(&chain(&error)));
    connection.command(Mail::new(Some(from), parameters)).await.map_err(refused)?;
    connection.command(Rcpt::new(to, vec![])).await.map_err(refused)?;
    connection.command(Data).await.map_err(refused)?;
    Ok(Ready { connection })
}

/// A conversation in which only the content is missing. Dropping it sends nothing.
pub struct Ready {
    connection: AsyncSmtpConnection,
}

impl Ready {
    /// Hands over the content.
    pub async fn send(mut self, message: &Message) -> Answer {
        match timeout(PATIENCE_FOR_ANSWER, self.connection.message(message.bytes())).await {
            Ok(Ok(response)) => {
                let reply = kept(&response.message().collect::<Vec<_>>().join(" "));
                // The mail is taken; how the server says good-bye changes nothing.
                let _ = timeout(PATIENCE_FOR_GOODBYE, self.connection.quit()).await;
                Answer::Taken { reply }
            }
            Ok(Err(error)) => match Unsent::said(&error) {
                Some(unsent) => Answer::Unsent(unsent),
                None => Answer::Lost { detail: kept(&chain(&error)) },
            },
            Err(_) => Answer::Lost { detail: "the mail server did not answer in time".into() },
        }
    }
}

impl Unsent {
    fn unreachable(detail: &str) -> Self {
        Self { problem: "unreachable", detail: kept(detail), for_good: false }
    }

    /// What the server said, if it said anything.
    fn said(error: &Error) -> Option<Self> {
        error.status()?;
        let (problem, for_good) = if error.is_permanent() { ("refused", true) } else { ("deferred", false) };
        Some(Self { problem, detail: kept(&chain(error)), for_good })
    }
}

fn login_refused(error: &Error) -> Unsent {
    // Without a way to sign in that both know, lettre has not asked.
    if error.is_permanent() || error.is_client() {
        return Unsent { problem: "login_refused", detail: kept(&chain(error)), for_good: true };
    }
    Unsent::said(error).unwrap_or_else(|| Unsent::unreachable(&chain(error)))
}

fn tls(config: &SmtpConfig) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build()
}

fn chain(error: &Error) -> String {
    use std::error::Error as _;
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

/// What a server said, short and without addresses: it goes into histories and lists.
fn kept(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().filter(|letter| !letter.is_control()).take(REPLY_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_kept_of_what_a_server_says() {
        assert_eq!(kept("550 5.1.1 <rina@x.id>: user\r\nunknown"), "550 5.1.1 … user unknown");
        assert_eq!(kept(&"a".repeat(900)).len(), REPLY_LIMIT);
    }

    #[test]
    fn a_sender_that_is_no_mailbox_is_named() {
        let config = |from: &str, reply_to: Option<&str>| SmtpConfig {
            host: "localhost".into(),
            port: 25,
            security: Security::None,
            login: None,
            from: from.into(),
            reply_to: reply_to.map(str::to_owned),
            authority: None,
        };
        assert!(Smtp::new(config("Alur <alur@a.id>", Some("b@a.id"))).is_ok());
        for (config, key) in [(config("Alur", None), "smtp.from"), (config("a@b.id", Some("x")), "smtp.reply_to")] {
            assert!(Smtp::new(config).err().unwrap().to_string().contains(key));
        }
    }
}
