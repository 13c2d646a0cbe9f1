//! Phone numbers: written as people write them, kept as E.164 (SPEC MD-5).
//!
//! Understood are `+62…`, `62…`, `0…`, a mobile number that lost its 0 in a spreadsheet (`8…`), and any other
//! country with `+` or `00`; with spaces, dashes, dots, slashes and brackets between the digits.

use thiserror::Error;

/// Digits of an Indonesian number after the country code.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 8..=12;
/// Digits of any E.164 number, country code included.
const WORLD_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhoneError {
    #[error("no phone number is given")]
    Missing,
    #[error("{found:?} does not belong in a phone number")]
    Character { found: char },
    #[error("starts neither with +, 62, 0 nor 8")]
    Prefix,
    #[error("has too few digits")]
    TooShort,
    #[error("has too many digits")]
    TooLong,
}

impl PhoneError {
    /// The stable code for API and UI.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "phone_missing",
            Self::Character { .. } => "phone_character",
            Self::Prefix => "phone_prefix",
            Self::TooShort => "phone_too_short",
            Self::TooLong => "phone_too_long",
        }
    }
}

/// The number in E.164, e.g. `+628123456789`.
pub fn normalise(text: &str) -> Result<String, PhoneError> {
    let (marked, digits) = digits_of(text.trim())?;
    if let Some(world) = digits.strip_prefix("00") {
        return of_world(world);
    }
    if marked {
        return of_world(&digits);
    }
    if let Some(national) = digits.strip_prefix("62") {
        return of_indonesia(national);
    }
    match digits.strip_prefix('0') {
        Some(national) => of_indonesia(national),
        None if digits.starts_with('8') => of_indonesia(&digits),
        None => Err(PhoneError::Prefix),
    }
}

/// Whether a `+` stands first, and the digits without what stands between them.
fn digits_of(text: &str) -> Result<(bool, String), PhoneError> {
    let (marked, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
    let mut digits = String::with_capacity(rest.len());
    for character in rest.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2011}' => {}
            found => return Err(PhoneError::Character { found }),
        }
    }
    if digits.is_empty() { Err(PhoneError::Missing) } else { Ok((marked, digits)) }
}

fn of_world(digits: &str) -> Result<String, PhoneError> {
    match digits.strip_prefix("62") {
        Some(national) => of_indonesia(national),
        None if digits.starts_with('0') => Err(PhoneError::Prefix),
        None => within(WORLD_DIGITS, digits).map(|digits| format!("+{digits}")),
    }
}

/// `+62 (0) 812…` is a common way to write both prefixes; the 0 goes.
fn of_indonesia(national: &str) -> Result<String, PhoneError> {
    let national = national.strip_prefix('0').unwrap_or(national);
    if national.starts_with('0') {
        return Err(PhoneError::Prefix);
    }
    within(NATIONAL_DIGITS, national).map(|national| format!("+62{national}"))
}

fn within(limits: std::ops::RangeInclusive<usize>, digits: &str) -> Result<&str, PhoneError> {
    if digits.len() < *limits.start() {
        return Err(PhoneError::TooShort);
    }
    if digits.len() > *limits.end() {
        return Err(PhoneError::TooLong);
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_people_write_a_number_mean_the_same() {
        for text in [
            "+6281234567890",
            "6281234567890",
            "081234567890",
            "81234567890",
            "0812-3456-7890",
            " +62 812 3456 7890 ",
            "+62 (0) 812-3456-7890",
            "0062 812 3456 7890",
            "0812.3456.7890",
        ] {
            assert_eq!(normalise(text).as_deref(), Ok("+6281234567890"), "{text}");
        }
        assert_eq!(normalise("(021) 5551234").as_deref(), Ok("+62215551234"));
        assert_eq!(normalise("+65 9123 4567").as_deref(), Ok("+6591234567"));
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        for (text, error) in [
            ("", PhoneError::Missing),
            (" - ", PhoneError::Missing),
            ("0812x", PhoneError::Character { found: 'x' }),
            ("6.28123E+11", PhoneError::Character { found: 'E' }),
            ("12345678", PhoneError::Prefix),
            ("+0812345678", PhoneError::Prefix),
            ("0812", PhoneError::TooShort),
            ("08123456789012345", PhoneError::TooLong),
            ("+1234567890123456", PhoneError::TooLong),
        ] {
            assert_eq!(normalise(text), Err(error), "{text}");
        }
    }
}
