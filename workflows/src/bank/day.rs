//! Days as banks write them: `01/07/2026`, `1-7-26`, `2026-07-01`, `01 Jul 2026`, and `01/07` in a statement of a known year.

use chrono::{Datelike, NaiveDate};

const MONTHS: [(&str, u32); 18] = [
    ("jan", 1),
    ("feb", 2),
    ("peb", 2),
    ("mar", 3),
    ("apr", 4),
    ("mei", 5),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("agu", 8),
    ("agt", 8),
    ("aug", 8),
    ("sep", 9),
    ("okt", 10),
    ("oct", 10),
    ("nov", 11),
    ("des", 12),
    ("dec", 12),
];

/// The days a statement says it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Span {
    /// `Periode : 01/07/2026 - 31/07/2026`.
    pub fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        if !lower.contains("period") {
            return None;
        }
        let mut days = text
            .split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';' || letter == '"')
            .filter_map(|piece| read(piece, Self::default()));
        let from = days.next()?;
        Some(Self { from: Some(from), to: days.next().or(Some(from)) })
    }
}

pub(super) fn read(cell: &str, span: Span) -> Option<NaiveDate> {
    let text = cell.trim().trim_start_matches('\'').trim();
    let pieces: Vec<&str> = text.split(['/', '-', ' ', '.', 'T']).filter(|piece| !piece.is_empty()).collect();
    match pieces.as_slice() {
        [year, month, day, ..] if year.len() == 4 => NaiveDate::from_ymd_opt(year.parse().ok()?, month_of(month)?, day.parse().ok()?),
        [day, month, year, ..] if !year.contains(':') => NaiveDate::from_ymd_opt(year_of(year)?, month_of(month)?, day.parse().ok()?),
        [day, month, ..] => in_span(day.parse().ok()?, month_of(month)?, span),
        _ => None,
    }
}

/// Without a year: the one that lies in the statement's days, which may go over New Year.
fn in_span(day: u32, month: u32, span: Span) -> Option<NaiveDate> {
    let (from, to) = (span.from?, span.to?);
    (from.year()..=to.year()).filter_map(|year| NaiveDate::from_ymd_opt(year, month, day)).find(|found| *found >= from && *found <= to)
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        2 => Some(2000 + year),
        4 => Some(year),
        _ => None,
    }
}

fn month_of(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return Some(number);
    }
    let lower = text.to_lowercase();
    MONTHS.iter().find(|(name, _)| lower.starts_with(name)).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_however_a_bank_writes_them() {
        let july = "2026-07-01".parse().ok();
        for cell in ["01/07/2026", "1-7-26", "2026-07-01", "01 Jul 2026", "1 Juli 2026", "'01/07/2026", "01/07/2026 10:11:12", "2026-07-01T10:11:12"] {
            assert_eq!(read(cell, Span::default()), july, "{cell}");
        }
        for cell in ["", "31/02/2026", "07-2026", "PEND", "01/07", "1/7/226"] {
            assert_eq!(read(cell, Span::default()), None, "{cell}");
        }
    }

    #[test]
    fn a_day_without_a_year_lies_in_the_days_of_the_statement() {
        let span = Span::read("Periode : 15/12/2026 - 14/01/2027").unwrap();
        assert_eq!(read("20/12", span), "2026-12-20".parse().ok());
        assert_eq!(read("03/01", span), "2027-01-03".parse().ok());
        assert_eq!(read("03/03", span), None);
        assert_eq!(Span::read("Nama : Periode"), None);
    }
}
