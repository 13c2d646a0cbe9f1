//! CSV as Excel opens it in Indonesia: UTF-8 with a byte order mark, semicolons between values (there the comma stands
//! in decimals, so Excel splits at semicolons), lines ended with CR LF, instants as local time with their offset.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe in front (CWE-1236).

use super::{Cell, Line, Table};
use chrono::SecondsFormat;
use chrono_tz::Tz;
use csv::{Terminator, Writer, WriterBuilder};
use futures::{Stream, StreamExt, stream};
use std::io;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What begins a formula, also behind the full-width forms that some programs read alike.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The file, piece by piece as lines are read.
pub fn bytes(table: Table) -> impl Stream<Item = io::Result<Vec<u8>>> {
    let Table { columns, zone, lines, turn, .. } = table;
    let titles: Line = columns.into_iter().map(|column| Cell::Text(column.title)).collect();
    let head = [BYTE_ORDER_MARK.to_vec(), piece(&[titles], zone).unwrap_or_default()].concat();
    let rest = lines.map(move |page| {
        let _held_to_the_end = &turn;
        piece(&page.map_err(|problem| io::Error::other(problem.code.clone()))?, zone)
    });
    stream::once(async { Ok(head) }).chain(rest)
}

fn piece(lines: &[Line], zone: Tz) -> io::Result<Vec<u8>> {
    let mut writer: Writer<Vec<u8>> = WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(vec![]);
    for line in lines {
        writer.write_record(line.iter().map(|cell| text(cell, zone)))?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn text(cell: &Cell, zone: Tz) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => harmless(text),
        // Decimals as Excel reads them where semicolons separate.
        Cell::Number(number) => number.to_string().replace('.', ","),
        Cell::Rupiah(rupiah) | Cell::Sum(rupiah) => rupiah.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false).replacen('T', " ", 1),
    }
}

fn harmless(text: &str) -> String {
    if text.trim_start_matches([' ', '\n', '\u{feff}']).starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_written_as_text() {
        for text in ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "=cmd|' /C calc'!A0"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["a=b", "SES-2026-000001", "", "Rp-1"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_line_is_quoted_where_it_must_be_and_its_figures_stay_figures() {
        let at = "2026-11-21T17:30:00Z".parse().unwrap();
        let line = vec![Cell::text("a;b\"c\nd"), Cell::Rupiah(-22_500), Cell::Number(0.5), Cell::Instant(at), Cell::Nothing];
        let text = String::from_utf8(piece(&[line], Tz::Asia__Jakarta).unwrap()).unwrap();
        assert_eq!(text, "\"a;b\"\"c\nd\";-22500;0,5;2026-11-22 00:30:00+07:00;\r\n");
    }
}
