//! Tutors are paid, PPh is withheld by amount or by rate, and goes to the state.

use super::{account, fault, id_of, one_month, settled, slips, sound, to, two_months, with};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

fn pays(id: Uuid, more: &Value) -> Value {
    with(json!({ "honorarium_id": id, "paid_on": "2027-01-01", "method": "TRANSFER" }), more)
}

fn remits(month: &str, amount_rp: i64) -> Value {
    json!({ "month": month, "amount_rp": amount_rp, "paid_on": "2027-01-01", "method": "TRANSFER", "reference": "NTPN 12" })
}

both_databases! {
    async fn a_tutor_is_paid_less_the_pph_of_a_rate_which_is_told(app: TestApp) {
        two_months(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let (first, second) = (id_of(app, "honorarium", "HON-2026-11-00001").await, id_of(app, "honorarium", "HON-2026-12-00001").await);
        // 180.000 at 2,51 % is 4.518; 90.000 at 0,55 % is 495.
        let made = finance.post(&to("pay_honorarium"), &pays(first, &json!({ "pph_bps": 251 }))).await.well();
        let amount = |key: &str| made["amounts"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["rp"].as_i64().unwrap();
        assert_eq!((amount("honorarium_gross"), amount("pph_withheld"), amount("honorarium_paid")), (180_000, 4_518, 175_482));
        let view = finance.get(&format!("/api/v1/payments/{}", made["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["pph_bps"], &view["document"]["number"]), (&json!(251), &json!("HON-2026-11-00001")));
        finance.post(&to("pay_honorarium"), &pays(second, &json!({ "pph_withheld_rp": 1_000, "pph_bps": 55 }))).await.well();
        assert_eq!(slips(app).await, ["HON-2026-11-00001 PAID 175482 + 4518", "HON-2026-12-00001 PAID 89000 + 1000"]);
        assert_eq!((settled(app, "tutor_settlement").await, account(app, "2100").await, account(app, "2200").await), (3, 0, -5_518));
        let again = finance.post(&to("pay_honorarium"), &pays(first, &json!({}))).await;
        assert_eq!(fault(&again), "422 honorarium_paid honorarium_id honorarium_paid");

        let pph = finance.get("/api/v1/payments/pph").await.well();
        assert_eq!((&pph[0]["month"], &pph[0]["withheld_rp"], &pph[0]["left_rp"], &pph[0]["honorarium"]), (&json!("2027-01"), &json!(5_518), &json!(5_518), &json!(2)));
        assert_eq!(fault(&finance.post(&to("remit_pph"), &remits("2027-01", 5_519)).await), "422 above_withheld amount_rp above_withheld");
        assert_eq!(fault(&finance.post(&to("remit_pph"), &remits("2026-12", 1)).await), "422 above_withheld amount_rp above_withheld");
        assert_eq!(fault(&finance.post(&to("remit_pph"), &remits("2027-13", 1)).await), "422 not_month month not_month");
        let remitted = finance.post(&to("remit_pph"), &remits("2027-01", 5_000)).await.well();
        assert_eq!((account(app, "2200").await, account(app, "1000").await), (-518, -(175_482 + 89_000 + 5_000)));

        // What has gone to the state cannot be un-withheld before that is taken back.
        let wrong = json!({ "payment_id": made["id"], "reason": "Salah tutor" });
        assert_eq!(fault(&finance.post(&to("reverse"), &wrong).await), "422 pph_remitted payment_id pph_remitted");
        finance.post(&to("reverse"), &json!({ "payment_id": remitted["id"], "reason": "NTPN salah" })).await.well();
        finance.post(&to("reverse"), &wrong).await.well();
        assert_eq!(slips(app).await[0], "HON-2026-11-00001 ISSUED 0 + 0");
        assert_eq!((settled(app, "tutor_settlement").await, account(app, "2100").await, account(app, "2200").await), (1, -180_000, -1_000));
        finance.post(&to("pay_honorarium"), &pays(first, &json!({}))).await.well();
        sound(app).await;
    }

    async fn nobody_is_paid_before_there_is_an_honorarium_above_it_or_after_they_left(app: TestApp) {
        one_month(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let id = id_of(app, "honorarium", "HON-2026-11-00001").await;
        let pay = |more: Value| pays(id, &with(json!({ "paid_on": "2026-12-01" }), &more));
        for (body, said) in [
            (pay(json!({ "honorarium_id": Uuid::from_u128(4) })), "422 unknown honorarium_id unknown"),
            (pay(json!({ "paid_on": "2026-11-30" })), "422 before_document paid_on before_document"),
            (pay(json!({ "pph_withheld_rp": 90_001 })), "422 above_net pph_withheld_rp above_net"),
            (pay(json!({ "pph_bps": 10_001 })), "422 invalid pph_bps out_of_range"),
        ] {
            assert_eq!(fault(&finance.post(&to("pay_honorarium"), &body).await), said, "{body}");
        }
        assert_eq!(app.signed_in_as("HR").await.post(&to("pay_honorarium"), &pay(json!({}))).await.problem(), "403 forbidden");
        app.company.db.run("UPDATE tutor SET status = 'TERMINATED' WHERE id = ?", vec![app.company.tutor_id.into()]).await;
        assert_eq!(fault(&finance.post(&to("pay_honorarium"), &pay(json!({}))).await), "422 tutor_left honorarium_id tutor_left");
        app.company.db.run("UPDATE tutor SET status = 'ACTIVE' WHERE id = ?", vec![app.company.tutor_id.into()]).await;
        // All of it may be withheld: nothing moves on the bank's account.
        finance.post(&to("pay_honorarium"), &pay(json!({ "pph_withheld_rp": 90_000 }))).await.well();
        assert_eq!((account(app, "1000").await, account(app, "2200").await), (0, -90_000));
        sound(app).await;
    }
}
