//! The golden month: November 2026 to January 2027 of a small company, worked out by hand (SPEC 10).
//!
//! Every kind of event there is, at odd rupiah; [`cast`] says at which prices, [`lessons`] and [`money`] what happens and what it is worth,
//! [`expected`] what must come of it. Nothing there is copied from what the program said: each sum can be done on paper.

mod cast;
mod expected;
mod lessons;
mod money;

use cast::Cast;
use tests::app::TestApp;
use tests::both_databases;
use tests::company::Company;
use workflows::books::check;

/// Words of a text, line by line: how wide the columns are is the reader's business.
fn rows(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && !line.starts_with("--")).collect()
}

async fn stands(company: &Company, sql: &str) -> Vec<String> {
    company.db.texts(sql, vec![]).await
}

/// The run of a month begins by itself on the first of the next. It stops when the month is unlike the one before; somebody lets it go on.
async fn billed(cast: &Cast<'_>, month: &str, at: &str) {
    cast.until(at).await;
    let db = &cast.app.company.db;
    let run = cast.id("SELECT id FROM billing_run WHERE period_month = ?", vec![month.into()]).await;
    let state = async || db.texts("SELECT state AS text FROM billing_run WHERE id = ?", vec![run.into()]).await.concat();
    if state().await == "HALTED" {
        cast.told(2, "billing_run", run, "proceed", serde_json::json!({})).await;
    }
    assert_eq!(state().await, "DONE", "{month}");
}

async fn sound(company: &Company) {
    let report = check::report(&company.db.db).await.unwrap();
    assert_eq!(report.faults, [], "the documents and the ledger");
}

/// From the first sesi to the last payment.
async fn played(app: &TestApp) -> Cast<'_> {
    let cast = Cast::of(app).await;
    let left = lessons::november(&cast).await;
    billed(&cast, "2026-11", "2026-12-01T08:00").await;
    sound(&app.company).await;

    lessons::early_december(&cast, left).await;
    money::early_december(&cast).await;
    let (claim, paid) = lessons::middle_december(&cast).await;
    lessons::late_december(&cast).await;
    money::adjustments(&cast).await;
    money::fajar_leaves(&cast).await;
    lessons::midnight_in_jayapura(&cast).await;
    billed(&cast, "2026-12", "2027-01-01T08:00").await;
    sound(&app.company).await;

    // The claim about the denda of 16 December is rejected: what it held back is taken with January.
    cast.until("2027-01-02T09:00").await;
    cast.told(2, "fm_claim", claim, "reject", serde_json::json!({})).await;
    let unbilled = lessons::january(&cast).await;
    money::payments_of_january(&cast).await;
    money::reversals(&cast, unbilled, paid).await;
    money::corrections_of_january(&cast).await;
    billed(&cast, "2027-01", "2027-02-01T08:00").await;
    cast.until("2027-02-02T09:00").await;
    money::deposit(&cast).await;
    cast
}

/// The sesi alone; nothing is billed.
async fn taught(app: &TestApp) {
    let cast = Cast::of(app).await;
    let left = lessons::november(&cast).await;
    lessons::early_december(&cast, left).await;
    lessons::middle_december(&cast).await;
    lessons::late_december(&cast).await;
    lessons::midnight_in_jayapura(&cast).await;
    lessons::january(&cast).await;
}

both_databases! {
    async fn its_sesi_are_worth_what_the_tables_say_before_anything_is_billed(app: TestApp) {
        taught(app).await;
        assert_eq!(stands(&app.company, expected::BY_MONTH).await, rows(expected::TAUGHT));
        sound(&app.company).await;
    }

    async fn a_quarter_worked_out_by_hand_is_what_the_documents_and_the_ledger_say(app: TestApp) {
        let cast = played(app).await;
        let company = &app.company;
        assert_eq!(expected::tagihan(&cast).await, rows(expected::TAGIHAN));
        assert_eq!(expected::tagihan_lines(&cast).await, rows(expected::TAGIHAN_LINES));
        assert_eq!(expected::honorarium(&cast).await, rows(expected::HONORARIUM));
        assert_eq!(expected::honorarium_lines(&cast).await, rows(expected::HONORARIUM_LINES));
        assert_eq!(stands(company, expected::BY_ACCOUNT).await, rows(expected::TRIAL_BALANCE));
        assert_eq!(stands(company, expected::BY_MONTH).await, rows(expected::EARNED));
        sound(company).await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
