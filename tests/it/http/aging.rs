//! Who owes how much since when, as of today and of any day before; always what stood on account 1100.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;

const AGING: &str = "/api/v1/aging";

async fn buckets(browser: &Browser, day: &str) -> Vec<i64> {
    let totals = browser.get(&format!("{AGING}?filter[as_of]={day}")).await.well()["totals"].clone();
    let keys = ["not_billed_rp", "not_due_rp", "days_0_30_rp", "days_31_60_rp", "days_61_90_rp", "days_over_90_rp", "total_rp"];
    keys.iter().map(|key| totals[key].as_i64().unwrap()).collect()
}

/// What stood on 1100 at the end of a day.
async fn receivable(app: &TestApp, day: &str) -> i64 {
    let day: NaiveDate = day.parse().unwrap();
    let sql = "SELECT CAST(COALESCE(sum(p.amount_rp), 0) AS BIGINT) FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE p.account = '1100' AND e.posted_on <= ?";
    app.company.db.count(sql, vec![day.into()]).await
}

async fn pay(finance: &Browser, app: &TestApp, rp: i64, on: &str) -> Value {
    let body = json!({ "siswa_id": app.company.siswa_id, "amount_rp": rp, "paid_on": on, "method": "TRANSFER" });
    finance.post("/api/v1/payments/commands/record", &body).await.well()
}

both_databases! {
    async fn every_day_of_the_past_says_what_stood_there_then(app: TestApp) {
        let lesson = app.company.lesson();
        for days in [0, 1] {
            app.company.completed(&lesson.clone().at(lesson.starts_at + TimeDelta::days(days))).await;
        }
        app.company.bill("2026-11").await;
        let tagihan: Uuid = app.company.db.rows("SELECT id FROM tagihan", vec![]).await[0].try_get("", "id").unwrap();
        // Due on the fifteenth.
        app.company.clock.advance(TimeDelta::days(19));
        let finance = app.signed_in_as("FINANCE").await;
        let wrong = pay(&finance, app, 120_000, "2026-12-18").await;
        app.company.clock.advance(TimeDelta::days(20));
        let finance = app.signed_in_as("FINANCE").await;
        let back = json!({ "payment_id": wrong["id"], "reason": "Salah siswa" });
        finance.post("/api/v1/payments/commands/reverse", &back).await.well();
        finance.post("/api/v1/credit-notes", &json!({ "tagihan_id": tagihan, "lines": [{ "number": 1, "amount_rp": 50_000 }], "reason": "Terlambat" })).await.well();
        app.company.clock.advance(TimeDelta::days(40));
        let finance = app.signed_in_as("FINANCE").await;
        pay(&finance, app, 100_000, "2027-02-17").await;
        app.company.clock.advance(TimeDelta::days(40));
        let finance = app.signed_in_as("FINANCE").await;
        let asked = json!({ "tagihan_id": tagihan, "tax_compliant": false, "tax_note": "Tidak memenuhi syarat", "reason": "Pindah" });
        let asked = finance.post("/api/v1/write-offs", &asked).await.well();
        let owner = app.signed_in_as("OWNER").await;
        owner.post(&format!("/api/v1/workflows/write_off/{}/commands/approve", asked["id"].as_str().unwrap()), &json!({})).await.well();

        for (day, expected) in [
            ("2026-11-22", [0, 0, 0, 0, 0, 0, 0]),
            ("2026-11-24", [300_000, 0, 0, 0, 0, 0, 300_000]),
            ("2026-12-01", [0, 300_000, 0, 0, 0, 0, 300_000]),
            ("2026-12-15", [0, 300_000, 0, 0, 0, 0, 300_000]),
            ("2026-12-16", [0, 0, 300_000, 0, 0, 0, 300_000]),
            ("2027-02-16", [0, 0, 0, 0, 250_000, 0, 250_000]),
            ("2027-02-17", [0, 0, 0, 0, 150_000, 0, 150_000]),
            ("2027-03-16", [0, 0, 0, 0, 0, 150_000, 150_000]),
            ("2027-03-30", [0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(buckets(&finance, day).await, expected, "{day}");
        }
        let mut day: NaiveDate = "2026-11-20".parse().unwrap();
        while day <= "2027-03-30".parse().unwrap() {
            let text = day.to_string();
            assert_eq!(buckets(&finance, &text).await[6], receivable(app, &text).await, "{text}");
            day += TimeDelta::days(1);
        }
        let down = finance.get(&format!("{AGING}/{}?filter[as_of]=2027-02-17", app.company.siswa_id)).await.well();
        let line = &down["tagihan"][0];
        assert_eq!((&line["number"], &line["open_rp"], &line["days_late"]), (&json!("TAG-2026-11-00001"), &json!(150_000), &json!(64)));
    }

    async fn it_is_searched_filtered_by_age_and_paged_who_is_overdue_by_most_first(app: TestApp) {
        let lesson = app.company.lesson();
        let mut expected = vec![];
        for number in 0..3 {
            let siswa_id = app.company.new_siswa("JKT").await;
            for hours in 0..=number {
                let starts_at = lesson.starts_at + TimeDelta::days(number) + TimeDelta::hours(2 * hours);
                app.company.completed(&tests::company::Lesson { siswa_id, ..lesson.clone() }.at(starts_at)).await;
            }
            expected.insert(0, siswa_id.to_string());
        }
        app.company.bill("2026-11").await;
        app.company.clock.advance(TimeDelta::days(20));
        let auditor = app.signed_in_as("AUDITOR").await;
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = auditor.get(&format!("{AGING}?limit=2{cursor}")).await.well();
            assert_eq!((&page["total"], &page["totals"]["overdue_rp"], &page["totals"]["days_0_30_rp"]), (&json!(3), &json!(900_000), &json!(900_000)));
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["siswa"]["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, expected);
        assert_eq!(auditor.get(&format!("{AGING}?filter[bucket]=31_60")).await.well()["total"], 0);
        assert_eq!(auditor.get(&format!("{AGING}?q=sis-{}", expected[1].replace('-', ""))).await.well()["found"]["total_rp"], 300_000);
        assert_eq!(auditor.get(&format!("{AGING}?filter[as_of]=2030-01-01")).await.body["fields"][0]["code"], "in_the_future");
        assert_eq!(auditor.get(&format!("{AGING}?filter[bucket]=x")).await.body["fields"][0]["code"], "not_a_choice");
        assert_eq!(app.signed_in_as("HR").await.get(AGING).await.problem(), "403 forbidden");
    }
}
