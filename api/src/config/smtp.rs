//! Where mails are handed over, and in whose name.

use super::ConfigError;
use serde::Deserialize;
use std::path::PathBuf;
use worker::mail::{Security, SmtpConfig};

/// The ports servers listen on unless told, by how the connection is protected.
const PORTS: [(&str, u16); 3] = [("none", 25), ("starttls", 587), ("tls", 465)];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smtp {
    /// `mail.example.com` or `mail.example.com:587`; without it no mail is sent.
    pub server: Option<String>,
    /// `starttls` unless told, `tls`, or `none` for a server on the same machine.
    pub security: Option<String>,
    pub username: Option<String>,
    pub password: Option<String>,
    /// `Alur <alur@example.com>`
    pub from: Option<String>,
    pub reply_to: Option<String>,
    /// A PEM file with a certificate authority to trust besides the public ones.
    pub ca_file: Option<PathBuf>,
}

impl Smtp {
    /// What the worker needs to know, if mails are to be sent at all.
    ///
    /// # Errors
    /// Names the key that is missing or wrong.
    pub fn config(&self) -> Result<Option<SmtpConfig>, ConfigError> {
        let wrong = |key, fault: &str| ConfigError::Value { key, fault: fault.into() };
        let Some(server) = &self.server else { return Ok(None) };
        let named = self.security.as_deref().unwrap_or("starttls");
        let security = match named {
            "none" => Security::None,
            "starttls" => Security::StartTls,
            "tls" => Security::Tls,
            _ => return Err(wrong("smtp.security", "must be starttls, tls or none")),
        };
        let usual = PORTS.iter().find(|(name, _)| *name == named).map_or(25, |(_, port)| *port);
        let (host, port) = match server.rsplit_once(':') {
            None => (server.as_str(), usual),
            Some((host, port)) => (host, port.parse().map_err(|_| wrong("smtp.server", "must be a host, or host:port"))?),
        };
        let login = match (&self.username, &self.password) {
            (Some(username), Some(password)) => Some((username.clone(), password.clone())),
            (None, None) => None,
            _ => return Err(wrong("smtp.password", "must be given together with smtp.username")),
        };
        let from = self.from.clone().ok_or_else(|| wrong("smtp.from", "must be given together with smtp.server"))?;
        let authority = match &self.ca_file {
            Some(path) => Some(std::fs::read(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?),
            None => None,
        };
        Ok(Some(SmtpConfig { host: host.into(), port, security, login, from, reply_to: self.reply_to.clone(), authority }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(server: &str) -> Smtp {
        Smtp { server: Some(server.into()), from: Some("Alur <alur@a.id>".into()), ..Smtp::default() }
    }

    #[test]
    fn a_server_has_the_usual_port_unless_told() {
        let port = |smtp: Smtp| smtp.config().unwrap().unwrap().port;
        assert_eq!(port(smtp("mail.a.id")), 587);
        assert_eq!(port(smtp("mail.a.id:2525")), 2525);
        assert_eq!(port(Smtp { security: Some("tls".into()), ..smtp("mail.a.id") }), 465);
        assert!(Smtp::default().config().unwrap().is_none());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let cases = [
            (Smtp { from: None, ..smtp("a.id") }, "smtp.from"),
            (smtp("a.id:x"), "smtp.server"),
            (Smtp { security: Some("ssl".into()), ..smtp("a.id") }, "smtp.security"),
            (Smtp { username: Some("a".into()), ..smtp("a.id") }, "smtp.password"),
            (Smtp { ca_file: Some("/nowhere.pem".into()), ..smtp("a.id") }, "/nowhere.pem"),
        ];
        for (smtp, key) in cases {
            let error = smtp.config().err().unwrap().to_string();
            assert!(error.contains(key), "{error}");
        }
    }
}
