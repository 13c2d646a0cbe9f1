//! What is put right after the fact (SPEC FIN-5, FIN-6, FIN-10): who may, what it does to the documents and the books, and what is
//! refused with a way out.

mod adjustments;
mod credit_notes;
mod refunds;
mod reversals;
mod write_offs;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::browser::{Answer, Browser};
use uuid::Uuid;

const CREDIT_NOTES: &str = "/api/v1/credit-notes";
const REFUNDS: &str = "/api/v1/refunds";

/// Two sesi in November, each 150.000 for the siswa and 90.000 for the tutor, billed: it is the first of December.
async fn billed(app: &TestApp) -> Uuid {
    let lesson = app.company.lesson();
    for days in [0, 1] {
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(days))).await;
    }
    app.company.bill("2026-11").await;
    id_of(app, "tagihan").await
}

async fn id_of(app: &TestApp, table: &str) -> Uuid {
    app.company.db.rows(&format!("SELECT id FROM {table} ORDER BY id"), vec![]).await[0].try_get("", "id").unwrap()
}

async fn paid(finance: &Browser, app: &TestApp, amount_rp: i64) {
    let body = json!({ "siswa_id": app.company.siswa_id, "amount_rp": amount_rp, "paid_on": "2026-12-01", "method": "TRANSFER" });
    finance.post("/api/v1/payments/commands/record", &body).await.well();
}

fn command(workflow: &str, id: &Value, name: &str) -> String {
    format!("/api/v1/workflows/{workflow}/{}/commands/{name}", id.as_str().unwrap())
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// What stands on an account; a credit below zero.
async fn account(app: &TestApp, code: &str) -> i64 {
    app.company.db.count("SELECT CAST(COALESCE(sum(amount_rp), 0) AS BIGINT) FROM posting WHERE account = ?", vec![code.into()]).await
}

/// Status, credited, given back, paid and written off of every Tagihan.
async fn tagihan(app: &TestApp) -> Vec<String> {
    let sql = "SELECT status || ' ' || credited_rp || ' ' || refunded_rp || ' ' || paid_rp || ' ' || written_off_rp AS text FROM tagihan ORDER BY number";
    app.company.db.texts(sql, vec![]).await
}

async fn sound(app: &TestApp) {
    app.drain().await;
    assert_eq!(app.company.faults().await, Vec::<String>::new());
}
