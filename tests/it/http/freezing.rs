//! Freezing (SPEC PRC-3, POL-4): whatever prices, policies and settings become, an approved sesi ends by those of its
//! approval, and the next one by the new ones.

use super::policies::{Draft, dearer, people};
use super::prices::Grid;
use super::settings::{patch_seen, setting};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

const SETTING: &str = "strike_decay_days";

/// What the siswa pays who cancels three hours before.
async fn charged(app: &TestApp, id: Uuid) -> i64 {
    let company = &app.company;
    company.clock.set(company.sesi(id).await.starts_at - TimeDelta::hours(3));
    company.done(id, AnyCommand::with("cancel", &json!({ "party": "SISWA" })).because("sakit")).await;
    company.db.count("SELECT sum(amount_rp) FROM siswa_settlement WHERE sesi_id = ?", vec![id.into()]).await
}

both_databases! {
    async fn an_approved_sesi_is_cancelled_by_the_price_the_policy_and_the_settings_of_its_approval(app: TestApp) {
        let company = &app.company;
        let id = company.approved(&company.lesson()).await;

        let grid = Grid::of(app, "OWNER").await;
        let seen = grid.price("").await;
        grid.save(&grid.edit("2026-11-21", &[grid.cell(&seen, json!(1_000_000))]).await).await.well();
        let (author, senior) = people(app).await;
        let draft = Draft::begun(app, &author, "cancellation.siswa").await;
        draft.saved(&author, dearer).await.well();
        draft.run(&author, "submit", json!({})).await.well();
        draft.run(&senior, "approve", json!({})).await.well();
        app.drain().await;
        let before = setting(&senior, SETTING).await;
        patch_seen(&senior, &format!("/api/v1/settings/{SETTING}"), &before["etag"], &json!({ "value": 1, "reason": "longgar" })).await.well();

        let lesson = company.lesson();
        let next = company.requested(&lesson.clone().at(lesson.starts_at + TimeDelta::days(1))).await;
        company.done(next, AnyCommand::with("approve", &json!({ "outside_slots_reason": "diminta siswa" }))).await;

        assert_eq!(charged(app, id).await, 37_500, "25 % of Rp150.000, as approved");
        assert_eq!(charged(app, next).await, 300_000, "30 % of Rp1.000.000, as it is now");
        assert_eq!(company.faults().await, Vec::<String>::new());
    }
}
