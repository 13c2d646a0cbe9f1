//! One row being read: typed access to its cells by column, noting every problem with line and column.
//!
//! A reader gives `None` when its cell is wrong (and has noted why), so a row is read to its end and reports all
//! its errors at once. An optional column that the file lacks leaves an existing record as it is.

use crate::import::cell::CellError;
use crate::import::known::{Keys, Subjects};
use crate::import::problem::{Params, Problems};
use crate::import::reference::References;
use crate::import::sheet::{Record, Sheet};
use crate::records::place::Point;
use crate::records::{email, phone};
use sea_orm::ActiveEnum;
use std::hash::Hash;
use uuid::Uuid;

/// What the file says about an optional value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// The file has no such column.
    Nothing,
    /// The cell is empty.
    Empty,
    Value(T),
}

impl<T> Given<T> {
    /// The new value, where an empty cell means none and no column means as before.
    pub fn or_keep(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => before,
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The new value, where an empty cell and no column both mean as before.
    pub fn or(self, before: T) -> T {
        match self {
            Self::Nothing | Self::Empty => before,
            Self::Value(value) => value,
        }
    }
}

/// A row and where its problems go.
pub struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a Record,
    problems: &'a mut Problems,
}

impl<'a> Row<'a> {
    pub fn new(sheet: &'a Sheet, record: &'a Record, problems: &'a mut Problems) -> Self {
        Self { sheet, record, problems }
    }

    pub fn line(&self) -> u64 {
        self.record.line
    }

    pub fn error(&mut self, column: &'static str, code: &str, message: impl FnOnce() -> String) {
        self.problems.of_cell(self.record.line, column, code, message);
    }

    fn error_with(&mut self, column: &'static str, code: &str, said: impl FnOnce() -> (String, Params)) {
        self.problems.of_cell_with(self.record.line, column, code, said);
    }

    fn cell(&self, column: &str) -> Option<&'a str> {
        let at = self.sheet.columns.iter().position(|name| *name == column)?;
        self.record.cells.get(at).map(String::as_str)
    }

    /// The cell of an optional column.
    pub fn optional(&self, column: &'static str) -> Given<&'a str> {
        match self.cell(column) {
            None => Given::Nothing,
            Some("") => Given::Empty,
            Some(text) => Given::Value(text),
        }
    }

    /// An optional text, owned.
    pub fn text(&self, column: &'static str) -> Given<String> {
        match self.optional(column) {
            Given::Nothing => Given::Nothing,
            Given::Empty => Given::Empty,
            Given::Value(text) => Given::Value(text.to_owned()),
        }
    }

    /// The cell of a required column; an empty one is an error.
    pub fn required(&mut self, column: &'static str) -> Option<&'a str> {
        match self.optional(column) {
            Given::Value(text) => Some(text),
            Given::Nothing | Given::Empty => {
                self.error(column, "required", || format!("{column} is empty"));
                None
            }
        }
    }

    /// A required cell, read by `read`.
    pub fn parsed<T>(&mut self, column: &'static str, read: impl Fn(&str) -> Result<T, CellError>) -> Option<T> {
        let text = self.required(column)?;
        read(text).map_err(|error| self.error(column, error.code, || error.message)).ok()
    }

    /// An optional cell, read by `read`.
    pub fn parsed_optional<T>(&mut self, column: &'static str, read: impl Fn(&str) -> Result<T, CellError>) -> Option<Given<T>> {
        match self.optional(column) {
            Given::Nothing => Some(Given::Nothing),
            Given::Empty => Some(Given::Empty),
            Given::Value(_) => self.parsed(column, read).map(Given::Value),
        }
    }

    /// A required cell that names a row.
    pub fn reference(&mut self, column: &'static str, rows: &References) -> Option<Uuid> {
        let text = self.required(column)?;
        rows.find(text).map_err(|miss| self.error_with(column, miss.code, || (miss.message, miss.params))).ok()
    }

    /// A required cell that names a row; one that is archived passes where it stands already.
    pub fn reference_kept(&mut self, column: &'static str, rows: &References, before: Option<Uuid>) -> Option<Uuid> {
        let text = self.required(column)?;
        let kept = before.filter(|before| rows.names(text, *before));
        kept.or_else(|| self.reference(column, rows))
    }

    /// An optional cell that names a row; `None` when it names none.
    pub fn reference_optional(&mut self, column: &'static str, rows: &References) -> Option<Option<Uuid>> {
        match self.optional(column) {
            Given::Nothing | Given::Empty => Some(None),
            Given::Value(_) => self.reference(column, rows).map(Some),
        }
    }

    /// The required column `code`, in upper case.
    pub fn code(&mut self) -> Option<String> {
        self.required("code").map(str::to_uppercase)
    }

    /// Notes an error when an earlier row has the same key.
    pub fn take<K: Hash + Eq>(&mut self, keys: &mut Keys<K>, key: K) {
        keys.take(key, self.record.line, self.problems);
    }

    /// A required cell that names a tutor by code, phone in any spelling, or name.
    pub fn tutor(&mut self, column: &'static str, tutors: &References) -> Option<Uuid> {
        let text = self.required(column)?;
        let by_phone = phone::normalise(text).ok().and_then(|phone| tutors.find(&phone).ok());
        by_phone.or_else(|| self.reference(column, tutors))
    }

    /// The optional column `level`; `None` when it names no level of the subject.
    pub fn level(&mut self, subject: Uuid, subjects: &Subjects) -> Option<Option<Uuid>> {
        match subjects.levels(subject) {
            Some(levels) => self.reference_optional("level", levels),
            None => Some(None),
        }
    }

    pub fn phone(&mut self, column: &'static str) -> Option<String> {
        self.parsed(column, |text| phone::normalise(text).map_err(|error| CellError { code: error.code(), message: format!("{text:?} {error}") }))
    }

    pub fn email(&mut self, column: &'static str) -> Option<Given<String>> {
        self.parsed_optional(column, |text| email::normalise(text).map_err(|error| CellError { code: error.code(), message: format!("{text:?} {error}") }))
    }

    /// A required cell that is one of an enum's stored texts, in any case.
    pub fn choice<E: ActiveEnum<Value = String>>(&mut self, column: &'static str) -> Option<E> {
        let text = self.required(column)?;
        let chosen = E::try_from_value(&text.to_uppercase());
        let unknown = || (format!("{text:?} is none of {}", E::values().join(", ")), vec![("known", E::values().into())]);
        chosen.map_err(|_| self.error_with(column, "choice_unknown", unknown)).ok()
    }

    /// An optional cell that is one of an enum's stored texts.
    pub fn choice_optional<E: ActiveEnum<Value = String>>(&mut self, column: &'static str) -> Option<Given<E>> {
        match self.optional(column) {
            Given::Nothing => Some(Given::Nothing),
            Given::Empty => Some(Given::Empty),
            Given::Value(_) => self.choice(column).map(Given::Value),
        }
    }

    /// The columns `lat` and `long`: both or none. A place abroad is a warning (SPEC MD-5).
    pub fn point(&mut self) -> Option<Given<Point>> {
        let lat = self.parsed_optional("lat", super::cell::degrees)?;
        let long = self.parsed_optional("long", super::cell::degrees)?;
        let (lat, long) = match (lat, long) {
            (Given::Value(lat), Given::Value(long)) => (lat, long),
            (Given::Value(_), _) => return self.half_a_point("long"),
            (_, Given::Value(_)) => return self.half_a_point("lat"),
            (Given::Nothing, Given::Nothing) => return Some(Given::Nothing),
            (Given::Nothing | Given::Empty, Given::Nothing | Given::Empty) => return Some(Given::Empty),
        };
        match Point::new(lat, long) {
            Ok(point) => {
                if !point.is_in_indonesia() {
                    self.problems.warn(self.record.line, "lat", "outside_indonesia", || format!("{lat}, {long} lies outside Indonesia"));
                }
                Some(Given::Value(point))
            }
            Err(error) => {
                let column = if error.code().starts_with("lat") { "lat" } else { "long" };
                self.error(column, error.code(), || error.to_string());
                None
            }
        }
    }

    /// The columns `lat` and `long` of a record that must have a place.
    pub fn point_required(&mut self) -> Option<Point> {
        let (lat, long) = (self.required("lat"), self.required("long"));
        lat.and(long)?;
        self.point()?.or_keep(None)
    }

    /// The columns of a record that may have a place: as the file says, or as `before`.
    pub fn coordinates(point: Given<Point>, before: Option<(Option<f64>, Option<f64>)>) -> (Option<f64>, Option<f64>) {
        match point {
            Given::Nothing => before.unwrap_or_default(),
            Given::Empty => (None, None),
            Given::Value(point) => (Some(point.lat), Some(point.long)),
        }
    }

    fn half_a_point(&mut self, missing: &'static str) -> Option<Given<Point>> {
        self.error(missing, "required", || "latitude and longitude go together".into());
        None
    }
}
