//! Finding the row a cell names: by code, or by name where that is unambiguous; and the nearest one when it is not there.

use super::problem::Params;
use std::collections::HashMap;
use uuid::Uuid;

/// The most characters a misspelt name may have for its neighbours to be looked for.
const MOST_COMPARED: usize = 64;

/// The rows one column may name.
pub struct References {
    /// What they are, e.g. `tingkat`.
    kind: &'static str,
    rows: HashMap<String, Found>,
    codes: Vec<String>,
}

#[derive(Clone, Copy)]
enum Found {
    One { id: Uuid, archived: bool },
    Several,
}

/// Why a cell names no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    pub code: &'static str,
    pub message: String,
    /// `nearest`, the code that was probably meant, or `known`, all there are.
    pub params: Params,
}

/// One row that may be named.
pub struct Named<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub name: &'a str,
    pub archived: bool,
}

impl References {
    pub fn new<'a>(kind: &'static str, rows: impl Iterator<Item = Named<'a>> + Clone) -> Self {
        let mut found = HashMap::new();
        for row in rows.clone() {
            let named = Found::One { id: row.id, archived: row.archived };
            // A name shared by two rows names neither.
            found.entry(folded(row.name)).and_modify(|taken| *taken = Found::Several).or_insert(named);
        }
        let mut codes = Vec::new();
        for row in rows {
            found.insert(folded(row.code), Found::One { id: row.id, archived: row.archived });
            codes.push(row.code.to_owned());
        }
        Self { kind, rows: found, codes }
    }

    /// The id of the row that `text` names.
    pub fn find(&self, text: &str) -> Result<Uuid, Miss> {
        match self.rows.get(&folded(text)) {
            Some(Found::One { id, archived: false }) => Ok(*id),
            Some(Found::One { archived: true, .. }) => Err(miss("archived", format!("{} {text:?} is archived", self.kind))),
            Some(Found::Several) => Err(miss("ambiguous", format!("several {} are named {text:?}; give the code", self.kind))),
            None => {
                let (hint, params) = self.hint(text);
                Err(Miss { code: "unknown_reference", message: format!("there is no {} {text:?}{hint}", self.kind), params })
            }
        }
    }

    /// Whether `text` names this row, archived or not.
    pub fn names(&self, text: &str, id: Uuid) -> bool {
        matches!(self.rows.get(&folded(text)), Some(Found::One { id: found, .. }) if *found == id)
    }

    fn hint(&self, text: &str) -> (String, Params) {
        let wanted = folded(text);
        if wanted.chars().count() > MOST_COMPARED {
            return (String::new(), vec![]);
        }
        let near = self.codes.iter().map(|code| (edits(&wanted, &folded(code)), code)).min();
        match near {
            Some((distance, code)) if distance <= wanted.chars().count().div_ceil(2) => {
                (format!("; the nearest is {code}"), vec![("nearest", code.as_str().into())])
            }
            Some(_) if self.codes.len() <= 12 => (format!("; known are {}", self.codes.join(", ")), vec![("known", self.codes.clone().into())]),
            Some(_) | None => (String::new(), vec![]),
        }
    }
}

fn miss(code: &'static str, message: String) -> Miss {
    Miss { code, message, params: vec![] }
}

/// `SD 5`, `sd-5` and `SD_5` are one.
fn folded(text: &str) -> String {
    let parts = text.split([' ', '-', '_', '\u{a0}']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_").to_uppercase()
}

/// Levenshtein distance: how many letters to add, drop or change.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (at, right) in to.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[at + 1];
            row[at + 1] = change.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tingkat() -> References {
        let rows =
            [("SD_5", "SD 5", false), ("SD_6", "SD 6", false), ("UMUM", "Umum", false), ("LAMA", "Lama", true), ("A", "Sama", false), ("B", "Sama", false)];
        let named = rows.iter().zip(1_u128..).map(|((code, name, archived), id)| Named { id: Uuid::from_u128(id), code, name, archived: *archived });
        References::new("tingkat", named)
    }

    #[test]
    fn a_row_is_found_by_code_or_name_in_any_spelling() {
        for text in ["SD_5", "sd 5", "SD-5"] {
            assert_eq!(tingkat().find(text), Ok(Uuid::from_u128(1)), "{text}");
        }
        assert_eq!(tingkat().find("B"), Ok(Uuid::from_u128(6)));
    }

    #[test]
    fn what_is_not_there_is_answered_with_what_is_nearest() {
        let miss = tingkat().find("SD_7").unwrap_err();
        assert_eq!(miss.message, "there is no tingkat \"SD_7\"; the nearest is SD_5");
        assert_eq!(tingkat().find("umun").unwrap_err().message, "there is no tingkat \"umun\"; the nearest is UMUM");
        assert!(tingkat().find("pascasarjana").unwrap_err().message.contains("known are SD_5, SD_6"));
        assert_eq!(tingkat().find("Lama").unwrap_err().code, "archived");
        assert_eq!(tingkat().find("Sama").unwrap_err().code, "ambiguous");
    }

    #[test]
    fn edits_are_counted_letter_by_letter() {
        for (from, to, count) in [("", "", 0), ("", "ABC", 3), ("UMUN", "UMUM", 1), ("KITTEN", "SITTING", 3)] {
            assert_eq!(edits(from, to), count);
        }
    }
}
