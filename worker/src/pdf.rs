//! PDFs: a template of `worker/templates` and the data it shows (typst).
//!
//! Whoever renders passes everything in, instants and words included: the same template, data and files give the same bytes on
//! any machine at any time, so a PDF can be recognised by its SHA-256. Called by the API for case files and documents about money. Rendering takes
//! milliseconds to seconds of one core: call [`render`] where blocking is allowed.

mod world;

use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use world::Sheet;

/// Results that so many renderings did not use are forgotten.
const REMEMBERED: usize = 5;

/// A kind of document we know how to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Everything about a disputed case.
    Casefile,
    /// What a siswa is to pay for a month.
    Tagihan,
    /// What a tutor is paid for a month.
    Honorarium,
}

impl Template {
    /// Its name, and its text.
    const fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Casefile => ("/casefile.typ", include_str!("../templates/casefile.typ")),
            Self::Tagihan => ("/tagihan.typ", include_str!("../templates/tagihan.typ")),
            Self::Honorarium => ("/honorarium.typ", include_str!("../templates/honorarium.typ")),
        }
    }
}

/// A file that travels inside the PDF; the template attaches it by its name.
#[derive(Clone, Debug)]
pub struct Attached {
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// A PDF that could not be made: template and data do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the data cannot be written as JSON")]
    Data(#[from] serde_json::Error),
    #[error("the template cannot be set: {0}")]
    Template(String),
}

/// Sets a template with its data (`/data.json` to the template) as a PDF/A-3b: it holds its fonts, and its files.
///
/// # Errors
/// The template reads something of the data that is not there.
pub fn render(template: Template, data: &Value, attached: &[Attached]) -> Result<Vec<u8>, PdfError> {
    let (name, text) = template.source();
    let sheet = Sheet::new((name, text), serde_json::to_vec(data)?, attached).map_err(|problem| PdfError::Template(format!("{problem:?}")))?;
    let set = typst::compile::<PagedDocument>(&sheet).output.map_err(|problems| told(&problems))?;
    let standards = PdfStandards::new(&[PdfStandard::A_3b]).map_err(|problem| PdfError::Template(problem.message().to_string()))?;
    let pdf = typst_pdf::pdf(&set, &PdfOptions { standards, ..PdfOptions::default() }).map_err(|problems| told(&problems));
    comemo::evict(REMEMBERED);
    pdf
}

/// Data may be about people: only what the template says of itself is told.
fn told(problems: &[SourceDiagnostic]) -> PdfError {
    PdfError::Template(problems.iter().map(|problem| problem.message.to_string()).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> serde_json::Value {
        serde_json::from_str(include_str!("../templates/casefile.sample.json")).unwrap()
    }

    fn proof() -> Vec<Attached> {
        vec![Attached { name: "/bukti-audit.jsonl", bytes: b"{}\n".to_vec() }]
    }

    #[test]
    fn the_same_case_gives_the_same_bytes_and_another_case_others() {
        let (mut other, first) = (sample(), render(Template::Casefile, &sample(), &proof()).unwrap());
        assert_eq!(first, render(Template::Casefile, &sample(), &proof()).unwrap());
        other["code"] = "FM-2026-000002".into();
        assert_ne!(first, render(Template::Casefile, &other, &proof()).unwrap());
        if let Ok(path) = std::env::var("ALUR_PDF_OUT") {
            std::fs::write(path, first).unwrap();
        }
    }

    #[test]
    fn a_tagihan_of_many_lines_goes_on_over_pages_and_is_the_same_each_time() {
        let mut tagihan: serde_json::Value = serde_json::from_str(include_str!("../templates/tagihan.sample.json")).unwrap();
        let lines = tagihan["lines"].as_array().unwrap().clone();
        tagihan["lines"] = lines.iter().cycle().take(60).cloned().collect();
        let first = render(Template::Tagihan, &tagihan, &[]).unwrap();
        assert_eq!(first, render(Template::Tagihan, &tagihan, &[]).unwrap());
        if let Ok(path) = std::env::var("ALUR_TAGIHAN_OUT") {
            std::fs::write(path, first).unwrap();
        }
    }

    #[test]
    fn data_that_a_template_cannot_show_is_named_as_such() {
        assert!(matches!(render(Template::Casefile, &serde_json::json!({}), &[]), Err(PdfError::Template(told)) if told.contains("key")));
    }
}
