//! A Tagihan as a text for WhatsApp, ready to copy or to open. Nothing is sent from here.

use super::super::OurApp;
use super::{seen, today};
use crate::auth::scope::Scope;
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Sketch, Takes};
use crate::words;
use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::billing::tagihan::Head;
use workflows::notification::letter;
use workflows::notification::log::Locale;
use workflows::notification::markup::Values;
use workflows::notification::{COMPANY, template};

const TEMPLATE: &str = "tagihan";

#[derive(Serialize, ToSchema)]
pub struct WhatsappText {
    text: String,
    /// The parent's, E.164; null when none is known.
    #[schema(required)]
    phone: Option<String>,
    /// Opens WhatsApp with the text for that phone.
    #[schema(required)]
    link: Option<String>,
}

/// `?locale=en` for a parent who reads no Indonesian.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct InLocale {
    /// `id` unless given, or `en`.
    locale: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for InLocale {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(value) =
            Query::try_from_uri(&parts.uri).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", error.body_text()))?;
        Ok(value)
    }
}

impl Takes for InLocale {
    fn describe(sketch: &mut Sketch) {
        for parameter in Self::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query)) {
            sketch.parameter(parameter);
        }
    }
}

pub async fn whatsapp(State(app): OurApp, scope: Scope, At(id): At<Uuid>, asked: InLocale) -> Result<Json<WhatsappText>, Problem> {
    let found = seen(&app, scope, id).await?;
    let conn = app.engine.db.reader();
    let locale = match asked.locale.as_deref() {
        None | Some("id") => Locale::Id,
        Some("en") => Locale::En,
        Some(_) => return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", "locale is id or en")),
    };
    let text = written(conn, &found.head, locale, today(&app)).await?;
    let phone = phone(conn, found.head.siswa_id).await?;
    let link = phone.as_deref().map(|phone| link(phone, &text));
    Ok(Json(WhatsappText { text, phone, link }))
}

async fn written(conn: &impl ConnectionTrait, head: &Head, locale: Locale, today: NaiveDate) -> Result<String, Problem> {
    let template = template::of(TEMPLATE).ok_or_else(Problem::internal)?;
    let version = template::current(conn, TEMPLATE, locale).await?;
    let (subject, body) = version.map_or_else(
        || {
            let (subject, body) = template.default_text(locale);
            (subject.to_owned(), body.to_owned())
        },
        |version| (version.subject, version.body),
    );
    let letter = letter::write(template, (&subject, &body), &values(head, locale, today), locale).map_err(|error| {
        tracing::error!(error = %error, "the text about a Tagihan cannot be written");
        Problem::internal()
    })?;
    Ok(letter.text)
}

fn values(head: &Head, locale: Locale, today: NaiveDate) -> Values {
    let day = |day: NaiveDate| match locale {
        Locale::Id => words::date(day),
        Locale::En => day.format("%-d %B %Y").to_string(),
    };
    let month = match locale {
        Locale::Id => words::month(&head.period_month),
        Locale::En => {
            format!("{}-01", head.period_month).parse::<NaiveDate>().map_or_else(|_| head.period_month.clone(), |day| day.format("%B %Y").to_string())
        }
    };
    let parent = if head.parent_name.is_empty() { &head.siswa_name } else { &head.parent_name };
    Values::from([
        ("name", head.siswa_name.clone()),
        ("parent", parent.clone()),
        ("company", COMPANY.to_owned()),
        ("tagihan", head.number.clone()),
        ("month", month),
        ("total", words::rupiah(head.total_rp)),
        ("open", words::rupiah(head.open_rp())),
        ("due_on", head.due_on.map(day).unwrap_or_default()),
        ("today", day(today)),
    ])
}

async fn phone(conn: &impl ConnectionTrait, siswa: Uuid) -> Result<Option<String>, Failure> {
    let row = db::row(conn, "SELECT parent_phone FROM siswa WHERE id = ?", vec![siswa.into()]).await?;
    let phone: Option<String> = row.map(|row| row.try_get("", "parent_phone")).transpose()?;
    Ok(phone.filter(|phone| phone.starts_with('+') && phone.len() > 5))
}

/// As WhatsApp reads it: the digits of the phone, the text percent-encoded.
fn link(phone: &str, text: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let mut link = format!("https://wa.me/{digits}?text=");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => link.push(char::from(byte)),
            _ => link.push_str(&format!("%{byte:02X}")),
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_whatsapp_with_the_whole_text() {
        assert_eq!(link("+62812-34", "Halo, Rp1.000\n*é* & ?"), "https://wa.me/6281234?text=Halo%2C%20Rp1.000%0A%2A%C3%A9%2A%20%26%20%3F");
    }
}
