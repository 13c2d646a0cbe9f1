//! Amounts as banks write them: `1.250.000,00`, `1,250,000.00`, `1250000`, `Rp 1.250.000`, `500.000,00 CR`, `(1.000)`.

/// What a cell says: how much, and whether it says that money came (credit) or went (debit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub rp: i64,
    pub came: Option<bool>,
}

/// Why a cell is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    NotAmount,
    /// Money is whole rupiah here (SPEC MON-1).
    HasSen,
}

impl Wrong {
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAmount => "not_amount",
            Self::HasSen => "has_sen",
        }
    }
}

/// Reads a cell; an empty one is `None`.
pub(super) fn read(cell: &str) -> Result<Option<Said>, Wrong> {
    let text = cell.trim().trim_start_matches('\'').trim().to_uppercase();
    if text.is_empty() || text == "-" {
        return Ok(None);
    }
    let (text, came) = marked(&text);
    let (text, negative) = signed(text);
    let text = text.trim_start_matches("IDR").trim_start_matches("RP").trim_start_matches('.').trim();
    let rp = whole(text)?;
    let came = came.or(negative.then_some(false));
    Ok(Some(Said { rp, came }))
}

/// `CR`, `K`(redit), `DB`, `D`(ebit) after an amount.
pub(super) fn way(text: &str) -> Option<bool> {
    match text.trim().trim_end_matches('.').to_uppercase().as_str() {
        "CR" | "K" | "C" | "KREDIT" | "CREDIT" => Some(true),
        "DB" | "D" | "DR" | "DEBET" | "DEBIT" => Some(false),
        _ => None,
    }
}

fn marked(text: &str) -> (&str, Option<bool>) {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '.' || letter == ' ');
    match way(&text[digits.len()..].replace('.', "")) {
        Some(came) => (digits, Some(came)),
        None => (text, None),
    }
}

fn signed(text: &str) -> (&str, bool) {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return (inner.trim(), true);
    }
    match text.strip_prefix('-').or_else(|| text.strip_suffix('-')) {
        Some(rest) => (rest.trim(), true),
        None => (text.trim_start_matches('+').trim(), false),
    }
}

/// Separators are dots or commas; two digits (or one) behind the last one are sen.
fn whole(text: &str) -> Result<i64, Wrong> {
    let is_separator = |letter: char| letter == '.' || letter == ',';
    if text.is_empty() || !text.chars().all(|letter| letter.is_ascii_digit() || is_separator(letter) || letter == ' ') {
        return Err(Wrong::NotAmount);
    }
    let text = text.replace(' ', "");
    let (rupiah, sen) = match text.rfind(is_separator) {
        Some(at) if text.len() - at <= 3 => (&text[..at], &text[at + 1..]),
        _ => (text.as_str(), ""),
    };
    if sen.chars().any(|digit| digit != '0') {
        return Err(Wrong::HasSen);
    }
    let groups: Vec<&str> = rupiah.split(is_separator).collect();
    let grouped = groups.len() == 1 || (!groups[0].is_empty() && groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if !grouped || one_separator(rupiah).is_err() {
        return Err(Wrong::NotAmount);
    }
    groups.concat().parse().map_err(|_| Wrong::NotAmount)
}

/// Thousands are separated by dots or by commas, never by both.
fn one_separator(text: &str) -> Result<(), Wrong> {
    if text.contains('.') && text.contains(',') { Err(Wrong::NotAmount) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_however_a_bank_writes_them() {
        for (cell, rp, came) in [
            ("1.250.000,00", 1_250_000, None),
            ("1,250,000.00", 1_250_000, None),
            ("1250000.00", 1_250_000, None),
            ("1250000", 1_250_000, None),
            ("1.250", 1_250, None),
            ("Rp1.250.000", 1_250_000, None),
            ("Rp. 5.000,00", 5_000, None),
            ("IDR 75,000.00", 75_000, None),
            ("500,000.00 CR", 500_000, Some(true)),
            ("500.000,00 DB", 500_000, Some(false)),
            ("500000.00CR", 500_000, Some(true)),
            ("-150.000", 150_000, Some(false)),
            ("(1.000,00)", 1_000, Some(false)),
            ("150.000-", 150_000, Some(false)),
            ("'0", 0, None),
            ("0,00", 0, None),
        ] {
            assert_eq!(read(cell), Ok(Some(Said { rp, came })), "{cell}");
        }
        assert_eq!((read(""), read(" - ")), (Ok(None), Ok(None)));
    }

    #[test]
    fn what_is_no_whole_amount_is_refused() {
        for cell in ["satu juta", "1.25.000", "1.250,000.00.0", "12a", ",", "1.2500.000", "99999999999999999999"] {
            assert_eq!(read(cell), Err(Wrong::NotAmount), "{cell}");
        }
        for cell in ["1.250,50", "0.5", "12,01"] {
            assert_eq!(read(cell), Err(Wrong::HasSen), "{cell}");
        }
    }

    #[test]
    fn a_mark_of_its_own_column_is_understood() {
        assert_eq!(["CR", "Db.", "k", "DEBET", "x", ""].map(way), [Some(true), Some(false), Some(true), Some(false), None, None]);
    }
}
