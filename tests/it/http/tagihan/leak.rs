//! The siswa's side never carries what a tutor is paid, nor how to reach one: unmistakable figures are planted and looked for
//! in every form a Tagihan takes (SPEC FIN-2, HR-7).

use super::*;
use calamine::{Reader, Xlsx, open_workbook_from_rs};
use std::io::Cursor;

/// What the tutor gets for a sesi, for one cancelled late, and the fare; as stored and as people write them.
const PLANTED: [&str; 12] = [
    "7654321",
    "7.654.321",
    "7,654,321",
    "3827161",
    "3.827.161",
    "honorarium",
    "tutor_honor",
    "honor_rp",
    "transport",
    "Jalan Rahasia 9",
    "rahasia@tutor.example",
    "8889990001",
];

fn assert_clean(what: &str, text: &str) {
    let text = text.to_lowercase();
    for planted in PLANTED {
        assert!(!text.contains(&planted.to_lowercase()), "{what} carries {planted}");
    }
}

both_databases! {
    async fn no_form_of_a_tagihan_carries_what_the_tutor_is_paid(app: TestApp) {
        let subject = app.company.new_subject(1_111_115, 7_654_321).await;
        let tutor = app.company.tutor_id;
        app.company.db.run("UPDATE tutor SET address = 'Jalan Rahasia 9', email = 'rahasia@tutor.example', phone = '+628889990001' WHERE id = ?", vec![tutor.into()]).await;
        let lesson = Lesson { subject_id: subject, ..app.company.lesson() }.offline(0.1);
        month(app, &lesson).await;
        let planted = "SELECT count(*) FROM tutor_settlement WHERE honorarium_rp IN (7654321, 3827161)";
        assert_eq!(app.company.db.count(planted, vec![]).await, 3, "the figures are there to be found");
        let id = billed(app, app.company.siswa_id).await;
        let finance = app.signed_in_as("FINANCE").await;

        let head = app.company.db.texts("SELECT code AS text FROM tutor WHERE id = ?", vec![tutor.into()]).await.remove(0);
        for query in [TAGIHAN.to_owned(), path(id), format!("{}/whatsapp", path(id)), format!("{}/whatsapp?locale=en", path(id))] {
            let text = finance.get(&query).await.well().to_string();
            assert_clean(&query, &text);
            assert!(!text.contains(&head) && !text.contains(&tutor.to_string()), "{query} names the tutor's code or id");
        }
        let bytes = pdf_of(&finance, id).await;
        assert_clean("the PDF", &pdf::text(&bytes));
        assert_clean("the bytes of the PDF", &String::from_utf8_lossy(&bytes));
        assert!(pdf::text(&bytes).contains("Rp1.111.115"), "what is to be there is there");
        let file = finance.request(Method::GET, "/api/v1/exports/tagihan.xlsx").send().await.unwrap().bytes().await.unwrap();
        let cells = cells(file.to_vec());
        assert_clean("the workbook", &cells);
        assert!(cells.contains("1111115") && !cells.contains(&head), "the workbook holds what it is about, and no code of a tutor");
        app.drain().await;
    }
}

/// Every cell of a workbook.
fn cells(file: Vec<u8>) -> String {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    let sheets = names.iter().map(|name| book.worksheet_range(name).unwrap());
    sheets.flat_map(|sheet| sheet.cells().map(|(_, _, cell)| format!("{cell}\n")).collect::<Vec<_>>()).collect()
}
