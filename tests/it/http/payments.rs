//! Money that has moved (SPEC FIN-3, FIN-4): what it pays, what is kept as Titipan, PPh, many at once, and taken back again.

mod bank;
mod bulk;
mod erasing;
mod honorarium;
mod racing;
mod reversing;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};
use uuid::Uuid;

const PAYMENTS: &str = "/api/v1/payments";

fn to(command: &str) -> String {
    format!("{PAYMENTS}/commands/{command}")
}

/// Two sesi in November and one in December, each 150.000 for the siswa and 90.000 for the tutor, both months billed: it is the
/// first of January.
async fn two_months(app: &TestApp) {
    let lesson = app.company.lesson();
    for days in [0, 1] {
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(days))).await;
    }
    app.company.bill("2026-11").await;
    app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(14))).await;
    app.company.bill("2026-12").await;
}

/// One sesi in November, billed: it is the first of December.
async fn one_month(app: &TestApp) {
    app.company.completed(&app.company.lesson()).await;
    app.company.bill("2026-11").await;
}

fn paid(app: &TestApp, amount_rp: i64, on: &str) -> Value {
    json!({ "siswa_id": app.company.siswa_id, "amount_rp": amount_rp, "paid_on": on, "method": "TRANSFER" })
}

/// `{"a": 1}` with the fields of another object.
fn with(mut body: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// Number, status, paid and what is open, by number.
async fn bills(app: &TestApp) -> Vec<String> {
    let sql = "SELECT number || ' ' || status || ' ' || paid_rp AS text FROM tagihan ORDER BY number";
    app.company.db.texts(sql, vec![]).await
}

async fn slips(app: &TestApp) -> Vec<String> {
    let sql = "SELECT number || ' ' || status || ' ' || paid_rp || ' + ' || pph_withheld_rp AS text FROM honorarium ORDER BY number";
    app.company.db.texts(sql, vec![]).await
}

/// How many settlements of a side are paid.
async fn settled(app: &TestApp, table: &str) -> i64 {
    app.company.db.count(&format!("SELECT count(*) FROM {table} WHERE status = 'PAID'"), vec![]).await
}

/// What stands on an account; a credit below zero.
async fn account(app: &TestApp, code: &str) -> i64 {
    app.company.db.count("SELECT CAST(COALESCE(sum(amount_rp), 0) AS BIGINT) FROM posting WHERE account = ?", vec![code.into()]).await
}

async fn id_of(app: &TestApp, table: &str, number: &str) -> Uuid {
    let rows = app.company.db.rows(&format!("SELECT id FROM {table} WHERE number = ?"), vec![number.into()]).await;
    rows[0].try_get("", "id").unwrap()
}

async fn sound(app: &TestApp) {
    app.drain().await;
    assert_eq!(app.company.faults().await, Vec::<String>::new());
}

fn told(preview: &Value) -> Vec<String> {
    let warnings = preview["warnings"].as_array().unwrap().iter();
    warnings
        .map(|warning| {
            format!(
                "{} {} {}",
                warning["code"].as_str().unwrap(),
                warning["params"]["number"].as_str().unwrap_or("-"),
                warning["params"]["status"].as_str().unwrap_or("-")
            )
        })
        .collect()
}

async fn left(browser: &Browser, app: &TestApp) -> (i64, i64) {
    let open = browser.get(&format!("{PAYMENTS}/open/{}", app.company.siswa_id)).await.well();
    (open["open_rp"].as_i64().unwrap(), open["deposit_rp"].as_i64().unwrap())
}

both_databases! {
    async fn what_is_due_first_is_paid_first_and_what_is_over_waits_as_titipan(app: TestApp) {
        two_months(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let body = paid(app, 350_000, "2027-01-01");
        let shown = finance.post(&format!("{}/preview", to("record")), &body).await.well();
        assert_eq!(told(&shown), ["tagihan_becomes TAG-2026-11-00001 PAID", "tagihan_becomes TAG-2026-12-00001 PARTIALLY_PAID"]);
        assert_eq!(shown["entries"].as_array().unwrap().len(), 1);
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 ISSUED 0", "TAG-2026-12-00001 ISSUED 0"], "a preview changes nothing");
        let made = finance.post(&to("record"), &body).await.well();
        assert_eq!((&made["state"], &made["amounts"]), (&json!("RECORDED"), &shown["amounts"]));
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 PAID 300000", "TAG-2026-12-00001 PARTIALLY_PAID 50000"]);
        assert_eq!((settled(app, "siswa_settlement").await, account(app, "1100").await), (2, 100_000));

        let over = finance.post(&to("record"), &with(paid(app, 140_000, "2027-01-01"), &json!({ "reference": " BCA 77 " }))).await.well();
        assert_eq!((left(&finance, app).await, settled(app, "siswa_settlement").await), ((0, 40_000), 3));
        assert_eq!((account(app, "2300").await, account(app, "1000").await, account(app, "1100").await), (-40_000, 490_000, 0));
        let view = finance.get(&format!("{PAYMENTS}/{}", over["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["reference"], &view["deposit_rp"], &view["allocations"][0]["tagihan"]["number"]), (&json!("BCA 77"), &json!(40_000), &json!("TAG-2026-12-00001")));
        let listed = finance.get(&format!("{PAYMENTS}?filter[month]=2027-01&q=bca")).await.well();
        assert_eq!((&listed["total"], &listed["items"][0]["code"]), (&json!(1), &view["code"]));

        let recorded = app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'tagihan.payment' AND entity_code = 'TAG-2026-12-00001'", vec![]).await;
        assert_eq!(recorded, 2, "every document that changes has its record");
        sound(app).await;
    }

    async fn a_titipan_pays_the_next_tagihan_and_no_more_than_there_is(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let apply = json!({ "siswa_id": app.company.siswa_id });
        assert_eq!(fault(&finance.post(&to("apply_deposit"), &apply).await), "422 no_deposit siswa_id no_deposit");
        finance.post(&to("record"), &paid(app, 200_000, "2026-12-01")).await.well();
        assert_eq!(fault(&finance.post(&to("apply_deposit"), &apply).await), "422 nothing_open siswa_id nothing_open");
        let lesson = app.company.lesson();
        app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(14))).await;
        app.company.bill("2026-12").await;
        let finance = app.signed_in_as("FINANCE").await;
        let tagihan = id_of(app, "tagihan", "TAG-2026-12-00001").await;
        let more = with(apply.clone(), &json!({ "allocations": [{ "tagihan_id": tagihan, "amount_rp": 50_001 }] }));
        assert_eq!(fault(&finance.post(&to("apply_deposit"), &more).await), "422 above_amount allocations above_amount");
        finance.post(&to("apply_deposit"), &apply).await.well();
        assert_eq!((bills(app).await[1].as_str(), left(&finance, app).await), ("TAG-2026-12-00001 PARTIALLY_PAID 50000", (100_000, 0)));
        assert_eq!((account(app, "2300").await, account(app, "1000").await), (0, 200_000));
        sound(app).await;
    }

    async fn what_is_wrong_with_a_payment_is_told_at_its_field_and_changes_nothing(app: TestApp) {
        two_months(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let (first, later) = (id_of(app, "tagihan", "TAG-2026-11-00001").await, id_of(app, "tagihan", "TAG-2026-12-00001").await);
        let good = paid(app, 150_000, "2027-01-01");
        let allocated = |on: &str, parts: &[(Uuid, i64)]| {
            let parts: Vec<Value> = parts.iter().map(|(id, rp)| json!({ "tagihan_id": id, "amount_rp": rp })).collect();
            with(good.clone(), &json!({ "paid_on": on, "allocations": parts }))
        };
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-11', 'LOCKED')", vec![]).await;
        for (body, said) in [
            (with(good.clone(), &json!({ "siswa_id": Uuid::from_u128(5) })), "422 unknown siswa_id unknown"),
            (with(good.clone(), &json!({ "amount_rp": 0 })), "422 invalid amount_rp out_of_range"),
            (with(good.clone(), &json!({ "amount_rp": 1.5 })), "422 invalid amount_rp not_whole_number"),
            (with(good.clone(), &json!({ "method": "GOPAY" })), "422 invalid method not_a_choice"),
            (with(good.clone(), &json!({ "paid_on": "1 Januari" })), "422 not_date paid_on not_date"),
            (with(good.clone(), &json!({ "paid_on": "2027-01-02" })), "422 in_future paid_on in_future"),
            (with(good.clone(), &json!({ "paid_on": "2026-11-30" })), "422 period_locked paid_on period_locked"),
            (with(good.clone(), &json!({ "proof_document_id": Uuid::from_u128(5) })), "422 unknown proof_document_id unknown"),
            (allocated("2027-01-01", &[(first, 300_001)]), "422 above_open allocations.0.amount_rp above_open"),
            (allocated("2027-01-01", &[(first, 150_000), (later, 1)]), "422 above_amount allocations above_amount"),
            (allocated("2027-01-01", &[(first, 1), (first, 1)]), "422 allocated_twice allocations.1.tagihan_id allocated_twice"),
            (allocated("2027-01-01", &[(Uuid::from_u128(6), 1)]), "422 unknown allocations.0.tagihan_id unknown"),
            (allocated("2026-12-31", &[(later, 1)]), "422 before_document paid_on before_document"),
        ] {
            assert_eq!(fault(&finance.post(&to("record"), &body).await), said, "{body}");
            assert_eq!(fault(&finance.post(&format!("{}/preview", to("record")), &body).await), said, "{body}");
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM payment", vec![]).await, 0);
        assert_eq!(app.signed_in_as("OPERATOR").await.post(&to("record"), &good).await.problem(), "403 forbidden");
        assert_eq!(finance.post(&to("pay_everything"), &good).await.status, 404);
        // Whoever pays before the Tagihan is there has a Titipan.
        finance.post(&to("record"), &paid(app, 400_000, "2026-12-15")).await.well();
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 PAID 300000", "TAG-2026-12-00001 ISSUED 0"]);
        let paid_already = finance.post(&to("record"), &allocated("2027-01-01", &[(first, 1)])).await;
        assert_eq!(fault(&paid_already), "422 tagihan_paid allocations.0.tagihan_id tagihan_paid");
        app.company.db.run("UPDATE tagihan SET status = 'WRITTEN_OFF', written_off_rp = 150000 WHERE id = ?", vec![later.into()]).await;
        let given_up = finance.post(&to("record"), &allocated("2027-01-01", &[(later, 1)])).await;
        assert_eq!(fault(&given_up), "422 tagihan_written_off allocations.0.tagihan_id tagihan_written_off");
        app.drain().await;
    }

    async fn the_database_refuses_what_the_program_would(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let made = finance.post(&to("record"), &paid(app, 150_000, "2026-12-01")).await.well();
        let id: Uuid = made["id"].as_str().unwrap().parse().unwrap();
        let db = &app.company.db;
        for sql in ["UPDATE payment SET amount_rp = 1 WHERE id = ?", "UPDATE payment SET paid_on = posted_on WHERE id = ?", "DELETE FROM payment WHERE id = ?"] {
            assert!(db.try_run(sql, vec![id.into()]).await.unwrap_err().contains("document_fixed:payment"), "{sql}");
        }
        let error = db.try_run("UPDATE payment_allocation SET amount_rp = 1 WHERE payment_id = ?", vec![id.into()]).await.unwrap_err();
        assert!(error.contains("append_only:payment_allocation"), "{error}");
        db.run("INSERT INTO period (month, state) VALUES ('2026-12', 'LOCKED')", vec![]).await;
        let late = "INSERT INTO payment (id, code, kind, siswa_id, amount_rp, allocated_rp, deposit_rp, pph_withheld_rp, paid_on, posted_on, recorded_by, recorded_at) \
                    SELECT ?, 'PAY-X', kind, siswa_id, amount_rp, allocated_rp, deposit_rp, pph_withheld_rp, paid_on, posted_on, recorded_by, recorded_at FROM payment WHERE id = ?";
        let error = db.try_run(late, vec![app.company.new_id().into(), id.into()]).await.unwrap_err();
        assert!(error.contains("period_locked:2026-12"), "{error}");
        app.drain().await;
    }
}
