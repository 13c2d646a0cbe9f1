//! The identity provider people sign in with (SPEC AUTH-1).

use super::ConfigError;
use serde::Deserialize;
use std::fmt;

const GOOGLE: &str = "https://accounts.google.com";

/// Without an issuer nobody signs in this way.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    /// As the provider writes it itself, e.g. `https://accounts.google.com`.
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    /// The organisation (`hd`) an account must belong to.
    pub hosted_domain: Option<String>,
    /// What the button calls it.
    pub name: Option<String>,
}

impl Oidc {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, fault: &str| Err(ConfigError::Value { key, fault: fault.into() });
        let is_set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let any = [&self.issuer, &self.client_id, &self.client_secret, &self.hosted_domain, &self.name].into_iter().any(Option::is_some);
        if !any {
            return Ok(());
        }
        if !self.issuer.as_ref().is_some_and(|issuer| is_trustworthy(issuer)) {
            return wrong("oidc.issuer", "must start with https:// (http:// on this machine only)");
        }
        if !is_set(&self.client_id) {
            return wrong("oidc.client_id", "must be given together with oidc.issuer");
        }
        if !is_set(&self.client_secret) {
            return wrong("oidc.client_secret", "must be given together with oidc.issuer");
        }
        if self.hosted_domain.is_some() && !is_set(&self.hosted_domain) {
            return wrong("oidc.hosted_domain", "must not be empty; leave it out to let every domain in");
        }
        Ok(())
    }

    pub(crate) fn name(&self) -> String {
        let known = if self.issuer.as_deref() == Some(GOOGLE) { "Google" } else { "SSO" };
        self.name.clone().unwrap_or_else(|| known.into())
    }
}

/// Without https anybody on the way could say who somebody is.
fn is_trustworthy(issuer: &str) -> bool {
    let host = |rest: &str| rest.split(['/', ':']).next().is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host));
    issuer.starts_with("https://") || issuer.strip_prefix("http://").is_some_and(host)
}

impl fmt::Debug for Oidc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Oidc").field("issuer", &self.issuer).field("hosted_domain", &self.hosted_domain).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oidc(issuer: &str, id: &str, secret: &str) -> Oidc {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Oidc { issuer: text(issuer), client_id: text(id), client_secret: text(secret), ..Oidc::default() }
    }

    #[test]
    fn a_provider_is_whole_and_its_way_is_safe() {
        assert!(Oidc::default().check().is_ok());
        for good in ["https://accounts.google.com", "http://127.0.0.1:7799", "http://localhost/realm"] {
            assert!(oidc(good, "a", "b").check().is_ok(), "{good}");
        }
        for (wrong, key) in [
            (oidc("http://accounts.google.com", "a", "b"), "oidc.issuer"),
            (oidc("http://localhost.evil.example", "a", "b"), "oidc.issuer"),
            (oidc("", "a", "b"), "oidc.issuer"),
            (oidc("https://x.example", "", "b"), "oidc.client_id"),
            (oidc("https://x.example", "a", ""), "oidc.client_secret"),
            (Oidc { hosted_domain: Some(" ".into()), ..oidc("https://x.example", "a", "b") }, "oidc.hosted_domain"),
        ] {
            assert!(wrong.check().unwrap_err().to_string().contains(key), "{key}");
        }
        assert_eq!(oidc("https://accounts.google.com", "a", "secret").name(), "Google");
        assert!(!format!("{:?}", oidc("https://x.example", "a", "secret")).contains("secret"));
    }
}
