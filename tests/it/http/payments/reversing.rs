//! A payment that was entered wrongly is taken back: the documents are as before, both payments stay.

use super::{PAYMENTS, account, bills, fault, left, one_month, paid, settled, sound, to, told, two_months};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

fn back(payment: &Value) -> Value {
    json!({ "payment_id": payment["id"], "reason": "Salah siswa" })
}

both_databases! {
    async fn the_documents_are_as_before_and_it_is_taken_back_once(app: TestApp) {
        two_months(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let first = finance.post(&to("record"), &paid(app, 100_000, "2027-01-01")).await.well();
        let wrong = finance.post(&to("record"), &paid(app, 400_000, "2027-01-01")).await.well();
        assert_eq!((left(&finance, app).await, settled(app, "siswa_settlement").await), ((0, 50_000), 3));
        assert_eq!(fault(&finance.post(&to("reverse"), &json!({ "payment_id": wrong["id"] })).await), "422 invalid reason required");
        let shown = finance.post(&format!("{}/preview", to("reverse")), &back(&wrong)).await.well();
        assert_eq!(told(&shown), ["tagihan_becomes TAG-2026-11-00001 PARTIALLY_PAID", "tagihan_becomes TAG-2026-12-00001 ISSUED"]);
        let reversal = finance.post(&to("reverse"), &back(&wrong)).await.well();
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 PARTIALLY_PAID 100000", "TAG-2026-12-00001 ISSUED 0"]);
        assert_eq!((left(&finance, app).await, settled(app, "siswa_settlement").await, account(app, "1000").await), ((350_000, 0), 0, 100_000));
        let again = finance.post(&to("reverse"), &back(&wrong)).await;
        assert_eq!((fault(&again).as_str(), &again.body["blocking"][0]["id"]), ("422 already_reversed payment_id already_reversed", &reversal["id"]));
        assert_eq!(fault(&finance.post(&to("reverse"), &back(&reversal)).await), "422 is_reversal payment_id is_reversal");
        let view = finance.get(&format!("{PAYMENTS}/{}", wrong["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["reversed"], &view["reversed_by"]["id"], &view["reversed_by"]["reason"]), (&json!(true), &reversal["id"], &json!("Salah siswa")));
        finance.post(&to("reverse"), &back(&first)).await.well();
        assert_eq!(bills(app).await[0], "TAG-2026-11-00001 ISSUED 0");
        sound(app).await;
    }

    async fn a_titipan_that_was_used_keeps_its_payment(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let over = finance.post(&to("record"), &paid(app, 200_000, "2026-12-01")).await.well();
        let lesson = app.company.lesson();
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(14))).await;
        app.company.bill("2026-12").await;
        let finance = app.signed_in_as("FINANCE").await;
        let applied = finance.post(&to("apply_deposit"), &json!({ "siswa_id": app.company.siswa_id })).await.well();
        assert_eq!(fault(&finance.post(&to("reverse"), &back(&over)).await), "422 deposit_used payment_id deposit_used");
        finance.post(&to("reverse"), &back(&applied)).await.well();
        assert_eq!(left(&finance, app).await, (150_000, 50_000));
        finance.post(&to("reverse"), &back(&over)).await.well();
        assert_eq!((left(&finance, app).await, account(app, "2300").await, account(app, "1000").await), ((300_000, 0), 0, 0));
        sound(app).await;
    }

    async fn what_was_paid_in_a_locked_month_is_taken_back_today(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let made = finance.post(&to("record"), &paid(app, 150_000, "2026-12-01")).await.well();
        app.company.after("2026-12");
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-12', 'LOCKED')", vec![]).await;
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2027-01', 'LOCKED')", vec![]).await;
        let finance = app.signed_in_as("FINANCE").await;
        assert_eq!(fault(&finance.post(&to("reverse"), &back(&made)).await), "422 period_locked payment_id period_locked");
        app.company.db.run("UPDATE period SET state = 'OPEN' WHERE month = '2027-01'", vec![]).await;
        let shown = finance.post(&format!("{}/preview", to("reverse")), &back(&made)).await.well();
        assert_eq!(told(&shown), ["tagihan_becomes TAG-2026-11-00001 ISSUED", "reversal_dated_today - -"]);
        let reversal = finance.post(&to("reverse"), &back(&made)).await.well();
        let view = finance.get(&format!("{PAYMENTS}/{}", reversal["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["posted_on"], &view["entries"][0]["posted_on"], &view["entries"][0]["occurred_on"]), (&json!("2027-01-01"), &json!("2027-01-01"), &json!("2026-12-01")));
        sound(app).await;
    }
}
