//! What people type about accounts and roles: addresses, names, codes. Each comes back in the form it is kept in.

use engine::refusal::FieldError;

const MAX_NAME: usize = 120;
const MAX_EMAIL: usize = 254;
const MAX_LABEL: usize = 63;
const MAX_CODE: usize = 40;

/// A name without the blanks around it.
///
/// # Errors
/// `required`, `too_long`, or `malformed` when it holds line breaks or other control characters.
pub fn name(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::new("name", "required"));
    }
    if text.chars().count() > MAX_NAME {
        return Err(FieldError::new("name", "too_long").with("max", MAX_NAME));
    }
    if text.chars().any(char::is_control) { Err(FieldError::new("name", "malformed")) } else { Ok(text.to_owned()) }
}

/// An e-mail address in lower case. It holds nothing that could end or extend a header line of a mail.
///
/// # Errors
/// `required`, `too_long` or `malformed`.
pub fn email(text: &str) -> Result<String, FieldError> {
    // Only blanks and tabs: a line break at the end is no slip of the hand.
    let text = text.trim_matches([' ', '\t']).to_ascii_lowercase();
    if text.is_empty() {
        return Err(FieldError::new("email", "required"));
    }
    if text.len() > MAX_EMAIL {
        return Err(FieldError::new("email", "too_long").with("max", MAX_EMAIL));
    }
    let well = text.split_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
    if well { Ok(text) } else { Err(FieldError::new("email", "malformed")) }
}

fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(letter));
    text.split('.').all(is_atom)
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let letters = label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        letters && (1..=MAX_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// The code of a role: `^[A-Z][A-Z0-9_]{1,39}$`.
///
/// # Errors
/// `malformed`.
pub fn role_code(text: &str) -> Result<String, FieldError> {
    let inside = text.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    let well = (2..=MAX_CODE).contains(&text.len()) && text.starts_with(|letter: char| letter.is_ascii_uppercase()) && inside;
    if well { Ok(text.to_owned()) } else { Err(FieldError::new("code", "malformed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case() {
        for (text, kept) in [(" Rina.W+a@XPrivate.Education ", "rina.w+a@xprivate.education"), ("o'neil@mail.co.id", "o'neil@mail.co.id")] {
            assert_eq!(email(text).unwrap(), kept);
        }
    }

    #[test]
    fn what_could_extend_a_header_or_is_no_address_is_refused() {
        let long = format!("{}@b.id", "a".repeat(MAX_EMAIL));
        let cases = [
            ("", "required"),
            ("  ", "required"),
            ("rina", "malformed"),
            ("@b.id", "malformed"),
            ("a@", "malformed"),
            ("a@b", "malformed"),
            ("a@b..id", "malformed"),
            ("a@-b.id", "malformed"),
            ("a@b@c.id", "malformed"),
            ("a b@c.id", "malformed"),
            ("a@b.id\r\nBcc: c@d.id", "malformed"),
            ("a@b.id\n", "malformed"),
            ("a@b.id,c@d.id", "malformed"),
            ("Rina <a@b.id>", "malformed"),
            ("a\0@b.id", "malformed"),
            ("rína@b.id", "malformed"),
            (long.as_str(), "too_long"),
        ];
        for (text, code) in cases {
            assert_eq!(email(text).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name(" Rina Wijaya ").unwrap(), "Rina Wijaya");
        for (text, code) in [(" ", "required"), ("a\nb", "malformed"), ("a\0", "malformed"), ("a".repeat(121).as_str(), "too_long")] {
            assert_eq!(name(text).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn a_code_is_short_and_in_capitals() {
        for text in ["AB", "SHIFT_2", &"A".repeat(40)] {
            assert!(role_code(text).is_ok(), "{text}");
        }
        for text in ["", "A", "2A", "_A", "ab", "A B", "A-B", "A,B", "É1", &"A".repeat(41)] {
            assert_eq!(role_code(text).unwrap_err().code, "malformed", "{text}");
        }
    }
}
