//! Backtests as people run them: begun over HTTP, carried on by the worker, read as a report (SPEC POL-7).

mod publishing;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Cursor;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::{Company, Lesson};
use uuid::Uuid;

const BACKTESTS: &str = "/api/v1/backtests";
const HOUR: i64 = 3_600;

/// Somebody cancels one sesi each day, by these lead times; the codes of the sesi.
async fn cancelled(company: &Company, party: &str, lead_times_s: &[i64]) -> Vec<String> {
    let mut codes = vec![];
    for lead_s in lead_times_s {
        let starts_at = tomorrow(company);
        let id = company.approved(&company.lesson().at(starts_at)).await;
        company.clock.set(starts_at - TimeDelta::seconds(*lead_s));
        codes.push(company.done(id, AnyCommand::with("cancel", &json!({ "party": party })).because("berhalangan")).await.code);
    }
    codes
}

/// Ten o'clock in Jakarta, the day after the next: no lesson before is in the way.
fn tomorrow(company: &Company) -> DateTime<Utc> {
    let day = company.now().date_naive() + TimeDelta::days(2);
    format!("{day}T03:00:00Z").parse().unwrap()
}

fn brackets(pct_of_4_hours: i64, strikes: i64) -> Value {
    let row = |hours: i64, pct: i64, strikes: i64| json!({ "threshold_hours": hours, "substitution_denda_pct": pct, "strike_added": strikes });
    json!({ "brackets": [row(1, 100, 1), row(2, 50, 1), row(4, pct_of_4_hours, strikes)], "denda_basis": "HONORARIUM", "base_penalty_enabled": true })
}

/// The version in force, as a draft of a year up to today.
async fn draft(app: &TestApp, browser: &Browser, kind: &str) -> Value {
    let version = browser.get(&format!("/api/v1/policies/{kind}/1")).await.well();
    let (from, to) = (app.company.now() - TimeDelta::days(360), app.company.now() + TimeDelta::days(1));
    json!({
        "subject": "POLICY", "kind": kind, "script": version["script"], "params": version["params"],
        "from_on": from.date_naive().to_string(), "to_on": to.date_naive().to_string(),
    })
}

fn with(mut draft: Value, field: &str, value: Value) -> Value {
    draft[field] = value;
    draft
}

/// Carried out to its end. What is decided at the very instant it is asked for is not in it any more.
async fn ended(app: &TestApp, browser: &Browser, draft: &Value) -> Value {
    app.company.clock.advance(TimeDelta::seconds(1));
    let id = begun(browser, draft).await;
    app.drain().await;
    browser.get(&format!("{BACKTESTS}/{id}")).await.well()
}

async fn begun(browser: &Browser, draft: &Value) -> Uuid {
    browser.post(BACKTESTS, draft).await.well()["id"].as_str().unwrap().parse().unwrap()
}

/// What a party's money does: more, less, in all.
fn moved(report: &Value, party: &str) -> (i64, i64, i64) {
    let one = report["report"]["parties"].as_array().unwrap().iter().find(|one| one["party"] == party).unwrap();
    (one["more"].as_i64().unwrap(), one["less"].as_i64().unwrap(), one["delta_rp"].as_i64().unwrap())
}

async fn workbook(browser: &Browser, id: &Value) -> Vec<Vec<Data>> {
    let path = format!("{BACKTESTS}/{}/export.xlsx?lang=en", id.as_str().unwrap());
    let answer = browser.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap();
    book.worksheet_range("Changes").unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The figures of a column, below its heading.
fn column(book: &[Vec<Data>], title: &str) -> Vec<f64> {
    let place = book[0].iter().position(|cell| cell.get_string() == Some(title)).unwrap_or_else(|| panic!("{title}: {:?}", book[0]));
    book[1..].iter().map(|row| row[place].to_string().parse().unwrap_or(f64::NAN)).collect()
}

both_databases! {
    /// Honorarium 90.000: 25 % are 22.500, in the draft 10 % are 9.000; two of four cancel between two and four hours before.
    async fn a_changed_bracket_says_whose_money_moves_as_deciding_by_hand_does(app: TestApp) {
        let codes = cancelled(&app.company, "TUTOR", &[3 * HOUR, HOUR, 4 * HOUR, 5 * HOUR]).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        let asked = with(draft(app, &senior, "cancellation.tutor").await, "params", brackets(10, 0));
        let report = ended(app, &senior, &asked).await;
        assert_eq!((&report["state"], &report["total"], &report["done"], &report["changed"], &report["failed"]), (&json!("DONE"), &json!(4), &json!(4), &json!(2), &json!(0)));
        assert_eq!((&report["siswa_rp"], &report["tutor_rp"], &report["company_rp"], &report["strikes"]), (&json!(0), &json!(27_000), &json!(-27_000), &json!(-2)));
        assert_eq!((moved(&report, "siswa"), moved(&report, "tutor"), moved(&report, "company")), ((0, 0, 0), (2, 0, 27_000), (0, 2, -27_000)));
        let tutor = &report["report"]["parties"][1];
        assert_eq!((&tutor["recorded_rp"], &tutor["draft_rp"]), (&json!(-135_000), &json!(-108_000)));
        assert_eq!(tutor["buckets"], json!([{ "from_rp": 10_000, "to_rp": 20_000, "decisions": 2 }]));
        let biggest: Vec<&str> = report["report"]["biggest"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(biggest, [codes[0].as_str(), codes[2].as_str()]);

        let one = &report["report"]["biggest"][0];
        let path = format!("{BACKTESTS}/{}/decisions/{}", report["id"].as_str().unwrap(), one["decision_id"].as_str().unwrap());
        let shown = senior.get(&path).await.well();
        assert_eq!((&shown["recorded"]["output"]["denda_rp"], &shown["draft"]["output"]["denda_rp"], &shown["tutor_rp"]), (&json!(22_500), &json!(9_000), &json!(13_500)));
        let says = |side: &str, pct: i64| shown[side]["trace"].as_array().unwrap().iter().any(|step| step["pct"] == pct && step["of_rp"] == 90_000);
        assert!(says("recorded", 25) && says("draft", 10), "{shown}");

        let book = workbook(&senior, &report["id"]).await;
        assert_eq!(column(&book, "denda_rp (recorded)"), [22_500.0, 22_500.0]);
        assert_eq!(column(&book, "denda_rp (draft)"), [9_000.0, 9_000.0]);
        assert_eq!(column(&book, "Tutor gets").iter().sum::<f64>(), 27_000.0);
        let audited = senior.get("/api/v1/audit?filter[action]=backtest.export").await.well();
        assert_eq!(audited["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn the_version_in_force_changes_nothing_of_a_history_with_every_kind_of_end(app: TestApp) {
        let company = &app.company;
        cancelled(company, "TUTOR", &[3 * HOUR, HOUR, 2 * HOUR + 1]).await;
        cancelled(company, "SISWA", &[3 * HOUR, 0, 4 * HOUR, 26 * HOUR]).await;
        company.completed(&company.lesson().at(tomorrow(company)).offline(0.3)).await;
        for no_show in ["no_show_student", "no_show_tutor"] {
            let lesson = company.lesson().at(tomorrow(company));
            let id = company.approved(&lesson).await;
            company.clock.set(lesson.ends_at());
            company.done(id, AnyCommand::new(no_show).because("tidak datang")).await;
        }
        let lesson = company.lesson().at(tomorrow(company));
        let id = company.approved(&lesson).await;
        let later = json!({ "initiator": "SISWA", "starts_at": lesson.starts_at + TimeDelta::days(3) });
        company.done(id, AnyCommand::with("reschedule", &later).because("ujian")).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        for (kind, decisions) in [("pricing", 11), ("cancellation.tutor", 4), ("cancellation.siswa", 4), ("no_show", 1), ("reschedule", 1)] {
            let asked = draft(app, &senior, kind).await;
            let report = ended(app, &senior, &asked).await;
            let figures = (report["done"].as_i64(), report["changed"].as_i64(), report["failed"].as_i64());
            assert_eq!(figures, (Some(decisions), Some(0), Some(0)), "{kind}: {report}");
            assert_eq!((&report["siswa_rp"], &report["tutor_rp"], &report["company_rp"]), (&json!(0), &json!(0), &json!(0)), "{kind}");
        }
    }

    async fn what_cannot_be_held_against_anything_is_refused_at_its_field(app: TestApp) {
        cancelled(&app.company, "TUTOR", &[3 * HOUR]).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        let asked = draft(app, &senior, "cancellation.tutor").await;
        for (field, value, code, at) in [
            ("script", json!("fn decide(input, params) {\n    #{ a: }\n}"), "draft_broken", "script"),
            ("params", json!({ "brackets": 1.5 }), "draft_broken", "params"),
            ("kind", json!("cancellation.nobody"), "kind_unknown", "kind"),
            ("script", Value::Null, "required", "script"),
            ("from_on", json!("1.10.2026"), "not_date", "from_on"),
            ("to_on", json!("2020-01-01"), "period_backwards", "to_on"),
            ("from_on", json!("2099-01-01"), "period_backwards", "to_on"),
            ("publication_id", json!(Uuid::nil()), "invalid", "publication_id"),
            ("subject", json!("WEATHER"), "invalid", "subject"),
        ] {
            let refused = senior.post(BACKTESTS, &with(asked.clone(), field, value)).await;
            assert_eq!((refused.status, refused.code(), &refused.body["fields"][0]["field"]), (422, code, &json!(at)), "{field}: {refused:?}");
        }
        let broken = senior.post(BACKTESTS, &with(asked.clone(), "script", json!("fn decide(input, params) {\n    #{ a: }\n}"))).await;
        assert_eq!(broken.body["fields"][0]["params"]["line"], 2, "{broken:?}");
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.post(BACKTESTS, &asked).await.problem(), "403 forbidden");
        let auditor = app.signed_in_as("AUDITOR").await;
        assert_eq!(auditor.post(BACKTESTS, &asked).await.problem(), "403 forbidden");
        assert_eq!(auditor.get(BACKTESTS).await.well()["total"], 0);
    }

    async fn the_same_draft_is_worked_on_once_and_a_cancelled_one_stops(app: TestApp) {
        cancelled(&app.company, "TUTOR", &[3 * HOUR]).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        let asked = draft(app, &senior, "cancellation.tutor").await;
        let id = begun(&senior, &asked).await;
        let again = senior.post(BACKTESTS, &asked).await;
        assert_eq!((again.problem().as_str(), &again.body["blocking"][0]["id"]), ("422 already_running", &json!(id)));
        assert_eq!(senior.get(&format!("{BACKTESTS}/{id}/export.xlsx")).await.problem(), "409 backtest_running");
        senior.post(&format!("/api/v1/workflows/backtest/{id}/commands/cancel"), &json!({})).await.well();
        app.drain().await;
        let shown = senior.get(&format!("{BACKTESTS}/{id}")).await.well();
        assert_eq!((&shown["state"], &shown["done"], &shown["report"]["biggest"]), (&json!("CANCELLED"), &json!(0), &json!([])));
        assert_eq!(ended(app, &senior, &asked).await["state"], "DONE");
        assert_eq!(app.company.faults().await, Vec::<String>::new());
    }

    async fn a_draft_that_fails_names_the_sesi_and_what_went_wrong(app: TestApp) {
        let codes = cancelled(&app.company, "TUTOR", &[3 * HOUR, HOUR]).await;
        let senior = app.signed_in_as("SENIOR_ADMIN").await;
        let script = "fn decide(input, params) {\n    if input.lead_time_s > 7200 { throw \"not yet\" }\n    #{ denda_pct: 100, denda_rp: 90000, strikes: 1, honor_rp: 0 }\n}";
        let asked = with(draft(app, &senior, "cancellation.tutor").await, "script", json!(script));
        let report = ended(app, &senior, &asked).await;
        assert_eq!((&report["failed"], &report["changed"]), (&json!(1), &json!(0)));
        let failure = &report["report"]["failures"][0];
        assert_eq!(failure["code"], json!(codes[0]));
        assert!(failure["error"].as_str().unwrap().contains("line 2"), "{failure}");
        let path = format!("{BACKTESTS}/{}/decisions/{}", report["id"].as_str().unwrap(), failure["decision_id"].as_str().unwrap());
        let shown = senior.get(&path).await.well();
        assert!(shown["draft"].is_null() && shown["error"].as_str().unwrap().contains("not yet"), "{shown}");
        assert_eq!(workbook(&senior, &report["id"]).await.len(), 2);
    }

    /// Decisions hold figures and choices, nothing about a person: who is erased takes nothing out of the history of rules.
    async fn decisions_about_somebody_who_was_erased_are_decided_anew_like_any_other(app: TestApp) {
        let company = &app.company;
        cancelled(company, "ADMIN", &[30 * HOUR, 30 * HOUR]).await;
        company.clock.advance(TimeDelta::hours(1));
        let (owner, senior) = (app.signed_in_as("OWNER").await, app.signed_in_as("SENIOR_ADMIN").await);
        let body = json!({ "person_kind": "SISWA", "person_id": company.siswa_id, "ground": "REQUEST_OF_PERSON", "reason": "surat" });
        let erasure = owner.post("/api/v1/erasures", &body).await.well()["id"].as_str().unwrap().to_owned();
        senior.post(&format!("/api/v1/workflows/erasure/{erasure}/commands/approve"), &json!({ "confirmed": true })).await.well();
        let params = json!({ "transport_billed_to_siswa": false, "transport_brackets": [], "transport_beyond_rp": 12_000 });
        let same = ended(app, &senior, &with(draft(app, &senior, "pricing").await, "params", params)).await;
        assert_eq!((&same["done"], &same["changed"], &same["failed"]), (&json!(2), &json!(0), &json!(0)));
        let script = "fn decide(input, params) { #{ tagihan_rp: input.matrix_student_rp + 1000, honorarium_rp: input.matrix_tutor_rp, transport_rp: 0 } }";
        let dearer = ended(app, &senior, &with(draft(app, &senior, "pricing").await, "script", json!(script))).await;
        assert_eq!((&dearer["changed"], &dearer["siswa_rp"]), (&json!(2), &json!(2_000)));
        assert!(!dearer.to_string().contains("Zahra"), "{dearer}");
    }

    /// It is priced anew then: what it would cost is its last price, and that of one tutor.
    async fn a_sesi_that_got_another_tutor_counts_once(app: TestApp) {
        let company = &app.company;
        let id = company.approved(&company.lesson().at(tomorrow(company))).await;
        let other = company.new_tutor("JKT").await;
        company.clock.advance(TimeDelta::minutes(5));
        company.done(id, AnyCommand::with("substitute", &json!({ "tutor_id": other, "way": "REASSIGN" })).because("cuti")).await;
        company.clock.advance(TimeDelta::hours(1));
        let senior = app.signed_in_as("FINANCE").await;
        let script = "fn decide(input, params) { #{ tagihan_rp: input.matrix_student_rp + 1000, honorarium_rp: input.matrix_tutor_rp, transport_rp: 0 } }";
        let dearer = ended(app, &senior, &with(draft(app, &senior, "pricing").await, "script", json!(script))).await;
        assert_eq!((&dearer["done"], &dearer["changed"], &dearer["siswa_rp"]), (&json!(1), &json!(1), &json!(1_000)));
    }

    /// Two sesi of the company's subject at 150.000 / 90.000, one with a surcharge, and one of another subject at 200.000 / 100.000.
    async fn a_draft_of_prices_says_what_the_sesi_of_last_month_would_have_cost(app: TestApp) {
        let company = &app.company;
        let first = tomorrow(company);
        company.approved(&company.lesson().at(first)).await;
        company.approved(&Lesson { mode_surcharge_rp: Some(20_000), ..company.lesson().at(first + TimeDelta::days(1)) }).await;
        let other = company.new_subject(200_000, 100_000).await;
        company.approved(&Lesson { subject_id: other, ..company.lesson().at(first + TimeDelta::days(2)) }).await;
        company.clock.advance(TimeDelta::hours(1));
        let senior = app.signed_in_as("FINANCE").await;
        let (tingkat, segmentasi, golongan) = (company.catalog("tingkat", "SD_5").await, company.catalog("segmentasi", "REGULER").await, company.catalog("golongan", "GOL_2").await);
        let cell = |audience: &str, golongan: Option<Uuid>, amount_rp: i64| {
            json!({ "audience": audience, "subject_id": company.subject_id, "subject_level_id": null, "tingkat_id": tingkat, "segmentasi_id": segmentasi, "golongan_id": golongan, "amount_rp": amount_rp })
        };
        let today = company.now().date_naive().to_string();
        let asked = json!({ "subject": "PRICE", "cells": [cell("STUDENT", None, 165_000), cell("TUTOR", Some(golongan), 95_000)], "from_on": today, "to_on": today });
        let report = ended(app, &senior, &asked).await;
        assert_eq!((&report["kind"], &report["done"], &report["changed"], &report["cells"]), (&json!("pricing"), &json!(3), &json!(2), &json!(2)));
        assert_eq!((moved(&report, "siswa"), moved(&report, "tutor"), moved(&report, "company")), ((2, 0, 30_000), (2, 0, 10_000), (2, 0, 20_000)));
        let one = &report["report"]["biggest"][0];
        let path = format!("{BACKTESTS}/{}/decisions/{}", report["id"].as_str().unwrap(), one["decision_id"].as_str().unwrap());
        let shown = senior.get(&path).await.well();
        assert_eq!((&shown["recorded"]["input"]["matrix_student_rp"], &shown["draft"]["input"]["matrix_student_rp"]), (&json!(150_000), &json!(165_000)));
        assert_eq!(column(&workbook(&senior, &report["id"]).await, "tagihan_rp (draft)"), [165_000.0, 185_000.0]);

        let year = company.db.texts(&format!("SELECT {} AS text FROM price LIMIT 1", if company.db.is_postgres() { "tahun_ajaran_id::text" } else { "lower(hex(tahun_ajaran_id))" }), vec![]).await.concat();
        let year: Uuid = year.parse().unwrap();
        let asked = json!({ "subject": "PRICE", "bump": { "tahun_ajaran_id": year, "audience": "STUDENT", "bump_basis_points": 700, "step_rp": 500 }, "from_on": today, "to_on": today });
        let report = ended(app, &senior, &asked).await;
        // 160.500 twice, and 214.000.
        assert_eq!((moved(&report, "siswa"), moved(&report, "tutor")), ((3, 0, 10_500 + 10_500 + 14_000), (0, 0, 0)));
        let wrong = with(asked.clone(), "cells", json!([cell("TUTOR", None, 5)]));
        assert_eq!(senior.post(BACKTESTS, &wrong).await.body["fields"][0]["field"], "cells[0]");
        assert_eq!(senior.post(BACKTESTS, &with(asked, "bump", Value::Null)).await.code(), "required");
    }
}
