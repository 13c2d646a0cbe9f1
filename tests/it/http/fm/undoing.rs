//! An overturn: what it gives back, whatever has happened since, and in which month it is booked.

use super::{CLAIMS, charged, decide, filed, path, penalised, rejected, sound, stands};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

/// Rejected by the operator and appealed at once; HR may decide.
async fn appealed(app: &TestApp, sesi: Uuid) -> Uuid {
    let claim = rejected(app, sesi).await;
    decide(&app.signed_in_as("OPERATOR").await, claim, "appeal").await.well();
    claim
}

async fn preview(app: &TestApp, claim: Uuid, command: &str) -> Value {
    app.signed_in_as("HR").await.post(&format!("{}/preview", path(claim, command)), &json!({ "reason": "–" })).await.well()
}

fn told(preview: &Value) -> Vec<String> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    preview["nested"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}.{} {}", one["depth"], text(one, "workflow"), text(one, "command"), text(one, "to")))
        .collect()
}

/// The penalty of a second cancellation, one day after the first: what it calls for is confirmed, the tutor suspended.
async fn suspended(app: &TestApp) -> Uuid {
    let first = penalised(app).await;
    let starts_at = app.company.lesson().starts_at + TimeDelta::days(1);
    let lesson = app.company.lesson().at(starts_at);
    let sesi = app.company.approved_outside_slots(&lesson).await;
    app.company.clock.set(lesson.starts_at - TimeDelta::hours(2));
    app.company.done(sesi, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("Sakit")).await;
    assert_ne!(first, sesi);
    let strike = app.company.db.rows("SELECT id FROM strike WHERE sesi_id = ?", vec![sesi.into()]).await;
    let strike: Uuid = strike[0].try_get("", "id").unwrap();
    let confirm = format!("/api/v1/workflows/strike/{strike}/commands/confirm_sanction");
    app.signed_in_as("HR").await.post(&confirm, &json!({ "reason": "Kedua kalinya" })).await.well();
    sesi
}

async fn tutor(app: &TestApp) -> String {
    app.company.db.texts("SELECT status AS text FROM tutor WHERE id = ?", vec![app.company.tutor_id.into()]).await.remove(0)
}

both_databases! {
    async fn an_overturn_pays_the_denda_back_and_revokes_the_strike(app: TestApp) {
        let claim = appealed(app, penalised(app).await).await;
        let shown = preview(app, claim, "overturn").await;
        assert_eq!(told(&shown), ["1 denda.reverse REVERSED", "1 strike.revoke_by_fm REVOKED"]);
        let amounts = shown["amounts"].as_array().unwrap().iter().map(|one| format!("{} {}{}", one["key"].as_str().unwrap(), one["rp"], one["count"])).collect::<Vec<_>>();
        assert_eq!(amounts, ["denda_returned 45000null", "strikes_revoked null1"]);
        decide(&app.signed_in_as("HR").await, claim, "overturn").await.well();
        assert_eq!((stands(app, claim).await.as_str(), charged(app).await), ("OVERTURNED REVERSED REVOKED", 0));
        let reversal = "SELECT count(*) FROM journal_entry r JOIN journal_entry o ON o.id = r.reverses_id WHERE r.kind = 'tutor_denda_reversal' AND o.kind = 'tutor_denda'";
        assert_eq!(app.company.db.count(reversal, vec![]).await, 1);
        sound(app).await;
    }

    async fn an_overturn_after_the_strike_has_decayed_says_so_and_pays_the_denda_back(app: TestApp) {
        let claim = appealed(app, penalised(app).await).await;
        app.company.clock.advance(TimeDelta::days(91));
        app.drain().await;
        assert_eq!(stands(app, claim).await, "PENDING_L2 APPLIED DECAYED");
        let shown = preview(app, claim, "overturn").await;
        assert_eq!(told(&shown), ["1 denda.reverse REVERSED"]);
        assert_eq!((&shown["warnings"][0]["code"], &shown["warnings"][0]["params"]["status"]), (&json!("fm_strike_untouched"), &json!("DECAYED")));
        decide(&app.signed_in_as("HR").await, claim, "overturn").await.well();
        assert_eq!((stands(app, claim).await.as_str(), charged(app).await), ("OVERTURNED REVERSED DECAYED", 0));
        sound(app).await;
    }

    async fn an_overturn_in_a_later_month_is_booked_there_and_refers_back(app: TestApp) {
        let claim = appealed(app, penalised(app).await).await;
        app.company.clock.set("2026-12-10T02:00:00Z".parse().unwrap());
        for month in ["2026-11", "2026-12"] {
            app.company.db.run("INSERT INTO period (month, state) VALUES (?,'LOCKED')", vec![month.into()]).await;
        }
        let hr = app.signed_in_as("HR").await;
        let refused = decide(&hr, claim, "overturn").await;
        assert_eq!((refused.problem().as_str(), &refused.body["params"]["month"]), ("422 period_locked", &json!("2026-12")));
        assert_eq!(stands(app, claim).await, "PENDING_L2 APPLIED LIVE", "all or nothing");
        app.company.db.run("UPDATE period SET state = 'OPEN' WHERE month = '2026-12'", vec![]).await;
        let entry = preview(app, claim, "overturn").await["nested"][0]["entries"][0].clone();
        assert_eq!((&entry["occurred_on"], &entry["posted_on"]), (&json!("2026-11-23"), &json!("2026-12-10")));
        decide(&hr, claim, "overturn").await.well();
        let view = hr.get(&format!("{CLAIMS}/{claim}")).await.well();
        let reversal = view["denda"]["entries"].as_array().unwrap().iter().find(|one| one["kind"] == "tutor_denda_reversal").unwrap().clone();
        assert_eq!((&reversal["occurred_on"], &reversal["posted_on"]), (&json!("2026-11-23"), &json!("2026-12-10")));
        let linked = "SELECT count(*) FROM journal_entry WHERE kind = 'tutor_denda_reversal' AND reverses_id IS NOT NULL";
        assert_eq!((app.company.db.count(linked, vec![]).await, charged(app).await), (1, 0));
        sound(app).await;
    }

    async fn an_overturn_lifts_the_suspension_that_the_strike_has_led_to(app: TestApp) {
        let sesi = suspended(app).await;
        assert_eq!(tutor(app).await, "SUSPENDED");
        let claim = filed(app, sesi).await;
        decide(&app.signed_in_as("OPERATOR").await, claim, "reject").await.well();
        decide(&app.signed_in_as("OPERATOR").await, claim, "appeal").await.well();
        let shown = preview(app, claim, "overturn").await;
        assert!(told(&shown).contains(&"2 suspension.lift LIFTED".to_owned()), "{:?}", told(&shown));
        let hr = app.signed_in_as("HR").await;
        hr.post(&path(claim, "overturn"), &json!({ "reason": "Surat dokter sah", "expected_outcome": shown["outcome"] })).await.well();
        assert_eq!((stands(app, claim).await.as_str(), tutor(app).await.as_str()), ("OVERTURNED REVERSED REVOKED", "ACTIVE"));
        let view = hr.get(&format!("{CLAIMS}/{claim}")).await.well();
        assert_eq!((&view["related"][0]["workflow"], &view["related"][0]["state"]), (&json!("suspension"), &json!("LIFTED")));
        sound(app).await;
    }
}
