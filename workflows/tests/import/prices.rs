//! Prices by file: closed and opened, never edited.

use super::database::{Company, on_each_database};
use chrono::NaiveDate;
use sea_orm::EntityTrait;
use workflows::import::Kind;
use workflows::records::price::{self, Cell};

const HEADER: &str = "audience,tahun_ajaran,subject,tingkat,segmentasi,amount_rp,effective_from\n";

fn row(year: &str, amount: &str, from: &str) -> String {
    format!("STUDENT,{year},MATEMATIKA,SD_5,REGULER,{amount},{from}\n")
}

/// Amount and days of every row, in order.
async fn rows(company: &Company) -> Vec<(i64, String, Option<String>)> {
    let mut rows = price::Entity::find().all(company.db.writer()).await.unwrap();
    rows.sort_by_key(|row| (row.effective_from, row.effective_until));
    rows.into_iter().map(|row| (row.amount_rp, row.effective_from.to_string(), row.effective_until.map(|day| day.to_string()))).collect()
}

#[tokio::test]
async fn a_changed_price_closes_the_old_row_and_opens_a_new_one() {
    on_each_database("price_change", async |company: &Company| {
        company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "Rp150.000", ""))).await;
        assert_eq!(rows(company).await, [(150_000, "2026-07-01".into(), None)]);
        let same = company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "150000", ""))).await;
        assert_eq!(same.unchanged, 1);
        let change = company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "160.000", ""))).await;
        assert_eq!((change.updated, change.created), (1, 0));
        let today = "2026-11-21";
        assert_eq!(rows(company).await, [(150_000, "2026-07-01".into(), Some(today.into())), (160_000, today.into(), None)]);
        company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "170.000", today))).await;
        let corrected = [(150_000, "2026-07-01".into(), Some(today.into())), (160_000, today.into(), Some(today.into())), (170_000, today.into(), None)];
        let mut found = rows(company).await;
        found.sort();
        assert_eq!(found, corrected);
        let audit = company.audit_of("import.price").await;
        assert!(audit.iter().any(|(before, after)| before.get("effective_until").is_some_and(|day| day.is_null()) && after["effective_until"] == today));
    })
    .await;
}

#[tokio::test]
async fn two_years_in_one_file_meet_without_overlap_in_either_order() {
    on_each_database("price_years", async |company: &Company| {
        let (this, next) = (row("2026/2027", "150000", ""), row("2027/2028", "165000", ""));
        let report = company.import(Kind::Price, &format!("{HEADER}{this}{next}")).await;
        assert_eq!((report.created, report.written), (2, true));
        let expected = [(150_000, "2026-07-01".into(), Some("2027-07-01".into())), (165_000, "2027-07-01".into(), None)];
        assert_eq!(rows(company).await, expected);
        let again = company.import(Kind::Price, &format!("{HEADER}{next}{this}")).await;
        assert_eq!(again.unchanged, 2);
        company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "155000", "2027-01-01"))).await;
        assert_eq!(rows(company).await[1], (155_000, "2027-01-01".into(), Some("2027-07-01".into())));
    })
    .await;
}

#[tokio::test]
async fn a_next_year_after_this_one_closes_it_when_it_begins() {
    on_each_database("price_next_year", async |company: &Company| {
        company.import(Kind::Price, &format!("{HEADER}{}", row("2026/2027", "150000", ""))).await;
        let next = company.import(Kind::Price, &format!("{HEADER}{}", row("2027/2028", "150000", ""))).await;
        assert_eq!((next.created, next.updated), (1, 0));
        let found = price::Entity::find().one(company.db.writer()).await.unwrap().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let cell = Cell { golongan_id: None, ..found.cell() };
        for (on, from) in [("2026-06-30", None), ("2026-07-01", Some("2026-07-01")), ("2027-06-30", Some("2026-07-01")), ("2027-07-01", Some("2027-07-01"))] {
            let row = price::in_force(company.db.writer(), cell, day(on)).await.unwrap();
            assert_eq!(row.map(|row| row.effective_from), from.map(day), "{on}");
        }
    })
    .await;
}

#[tokio::test]
async fn prices_that_fit_no_cell_are_refused_at_their_column() {
    on_each_database("price_errors", async |company: &Company| {
        let header = "audience,tahun_ajaran,subject,level,tingkat,segmentasi,golongan,amount_rp,effective_from\n";
        for (row, column, code) in [
            ("STUDENT,2026/2027,MATEMATIKA,,SD_5,REGULER,GOL_1,1000,", "golongan", "golongan_not_allowed"),
            ("TUTOR,2026/2027,MATEMATIKA,,SD_5,REGULER,,1000,", "golongan", "required"),
            ("STUDENT,2026/2027,MANDARIN,,SD_5,REGULER,,1000,", "level", "level_required"),
            ("STUDENT,2026/2027,MATEMATIKA,HSK 1,SD_5,REGULER,,1000,", "level", "unknown_reference"),
            ("STUDENT,2025/2026,MATEMATIKA,,SD_5,REGULER,,1000,", "tahun_ajaran", "unknown_reference"),
            ("STUDENT,2026/2027,MATEMATIKA,,SD_5,REGULER,,1000.5,", "amount_rp", "amount_invalid"),
            ("STUDENT,2026/2027,MATEMATIKA,,SD_5,REGULER,,-1,", "amount_rp", "amount_negative"),
            ("STUDENT,2026/2027,MATEMATIKA,,SD_5,REGULER,,1000,2027-07-01", "effective_from", "outside_tahun_ajaran"),
        ] {
            let report = company.import(Kind::Price, &format!("{header}{row}\n")).await;
            let found: Vec<_> = report.errors.iter().map(|error| (error.column.unwrap(), error.code.as_str())).collect();
            assert_eq!((found, report.written), (vec![(column, code)], false), "{row}");
        }
    })
    .await;
}
