//! Cells read as what they mean: amounts, minutes of a day, days of the week, dates, numbers of degrees.
//!
//! Pure; every refusal is a [`CellError`] with a stable code and a message that says what would be right.

use chrono::NaiveDate;
use engine::money::Rupiah;

/// Why a cell does not mean what its column asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    pub code: &'static str,
    pub message: String,
}

fn error(code: &'static str, message: impl Into<String>) -> CellError {
    CellError { code, message: message.into() }
}

/// Whole rupiah: `150000`, `150.000`, `Rp150.000`, `Rp 1.500.000`, `Rp150.000,-`. No fraction, no sign.
pub fn amount(text: &str) -> Result<Rupiah, CellError> {
    let refused = || error("amount_invalid", format!("{text:?} is not whole rupiah such as 150000 or Rp150.000"));
    let unit = text.get(..2).filter(|start| start.eq_ignore_ascii_case("rp"));
    let digits = if unit.is_some() { text[2..].trim_start_matches('.').trim() } else { text };
    let digits = digits.strip_suffix(",-").unwrap_or(digits);
    if digits.starts_with('-') {
        return Err(error("amount_negative", "an amount cannot be negative"));
    }
    let groups: Vec<&str> = digits.split('.').collect();
    let all_digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if !all_digits || !grouped {
        return Err(refused());
    }
    groups.concat().parse().map(Rupiah).map_err(|_| refused())
}

/// Minutes from midnight of `07:30`, `7.30` or `24:00`.
pub fn minute_of_day(text: &str) -> Result<i64, CellError> {
    let refused = || error("time_invalid", format!("{text:?} is not a time such as 07:30"));
    let (hours, minutes) = text.split_once([':', '.']).ok_or_else(refused)?;
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) || minutes.len() != 2 {
        return Err(refused());
    }
    let hours: i64 = hours.parse().map_err(|_| refused())?;
    let minutes: i64 = minutes.parse().map_err(|_| refused())?;
    let total = hours * 60 + minutes;
    if minutes > 59 || total > 24 * 60 { Err(refused()) } else { Ok(total) }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("senin", "monday"),
    ("selasa", "tuesday"),
    ("rabu", "wednesday"),
    ("kamis", "thursday"),
    ("jumat", "friday"),
    ("sabtu", "saturday"),
    ("minggu", "sunday"),
];

/// ISO day of the week of `1`…`7`, `Senin`…`Minggu` or `Monday`…`Sunday`.
pub fn weekday(text: &str) -> Result<i64, CellError> {
    let name = text.to_lowercase().replace('\'', "");
    let place = WEEKDAYS.iter().zip(1..).find(|((indonesian, english), number)| name == *indonesian || name == *english || name == number.to_string());
    place.map(|(_, number)| number).ok_or_else(|| error("weekday_invalid", format!("{text:?} is not a day such as 1, Senin or Monday")))
}

/// A day as `2026-09-01`.
pub fn date(text: &str) -> Result<NaiveDate, CellError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| error("date_invalid", format!("{text:?} is not a date such as 2026-09-01")))
}

/// Degrees with a decimal point or, as spreadsheets write them here, a decimal comma.
pub fn degrees(text: &str) -> Result<f64, CellError> {
    let refused = || error("degrees_invalid", format!("{text:?} is not a number of degrees such as -6.1754"));
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b','));
    if !plain {
        return Err(refused());
    }
    text.replace(',', ".").parse().map_err(|_| refused())
}

/// `ya`, `yes`, `true`, `1` and their opposites.
pub fn boolean(text: &str) -> Result<bool, CellError> {
    match text.to_lowercase().as_str() {
        "ya" | "y" | "yes" | "true" | "1" => Ok(true),
        "tidak" | "t" | "n" | "no" | "false" | "0" => Ok(false),
        _ => Err(error("boolean_invalid", format!("{text:?} is neither ya nor tidak"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_rupiah_however_they_are_written() {
        for text in ["150000", "150.000", "Rp150.000", "rp 150.000", "Rp. 150.000", "Rp150.000,-", "0150000"] {
            assert_eq!(amount(text), Ok(Rupiah(150_000)), "{text}");
        }
        assert_eq!(amount("1.234.567"), Ok(Rupiah(1_234_567)));
        assert_eq!(amount("0"), Ok(Rupiah(0)));
    }

    #[test]
    fn fractions_signs_and_half_written_groups_are_refused() {
        for text in [
            "150000.5",
            "150000.50",
            "150.00",
            "150,5",
            "150.000,00",
            "150,000",
            "1.50.000",
            "1500.000",
            ".500",
            "",
            "Rp",
            "1e5",
            "９",
            "99999999999999999999",
            "é1",
        ] {
            assert_eq!(amount(text).unwrap_err().code, "amount_invalid", "{text}");
        }
        assert_eq!(amount("-5").unwrap_err().code, "amount_negative");
    }

    #[test]
    fn times_run_from_midnight_to_midnight() {
        for (text, minutes) in [("00:00", 0), ("7:30", 450), ("07.30", 450), ("24:00", 1440)] {
            assert_eq!(minute_of_day(text), Ok(minutes), "{text}");
        }
        for text in ["24:01", "7:60", "7", "730", "7:3", "-1:00", "aa:bb", "+7:30"] {
            assert!(minute_of_day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_have_numbers_and_names() {
        for (text, number) in [("1", 1), ("Senin", 1), ("JUMAT", 5), ("Jum'at", 5), ("sunday", 7)] {
            assert_eq!(weekday(text), Ok(number), "{text}");
        }
        assert!(weekday("0").is_err() && weekday("8").is_err() && weekday("hari").is_err());
    }

    #[test]
    fn degrees_take_point_or_comma_and_nothing_else() {
        assert_eq!(degrees("-6.1754"), Ok(-6.1754));
        assert_eq!(degrees("106,8"), Ok(106.8));
        for text in ["", "nan", "inf", "1e2", "6°", "1.2.3"] {
            assert!(degrees(text).is_err(), "{text}");
        }
    }
}
