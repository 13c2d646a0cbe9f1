//! Adjustments: small ones at once, large ones by somebody senior, on the next document of either side.

use super::{account, billed, command, fault, id_of, sound};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

const ADJUSTMENTS: &str = "/api/v1/adjustments";

fn of_siswa(app: &TestApp, amount_rp: i64) -> Value {
    json!({ "side": "SISWA", "siswa_id": app.company.siswa_id, "amount_rp": amount_rp, "reason": "Modul cetak" })
}

fn of_tutor(app: &TestApp, amount_rp: i64) -> Value {
    json!({ "side": "TUTOR", "tutor_id": app.company.tutor_id, "amount_rp": amount_rp, "reason": "Bonus kelas" })
}

both_databases! {
    async fn a_small_one_counts_at_once_and_goes_onto_the_next_document(app: TestApp) {
        app.company.completed(&app.company.lesson()).await;
        let finance = app.signed_in_as("FINANCE").await;
        let shown = finance.post(&format!("{ADJUSTMENTS}/preview"), &of_siswa(app, 25_500)).await.well();
        let made = finance.post(ADJUSTMENTS, &of_siswa(app, 25_500)).await.well();
        assert_eq!((&made["state"], &made["amounts"], shown["entries"].as_array().unwrap().len()), (&json!("POSTED"), &shown["amounts"], 1));
        finance.post(ADJUSTMENTS, &of_siswa(app, -10_000)).await.well();
        finance.post(ADJUSTMENTS, &of_tutor(app, 15_001)).await.well();
        assert_eq!((account(app, "1100").await, account(app, "4500").await), (165_500, -15_500));
        assert_eq!((account(app, "2100").await, account(app, "5300").await), (-105_001, 15_001));
        app.company.bill("2026-11").await;
        assert_eq!(app.company.tagihan().await, ["TAG-2026-11-00001 ISSUED 165500"]);
        assert_eq!(app.company.honorarium().await, ["HON-2026-11-00001 ISSUED 105001 in 0 out 0"]);
        let finance = app.signed_in_as("FINANCE").await;
        let listed = finance.get(&format!("{ADJUSTMENTS}?q=hon-2026-11")).await.well();
        assert_eq!((&listed["total"], &listed["items"][0]["document"]["number"]), (&json!(1), &json!("HON-2026-11-00001")));
        sound(app).await;
    }

    async fn a_large_one_and_many_small_ones_wait_for_somebody_senior(app: TestApp) {
        let (finance, senior) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        assert_eq!(finance.post(ADJUSTMENTS, &of_siswa(app, 60_000)).await.well()["state"], "POSTED");
        // 60.000 up and 40.001 down are 100.001 moved in a month.
        let shown = finance.post(&format!("{ADJUSTMENTS}/preview"), &of_siswa(app, -40_001)).await.well();
        assert_eq!((&shown["to"], &shown["warnings"][0]["code"], &shown["warnings"][0]["params"]["above_rp"]), (&json!("WAITING"), &json!("senior_needed"), &json!(100_000)));
        let waiting = senior.post(ADJUSTMENTS, &of_siswa(app, -40_001)).await.well();
        assert_eq!((&waiting["state"], account(app, "1100").await), (&json!("WAITING"), 60_000));
        let approve = command("money_adjustment", &waiting["id"], "approve");
        assert_eq!(finance.post(&approve, &json!({})).await.problem(), "403 forbidden");
        assert_eq!(senior.post(&approve, &json!({})).await.code(), "four_eyes");
        let owner = app.signed_in_as("OWNER").await;
        owner.post(&approve, &json!({})).await.well();
        assert_eq!(account(app, "1100").await, 19_999);
        let refused = finance.post(ADJUSTMENTS, &of_tutor(app, 100_001)).await.well();
        owner.post(&command("money_adjustment", &refused["id"], "reject"), &json!({ "reason": "Tidak ada dasar" })).await.well();
        let view = finance.get(&format!("{ADJUSTMENTS}/{}", refused["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["state"], &view["entries"], &view["decided_by"]["name"]), (&json!("REJECTED"), &json!([]), &json!("OWNER")));
        sound(app).await;
    }

    async fn about_a_sesi_it_is_booked_in_its_month_and_today_when_that_is_locked(app: TestApp) {
        let sesi = app.company.completed(&app.company.lesson()).await;
        let finance = app.signed_in_as("FINANCE").await;
        let body = |side: &str, rp: i64| json!({ "side": side, "sesi_id": sesi, "amount_rp": rp, "reason": "Lebih lama 30 menit" });
        let first = finance.post(ADJUSTMENTS, &body("TUTOR", 20_000)).await.well();
        app.company.clock.advance(TimeDelta::days(20));
        let finance = app.signed_in_as("FINANCE").await;
        let sql = "INSERT INTO period (month, state) VALUES ('2026-11', 'LOCKED')";
        app.company.db.run(sql, vec![]).await;
        let second = finance.post(ADJUSTMENTS, &body("SISWA", 20_000)).await.well();
        let booked = async |made: &Value| {
            let view = finance.get(&format!("{ADJUSTMENTS}/{}", made["id"].as_str().unwrap())).await.well();
            (view["month"].clone(), view["entries"][0]["occurred_on"].clone(), view["entries"][0]["posted_on"].clone())
        };
        assert_eq!(booked(&first).await, (json!("2026-11"), json!("2026-11-23"), json!("2026-11-23")));
        assert_eq!(booked(&second).await, (json!("2026-12"), json!("2026-11-23"), json!("2026-12-13")));
        let sum = app.company.db.count("SELECT count(*) FROM money_adjustment WHERE siswa_id IS NOT NULL AND tutor_id IS NULL", vec![]).await;
        assert_eq!(sum, 1);
        sound(app).await;
    }

    async fn what_is_wrong_is_named_at_its_field(app: TestApp) {
        billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let with = |field: &str, value: Value| {
            let mut body = of_siswa(app, 1_000);
            body[field] = value;
            body
        };
        let sesi = id_of(app, "sesi").await;
        let stranger = app.company.new_siswa("JKT").await;
        for (body, said) in [
            (with("amount_rp", json!(0)), "422 adjustment_zero amount_rp adjustment_zero"),
            (with("amount_rp", json!("banyak")), "422 invalid amount_rp not_whole_number"),
            (with("siswa_id", Value::Null), "422 required siswa_id required"),
            (with("siswa_id", json!(sesi)), "422 invalid siswa_id unknown"),
            (with("month", json!("2027-01")), "422 month_in_future month month_in_future"),
            (with("month", json!("bulan")), "422 not_a_month month not_a_month"),
            (with("reason", json!("")), "422 invalid reason required"),
            (json!({ "side": "SISWA", "siswa_id": stranger, "sesi_id": sesi, "amount_rp": 1, "reason": "x" }), "422 not_of_sesi siswa_id not_of_sesi"),
        ] {
            assert_eq!(fault(&finance.post(ADJUSTMENTS, &body).await), said, "{body}");
        }
        app.company.db.run("UPDATE tutor SET status = 'TERMINATED' WHERE id = ?", vec![app.company.tutor_id.into()]).await;
        assert_eq!(fault(&finance.post(ADJUSTMENTS, &of_tutor(app, 1_000)).await), "422 tutor_left tutor_id tutor_left");
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.post(ADJUSTMENTS, &of_siswa(app, 1_000)).await.problem(), "403 forbidden");
        assert_eq!(operator.get(ADJUSTMENTS).await.problem(), "403 forbidden");
    }
}
