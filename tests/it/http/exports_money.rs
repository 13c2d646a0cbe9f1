//! Workbooks of money and lessons (SPEC FIN-11), read back: real dates and figures, sums by formula that are what the books say, and
//! nothing of a Honorarium on the siswa's side.

use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use reqwest::Method;
use serde_json::json;
use std::io::Cursor;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::Lesson;

/// Honorarium amounts that stand nowhere else.
const HONORARIUM_RP: i64 = 91_237;

struct Sheet {
    rows: Range<Data>,
    formulas: Range<String>,
}

impl Sheet {
    /// The column with this title.
    fn column(&self, title: &str) -> usize {
        let head = self.rows.rows().next().unwrap();
        head.iter().position(|cell| cell == &Data::String(title.into())).unwrap_or_else(|| panic!("{title}: {head:?}"))
    }

    /// The cells below a title, without the sum.
    fn below(&self, title: &str) -> Vec<Data> {
        let column = self.column(title);
        let last = self.rows.height() - 1;
        (1..last).map(|row| self.rows.get_value((u32::try_from(row).unwrap(), u32::try_from(column).unwrap())).cloned().unwrap_or(Data::Empty)).collect()
    }

    /// What the sum below a title says, and its formula, which adds up all cells above it.
    fn sum(&self, title: &str) -> i64 {
        let (row, column) = (u32::try_from(self.rows.height() - 1).unwrap(), u32::try_from(self.column(title)).unwrap());
        let formula = self.formulas.get_value((row, column)).unwrap();
        let (from, to) = formula.trim_start_matches("SUM(").trim_end_matches(')').split_once(':').unwrap();
        assert!(from.ends_with('2') && to.ends_with(&row.to_string()), "{formula}");
        let Some(Data::Float(sum)) = self.rows.get_value((row, column)) else { panic!("{title} has no sum") };
        let cells: f64 = self.below(title).iter().map(|cell| if let Data::Float(rp) = cell { *rp } else { 0.0 }).sum();
        assert!((cells - sum).abs() < 0.5, "{title}: {cells} {sum}");
        *sum as i64
    }
}

async fn bytes(browser: &Browser, address: &str) -> Vec<u8> {
    let answer = browser.request(Method::GET, address).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{address}");
    answer.bytes().await.unwrap().to_vec()
}

async fn sheet(browser: &Browser, address: &str, name: &str) -> Sheet {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes(browser, address).await)).unwrap();
    Sheet { rows: book.worksheet_range(name).unwrap(), formulas: book.worksheet_formula(name).unwrap() }
}

/// Everything that stands in a workbook: names, cells and formulas of all its sheets.
fn unpacked(file: Vec<u8>) -> String {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file)).unwrap();
    let mut all = String::new();
    for name in book.sheet_names() {
        let (rows, formulas) = (book.worksheet_range(&name).unwrap(), book.worksheet_formula(&name).unwrap());
        let cells = rows.cells().map(|(_, _, cell)| format!("{cell}\n"));
        let formulas = formulas.cells().map(|(_, _, formula)| format!("{formula}\n"));
        all.push_str(&format!("{name}\n{}{}", cells.collect::<String>(), formulas.collect::<String>()));
    }
    all
}

async fn books(app: &TestApp, sql: &str) -> i64 {
    app.company.db.count(&format!("SELECT CAST(COALESCE({sql}, 0) AS BIGINT)"), vec![]).await
}

/// November billed: two lessons and a late cancellation of a siswa whose name looks like a formula, with unmistakable Honorarium.
async fn november(app: &TestApp) {
    let company = &app.company;
    company.db.run("UPDATE siswa SET name = '=1+1' WHERE id = ?", vec![company.siswa_id.into()]).await;
    let lesson = Lesson { subject_id: company.new_subject(150_000, HONORARIUM_RP).await, ..company.lesson() };
    let on = |day: i64| lesson.clone().at(lesson.starts_at + TimeDelta::days(day));
    company.completed(&on(0)).await;
    company.completed(&on(1)).await;
    let left = company.approved(&on(2)).await;
    company.clock.set(on(2).starts_at - TimeDelta::minutes(90));
    company.done(left, AnyCommand::with("cancel", &json!({ "party": "SISWA" })).because("sakit")).await;
    company.bill("2026-11").await;
    app.drain().await;
}

both_databases! {
    async fn tagihan_come_out_with_sums_that_are_the_books_and_hold_nothing_of_a_honorarium(app: TestApp) {
        november(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let address = "/api/v1/exports/tagihan.xlsx?filter[month]=2026-11";
        let heads = sheet(&finance, address, "Tagihan").await;
        let owed = books(app, "(SELECT sum(amount_rp) FROM posting WHERE account = '1100')").await;
        assert_eq!((heads.rows.height(), heads.sum("Total"), heads.sum("Sisa"), heads.sum("Penyesuaian")), (3, owed, owed, 0));
        assert!(matches!(heads.below("Jatuh tempo")[0], Data::DateTime(_)));
        assert_eq!(heads.below("Siswa"), [Data::String("=1+1".into())], "a text, not a formula");
        let lines = sheet(&finance, address, "Rincian").await;
        assert_eq!((lines.rows.height(), lines.sum("Jumlah")), (5, owed));
        assert!(matches!(lines.below("Tanggal")[0], Data::DateTime(_)));
        let english = sheet(&finance, &format!("{address}&lang=en"), "Lines").await;
        assert_eq!(english.sum("Amount"), owed);
        assert_eq!(sheet(&finance, "/api/v1/exports/tagihan.xlsx?filter[month]=2026-10", "Tagihan").await.rows.height(), 1, "only its head");

        let all = unpacked(bytes(&finance, address).await);
        for hidden in [HONORARIUM_RP.to_string(), (HONORARIUM_RP * 2).to_string(), "91.237".into(), "onorarium".into()] {
            assert!(!all.contains(&hidden), "{hidden}");
        }
        let operator = app.signed_in_as("OPERATOR").await;
        bytes(&operator, address).await;
        assert_eq!(operator.get("/api/v1/exports/honorarium.xlsx").await.problem(), "403 forbidden");
        assert_eq!(finance.get("/api/v1/exports/tagihan.xlsx?filter[month]=2026-13").await.body["fields"][0]["code"], "not_month");
        let owner = app.signed_in_as("OWNER").await;
        let taken = owner.get("/api/v1/audit?filter[action]=data.export").await.well();
        assert_eq!(taken["total"], 6);
    }

    async fn honorarium_come_out_with_what_is_added_and_taken_away(app: TestApp) {
        november(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let address = "/api/v1/exports/honorarium.xlsx?filter[month]=2026-11";
        let heads = sheet(&finance, address, "Honorarium").await;
        let owed = -books(app, "(SELECT sum(amount_rp) FROM posting WHERE account = '2100')").await;
        assert_eq!((heads.sum("Bersih"), heads.sum("Belum dibayar"), heads.sum("Denda"), heads.sum("PPh dipotong")), (owed, owed, 0, 0));
        assert_eq!(heads.sum("Honorarium dasar") + heads.sum("Transport"), owed);
        assert_eq!(sheet(&finance, address, "Rincian").await.sum("Jumlah"), owed);
    }

    async fn the_age_of_what_is_owed_adds_up_to_the_account(app: TestApp) {
        november(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let owed = books(app, "(SELECT sum(amount_rp) FROM posting WHERE account = '1100')").await;
        let today = sheet(&finance, "/api/v1/exports/aging.xlsx", "Umur piutang").await;
        assert_eq!((today.sum("Piutang"), today.sum("Belum jatuh tempo"), today.sum("Lewat jatuh tempo")), (owed, owed, 0));
        let later = sheet(&finance, "/api/v1/exports/aging.xlsx?filter[as_of]=2027-01-20", "Umur piutang").await;
        assert_eq!((later.sum("Piutang"), later.sum("31-60 hari")), (owed, owed));
    }

    async fn payments_stand_beside_the_bank_and_what_they_pay(app: TestApp) {
        november(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let paid = json!({ "siswa_id": app.company.siswa_id, "amount_rp": 200_000, "paid_on": "2026-12-01", "method": "TRANSFER", "reference": "@BCA 7" });
        finance.post("/api/v1/payments/commands/record", &paid).await.well();
        app.drain().await;
        let address = "/api/v1/exports/reconciliation.xlsx?filter[month]=2026-12";
        let payments = sheet(&finance, address, "Pembayaran").await;
        let cash = books(app, "(SELECT sum(amount_rp) FROM posting WHERE account = '1000')").await;
        assert_eq!((payments.sum("Kas"), payments.sum("Dialokasikan"), payments.sum("Bank"), payments.sum("Selisih")), (cash, 200_000, 0, 200_000));
        assert_eq!(payments.below("Referensi"), [Data::String("@BCA 7".into())]);
        assert_eq!(sheet(&finance, address, "Alokasi").await.sum("Dialokasikan"), 200_000);
        assert_eq!(sheet(&finance, address, "Bank").await.rows.height(), 1, "no statement was imported");
        assert_eq!(app.signed_in_as("OPERATOR").await.get(address).await.problem(), "403 forbidden");
    }

    async fn the_lessons_of_a_month_come_out_with_what_was_taught(app: TestApp) {
        november(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let file = bytes(&operator, "/api/v1/exports/materi.xlsx?filter[month]=2026-11").await;
        assert!(!unpacked(file.clone()).contains(&HONORARIUM_RP.to_string()));
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file)).unwrap();
        let rows = book.worksheet_range("Materi").unwrap();
        assert_eq!((rows.height(), rows.get_value((1, 11))), (3, Some(&Data::String("Pecahan".into()))));
        assert!(matches!(rows.get_value((1, 0)), Some(Data::DateTime(_))));
        assert_eq!(rows.get_value((1, 1)), Some(&Data::String("10.00".into())));
    }
}
