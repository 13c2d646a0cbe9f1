//! Somebody leaves whose months were billed: what nobody has paid is void and settled, what is paid is not settled again, and what
//! came after it is (SPEC HR-5, CAN-6).

use super::story::*;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::person;
use uuid::Uuid;

/// Every Honorarium: number, status, net; by number.
async fn honoraria(app: &TestApp) -> Vec<String> {
    app.company.db.texts("SELECT number || ' ' || status || ' ' || net_rp AS text FROM honorarium ORDER BY number", vec![]).await
}

async fn honorarium(app: &TestApp, number: &str) -> Uuid {
    let rows = app.company.db.rows("SELECT id FROM honorarium WHERE number = ?", vec![number.into()]).await;
    rows[0].try_get("", "id").unwrap()
}

/// Bills a month, jobs of the lessons included.
async fn bill(app: &TestApp, month: &str) {
    app.drain().await;
    app.company.bill(month).await;
}

async fn pay(finance: &Browser, id: Uuid, day: &str) -> tests::browser::Answer {
    finance.post("/api/v1/payments/commands/pay_honorarium", &json!({ "honorarium_id": id, "paid_on": day, "method": "TRANSFER" })).await
}

/// The lines of the settlement that stands: kind and amount.
async fn lines(browser: &Browser, id: Uuid) -> Vec<(String, i64)> {
    let view = shown(browser, id).await;
    let all = view["settlements"][0]["lines"].as_array().unwrap().iter();
    all.map(|line| (line["kind"].as_str().unwrap().to_owned(), line["amount_rp"].as_i64().unwrap())).collect()
}

fn line(kind: &str, rp: i64) -> (String, i64) {
    (kind.into(), rp)
}

async fn accounts(app: &TestApp) -> (i64, i64) {
    (account(app, "2100").await, account(app, "1200").await)
}

both_databases! {
    async fn what_was_billed_and_not_paid_is_void_and_settled(app: TestApp) {
        earned(app, 0).await;
        left(app, 1).await;
        bill(app, "2026-11").await;
        assert_eq!(honoraria(app).await, ["HON-2026-11-00001 ISSUED 45000"]);
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(honoraria(app).await, ["HON-2026-11-00001 VOID 45000"]);
        assert_eq!(lines(&hr, id).await, [line("HONORARIUM", 90_000), line("DENDA", -45_000)]);
        assert_eq!(revisions(&hr, id).await, [revision(1, 45_000, 0, "DUE")]);
        let void = honorarium(app, "HON-2026-11-00001").await;
        assert_eq!(pay(&finance, void, "2026-12-01").await.status, 422, "what is void is not paid");
        let record = "SELECT count(*) FROM audit_record WHERE action = 'honorarium.void' AND entity_id = ?";
        assert_eq!(app.company.db.count(record, vec![void.into()]).await, 1);
        tell(&finance, id, "record_payout", transfer("2026-12-01")).await.well();
        assert_eq!(accounts(app).await, (0, 0));
        // A later run finds nothing of theirs.
        app.company.bill("2026-11").await;
        assert_eq!(honoraria(app).await.len(), 1);
        sound(app).await;
    }

    async fn what_is_paid_is_not_settled_again_and_a_denda_on_it_comes_back_when_it_falls(app: TestApp) {
        earned(app, 0).await;
        let sesi = left(app, 5).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let claim = claim(app, &operator, sesi).await;
        ask(&operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
        bill(app, "2026-11").await;
        let finance = app.signed_in_as("FINANCE").await;
        pay(&finance, honorarium(app, "HON-2026-11-00001").await, "2026-12-01").await.well();
        earned(app, 10).await;
        let (hr, finance, operator) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await, app.signed_in_as("OPERATOR").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(lines(&hr, id).await, [line("HONORARIUM", 90_000)]);
        assert_eq!(accounts(app).await, (90_000, 0));
        sound(app).await;
        ask(&operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
        ask(&hr, "fm_claim", claim, "overturn", json!({ "reason": "Surat dokter sah" })).await.well();
        assert_eq!(lines(&hr, id).await, [line("HONORARIUM", 90_000), line("DENDA_RETURNED", 45_000)]);
        assert_eq!(revisions(&hr, id).await, [revision(2, 135_000, 0, "DUE"), revision(1, 90_000, 0, "DUE")]);
        tell(&finance, id, "record_payout", transfer("2026-12-03")).await.well();
        assert_eq!(accounts(app).await, (0, 0));
        app.drain().await;
        sound(app).await;
    }

    async fn what_a_honorarium_could_not_deduct_is_taken_by_the_settlement(app: TestApp) {
        earned(app, 0).await;
        for day in 1..4 {
            left(app, day).await;
        }
        bill(app, "2026-11").await;
        assert_eq!(honoraria(app).await, ["HON-2026-11-00001 PAID 0"]);
        assert_eq!(accounts(app).await, (0, -45_000));
        // The next one has taken it up, and becomes void with the settlement.
        earned(app, 10).await;
        bill(app, "2026-12").await;
        assert_eq!((honoraria(app).await[1].as_str(), accounts(app).await), ("HON-2026-12-00001 ISSUED 45000", (45_000, 0)));
        earned(app, 45).await;
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(lines(&hr, id).await, [line("HONORARIUM", 90_000), line("HONORARIUM", 90_000), line("CARRIED", -45_000)]);
        assert_eq!((revisions(&hr, id).await, accounts(app).await), (vec![revision(1, 135_000, 0, "DUE")], (135_000, 0)));
        sound(app).await;
        tell(&finance, id, "record_payout", transfer("2027-01-07")).await.well();
        assert_eq!(accounts(app).await, (0, 0));
        sound(app).await;
    }

    async fn what_stands_carried_over_alone_is_claimed(app: TestApp) {
        left(app, 0).await;
        bill(app, "2026-11").await;
        assert_eq!((honoraria(app).await, accounts(app).await), (vec!["HON-2026-11-00001 PAID 0".to_owned()], (0, -45_000)));
        let hr = app.signed_in_as("HR").await;
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(lines(&hr, id).await, [line("CARRIED", -45_000)]);
        assert_eq!((revisions(&hr, id).await, accounts(app).await), (vec![revision(1, 0, 45_000, "OWED")], (0, -45_000)));
        sound(app).await;
    }

    async fn an_adjustment_that_waits_to_be_billed_is_settled(app: TestApp) {
        earned(app, 0).await;
        let body = json!({ "side": "TUTOR", "tutor_id": app.company.tutor_id, "amount_rp": 20_000, "month": "2026-11" });
        let maya = person(41, "Maya", &["adjustment.record"]);
        let asked = Request::new("money_adjustment", Target::New(app.company.new_id()), AnyCommand::with("request", &body).because("Uang parkir"), maya);
        app.company.engine.execute(&asked).await.unwrap();
        let hr = app.signed_in_as("HR").await;
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(lines(&hr, id).await, [line("HONORARIUM", 90_000), line("ADJUSTMENT", 20_000)]);
        let view = shown(&hr, id).await["settlements"][0].clone();
        assert_eq!((&view["corrections_rp"], &view["adjustment_rp"], &view["due_rp"]), (&json!(20_000), &json!(0), &json!(110_000)));
        assert_eq!(accounts(app).await, (110_000, 0));
        sound(app).await;
    }

    async fn a_honorarium_of_a_locked_month_stays_what_it_is_and_is_paid_by_itself(app: TestApp) {
        earned(app, 0).await;
        bill(app, "2026-11").await;
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-11','LOCKED')", vec![]).await;
        let (hr, finance) = (app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await);
        let id = decided(app, &hr).await;
        app.drain().await;
        assert_eq!(honoraria(app).await, ["HON-2026-11-00001 ISSUED 90000"]);
        assert_eq!((lines(&hr, id).await, revisions(&hr, id).await), (vec![], vec![revision(1, 0, 0, "BALANCED")]));
        tell(&hr, id, "confirm_documents", json!({})).await.well();
        assert_eq!(blocking(&tell(&hr, id, "archive", json!({})).await), ["honorarium HON-2026-11-00001"]);
        sound(app).await;
        pay(&finance, honorarium(app, "HON-2026-11-00001").await, "2026-12-01").await.well();
        assert_eq!(accounts(app).await, (0, 0));
        tell(&hr, id, "archive", json!({})).await.well();
        sound(app).await;
    }

    async fn what_it_would_come_to_is_told_before(app: TestApp) {
        earned(app, 0).await;
        for day in 1..4 {
            left(app, day).await;
        }
        bill(app, "2026-11").await;
        earned(app, 10).await;
        let hr = app.signed_in_as("HR").await;
        let told = hr.post(&format!("{TERMINATIONS}/preview"), &wish(app)).await.well();
        let amount = |key: &str| told["amounts"].as_array().unwrap().iter().find(|one| one["key"] == key).map_or(Value::Null, |one| one["rp"].clone());
        assert_eq!((amount("settlement_gross"), amount("settlement_corrections"), amount("settlement_due")), (json!(90_000), json!(-45_000), json!(45_000)));
        app.drain().await;
    }
}
