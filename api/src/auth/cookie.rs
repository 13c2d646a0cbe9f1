//! The session cookie: read by the server only, sent with no request another site makes by itself.

use axum::http::{HeaderMap, HeaderValue, header};

pub const NAME: &str = "alur_session";

/// The session token among the request's cookies.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('=')).filter(|token| !token.is_empty())
}

/// The cookie that keeps `token` for `seconds`.
pub fn set(token: &str, seconds: i64, secure: Secure) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{}", secure.attribute())).ok()
}

/// The cookie that makes the browser forget the session.
pub fn clear(secure: Secure) -> Option<HeaderValue> {
    set("", 0, secure)
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
        let plain = set("abc", 60, Secure::Plain).unwrap();
        assert_eq!(plain, "alur_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert!(set("abc", 60, Secure::HttpsOnly).unwrap().to_str().unwrap().ends_with("; Secure"));
        assert!(clear(Secure::Plain).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
