//! Write-offs: exactly what is open, with a word about the tax, by somebody senior.

use super::{account, billed, command, fault, paid, sound, tagihan};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

const WRITE_OFFS: &str = "/api/v1/write-offs";

fn wish(tagihan: Uuid) -> Value {
    json!({ "tagihan_id": tagihan, "tax_compliant": true, "tax_note": "Pasal 6 (1) h, daftar ke KPP", "reason": "Tidak dapat dihubungi sejak Agustus" })
}

both_databases! {
    async fn what_is_open_is_given_up_by_two_people_and_what_comes_after_all_is_titipan(app: TestApp) {
        let id = billed(app).await;
        let (finance, senior) = (app.signed_in_as("FINANCE").await, app.signed_in_as("SENIOR_ADMIN").await);
        paid(&finance, app, 100_000).await;
        let mut without = wish(id);
        without["tax_note"] = json!(" ");
        assert_eq!(fault(&senior.post(WRITE_OFFS, &without).await), "422 invalid tax_note required");
        let shown = senior.post(&format!("{WRITE_OFFS}/preview"), &wish(id)).await.well();
        assert_eq!(shown["warnings"][0]["code"], "tagihan_not_due");
        let asked = senior.post(WRITE_OFFS, &wish(id)).await.well();
        assert_eq!((&asked["state"], account(app, "5400").await), (&json!("REQUESTED"), 0));
        let again = finance.post(WRITE_OFFS, &wish(id)).await;
        assert_eq!((fault(&again).as_str(), &again.body["blocking"][0]["id"]), ("422 write_off_requested tagihan_id write_off_requested", &asked["id"]));
        let approve = command("write_off", &asked["id"], "approve");
        assert_eq!((finance.post(&approve, &json!({})).await.problem(), senior.post(&approve, &json!({})).await.code().to_owned()), ("403 forbidden".to_owned(), "four_eyes".to_owned()));
        app.signed_in_as("OWNER").await.post(&approve, &json!({})).await.well();
        assert_eq!(tagihan(app).await, ["WRITTEN_OFF 0 0 100000 200000"]);
        assert_eq!((account(app, "1100").await, account(app, "5400").await), (0, 200_000));
        let view = finance.get(&format!("{WRITE_OFFS}/{}", asked["id"].as_str().unwrap())).await.well();
        assert_eq!((&view["tax_compliant"], &view["tax_note"], &view["amount_rp"]), (&json!(true), &json!("Pasal 6 (1) h, daftar ke KPP"), &json!(200_000)));
        assert_eq!(fault(&finance.post(WRITE_OFFS, &wish(id)).await), "422 tagihan_not_live tagihan_id tagihan_not_live");
        paid(&finance, app, 50_000).await;
        assert_eq!((account(app, "2300").await, account(app, "1100").await), (-50_000, 0));
        sound(app).await;
    }

    async fn when_another_amount_is_open_meanwhile_it_is_asked_for_anew(app: TestApp) {
        let id = billed(app).await;
        let (finance, owner) = (app.signed_in_as("FINANCE").await, app.signed_in_as("OWNER").await);
        let asked = finance.post(WRITE_OFFS, &wish(id)).await.well();
        paid(&finance, app, 1_000).await;
        let late = owner.post(&command("write_off", &asked["id"], "approve"), &json!({})).await;
        assert_eq!((late.problem().as_str(), &late.body["params"]["now_rp"]), ("422 write_off_changed", &json!(299_000)));
        owner.post(&command("write_off", &asked["id"], "reject"), &json!({ "reason": "Sudah membayar" })).await.well();
        let anew = finance.post(WRITE_OFFS, &wish(id)).await.well();
        owner.post(&command("write_off", &anew["id"], "approve"), &json!({})).await.well();
        assert_eq!(tagihan(app).await, ["WRITTEN_OFF 0 0 1000 299000"]);
        let paid_off = finance.post(WRITE_OFFS, &wish(Uuid::nil())).await;
        assert_eq!(fault(&paid_off), "422 invalid tagihan_id unknown");
        sound(app).await;
    }
}
