//! From a mail's record to the words somebody reads: values, links, subject, text and HTML.

use super::facts::Person;
use super::log::{Locale, Model};
use super::markup::{Body, Line, Values};
use super::template::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Asia::Jakarta;
use chrono_tz::Tz;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Makes the links of a mail. They may hold secrets, so they are made when it is sent and kept nowhere.
pub trait Links: Send + Sync {
    /// Where a password is set anew, for the reset of this id.
    fn password_reset(&self, reset_id: Uuid) -> String;
    /// Where one signs in.
    fn sign_in(&self) -> String;
}

/// A message as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    /// The text as HTML, without the page around it.
    pub html: String,
    pub locale: Locale,
}

/// A version of a text that no longer fits its placeholders.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text of {template} is not understood: {code} at line {line}")]
pub struct Unreadable {
    template: &'static str,
    code: &'static str,
    line: usize,
}

/// What a message says of the thing it refers to.
pub type About = BTreeMap<&'static str, String>;

/// Reads what the message refers to: a strike with its sesi; other messages need nothing.
///
/// # Errors
/// When the database fails.
pub async fn about(conn: &impl ConnectionTrait, template: &Template, reference_id: Uuid) -> Result<About, Failure> {
    if !template.names().contains(&"strike") {
        return Ok(About::new());
    }
    let sql = "SELECT k.code, k.decays_at, s.code AS sesi, s.starts_at, o.zone FROM strike k JOIN sesi s ON s.id = k.sesi_id JOIN office o ON o.id = s.office_id \
               WHERE k.id = ?";
    let Some(row) = db::row(conn, sql, vec![reference_id.into()]).await? else { return Ok(About::new()) };
    let text: String = row.try_get("", "zone")?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    let said = |at: DateTime<Utc>| at.with_timezone(&zone).format("%d-%m-%Y %H.%M %Z").to_string();
    Ok(About::from([
        ("strike", row.try_get("", "code")?),
        ("sesi", row.try_get("", "sesi")?),
        ("held_at", said(row.try_get("", "starts_at")?)),
        ("decays_at", said(row.try_get("", "decays_at")?)),
    ]))
}

/// What stands in place of the placeholders of this mail.
pub fn values(template: &Template, mail: &Model, person: &Person, (links, about): (&dyn Links, &About)) -> Values {
    if mail.sample {
        return template.samples();
    }
    let value = |name: &str| match name {
        "name" => person.name.clone(),
        "email" => person.address.clone().unwrap_or_default(),
        "company" => super::COMPANY.into(),
        "sign_in_link" => links.sign_in(),
        "reset_link" => links.password_reset(mail.reference_id),
        "valid_until" => mail.expires_at.map(local).unwrap_or_default(),
        other => about.get(other).cloned().unwrap_or_default(),
    };
    template.names().into_iter().map(|name| (name, value(name))).collect()
}

/// Puts the values into a text.
///
/// # Errors
/// When the text is not understood; one that was saved is.
pub fn write(template: &Template, (subject, body): (&str, &str), values: &Values, locale: Locale) -> Result<Letter, Unreadable> {
    let names = template.names();
    let wrong = |fault: super::markup::Fault| Unreadable { template: template.code, code: fault.code, line: fault.line };
    let subject = Line::parse(subject, &names).map_err(wrong)?.render(values);
    let body = Body::parse(body, &names).map_err(wrong)?;
    Ok(Letter { subject, text: body.text(values), html: body.html(values), locale })
}

/// `21-11-2026 10.00 WIB`, as people here write it.
fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&Jakarta).format("%d-%m-%Y %H.%M WIB").to_string()
}

impl Letter {
    /// The whole page that a mail program shows.
    pub fn page(&self) -> String {
        let content = &self.html;
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"></head>\n\
         <body style=\"font-family:Inter,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1f2328;max-width:36em;margin:0 auto;padding:24px\">\n\
         {content}\n</body>\n</html>\n",
            self.locale.as_str()
        )
    }
}
