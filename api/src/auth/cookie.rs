//! Our cookies: read by the server only, sent with no request another site makes by itself.

use axum::http::{HeaderMap, HeaderValue, header};

/// The cookie of a session.
pub const NAME: &str = "alur_session";
const SESSION: Cookie = Cookie { name: NAME, path: "/" };
/// The cookie of a browser that is on its way to the identity provider and back.
const AWAY: Cookie = Cookie { name: "alur_away", path: "/api/v1/session/oidc" };

struct Cookie {
    name: &'static str,
    path: &'static str,
}

/// How long the browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until it is closed.
    WhileOpen,
    Seconds(i64),
}

/// The session token among the request's cookies.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    SESSION.read(headers)
}

/// The cookie that keeps a session's token.
pub fn set(token: &str, keep: Keep, secure: Secure) -> Option<HeaderValue> {
    SESSION.set(token, keep, secure)
}

/// The cookie that makes the browser forget the session.
pub fn clear(secure: Secure) -> Option<HeaderValue> {
    SESSION.set("", Keep::Seconds(0), secure)
}

/// The handle of a browser that comes back from the identity provider.
pub fn read_handle(headers: &HeaderMap) -> Option<&str> {
    AWAY.read(headers)
}

/// The cookie of a browser that goes to the identity provider.
pub fn set_handle(handle: &str, seconds: i64, secure: Secure) -> Option<HeaderValue> {
    AWAY.set(handle, Keep::Seconds(seconds), secure)
}

/// The cookie that makes the browser forget that it was away.
pub fn clear_handle(secure: Secure) -> Option<HeaderValue> {
    AWAY.set("", Keep::Seconds(0), secure)
}

impl Cookie {
    fn read<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(self.name)?.strip_prefix('=')).filter(|token| !token.is_empty())
    }

    fn set(&self, value: &str, keep: Keep, secure: Secure) -> Option<HeaderValue> {
        let age = match keep {
            Keep::WhileOpen => String::new(),
            Keep::Seconds(seconds) => format!("; Max-Age={seconds}"),
        };
        let (name, path) = (self.name, self.path);
        HeaderValue::from_str(&format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}{}", secure.attribute())).ok()
    }
}

/// Whether the cookie may travel by https only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secure {
    HttpsOnly,
    /// On a developer's own machine, without https.
    Plain,
}

impl Secure {
    fn attribute(self) -> &'static str {
        match self {
            Self::HttpsOnly => "; Secure",
            Self::Plain => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let cases: [(&[&str], Option<&str>); 6] = [
            (&["alur_session=abc"], Some("abc")),
            (&["theme=dark; alur_session=abc; x=1"], Some("abc")),
            (&["theme=dark", "alur_session=abc"], Some("abc")),
            (&["alur_session_old=abc"], None),
            (&["alur_session="], None),
            (&[], None),
        ];
        for (lines, expected) in cases {
            assert_eq!(read(&headers(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn scripts_and_other_sites_get_no_session() {
        let plain = set("abc", Keep::Seconds(60), Secure::Plain).unwrap();
        assert_eq!(plain, "alur_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert_eq!(set("abc", Keep::WhileOpen, Secure::HttpsOnly).unwrap(), "alur_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set_handle("x", 9, Secure::Plain).unwrap(), "alur_away=x; Path=/api/v1/session/oidc; HttpOnly; SameSite=Lax; Max-Age=9");
        assert!(clear(Secure::Plain).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
