//! The Indonesian texts of the web UI, and values as it writes them, for what is read where no UI can translate: PDFs.
//!
//! There is one set of texts, the UI's. A code without a text stands for itself, as it does there.

pub mod terbilang;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::personal;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

static TEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut texts = HashMap::new();
    let tree: Value = serde_json::from_str(include_str!("../../admin-ui/src/lib/i18n/id.json")).unwrap_or_default();
    flatten(&tree, "", &mut texts);
    texts
});

fn flatten(tree: &Value, prefix: &str, texts: &mut HashMap<String, String>) {
    match tree {
        Value::String(text) => drop(texts.insert(prefix.trim_end_matches('.').to_owned(), text.clone())),
        Value::Object(branches) => branches.iter().for_each(|(name, branch)| flatten(branch, &format!("{prefix}{name}."), texts)),
        _ => {}
    }
}

/// The text of a key, if there is one.
pub fn text(key: &str) -> Option<&'static str> {
    TEXTS.get(key).map(String::as_str)
}

/// The text of a code below a prefix; the code itself when nobody has translated it.
pub fn open<'c>(prefix: &str, code: &'c str) -> &'c str {
    text(&format!("{prefix}.{code}")).unwrap_or(code)
}

const MONTHS: [&str; 12] = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

/// `21 November 2026`
pub fn date(date: NaiveDate) -> String {
    let month = usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// `21 Nov 2026`, where there is little room.
pub fn day(date: NaiveDate) -> String {
    let month = usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).and_then(|month| month.get(..3)).unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

/// `2026-11` as `November 2026`
pub fn month(month: &str) -> String {
    let name = |(year, number): (&str, &str)| Some(format!("{} {year}", MONTHS.get(number.parse::<usize>().ok()?.checked_sub(1)?)?));
    month.split_once('-').and_then(name).unwrap_or_else(|| month.to_owned())
}

/// `21 November 2026 19.53.07`
pub fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{} {}", date(local.date_naive()), local.format("%H.%M.%S"))
}

/// `WIB (Asia/Jakarta)`
pub fn zone(zone: Tz) -> String {
    let short = match zone {
        Tz::Asia__Jakarta | Tz::Asia__Pontianak => "WIB",
        Tz::Asia__Makassar => "WITA",
        Tz::Asia__Jayapura => "WIT",
        _ => return zone.name().to_owned(),
    };
    format!("{short} ({})", zone.name())
}

/// `Rp10.000` (SPEC MON-1)
pub fn rupiah(rp: i64) -> String {
    let sign = if rp < 0 { "-" } else { "" };
    format!("{sign}Rp{}", grouped(rp.unsigned_abs()))
}

/// `1.240`
pub fn count(count: i64) -> String {
    format!("{}{}", if count < 0 { "-" } else { "" }, grouped(count.unsigned_abs()))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}

/// What a field of a record, a policy's input or its output says, judged by the field's name.
pub fn value(field: &str, value: &Value, zone: Tz) -> String {
    let name = field.rsplit('.').next().unwrap_or(field);
    match value {
        Value::Null => "–".into(),
        Value::Bool(yes) => open("app", if *yes { "yes" } else { "no" }).into(),
        Value::Number(number) => number.as_i64().map_or_else(|| number.to_string(), |number| figure(name, number)),
        Value::String(text) => said(text, zone),
        Value::Array(items) => items.iter().map(|item| self::value(field, item, zone)).collect::<Vec<_>>().join(", "),
        erased if personal::is_erased(erased) => open("app", "erased").into(),
        Value::Object(fields) => {
            let pair = |(name, of): (&String, &Value)| format!("{}: {}", open("field", name), self::value(name, of, zone));
            fields.iter().map(pair).collect::<Vec<_>>().join("; ")
        }
    }
}

fn figure(name: &str, number: i64) -> String {
    match name {
        _ if name == "rp" || name.ends_with("_rp") => rupiah(number),
        _ if name == "pct" || name.ends_with("_pct") => format!("{number}%"),
        _ if name.ends_with("_s") => span(number),
        _ if name.ends_with("_minutes") => format!("{} menit", count(number)),
        _ if name.ends_with("_m") => format!("{} m", count(number)),
        _ => count(number),
    }
}

/// `3 jam 59 menit 59 detik`: to the second, for brackets end at one.
pub fn span(seconds: i64) -> String {
    let parts = [(seconds / 3600, "jam"), (seconds % 3600 / 60, "menit"), (seconds % 60, "detik")];
    let told: Vec<String> = parts.into_iter().filter(|(number, _)| *number != 0).map(|(number, unit)| format!("{} {unit}", count(number))).collect();
    if told.is_empty() { "0 detik".into() } else { told.join(" ") }
}

fn said(text: &str, zone: Tz) -> String {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return instant(at.with_timezone(&Utc), zone);
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return date(day);
    }
    if let Ok(id) = Uuid::parse_str(text) {
        return format!("…{}", &id.simple().to_string()[24..]);
    }
    open("choice", text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_those_of_the_ui() {
        assert_eq!(open("state.sesi", "CANCELLED"), "Dibatalkan");
        assert_eq!(open("state.sesi", "NO_SUCH_STATE"), "NO_SUCH_STATE");
    }

    #[test]
    fn a_month_is_told_by_its_name() {
        for (said, text) in [("2026-01", "Januari 2026"), ("2026-12", "Desember 2026"), ("2026-13", "2026-13"), ("2026-00", "2026-00"), ("?", "?")] {
            assert_eq!(month(said), text);
        }
    }

    #[test]
    fn values_are_written_as_the_ui_writes_them() {
        let zone = Tz::Asia__Jakarta;
        for (field, said, text) in [
            ("denda_rp", json!(-1_250_500), "-Rp1.250.500"),
            ("denda_rp", json!(10_000), "Rp10.000"),
            ("lead_time_s", json!(14_399), "3 jam 59 menit 59 detik"),
            ("lead_time_s", json!(0), "0 detik"),
            ("decays_at", json!("2026-11-20T17:00:00Z"), "21 November 2026 00.00.00"),
            ("paid_on", json!("2026-05-03"), "3 Mei 2026"),
            ("denda_pct", json!(25), "25%"),
            ("party", json!("TUTOR"), "Tutor"),
            ("story", json!("Banjir"), "Banjir"),
            ("story", json!({ "$erased": true }), "dihapus"),
        ] {
            assert_eq!(value(field, &said, zone), text, "{field}");
        }
    }
}
