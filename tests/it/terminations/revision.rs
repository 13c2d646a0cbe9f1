//! What an appeal that is won after the settlement changes of it: unpaid it is revised, paid only the difference is due.

use super::story::*;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;

/// A claim that was rejected and may be appealed, and the termination decided in between.
async fn appealable(app: &TestApp, sesi: Uuid, [hr, _, operator]: &[Browser; 3]) -> (Uuid, Uuid) {
    let claim = claim(app, operator, sesi).await;
    ask(operator, "fm_claim", claim, "reject", json!({ "reason": "Tidak ada bukti" })).await.well();
    let id = decided(app, hr).await;
    app.drain().await;
    (claim, id)
}

/// HR, finance and an operator, signed in now: sessions do not last for days.
async fn signed_in(app: &TestApp) -> [Browser; 3] {
    [app.signed_in_as("HR").await, app.signed_in_as("FINANCE").await, app.signed_in_as("OPERATOR").await]
}

async fn appeal(operator: &Browser, claim: Uuid) {
    ask(operator, "fm_claim", claim, "appeal", json!({ "reason": "Surat dokter menyusul" })).await.well();
}

fn overturn() -> serde_json::Value {
    json!({ "reason": "Surat dokter sah" })
}

both_databases! {
    async fn an_overturn_before_the_payout_revises_what_is_paid(app: TestApp) {
        earned(app, 0).await;
        let sesi = left(app, 1).await;
        let people = signed_in(app).await;
        let (claim, id) = appealable(app, sesi, &people).await;
        let [hr, finance, operator] = people;
        assert_eq!(revisions(&hr, id).await, [revision(1, 45_000, 0, "DUE")]);
        appeal(&operator, claim).await;
        let waits = tell(&finance, id, "record_payout", transfer("2026-11-24")).await;
        assert_eq!((waits.problem().as_str(), waits.body["blocking"][0]["id"].as_str()), ("422 claim_pending", Some(claim.to_string().as_str())));

        // What it would change of the settlement is told before anybody decides, by what will be decided.
        let shown = hr.post(&format!("/api/v1/workflows/fm_claim/{claim}/commands/overturn/preview"), &overturn()).await.well();
        let nested = shown["nested"].as_array().unwrap().iter().find(|one| one["workflow"] == "termination").unwrap().clone();
        let due = nested["amounts"].as_array().unwrap().iter().find(|one| one["key"] == "settlement_due").unwrap().clone();
        assert_eq!((&nested["command"], &due["rp"]), (&json!("revise_settlement"), &json!(90_000)));
        assert_eq!(revisions(&hr, id).await.len(), 1);

        ask(&hr, "fm_claim", claim, "overturn", overturn()).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 90_000, 0, "DUE"), revision(1, 45_000, 0, "DUE")]);
        tell(&finance, id, "record_payout", transfer("2026-11-24")).await.well();
        assert_eq!(account(app, "2100").await, 0);
        app.drain().await;
        sound(app).await;
    }

    async fn an_overturn_after_the_payout_opens_a_second_one_for_the_difference(app: TestApp) {
        earned(app, 0).await;
        let sesi = left(app, 1).await;
        let people = signed_in(app).await;
        let (claim, id) = appealable(app, sesi, &people).await;
        let [hr, finance, operator] = people;
        tell(&finance, id, "record_payout", transfer("2026-11-24")).await.well();
        tell(&hr, id, "confirm_documents", json!({})).await.well();
        // The window to appeal is open: nothing is archived yet.
        let blocked = blocking(&tell(&hr, id, "archive", json!({})).await);
        assert_eq!(blocked.iter().map(|text| text.split(' ').next().unwrap()).collect::<Vec<_>>(), ["fm_claim", "denda"]);
        appeal(&operator, claim).await;
        ask(&hr, "fm_claim", claim, "overturn", overturn()).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 45_000, 0, "DUE"), revision(1, 45_000, 0, "PAID")]);
        let tasks = finance.get("/api/v1/tasks?filter[workflow]=termination").await.well();
        assert_eq!((&tasks["total"], &tasks["items"][0]["name"]), (&json!(1), &json!("pay_out")));
        tell(&finance, id, "record_payout", transfer("2026-11-24")).await.well();
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, 0));
        let paid = "SELECT sum(amount_rp) FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE e.kind = 'final_settlement_payout' AND p.account = '2100'";
        assert_eq!(app.company.db.count(paid, vec![]).await, 90_000);
        tell(&hr, id, "archive", json!({})).await.well();
        app.drain().await;
        sound(app).await;
    }

    async fn what_the_tutor_has_paid_back_is_theirs_again_when_the_denda_falls(app: TestApp) {
        let sesi = left(app, 0).await;
        let people = signed_in(app).await;
        let (claim, id) = appealable(app, sesi, &people).await;
        let [hr, finance, operator] = people;
        tell(&finance, id, "record_receipt", transfer("2026-11-23")).await.well();
        appeal(&operator, claim).await;
        ask(&hr, "fm_claim", claim, "overturn", overturn()).await.well();
        assert_eq!(revisions(&hr, id).await, [revision(2, 45_000, 0, "DUE"), revision(1, 0, 45_000, "RECEIVED")]);
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (45_000, 0));
        tell(&finance, id, "record_payout", transfer("2026-11-23")).await.well();
        assert_eq!((account(app, "2100").await, account(app, "1200").await), (0, 0));
        app.drain().await;
        sound(app).await;
    }

    async fn a_revision_after_the_month_is_locked_is_booked_in_the_open_one(app: TestApp) {
        let sesi = left(app, 0).await;
        let people = signed_in(app).await;
        let (claim, id) = appealable(app, sesi, &people).await;
        app.company.clock.set("2026-12-02T03:00:00Z".parse().unwrap());
        let [hr, _, operator] = signed_in(app).await;
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-11','LOCKED')", vec![]).await;
        appeal(&operator, claim).await;
        ask(&hr, "fm_claim", claim, "overturn", overturn()).await.well();
        let late = "SELECT count(*) FROM journal_entry WHERE kind IN ('final_settlement_reversal', 'tutor_denda_reversal') AND posted_on >= '2026-12-01' AND reverses_id IS NOT NULL";
        assert_eq!(app.company.db.count(late, vec![]).await, 2);
        assert_eq!(revisions(&hr, id).await[0], revision(2, 0, 0, "BALANCED"));
        app.drain().await;
        sound(app).await;
    }
}
