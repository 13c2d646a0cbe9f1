//! E-mail addresses: enough sanity to catch slips of the pen, kept in lower case.
//!
//! Only a delivered mail proves an address, so this checks the shape and nothing more.

use thiserror::Error;

/// The longest address a mail server must take (RFC 5321).
const MOST_BYTES: usize = 254;

/// A text that cannot be an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not an e-mail address")]
pub struct EmailError;

impl EmailError {
    /// The stable code for API and UI.
    pub fn code(self) -> &'static str {
        "email_invalid"
    }
}

/// The address in lower case.
pub fn normalise(text: &str) -> Result<String, EmailError> {
    let address = text.trim().to_lowercase();
    let (name, domain) = address.split_once('@').ok_or(EmailError)?;
    let name_is_sane = !name.is_empty() && name.len() <= 64 && name.chars().all(may_stand_in_name);
    if address.len() <= MOST_BYTES && name_is_sane && is_domain(domain) { Ok(address) } else { Err(EmailError) }
}

fn may_stand_in_name(character: char) -> bool {
    !character.is_whitespace() && !character.is_control() && !matches!(character, ',' | ';' | '<' | '>' | '"' | '@')
}

/// At least two labels of letters, digits and inner dashes.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case() {
        assert_eq!(normalise(" Dewi.Lestari+les@XPrivate.Education ").as_deref(), Ok("dewi.lestari+les@xprivate.education"));
    }

    #[test]
    fn slips_of_the_pen_are_refused() {
        for text in ["", "dewi", "dewi@", "@x.id", "dewi@x", "dewi@x..id", "de wi@x.id", "a@b@x.id", "a,b@x.id", "a@-x.id"] {
            assert_eq!(normalise(text), Err(EmailError), "{text}");
        }
    }
}
