//! CSV files of master data, tried and imported from a browser (SPEC MD-7).
//!
//! A file is sent as it is; the answer to a dry run may hold its rows, so that the lines and cells people mend are
//! those the importer read. Each kind has a route of its own, for each has its own permission.

mod view;

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::auth::permissions::{CATALOG_MANAGE, OFFICE_MANAGE, PRICE_MANAGE, SISWA_MANAGE, TUTOR_MANAGE};
use crate::export;
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch, Takes};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use engine::actor::Permission;
use engine::refusal::FieldError;
use engine::tag::Tag;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{ObjectBuilder, Type};
use workflows::import::{self, ImportError, ImportOptions, Kind};

pub use view::{ImportAnswer, ImportKind};

/// The largest body: the largest file.
pub const IMPORT_LIMIT: usize = import::MOST_BYTES + 1;
const MOST_IN_NAME: usize = 200;

/// How to import.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Report what would happen and write nothing.
    #[param(required = false)]
    pub(super) dry_run: bool,
    /// Write the rows without errors even when others have some.
    #[param(required = false)]
    pub(super) only_valid: bool,
    /// Answer with the rows of the file too.
    #[param(required = false)]
    rows: bool,
    /// What the file is called, for the audit.
    pub(super) file: Option<String>,
}

/// A file as it came.
pub struct CsvBody(pub(super) Bytes);

macro_rules! import_of {
    ($($name:ident => $kind:ident),*) => {
        $(pub async fn $name(State(app): OurApp, who: SignedIn, asked: Asked, file: CsvBody) -> Result<Json<ImportAnswer>, Problem> {
            run(Kind::$kind, &app, who, asked, file).await
        })*
    };
}

import_of!(office => Office, subject => Subject, tutor => Tutor, tutor_subject => TutorSubject, slot => Slot, siswa => Siswa, price => Price);

/// Who may import which kind; also the guards of the routes.
pub fn permission(kind: Kind) -> Permission {
    match kind {
        Kind::Office => OFFICE_MANAGE,
        Kind::Subject => CATALOG_MANAGE,
        Kind::Tutor | Kind::TutorSubject | Kind::Slot => TUTOR_MANAGE,
        Kind::Siswa => SISWA_MANAGE,
        Kind::Price => PRICE_MANAGE,
    }
}

pub async fn kinds(who: SignedIn) -> Json<Vec<ImportKind>> {
    Json(Kind::ALL.iter().map(|kind| ImportKind::of(*kind, who.may(permission(*kind)))).collect())
}

/// The header of a kind of file and an example, as Excel opens it in Indonesia.
pub async fn template(At(kind): At<String>) -> Result<Template, Problem> {
    let kind = Kind::parse(&kind).ok_or_else(|| Problem::not_found("import"))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(import::template(kind).as_bytes());
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).flexible(true).from_writer(b"\xef\xbb\xbf".to_vec());
    for record in reader.records() {
        record.and_then(|record| writer.write_record(&record)).map_err(|_| Problem::internal())?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    Ok(Template(export::attachment(&format!("{kind}.csv"), "text/csv; charset=utf-8", Body::from(bytes))))
}

async fn run(kind: Kind, app: &App, who: SignedIn, asked: Asked, CsvBody(csv): CsvBody) -> Result<Json<ImportAnswer>, Problem> {
    let refused = |error| refused(error, kind, &csv);
    let sheet = asked.rows.then(|| import::sheet(kind, &csv)).transpose().map_err(refused)?;
    let file = asked.file.as_deref().map(shown_name);
    let options = ImportOptions { dry_run: asked.dry_run, only_valid: asked.only_valid, now: app.engine.clock.now(), actor: who.actor, file };
    let report = import::import(app.engine.db.writer(), kind, &csv, &options).await.map_err(refused)?;
    Ok(Json(ImportAnswer::of(report, sheet)))
}

/// A file that cannot be read at all, as a fault of the field `file`.
fn refused(error: ImportError, kind: Kind, csv: &[u8]) -> Problem {
    let code = error.code();
    let problem = |status| Problem::new(status, code).at(FieldError::new("file", code));
    match error {
        ImportError::TooLarge { most, .. } => problem(StatusCode::PAYLOAD_TOO_LARGE).with("max_bytes", most),
        ImportError::TooManyRows { most } => problem(StatusCode::UNPROCESSABLE_ENTITY).with("most", most),
        ImportError::NotUtf8 { line } => problem(StatusCode::UNPROCESSABLE_ENTITY).with("line", line),
        ImportError::Empty | ImportError::Unreadable(_) => problem(StatusCode::UNPROCESSABLE_ENTITY),
        ImportError::Columns { missing, unknown, repeated, expected, optional } => {
            let fits: Vec<&str> = import::fitting(csv).into_iter().filter(|fit| *fit != kind).map(Tag::as_str).collect();
            let lists = json!({ "missing": missing, "unknown": unknown, "repeated": repeated, "expected": expected, "optional": optional, "fits": fits });
            let lists = lists.as_object().cloned().unwrap_or_default();
            lists.into_iter().fold(problem(StatusCode::UNPROCESSABLE_ENTITY), |problem, (name, value)| problem.with(&name, value))
        }
        ImportError::Database(error) => error.into(),
        ImportError::Record(failure) => failure.into(),
    }
}

/// The last part of the name, without what cannot be shown.
pub(super) fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(MOST_IN_NAME).collect()
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |message: String| Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", message);
        Query::<Self>::from_request_parts(parts, state).await.map(|Query(asked)| asked).map_err(|error| malformed(error.body_text()))
    }
}

impl Takes for Asked {
    fn describe(sketch: &mut Sketch) {
        Self::into_params(|| Some(ParameterIn::Query)).into_iter().for_each(|parameter| sketch.parameter(parameter));
    }
}

impl<S: Send + Sync> FromRequest<S> for CsvBody {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").with("max_bytes", import::MOST_BYTES).at(FieldError::new("file", "too_large"))
            }
            _ => Problem::new(StatusCode::BAD_REQUEST, "malformed_body"),
        })
    }
}

impl Takes for CsvBody {
    fn describe(sketch: &mut Sketch) {
        sketch.raw_body("text/csv", ObjectBuilder::new().schema_type(Type::String).build().into());
    }
}

/// A CSV file to fill in.
pub struct Template(Response);

impl IntoResponse for Template {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for Template {
    fn describe(sketch: &mut Sketch) {
        export::describe_file(sketch, "text/csv");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_kind_is_recognised_by_its_header() {
        let csv = import::template(Kind::Slot).as_bytes();
        let error = import::sheet(Kind::Price, csv).unwrap_err();
        let problem = refused(error, Kind::Price, csv);
        assert_eq!((problem.status, problem.code.as_str(), &problem.params["fits"]), (422, "columns_wrong", &json!(["slot"])));
        assert_eq!(problem.fields[0].field, "file");
    }

    #[test]
    fn the_name_of_a_file_is_only_a_name() {
        assert_eq!(shown_name("C:\\x\\tutor\u{7}.csv"), "tutor.csv");
    }
}
