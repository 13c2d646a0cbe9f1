//! Many documents paid at once: a result per row, and the same answer when it is sent again.

use super::{PAYMENTS, bills, id_of, settled, slips, sound, two_months};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

fn results(answer: &Value) -> Vec<String> {
    let of = |one: &Value| one["problem"]["fields"][0]["code"].as_str().unwrap_or("ok").to_owned();
    answer["results"].as_array().unwrap().iter().map(of).collect()
}

both_databases! {
    async fn each_row_has_its_result_and_sending_it_again_pays_nothing_twice(app: TestApp) {
        two_months(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let (bill, later) = (id_of(app, "tagihan", "TAG-2026-11-00001").await, id_of(app, "tagihan", "TAG-2026-12-00001").await);
        let (slip, next) = (id_of(app, "honorarium", "HON-2026-11-00001").await, id_of(app, "honorarium", "HON-2026-12-00001").await);
        let rows = json!([
            { "kind": "TAGIHAN", "id": bill, "amount_rp": 300_000 },
            { "kind": "TAGIHAN", "id": later, "amount_rp": 150_001 },
            { "kind": "TAGIHAN", "id": Uuid::from_u128(3), "amount_rp": 1 },
            { "kind": "HONORARIUM", "id": slip },
            { "kind": "HONORARIUM", "id": next, "pph_withheld_rp": 90_001 },
        ]);
        let body = json!({ "paid_on": "2027-01-01", "method": "TRANSFER", "reference": "BATCH 1", "pph_bps": 250, "rows": rows });
        let shown = finance.post(&format!("{PAYMENTS}/bulk/preview"), &body).await.well();
        assert_eq!((&shown["amount_rp"], &shown["pph_withheld_rp"]), (&json!(300_000 + 175_500), &json!(4_500)));
        let ok: Vec<&Value> = shown["rows"].as_array().unwrap().iter().map(|row| &row["ok"]).collect();
        assert_eq!(ok, [&json!(true), &json!(false), &json!(false), &json!(true), &json!(false)]);

        let expected = ["ok", "above_open", "unknown", "ok", "above_net"];
        let (key, another) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        let first = finance.post_keyed(&format!("{PAYMENTS}/bulk"), &body, &key).await.well();
        assert_eq!(results(&first), expected);
        let echo = finance.post_keyed(&format!("{PAYMENTS}/bulk"), &body, &key).await.well();
        assert_eq!((results(&echo), &echo["results"][0]["outcome"]["id"]), (expected.map(str::to_owned).to_vec(), &first["results"][0]["outcome"]["id"]));
        let other = finance.post_keyed(&format!("{PAYMENTS}/bulk"), &body, &another).await.well();
        assert_eq!(results(&other), ["tagihan_paid", "above_open", "unknown", "honorarium_paid", "above_net"]);
        assert_eq!(bills(app).await, ["TAG-2026-11-00001 PAID 300000", "TAG-2026-12-00001 ISSUED 0"]);
        assert_eq!(slips(app).await, ["HON-2026-11-00001 PAID 175500 + 4500", "HON-2026-12-00001 ISSUED 0 + 0"]);
        assert_eq!((settled(app, "siswa_settlement").await, settled(app, "tutor_settlement").await), (2, 2));
        sound(app).await;
    }

    async fn whoever_may_not_pay_tutors_pays_none_and_no_row_comes_twice(app: TestApp) {
        two_months(app).await;
        let hr = app.signed_in_as("HR").await;
        let slip = id_of(app, "honorarium", "HON-2026-11-00001").await;
        let row = json!({ "kind": "HONORARIUM", "id": slip });
        let body = |rows: Value| json!({ "paid_on": "2027-01-01", "method": "TRANSFER", "rows": rows });
        let answer = hr.post(&format!("{PAYMENTS}/bulk"), &body(json!([row]))).await.well();
        assert_eq!(answer["results"][0]["problem"]["code"], "forbidden");
        let finance = app.signed_in_as("FINANCE").await;
        for rows in [json!([]), json!([row, row])] {
            assert_eq!(finance.post(&format!("{PAYMENTS}/bulk"), &body(rows)).await.problem(), "422 invalid");
        }
        app.drain().await;
    }
}
