//! Personal data in what is never changed: audit records and histories (SPEC AUD-1, DESIGN 5).
//!
//! Such rows outlive a person's right to be forgotten. So a value that is about somebody is stored sealed under
//! that person's key ([`seal`]), hashes and seals are taken over the sealed form, and destroying the key erases the
//! value everywhere at once without moving a byte that is hashed. Keys are rows of `personal_key`, made by the
//! database with whatever owns them and changed only once, to nothing ([`key`]). Readers call [`open`].
//!
//! A workflow declares its personal values once ([`Personal`], [`Workflow::personal`]); audit records about somebody
//! who has a key are sealed field by field unasked.
//!
//! [`Workflow::personal`]: crate::workflow::Workflow::personal

mod key;
mod mark;
mod open;
mod seal;

pub(crate) use key::Keys;
pub use key::{Keyring, read_keys};
pub use mark::{ERASED, is_erased, marked, stored_text};
pub use open::open;
pub(crate) use open::open_for_replay;
pub(crate) use seal::{owners_in, seal, seal_text};

use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which of the stored values of a step a declaration is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The workflow's own record: both sides of the audit.
    Record,
    /// The fields of the command.
    Command,
    Facts,
    Change,
    /// The reason given with the command; it has no path.
    Reason,
}

/// One personal value of a workflow: where it is stored and who it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Personal {
    pub part: Part,
    /// Names of fields joined by dots, `*` for every element of a list; one name for a field of the record.
    /// Everything below it is sealed as one.
    pub path: &'static str,
    /// The fields of the record that hold the ids of the people. With several, the value is gone with the first.
    pub of: &'static [&'static str],
}

impl Personal {
    pub const fn new(part: Part, path: &'static str, of: &'static [&'static str]) -> Self {
        Self { part, path, of }
    }

    /// The people a value is about, read from the record.
    pub(crate) fn owners(&self, record: &Value) -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = self.of.iter().filter_map(|field| record.get(field)?.as_str()?.parse().ok()).collect();
        ids.into_iter().collect()
    }
}

/// The people a record names, by these declarations.
pub(crate) fn people(declared: &[Personal], record: &Value) -> BTreeSet<Uuid> {
    declared.iter().flat_map(|one| one.owners(record)).collect()
}

/// The people that free texts beside a record tell about.
pub(crate) fn told_about(declared: &[Personal], record: &Value) -> Vec<Uuid> {
    let reasons = declared.iter().filter(|one| one.part == Part::Reason);
    reasons.flat_map(|one| one.owners(record)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Marks the declared values of one part; `record` tells whose they are.
pub(crate) fn mark_declared(declared: &[Personal], part: Part, value: &mut Value, record: &Value) {
    for one in declared.iter().filter(|one| one.part == part) {
        let owners = one.owners(record);
        if !owners.is_empty() {
            mark_at(value, one.path, &owners);
        }
    }
}

fn mark_at(value: &mut Value, path: &str, owners: &[Uuid]) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let below: Vec<&mut Value> = match (value, first) {
        (Value::Array(items), "*") => items.iter_mut().collect(),
        (Value::Object(fields), name) => fields.get_mut(name).into_iter().collect(),
        _ => vec![],
    };
    for one in below {
        match rest {
            Some(rest) => mark_at(one, rest, owners),
            None => *one = marked(one.take(), owners),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn declared_values_are_marked_wherever_they_stand() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let declared = [
            Personal::new(Part::Facts, "who.name", &["pupil_id"]),
            Personal::new(Part::Facts, "near.*.label", &["pupil_id", "guide_id"]),
            Personal::new(Part::Facts, "nothing.there", &["pupil_id"]),
            Personal::new(Part::Change, "who", &["pupil_id"]),
        ];
        let record = json!({ "pupil_id": one, "guide_id": other });
        let mut facts = json!({ "who": { "name": "Budi", "age": 9 }, "near": [{ "label": "x", "n": 1 }] });
        mark_declared(&declared, Part::Facts, &mut facts, &record);
        let expected = json!({
            "who": { "name": { "$personal": { "of": [one], "plain": "Budi" } }, "age": 9 },
            "near": [{ "label": { "$personal": { "of": [one, other], "plain": "x" } }, "n": 1 }],
        });
        assert_eq!(facts, expected);
        assert_eq!(people(&declared, &record), BTreeSet::from([one, other]));
    }
}
