//! Credit notes: what is open first, what was paid goes back or stays, never more than a line, numbers without gaps.

use super::{CREDIT_NOTES, account, billed, command, fault, paid, sound, tagihan};
use crate::http::users::recorded;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

fn wish(tagihan: Uuid, lines: &[(i64, i64)], keep: &str) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(number, rp)| json!({ "number": number, "amount_rp": rp })).collect();
    json!({ "tagihan_id": tagihan, "lines": lines, "keep": keep, "reason": "Tutor datang terlambat" })
}

both_databases! {
    async fn what_is_open_is_credited_first_and_what_was_paid_becomes_a_refund(app: TestApp) {
        let id = billed(app).await;
        let (finance, owner) = (app.signed_in_as("FINANCE").await, app.signed_in_as("OWNER").await);
        paid(&finance, app, 200_000).await;

        let small = wish(id, &[(1, 80_000)], "REFUND");
        let shown = finance.post(&format!("{CREDIT_NOTES}/preview"), &small).await.well();
        assert_eq!((&shown["to"], shown["entries"].as_array().unwrap().len()), (&json!("ISSUED"), 1));
        assert_eq!(tagihan(app).await, ["PARTIALLY_PAID 0 0 200000 0"], "a preview changes nothing");
        let first = finance.post(CREDIT_NOTES, &small).await.well();
        assert_eq!((&first["state"], &first["amounts"]), (&json!("ISSUED"), &shown["amounts"]));
        assert_eq!(tagihan(app).await, ["PARTIALLY_PAID 80000 0 200000 0"]);
        let record = recorded(&owner, "tagihan.credit").await;
        assert_eq!((&record["after"]["credited_rp"], &record["entity_code"]), (&json!(80_000), &json!("TAG-2026-11-00001")), "{record}");

        // With the first one it is more than 100.000: somebody senior, who did not ask for it.
        let second = owner.post(CREDIT_NOTES, &wish(id, &[(1, 50_000), (2, 10_000)], "REFUND")).await.well();
        assert_eq!(second["state"], "REQUESTED");
        let other = finance.post(CREDIT_NOTES, &wish(id, &[(2, 1)], "REFUND")).await;
        assert_eq!((fault(&other).as_str(), &other.body["blocking"][0]["id"]), ("422 credit_requested tagihan_id credit_requested", &second["id"]));
        let approve = command("credit_note", &second["id"], "approve");
        assert_eq!(finance.post(&approve, &json!({})).await.problem(), "403 forbidden");
        assert_eq!(owner.post(&approve, &json!({})).await.code(), "four_eyes");
        app.signed_in_as("SENIOR_ADMIN").await.post(&approve, &json!({})).await.well();
        assert_eq!(tagihan(app).await, ["PAID 140000 40000 200000 0"]);
        assert_eq!((account(app, "1100").await, account(app, "2400").await, account(app, "4900").await), (0, -40_000, 140_000));
        assert_eq!(app.company.db.count("SELECT count(*) FROM siswa_settlement WHERE status = 'PAID'", vec![]).await, 2);

        let view = finance.get(&format!("{CREDIT_NOTES}/{}", second["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["number"], &view["open_rp"], &view["paid_rp"]), (&json!("KN-2026-00002"), &json!(20_000), &json!(40_000)));
        assert_eq!((&view["related"]["workflow"], &view["lines"][0]["credited_rp"]), (&json!("refund"), &json!(50_000)));
        let listed = finance.get(&format!("{CREDIT_NOTES}?filter[tagihan_id]={id}&sort=code&q=kn-2026")).await.well();
        assert_eq!((&listed["total"], &listed["items"][0]["number"]), (&json!(2), &json!("KN-2026-00001")));
        sound(app).await;
    }

    async fn what_was_paid_may_be_kept_as_titipan(app: TestApp) {
        let id = billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        paid(&finance, app, 300_000).await;
        assert_eq!(finance.post(CREDIT_NOTES, &wish(id, &[(2, 90_000)], "DEPOSIT")).await.well()["state"], "ISSUED");
        assert_eq!(tagihan(app).await, ["PAID 90000 90000 300000 0"]);
        assert_eq!((account(app, "2300").await, account(app, "2400").await), (-90_000, 0));
        sound(app).await;
    }

    async fn what_is_wrong_is_named_at_its_line_and_uses_up_no_number(app: TestApp) {
        let id = billed(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        for (lines, said) in [
            (&[][..], "422 credit_no_lines lines credit_no_lines"),
            (&[(1, 150_001)], "422 credit_above_line lines.1 credit_above_line"),
            (&[(3, 1)], "422 credit_line_unknown lines.3 credit_line_unknown"),
            (&[(1, 0)], "422 credit_not_positive lines.1 credit_not_positive"),
            (&[(2, 1), (2, 1)], "422 credit_line_twice lines.2 credit_line_twice"),
        ] {
            assert_eq!(fault(&finance.post(CREDIT_NOTES, &wish(id, lines, "REFUND")).await), said);
        }
        let mut broken = wish(id, &[], "REFUND");
        broken["lines"] = json!([{ "number": "satu" }]);
        assert_eq!(fault(&finance.post(CREDIT_NOTES, &broken).await), "422 malformed lines malformed");
        assert_eq!(fault(&finance.post(CREDIT_NOTES, &wish(Uuid::nil(), &[(1, 1)], "REFUND")).await), "422 invalid tagihan_id unknown");
        assert_eq!(tagihan(app).await, ["ISSUED 0 0 0 0"]);
        let made = finance.post(CREDIT_NOTES, &wish(id, &[(1, 1)], "REFUND")).await.well();
        let view = finance.get(&format!("{CREDIT_NOTES}/{}", made["id"].as_str().unwrap())).await.well();
        assert_eq!(view["number"], "KN-2026-00001");
        sound(app).await;
    }

    async fn two_at_once_never_credit_a_line_beyond_its_amount(app: TestApp) {
        let id = billed(app).await;
        let (one, other) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        let body = wish(id, &[(1, 100_000)], "REFUND");
        let (first, second) = tokio::join!(one.post(CREDIT_NOTES, &body), other.post(CREDIT_NOTES, &body));
        let mut said = [first, second].map(|answer| if answer.status == 201 { answer.body["state"].to_string() } else { fault(&answer) });
        said.sort();
        assert_eq!(said, ["\"ISSUED\"".to_owned(), "422 credit_above_line lines.1 credit_above_line".to_owned()]);
        assert_eq!(tagihan(app).await, ["ISSUED 100000 0 0 0"]);
        sound(app).await;
    }
}
