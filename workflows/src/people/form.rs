//! Reading a form about somebody: every fault at its field, and what is taken but deserves a look.

use crate::records::place::Point;
use crate::records::{email, phone};
use engine::db;
use engine::refusal::{Failure, FieldError, Refusal};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

/// Letters of a name, of an address, of a longer text.
pub(super) const NAME: usize = 200;
pub(super) const ADDRESS: usize = 500;
pub(super) const TEXT: usize = 4_000;

/// What is wrong with a form, and what is only unusual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub faults: Vec<FieldError>,
    pub warnings: Vec<FieldError>,
}

impl Findings {
    /// # Errors
    /// When anything is wrong.
    pub fn refuse(&self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.faults.clone())) }
    }

    pub(super) fn fault(&mut self, field: &str, code: &str) {
        self.faults.push(FieldError::new(field, code));
    }

    /// A required text of one line.
    pub(super) fn required(&mut self, field: &str, text: &str, most: usize) -> String {
        if text.trim().is_empty() {
            self.fault(field, "required");
        }
        self.line(field, text, most)
    }

    /// A text of several lines that may be missing.
    pub(super) fn lines(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        self.sane(field, text, most, |letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'));
        Some(text.to_owned())
    }

    fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        self.sane(field, text.trim(), most, char::is_control);
        text.trim().to_owned()
    }

    fn sane(&mut self, field: &str, text: &str, most: usize, wrong: impl Fn(char) -> bool) {
        if text.chars().count() > most {
            self.faults.push(FieldError::new(field, "too_long").with("max", most));
        } else if text.chars().any(wrong) {
            self.fault(field, "malformed");
        }
    }

    /// A phone number as E.164.
    pub(super) fn phone(&mut self, field: &str, text: &str) -> String {
        phone::normalise(text).unwrap_or_else(|error| {
            self.fault(field, if text.trim().is_empty() { "required" } else { error.code() });
            String::new()
        })
    }

    pub(super) fn email(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        email::normalise(text).map_err(|error| self.fault(field, error.code())).ok()
    }

    /// Both coordinates or none. A place abroad is unusual, not wrong (SPEC MD-5).
    pub(super) fn point(&mut self, lat: Option<f64>, long: Option<f64>) -> (Option<f64>, Option<f64>) {
        match (lat, long) {
            (Some(lat), Some(long)) => match Point::new(lat, long) {
                Ok(point) if !point.is_in_indonesia() => self.warnings.push(FieldError::new("lat", "outside_indonesia")),
                Ok(_) => {}
                Err(error) => self.fault(if error.code().starts_with("lat") { "lat" } else { "long" }, error.code()),
            },
            (Some(_), None) => self.fault("long", "required"),
            (None, Some(_)) => self.fault("lat", "required"),
            (None, None) => {}
        }
        (lat, long)
    }

    /// A row of the catalog or an office: there, and active unless it was chosen before.
    pub(super) async fn reference(
        &mut self,
        conn: &impl ConnectionTrait,
        (field, table): (&str, &str),
        id: Option<Uuid>,
        before: Option<Uuid>,
    ) -> Result<Uuid, Failure> {
        let Some(id) = id else {
            self.fault(field, "required");
            return Ok(Uuid::nil());
        };
        let row = db::row(conn, &format!("SELECT name, status FROM {table} WHERE id = ?"), vec![id.into()]).await?;
        let Some(row) = row else {
            self.fault(field, "unknown");
            return Ok(id);
        };
        if row.try_get::<String>("", "status")? != "ACTIVE" && before != Some(id) {
            let name: String = row.try_get("", "name")?;
            self.faults.push(FieldError::new(field, "archived").with("name", json!(name)));
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_told_when_they_cannot_be_kept() {
        let mut form = Findings::default();
        assert_eq!(form.required("name", " Dewi ", NAME), "Dewi");
        assert_eq!(form.lines("bio", Some(" "), TEXT), None);
        assert_eq!(form.lines("bio", Some("satu\ndua"), TEXT).as_deref(), Some("satu\ndua"));
        form.required("a", " ", NAME);
        form.required("b", "x\u{0}", NAME);
        form.required("c", &"x".repeat(201), NAME);
        let told: Vec<_> = form.faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect();
        assert_eq!(told, ["a required", "b malformed", "c too_long"]);
    }

    #[test]
    fn a_place_abroad_is_a_warning_and_one_off_the_globe_a_fault() {
        let mut form = Findings::default();
        form.point(Some(35.68), Some(139.69));
        assert_eq!((form.faults.len(), form.warnings[0].code.as_str()), (0, "outside_indonesia"));
        form.point(Some(91.0), Some(0.0));
        form.point(Some(-6.2), None);
        let told: Vec<_> = form.faults.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect();
        assert_eq!(told, ["lat lat_off_globe", "long required"]);
    }
}
