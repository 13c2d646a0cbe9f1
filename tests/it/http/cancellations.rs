//! Cancellations measured (SPEC CAN-8), against sesi counted by hand.

use super::fm::{CLAIMS, wish};
use calamine::{Reader, Xlsx, open_workbook_from_rs};
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::AnyCommand;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Cursor;
use tests::app::TestApp;
use tests::both_databases;
use uuid::Uuid;

const REPORT: &str = "/api/v1/reports/cancellations";
const NOVEMBER: &str = "filter[from]=2026-11-01&filter[until]=2026-12-31";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An approved sesi of its own day, and the clock so many seconds before its start.
async fn planned(app: &TestApp, day: i64, lead_s: i64) -> Uuid {
    let lesson = app.company.lesson();
    let lesson = lesson.clone().at(lesson.starts_at + TimeDelta::days(day));
    let id = app.company.approved(&lesson).await;
    app.company.clock.set(lesson.starts_at - TimeDelta::seconds(lead_s));
    id
}

async fn cancelled(app: &TestApp, (day, lead_s): (i64, i64), party: &str, reason: &str) -> Uuid {
    let id = planned(app, day, lead_s).await;
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": party })).because(reason)).await;
    id
}

/// Three by the tutor (one hour to the second, a second later, a day), two by the siswa, one by us, one no-show each, one moved, one kept.
async fn a_fortnight(app: &TestApp) -> Uuid {
    let first = cancelled(app, (0, 3600), "TUTOR", "Sakit.").await;
    cancelled(app, (1, 3601), "TUTOR", "sakit").await;
    cancelled(app, (2, 86_400), "TUTOR", " Sakit! ").await;
    cancelled(app, (3, 3600), "SISWA", "Ujian sekolah").await;
    cancelled(app, (4, 3599), "SISWA", "Sakit").await;
    cancelled(app, (5, 7200), "ADMIN", "Listrik padam").await;
    let id = planned(app, 6, 0).await;
    app.company.done(id, AnyCommand::new("no_show_student").because("tidak datang")).await;
    let id = planned(app, 7, 0).await;
    app.company.done(id, AnyCommand::new("no_show_tutor").because("tidak datang")).await;
    let id = planned(app, 8, 86_400).await;
    let to = app.company.sesi(id).await.starts_at + TimeDelta::days(20);
    app.company.done(id, AnyCommand::with("reschedule", &json!({ "initiator": "SISWA", "starts_at": to })).because("acara keluarga")).await;
    planned(app, 9, 0).await;
    first
}

fn bars(report: &Value, party: &str) -> Vec<i64> {
    let times = report["lead_times"].as_array().unwrap().iter().find(|times| times["party"] == party).unwrap();
    times["brackets"].as_array().unwrap().iter().map(|bracket| bracket["count"].as_i64().unwrap()).collect()
}

both_databases! {
    async fn every_figure_is_what_one_counts_by_hand_and_leads_to_its_sesi(app: TestApp) {
        let first = a_fortnight(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let report = operator.get(&format!("{REPORT}?{NOVEMBER}")).await.well();
        let total = json!({ "planned": 10, "cancelled_by_siswa": 2, "cancelled_by_tutor": 3, "cancelled_by_admin": 1, "no_show_student": 1, "no_show_tutor": 1, "rescheduled": 1, "substituted": 0 });
        assert_eq!(report["total"], total);
        let months: i64 = report["months"].as_array().unwrap().iter().map(|month| month["counts"]["planned"].as_i64().unwrap()).sum();
        assert_eq!(months, 10);
        // Exactly an hour is the first bracket of a tutor and the second of a siswa (CAN-1).
        assert_eq!((bars(&report, "TUTOR"), bars(&report, "SISWA"), bars(&report, "ADMIN")), (vec![1, 1, 0, 1], vec![1, 1, 0, 0], vec![0, 1, 0, 0]));
        let reasons: Vec<(&str, i64)> = report["reasons"].as_array().unwrap().iter().map(|one| (one["said"].as_str().unwrap(), one["count"].as_i64().unwrap())).collect();
        assert_eq!(reasons, [("sakit", 4), ("listrik padam", 1), ("ujian sekolah", 1)]);

        let list = |query: &str| format!("{REPORT}/sesi?{NOVEMBER}&{query}");
        for (query, count) in [
            ("", 9),
            ("filter[state]=CANCELLED", 6),
            ("filter[state]=RESCHEDULED,NO_SHOW_TUTOR", 2),
            ("filter[state]=CANCELLED&filter[party]=TUTOR", 3),
            ("filter[state]=CANCELLED&filter[party]=TUTOR&filter[bracket]=0", 1),
            ("filter[state]=CANCELLED&filter[party]=TUTOR&filter[bracket]=3", 1),
            ("filter[state]=CANCELLED&filter[party]=SISWA&filter[bracket]=0", 1),
            ("filter[state]=CANCELLED&filter[said]=sakit", 4),
            ("filter[month]=2031-01", 0),
        ] {
            assert_eq!(operator.get(&list(query)).await.well()["total"], count, "{query}");
        }
        let rows = operator.get(&list("filter[state]=CANCELLED&filter[party]=TUTOR&filter[bracket]=0")).await.well();
        assert_eq!((&rows["items"][0]["id"], &rows["items"][0]["lead_time_s"], &rows["items"][0]["denda_rp"]), (&json!(first), &json!(3600), &json!(90_000)));

        let answer = operator.request(Method::GET, &format!("{REPORT}/export.xlsx?{NOVEMBER}&filter[state]=CANCELLED")).send().await.unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap();
        assert_eq!(book.worksheet_range("cancellations").unwrap().rows().count(), 7, "a heading and six sesi");
        app.drain().await;
    }

    async fn a_claims_category_stands_for_the_reason_and_filters_narrow(app: TestApp) {
        let sesi = cancelled(app, (0, 3600), "TUTOR", "Demam").await;
        cancelled(app, (1, 3600), "TUTOR", "Demam").await;
        let operator = app.signed_in_as("OPERATOR").await;
        operator.post(CLAIMS, &wish(app, sesi)).await.well();
        let report = operator.get(&format!("{REPORT}?{NOVEMBER}")).await.well();
        let mut reasons: Vec<String> = report["reasons"].as_array().unwrap().iter().map(|one| format!("{} {} {}", one["category"], one["said"], one["count"])).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["\"SAKIT\" null 1", "null \"demam\" 1"]);
        for (query, count) in [("filter[category]=SAKIT", 1), ("filter[said]=demam", 1)] {
            assert_eq!(operator.get(&format!("{REPORT}/sesi?{NOVEMBER}&{query}")).await.well()["total"], count, "{query}");
        }
        let nobody = Uuid::from_u128(9);
        for (query, planned) in [(format!("filter[tutor_id]={}", app.company.tutor_id), 2), (format!("filter[tutor_id]={nobody}"), 0), (format!("filter[office_id]={nobody}"), 0)] {
            assert_eq!(operator.get(&format!("{REPORT}?{NOVEMBER}&{query}")).await.well()["total"]["planned"], planned, "{query}");
        }
        app.drain().await;
    }

    async fn a_period_that_is_none_is_refused_at_its_field(app: TestApp) {
        app.company.clock.set(at("2026-11-21T05:00:00Z"));
        let operator = app.signed_in_as("OPERATOR").await;
        let told = operator.get(REPORT).await.well();
        assert_eq!((&told["from"], &told["until"]), (&json!("2026-06-01"), &json!("2026-11-21")));
        for (query, field, code) in [
            ("filter[from]=2026-11-22", "filter[until]", "before_start"),
            ("filter[from]=2020-01-01", "filter[from]", "range_too_long"),
            ("filter[tutor_id]=x", "filter[tutor_id]", "not_id"),
        ] {
            let answer = operator.get(&format!("{REPORT}?{query}")).await;
            assert_eq!((&answer.body["fields"][0]["field"], &answer.body["fields"][0]["code"]), (&json!(field), &json!(code)), "{query}");
        }
        assert_eq!(operator.get(&format!("{REPORT}/sesi?filter[bracket]=1")).await.body["fields"][0]["code"], "not_a_choice");
    }
}
