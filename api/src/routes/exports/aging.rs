//! Who owes how much since when, as a workbook: one row for each siswa, the same figures as the page's.

use super::super::OurApp;
use super::workbook::{self, Part, Taken, Titled};
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Line, Xlsx};
use crate::problem::Problem;
use crate::request::List;
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use futures::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use workflows::books::aging::{self, Aged};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AgingExportFilter {
    /// `2026-11-21`: what stood there at the end of that day; today without it.
    #[serde(rename = "filter[as_of]")]
    as_of: Option<NaiveDate>,
    /// Language of the headings: `id`, unless it is `en`.
    lang: Option<String>,
}

static COLUMNS: [Titled; 11] = [
    ("Kode siswa", "Siswa code", 14, false),
    ("Siswa", "Siswa", 28, false),
    ("Belum ditagih", "Not billed yet", 16, true),
    ("Belum jatuh tempo", "Not due yet", 18, true),
    ("0-30 hari", "0-30 days", 16, true),
    ("31-60 hari", "31-60 days", 16, true),
    ("61-90 hari", "61-90 days", 16, true),
    ("> 90 hari", "> 90 days", 16, true),
    ("Lewat jatuh tempo", "Overdue", 18, true),
    ("Piutang", "Receivable", 16, true),
    ("Jatuh tempo tertua", "Oldest due", 18, false),
];

pub async fn aging(State(app): OurApp, who: SignedIn, list: List<AgingExportFilter>) -> Result<Xlsx, Problem> {
    let day = list.filter.as_of.unwrap_or_else(|| app.engine.clock.now().with_timezone(&Jakarta).date_naive());
    let lines: Vec<Line> = aging::of_day(&app.engine.db, day).await?.iter().map(line).collect();
    let said = day.to_string();
    let taken = Taken { name: "aging", asked: vec![("Per tanggal", "As of", Some(said.as_str()))], lang: list.filter.lang.as_deref() };
    let lines = stream::once(async move { Ok(lines) }).boxed();
    workbook::make(&app, &who, taken, vec![Part { title: ("Umur piutang", "Aging"), columns: &COLUMNS, lines }]).await
}

fn line(aged: &Aged) -> Line {
    let amounts = [
        aged.not_billed_rp,
        aged.not_due_rp,
        aged.days_0_30_rp,
        aged.days_31_60_rp,
        aged.days_61_90_rp,
        aged.days_over_90_rp,
        aged.overdue_rp(),
        aged.total_rp(),
    ];
    let who = [Cell::text(&aged.code), Cell::text(&aged.name)];
    who.into_iter().chain(amounts.map(Cell::Rupiah)).chain([aged.oldest_due_on.map_or(Cell::Nothing, Cell::Day)]).collect()
}
