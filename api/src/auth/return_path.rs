//! Where to go after signing in: a page of ours, whatever the address bar said.

use openidconnect::url::Url;

const MAX: usize = 2000;
/// Stands for ourselves while the text is read; nobody else can be called so (RFC 2606).
const OURSELVES: &str = "http://alur.invalid/";
const HOME: &str = "/";

/// The path with its query when it leads to a page of ours, the start page otherwise.
///
/// It is read as browsers read it, which drop tabs and line breaks and take `\` for `/`.
pub fn local(text: &str) -> String {
    read(text).unwrap_or_else(|| HOME.into())
}

fn read(text: &str) -> Option<String> {
    if text.len() > MAX || !text.starts_with('/') || text.contains('\\') || text.chars().any(char::is_control) {
        return None;
    }
    let ourselves = Url::parse(OURSELVES).ok()?;
    let url = ourselves.join(text).ok()?;
    let path = url.path();
    let ours = url.origin() == ourselves.origin() && url.username().is_empty() && url.password().is_none();
    // `//` would name another host once it stands alone; the API is no page.
    if !ours || path.starts_with("//") || path.starts_with("/api/") {
        return None;
    }
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_ours_stay_as_they_are() {
        for path in ["/", "/sesi", "/sesi?filter[state]=A,B&sort=-code", "/users/1"] {
            assert_eq!(local(path), path, "{path}");
        }
        assert_eq!(local("/sesi#part"), "/sesi");
    }

    #[test]
    fn nothing_leads_elsewhere() {
        for path in [
            "",
            "sesi",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "https://evil.example",
            "https:evil.example",
            "HTTPS:\\\\evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/..//evil.example",
            "/.//evil.example",
            "/./\t/evil.example",
            "/api/v1/session",
            "@evil.example",
            ".evil.example",
            &format!("/{}", "a".repeat(MAX)),
        ] {
            assert_eq!(local(path), "/", "{path:?}");
        }
        // Encoded slashes stay encoded: the browser takes them for a name on this host.
        assert_eq!(local("/%2F/evil.example"), "/%2F/evil.example");
        assert_eq!(local("/%5Cevil.example"), "/%5Cevil.example");
    }
}
