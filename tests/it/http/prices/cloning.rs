//! Cloning a Tahun Ajaran: what it makes, once, also while others are at work.

use super::{Grid, PRICES, faults};
use crate::http::users::recorded;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

const CLONE: &str = "/api/v1/prices/clone";

/// The clone of this year into the next.
async fn next_year(grid: &Grid<'_>, bump: i64, step: i64) -> Value {
    let this = grid.this_year().await;
    json!({ "source_id": this["id"], "code": "2027/2028", "starts_on": "2027-07-01", "ends_on": "2028-06-30", "bump_basis_points": bump, "step_rp": step })
}

pub async fn to_next_year(grid: &Grid<'_>, bump: i64) {
    grid.browser.post(CLONE, &next_year(grid, bump, 500).await).await.well();
}

/// Both amounts of a cell that is in force on a day.
async fn amount(grid: &Grid<'_>, day: &str) -> Value {
    grid.price(&format!("filter[day]={day}")).await["amount_rp"].clone()
}

both_databases! {
    async fn a_year_goes_on_as_the_next_with_a_bump_and_a_step(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let asked = next_year(&grid, 550, 500).await;
        let preview = grid.browser.post(&format!("{CLONE}/preview"), &asked).await.well();
        // 150,000 → 158,250 → 158,500; 90,000 → 94,950 → 95,000.
        assert_eq!((&preview["copied"], &preview["kept"], &preview["before_rp"], &preview["after_rp"]), (&json!(2), &json!(0), &json!(240_000), &json!(253_500)));
        assert_eq!((&preview["biggest"][0]["audience"], &preview["biggest"][0]["after_rp"]), (&json!("STUDENT"), &json!(158_500)));
        assert_eq!(amount(&grid, "2027-07-01").await, 150_000, "a preview writes nothing");
        let mut confirmed = asked.clone();
        confirmed["seen"] = json!({ "copied": 2, "after_rp": 253_500 });
        let made = grid.browser.post(CLONE, &confirmed).await;
        assert_eq!((made.status, &made.body["tahun_ajaran"]["code"]), (201, &json!("2027/2028")));
        assert_eq!((amount(&grid, "2027-06-30").await, amount(&grid, "2027-07-01").await), (json!(150_000), json!(158_500)));
        let new = grid.price("filter[day]=2027-07-01").await;
        assert_eq!((&new["tahun_ajaran"], &new["effective_from"], &new["effective_until"]), (&json!("2027/2028"), &json!("2027-07-01"), &Value::Null));
        assert_eq!(new["id"].as_str().unwrap().as_bytes()[14], b'7', "a UUID of version 7: {new}");
        let record = recorded(&grid.browser, "price.clone").await;
        assert_eq!((&record["after"]["copied"], &record["after"]["ended"], &record["after"]["source_code"]), (&json!(2), &json!(2), &json!("2026/2027")));
        let address = format!("{PRICES}/history?filter[subject_id]={}&filter[tingkat_id]={}&filter[segmentasi_id]={}", app.company.subject_id, grid.tingkat, grid.segmentasi);
        let history = grid.browser.get(&address).await.well();
        assert_eq!((&history[0]["opened"]["how"], &history[0]["opened"]["clone"]["source_code"], &history[0]["opened"]["by"]), (&json!("CLONED"), &json!("2026/2027"), &json!("OWNER")));
        assert_eq!((&history[1]["ended"]["how"], &history[1]["price"]["effective_until"]), (&json!("CLONED"), &json!("2027-07-01")));
        let years = grid.years().await;
        assert_eq!((&years[1]["prices"], &years[1]["cloned"]["bump_basis_points"], &years[1]["cloned"]["by"]), (&json!(2), &json!(550), &json!("OWNER")));
    }

    async fn a_year_is_cloned_into_once_however_many_ask_at_once(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let asked = next_year(&grid, 0, 1).await;
        let answers = futures::future::join_all((0..5).map(|_| grid.browser.post(CLONE, &asked))).await;
        let mut codes: Vec<String> = answers.iter().map(|answer| if answer.status == 201 { "201".to_owned() } else { answer.problem() }).collect();
        codes.sort();
        assert_eq!(codes, ["201", "409 already_cloned", "409 already_cloned", "409 already_cloned", "409 already_cloned"]);
        let late = grid.browser.post(&format!("{CLONE}/preview"), &asked).await;
        assert_eq!((late.problem(), &late.body["params"]["by"], &late.body["params"]["source"]), ("409 already_cloned".into(), &json!("OWNER"), &json!("2026/2027")));
        assert_eq!(app.company.db.count("SELECT count(*) FROM price", vec![]).await, 4);
    }

    async fn whoever_edits_while_a_year_is_cloned_loses_nothing(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let seen = grid.price("").await;
        let edit = grid.edit("2026-11-21", &[grid.cell(&seen, json!(200_000))]).await;
        let clone = next_year(&grid, 1_000, 1).await;
        let (edited, cloned) = futures::future::join(grid.save(&edit), grid.browser.post(CLONE, &clone)).await;
        assert_eq!((edited.status, cloned.status), (200, 201), "{edited:?} {cloned:?}");
        assert_eq!(amount(&grid, "2026-11-21").await, 200_000);
        assert_eq!(amount(&grid, "2027-06-30").await, 200_000, "the edit ends where the new year begins");
        let next = amount(&grid, "2027-07-01").await;
        assert!([json!(165_000), json!(220_000)].contains(&next), "cloned from before or after the edit: {next}");
    }

    async fn who_clones_what_has_changed_since_the_preview_is_told(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let mut asked = next_year(&grid, 0, 1).await;
        let preview = grid.browser.post(&format!("{CLONE}/preview"), &asked).await.well();
        asked["seen"] = json!({ "copied": preview["copied"], "after_rp": preview["after_rp"] });
        let seen = grid.price("").await;
        grid.save(&grid.edit("2026-11-21", &[grid.cell(&seen, json!(200_000))]).await).await.well();
        let refused = grid.browser.post(CLONE, &asked).await;
        assert_eq!((refused.problem(), &refused.body["params"]["after_rp"]), ("409 clone_changed".into(), &json!(290_000)));
        assert_eq!(app.company.db.count("SELECT count(*) FROM price_clone", vec![]).await, 0);
    }

    async fn what_the_next_year_has_of_its_own_stays(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let years = grid.years().await;
        let seen = grid.price("filter[day]=2027-07-01").await;
        let mut edit = grid.edit("2027-07-01", &[grid.cell(&seen, json!(199_000))]).await;
        edit["tahun_ajaran_id"] = years[1]["id"].clone();
        edit["reason"] = Value::Null;
        grid.save(&edit).await.well();
        let preview = grid.browser.post(&format!("{CLONE}/preview"), &next_year(&grid, 1_000, 1).await).await.well();
        assert_eq!((&preview["copied"], &preview["kept"], &preview["after_rp"]), (&json!(1), &json!(1), &json!(99_000)));
        grid.browser.post(CLONE, &next_year(&grid, 1_000, 1).await).await.well();
        assert_eq!(amount(&grid, "2027-07-01").await, 199_000);
    }

    async fn a_clone_into_a_new_year_makes_it_and_what_is_wrong_is_told_at_its_field(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let good = next_year(&grid, 0, 1).await;
        let cases = [
            ("source_id", json!(uuid::Uuid::nil()), "source_id", "unknown"),
            ("starts_on", json!("2027-07-02"), "code", "taken"),
            ("bump_basis_points", json!(-9_001), "bump_basis_points", "out_of_range"),
            ("step_rp", json!(0), "step_rp", "out_of_range"),
        ];
        for (field, value, at, code) in cases {
            let mut asked = good.clone();
            asked[field] = value;
            let refused = grid.browser.post(CLONE, &asked).await;
            assert_eq!(refused.problem(), "422 invalid");
            assert!(faults(&refused.body).contains(&(at.into(), code.into())), "{field}: {:?}", refused.body);
        }
        to_next_year(&grid, 0).await;
        let next = grid.years().await[1].clone();
        let asked = json!({ "source_id": next["id"], "code": "2028/2029", "starts_on": "2028-07-01", "ends_on": "2029-06-30" });
        let made = grid.browser.post(CLONE, &asked).await.well();
        assert_eq!((&made["copied"], &grid.years().await[2]["code"]), (&json!(2), &json!("2028/2029")));
        let overlapping = json!({ "code": "2028B", "starts_on": "2029-06-30", "ends_on": "2029-12-31" });
        let refused = grid.browser.post(&format!("{PRICES}/years"), &overlapping).await;
        assert_eq!(faults(&refused.body), [("starts_on".into(), "tahun_ajaran_overlap".into())]);
        let empty = grid.browser.post(&format!("{PRICES}/years"), &json!({ "code": "2029/2030", "starts_on": "2029-07-01", "ends_on": "2030-06-30" })).await;
        assert_eq!(empty.status, 201);
        assert_eq!(recorded(&grid.browser, "tahun_ajaran.create").await["entity_code"], "2029/2030");
    }
}
