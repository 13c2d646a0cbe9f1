//! The price matrix over HTTP: a page of it, saving cells, coverage, history, cloning a year, and what stays frozen.

mod cloning;

use super::users::{recorded, somebody_with};
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;

const PRICES: &str = "/api/v1/prices";

/// The matrix of the company's subject, in which SD 5, REGULER (GOL_2) is priced.
pub(super) struct Grid<'a> {
    app: &'a TestApp,
    browser: Browser,
    tingkat: Uuid,
    segmentasi: Uuid,
    golongan: Uuid,
}

impl<'a> Grid<'a> {
    pub(super) async fn of(app: &'a TestApp, role: &str) -> Self {
        let browser = app.signed_in_as(role).await;
        let company = &app.company;
        let (tingkat, segmentasi) = (company.catalog("tingkat", "SD_5").await, company.catalog("segmentasi", "REGULER").await);
        Self { app, browser, tingkat, segmentasi, golongan: company.catalog("golongan", "GOL_2").await }
    }

    async fn page(&self, query: &str) -> Value {
        let subject = self.app.company.subject_id;
        self.browser.get(&format!("{PRICES}?filter[subject_id]={subject}&{query}")).await.well()
    }

    async fn years(&self) -> Value {
        self.browser.get(&format!("{PRICES}/years")).await.well()
    }

    async fn this_year(&self) -> Value {
        self.years().await[0].clone()
    }

    /// The price of the siswa's cell of SD 5, REGULER on a day.
    pub(super) async fn price(&self, query: &str) -> Value {
        let page = self.page(query).await;
        let tingkat = json!(self.tingkat);
        let found = page["cells"].as_array().unwrap().iter().find(|cell| cell["tingkat_id"] == tingkat && cell["segmentasi_id"] == json!(self.segmentasi));
        found.map(|cell| cell["price"].clone()).unwrap_or_default()
    }

    pub(super) fn cell(&self, seen: &Value, amount_rp: Value) -> Value {
        let subject = self.app.company.subject_id;
        json!({ "subject_id": subject, "tingkat_id": self.tingkat, "segmentasi_id": self.segmentasi, "seen_id": seen["id"], "amount_rp": amount_rp })
    }

    pub(super) async fn edit(&self, day: &str, cells: &[Value]) -> Value {
        json!({ "tahun_ajaran_id": self.this_year().await["id"], "effective_from": day, "reason": "naik kelas", "cells": cells })
    }

    pub(super) async fn save(&self, edit: &Value) -> tests::browser::Answer {
        self.browser.post(PRICES, edit).await
    }
}

fn faults(body: &Value) -> Vec<(String, String)> {
    let pair = |fault: &Value| (fault["field"].as_str().unwrap().to_owned(), fault["code"].as_str().unwrap().to_owned());
    body["fields"].as_array().unwrap().iter().map(pair).collect()
}

both_databases! {
    async fn a_changed_price_counts_from_its_day_and_both_rows_stay(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let before = grid.price("").await;
        assert_eq!(before["amount_rp"], 150_000);
        let edit = grid.edit("2026-11-25", &[grid.cell(&before, json!(165_000))]).await;
        let preview = grid.browser.post(&format!("{PRICES}/preview"), &edit).await.well();
        assert_eq!((&preview["changed"], &preview["before_rp"], &preview["after_rp"]), (&json!(1), &json!(150_000), &json!(165_000)));
        assert_eq!(preview["reason_required"], json!(true));
        assert_eq!(grid.price("filter[day]=2026-11-25").await["amount_rp"], 150_000, "a preview writes nothing");
        assert_eq!(grid.save(&edit).await.well(), preview);
        assert_eq!(grid.price("filter[day]=2026-11-24").await["amount_rp"], 150_000);
        let after = grid.price("filter[day]=2026-11-25").await;
        assert_eq!((&after["amount_rp"], &after["effective_from"], &after["effective_until"]), (&json!(165_000), &json!("2026-11-25"), &Value::Null));
        let today = grid.page("").await;
        let cell = today["cells"].as_array().unwrap().iter().find(|cell| cell["price"]["id"] == before["id"]).unwrap().clone();
        assert_eq!((&cell["price"]["effective_until"], &cell["next"]["amount_rp"]), (&json!("2026-11-25"), &json!(165_000)));

        let auditor = app.signed_in_as("OWNER").await;
        let record = recorded(&auditor, "price.edit").await;
        assert_eq!((&record["entity_type"], &record["reason"]), (&json!("price"), &json!("naik kelas")));
        let address = format!("{PRICES}/history?filter[subject_id]={}&filter[tingkat_id]={}&filter[segmentasi_id]={}", app.company.subject_id, grid.tingkat, grid.segmentasi);
        let history = grid.browser.get(&address).await.well();
        let (new, old) = (&history[0], &history[1]);
        assert_eq!((&new["price"]["amount_rp"], &new["opened"]["by"], &new["opened"]["reason"], &new["ended"]), (&json!(165_000), &json!("FINANCE"), &json!("naik kelas"), &Value::Null));
        assert_eq!((&old["price"]["amount_rp"], &old["ended"]["by"], &old["ended"]["reason"]), (&json!(150_000), &json!("FINANCE"), &json!("naik kelas")));
    }

    async fn of_two_who_change_a_cell_the_second_is_told_of_the_first(app: TestApp) {
        let first = Grid::of(app, "FINANCE").await;
        let second = Grid::of(app, "OWNER").await;
        let seen = first.price("").await;
        let other = json!({ "subject_id": app.company.subject_id, "tingkat_id": app.company.catalog("tingkat", "SD_6").await, "segmentasi_id": first.segmentasi, "amount_rp": 90_000 });
        first.save(&first.edit("2026-11-21", &[first.cell(&seen, json!(160_000))]).await).await.well();
        let edit = second.edit("2026-11-21", &[other.clone(), second.cell(&seen, json!(170_000))]).await;
        for path in [format!("{PRICES}/preview"), PRICES.to_owned()] {
            let refused = second.browser.post(&path, &edit).await;
            assert_eq!(refused.problem(), "409 prices_changed");
            assert_eq!(faults(&refused.body), [("cells[1]".into(), "price_changed".into())]);
            let theirs = &refused.body["fields"][0]["params"];
            assert_eq!((&theirs["amount_rp"], &theirs["by"]), (&json!(160_000), &json!("FINANCE")));
        }
        assert_eq!(second.price("").await["amount_rp"], 160_000, "nothing of a refused edit is written");
        let now = second.price("").await;
        second.save(&second.edit("2026-11-21", &[other, second.cell(&now, json!(170_000))]).await).await.well();
        assert_eq!(second.price("").await["amount_rp"], 170_000);
    }

    async fn of_many_who_save_one_cell_at_once_exactly_one_wins(app: TestApp) {
        let grid = Grid::of(app, "OWNER").await;
        let seen = grid.price("").await;
        let gap = json!({ "subject_id": app.company.subject_id, "tingkat_id": app.company.catalog("tingkat", "SD_6").await, "segmentasi_id": grid.segmentasi });
        for cell in [grid.cell(&seen, Value::Null), gap] {
            let edits = (0..6).map(|n| {
                let mut cell = cell.clone();
                cell["amount_rp"] = json!(200_000 + n);
                cell
            });
            let mut asked = vec![];
            for cell in edits {
                asked.push(grid.edit("2026-11-21", &[cell]).await);
            }
            let answers = futures::future::join_all(asked.iter().map(|edit| grid.save(edit))).await;
            let mut codes: Vec<String> = answers.iter().map(|answer| if answer.status == 200 { "200".to_owned() } else { answer.problem() }).collect();
            codes.sort();
            assert_eq!(codes, ["200", "409 prices_changed", "409 prices_changed", "409 prices_changed", "409 prices_changed", "409 prices_changed"]);
        }
    }

    async fn a_price_that_has_counted_is_changed_with_a_reason_only(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let seen = grid.price("").await;
        let mut edit = grid.edit("2026-12-01", &[grid.cell(&seen, json!(160_000))]).await;
        edit["reason"] = json!("  ");
        let refused = grid.save(&edit).await;
        assert_eq!((refused.problem(), faults(&refused.body)), ("422 invalid".into(), vec![("reason".into(), "required".into())]));
        let gap = json!({ "subject_id": app.company.subject_id, "tingkat_id": app.company.catalog("tingkat", "SD_6").await, "segmentasi_id": grid.segmentasi, "amount_rp": 1 });
        edit["cells"] = json!([gap]);
        grid.save(&edit).await.well();
    }

    async fn what_is_wrong_with_an_edit_is_told_at_its_place_and_nothing_is_written(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let seen = grid.price("").await;
        let good = grid.cell(&seen, json!(160_000));
        let with = |field: &str, value: Value| {
            let mut cell = good.clone();
            cell[field] = value;
            cell
        };
        let level = app.company.db.rows("SELECT id FROM subject_level LIMIT 1", vec![]).await[0].try_get::<Uuid>("", "id").unwrap();
        let leveled = app.company.db.rows("SELECT id FROM subject WHERE has_levels LIMIT 1", vec![]).await[0].try_get::<Uuid>("", "id").unwrap();
        let cases = [
            ("2026-11-21", with("amount_rp", json!(-1)), "cells[0].amount_rp", "amount_negative"),
            ("2026-11-21", with("amount_rp", json!(1_000_000_001)), "cells[0].amount_rp", "amount_too_large"),
            ("2026-11-21", with("tingkat_id", json!(Uuid::nil())), "cells[0].tingkat_id", "unknown"),
            ("2026-11-21", with("subject_level_id", json!(level)), "cells[0].subject_level_id", "level_not_allowed"),
            ("2026-11-21", with("subject_id", json!(leveled)), "cells[0].subject_level_id", "level_required"),
            ("2027-07-01", good.clone(), "effective_from", "outside_tahun_ajaran"),
        ];
        for (day, cell, field, code) in cases {
            let refused = grid.save(&grid.edit(day, &[cell]).await).await;
            assert_eq!((refused.problem(), faults(&refused.body)), ("422 invalid".into(), vec![(field.into(), code.into())]));
        }
        let twice = grid.save(&grid.edit("2026-11-21", &[good.clone(), good.clone()]).await).await;
        assert_eq!(faults(&twice.body), [("cells[1]".into(), "duplicate".into())]);
        let none = grid.save(&grid.edit("2026-11-21", &[]).await).await;
        assert_eq!(faults(&none.body), [("cells".into(), "required".into())]);
        app.company.db.run("INSERT INTO period (month, state) VALUES ('2026-10', 'LOCKED')", vec![]).await;
        let locked = grid.save(&grid.edit("2026-10-31", std::slice::from_ref(&good)).await).await;
        assert_eq!(faults(&locked.body), [("effective_from".into(), "period_locked".into())]);
        app.company.db.run("UPDATE segmentasi SET status = 'ARCHIVED' WHERE code = 'REGULER'", vec![]).await;
        let archived = grid.save(&grid.edit("2026-11-21", std::slice::from_ref(&good)).await).await;
        assert_eq!(faults(&archived.body), [("cells[0].segmentasi_id".into(), "archived".into())]);
        grid.save(&grid.edit("2026-11-21", &[with("amount_rp", Value::Null)]).await).await.well();
        assert_eq!(app.company.db.count("SELECT count(*) FROM price WHERE effective_until IS NULL AND audience = 'STUDENT'", vec![]).await, 0);
    }

    async fn an_amount_far_above_its_peers_is_told_and_taken(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let cell = |tingkat: Uuid, amount_rp: i64| json!({ "subject_id": app.company.subject_id, "tingkat_id": tingkat, "segmentasi_id": grid.segmentasi, "amount_rp": amount_rp });
        let (six, four) = (app.company.catalog("tingkat", "SD_6").await, app.company.catalog("tingkat", "SD_4").await);
        let edit = grid.edit("2026-11-21", &[cell(six, 1_500_000), cell(four, 150_000)]).await;
        assert_eq!(grid.browser.post(&format!("{PRICES}/preview"), &edit).await.well()["far"], json!([]), "ten times is not yet far");
        let edit = grid.edit("2026-11-21", &[cell(six, 1_500_001), cell(four, 150_000)]).await;
        let far = json!([{ "index": 0, "amount_rp": 1_500_001, "mean_rp": 150_000 }]);
        assert_eq!(grid.save(&edit).await.well()["far"], far);
    }

    async fn coverage_counts_the_combinations_that_have_a_price(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let subject = json!(app.company.subject_id);
        let of = |coverage: &Value| {
            let page = coverage["pages"].as_array().unwrap().iter().find(|page| page["subject_id"] == subject).unwrap().clone();
            (page["filled"].as_i64().unwrap(), page["total"].as_i64().unwrap())
        };
        let active = async |table: &str| app.company.db.count(&format!("SELECT count(*) FROM {table} WHERE status = 'ACTIVE'"), vec![]).await;
        let all = active("tingkat").await * active("segmentasi").await;
        let path = format!("{PRICES}/coverage?filter[audience]=");
        assert_eq!(of(&grid.browser.get(&format!("{path}STUDENT")).await.well()), (1, all));
        assert_eq!(of(&grid.browser.get(&format!("{path}TUTOR")).await.well()), (1, all * active("golongan").await));
        let gap = json!({ "subject_id": subject, "tingkat_id": app.company.catalog("tingkat", "SD_6").await, "segmentasi_id": grid.segmentasi, "amount_rp": 140_000 });
        let seen = grid.price("").await;
        grid.save(&grid.edit("2026-12-01", &[gap, grid.cell(&seen, Value::Null)]).await).await.well();
        assert_eq!(of(&grid.browser.get(&format!("{path}STUDENT&filter[day]=2026-11-30")).await.well()).0, 1);
        assert_eq!(of(&grid.browser.get(&format!("{path}STUDENT&filter[day]=2026-12-01")).await.well()).0, 1);
        app.company.db.run("UPDATE tingkat SET status = 'ARCHIVED' WHERE code = 'SD_6'", vec![]).await;
        assert_eq!(of(&grid.browser.get(&format!("{path}STUDENT&filter[day]=2026-12-01")).await.well()), (0, all - active("segmentasi").await));
    }

    async fn what_is_exported_can_be_imported_and_changes_nothing(app: TestApp) {
        let grid = Grid::of(app, "FINANCE").await;
        let seen = grid.price("").await;
        grid.save(&grid.edit("2026-11-21", &[grid.cell(&seen, json!(155_000))]).await).await.well();
        let file = grid.browser.get(&format!("{PRICES}/export.csv")).await;
        assert!(file.content_type.starts_with("text/csv"), "{file:?}");
        let text = file.body.as_str().unwrap();
        assert!(text.contains("STUDENT;2026/2027;") && text.contains(";;SD_5;REGULER;;155000;2026-11-21"), "{text}");
        let options = workflows::import::ImportOptions { dry_run: false, only_valid: false, now: app.company.now(), actor: tests::company::admin(), file: None };
        let rows: Vec<&str> = text.lines().filter(|line| !line.contains("TUTOR")).collect();
        let report = workflows::import::import(app.app.engine.db.writer(), workflows::import::Kind::Price, rows.join("\n").as_bytes(), &options).await.unwrap();
        assert_eq!((report.rows, report.unchanged, report.error_count), (1, 1, 0), "{report:?}");
    }

    async fn a_sesi_keeps_its_price_whatever_becomes_of_the_matrix(app: TestApp) {
        let company = &app.company;
        let grid = Grid::of(app, "OWNER").await;
        let id = company.approved(&company.lesson()).await;
        let seen = grid.price("").await;
        let tutor = grid.page("filter[audience]=TUTOR").await["cells"][0].clone();
        let mut dearer = grid.cell(&tutor["price"], json!(700_000));
        dearer["golongan_id"] = json!(grid.golongan);
        grid.save(&grid.edit("2026-11-21", &[grid.cell(&seen, json!(1_000_000)), dearer]).await).await.well();
        cloning::to_next_year(&grid, 2_000).await;
        let sesi = company.sesi(id).await;
        assert_eq!((sesi.matrix_student_rp, sesi.tagihan_rp, sesi.honorarium_rp), (Some(150_000), Some(150_000), Some(90_000)));
        assert_eq!(json!(sesi.price_student_id), seen["id"]);
        company.clock.set(company.lesson().starts_at - chrono::TimeDelta::hours(2));
        company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("sakit")).await;
        let denda = company.db.count("SELECT sum(amount_rp) FROM denda WHERE sesi_id = ?", vec![id.into()]).await;
        assert_eq!(denda, 45_000, "half of the frozen honorarium");
        let another = company.requested(&company.lesson().at(company.lesson().starts_at + chrono::TimeDelta::days(1))).await;
        company.done(another, AnyCommand::with("approve", &json!({ "outside_slots_reason": "diminta siswa" }))).await;
        let next = company.sesi(another).await;
        assert_eq!((next.matrix_student_rp, next.matrix_tutor_rp), (Some(1_000_000), Some(700_000)), "the next one has the new prices");
    }

    async fn a_missing_price_names_its_cell_and_filling_it_lets_the_sesi_through(app: TestApp) {
        let company = &app.company;
        let grid = Grid::of(app, "OWNER").await;
        let subject = company.new_unpriced_subject().await;
        let lesson = tests::company::Lesson { subject_id: subject, ..company.lesson() };
        let id = company.requested(&lesson).await;
        for audience in ["STUDENT", "TUTOR"] {
            let refused = grid.browser.command(id, "approve", &json!({})).await;
            let params = &refused.body["params"];
            assert_eq!((refused.problem(), &params["audience"], &params["day"]), ("422 price_missing".into(), &json!(audience), &json!("2026-11-23")));
            let quoted = grid.browser.post("/api/v1/sesi/preview", &lesson.body()).await.well();
            assert_eq!((&quoted["price_missing"]["cell"], &quoted["price_missing"]["day"]), (&params["cell"], &params["day"]));
            let mut cell = params["cell"].clone();
            cell["amount_rp"] = json!(120_000);
            grid.save(&grid.edit("2026-11-23", &[cell]).await).await.well();
        }
        grid.browser.command(id, "approve", &json!({})).await.well();
    }

    async fn reading_changing_and_cloning_prices_are_rights_of_their_own(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let reader = somebody_with(app, &owner, &["price.read"]).await;
        reader.get(&format!("{PRICES}/years")).await.well();
        assert_eq!(reader.post(PRICES, &json!({})).await.problem(), "403 forbidden");
        assert_eq!(app.signed_in_as("FINANCE").await.post(&format!("{PRICES}/clone"), &json!({})).await.problem(), "403 forbidden");
    }
}
