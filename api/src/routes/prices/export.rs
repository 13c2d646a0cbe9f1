//! The prices of a year in force on a day, as the file that the import reads: what is taken out can be put back.

use super::super::OurApp;
use super::filter::{Place, PriceFilter};
use crate::export::{Cell, Column, Csv, Line, Table, Turn};
use crate::problem::Problem;
use crate::request::List;
use axum::extract::State;
use chrono_tz::Asia::Jakarta;
use futures::{StreamExt, stream};
use workflows::prices::list::{self, Priced};

/// As the import names them.
const COLUMNS: [&str; 9] = ["audience", "tahun_ajaran", "subject", "level", "tingkat", "segmentasi", "golongan", "amount_rp", "effective_from"];
const WIDTH: u16 = 16;

pub async fn csv(State(app): OurApp, list: List<PriceFilter>) -> Result<Csv, Problem> {
    let db = app.engine.db.clone();
    let Place { year, day, .. } = list.filter.place(db.reader(), app.engine.clock.now()).await?;
    let turn = Turn::take()?;
    let subjects = list::subjects(db.reader(), year.id).await?;
    let year_id = year.id;
    let pages = stream::iter(subjects).then(move |subject| {
        let db = db.clone();
        async move {
            let prices = list::of_subject(db.reader(), subject, year_id, day).await?;
            Ok::<Vec<Line>, Problem>(prices.into_iter().map(line).collect())
        }
    });
    Ok(Csv::of(Table {
        file: format!("harga-{}-{day}", year.code.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")),
        sheet: "Harga".into(),
        columns: COLUMNS.iter().map(|title| Column { title: (*title).into(), width: WIDTH }).collect(),
        zone: Jakarta,
        about: vec![],
        about_sheet: String::new(),
        lines: pages.boxed(),
        turn,
    }))
}

fn line(price: Priced) -> Line {
    let Priced { audience, tahun_ajaran, subject, level, tingkat, segmentasi, golongan, amount_rp, effective_from } = price;
    vec![
        Cell::text(audience),
        Cell::text(tahun_ajaran),
        Cell::text(subject),
        Cell::text_or_nothing(level),
        Cell::text(tingkat),
        Cell::text(segmentasi),
        Cell::text_or_nothing(golongan),
        Cell::Rupiah(amount_rp),
        Cell::text(effective_from.to_string()),
    ]
}
