//! The books over HTTP (SPEC FIN-12): a month worked out by hand, the two dates of an entry, and who may look.

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::plan::AnyCommand;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use std::io::Cursor;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;
use workflows::books::check;
use workflows::records::denda;

const BALANCE: &str = "/api/v1/ledger/trial-balance";
const ENTRIES: &str = "/api/v1/ledger/entries";

/// One lesson taught, one cancelled by the siswa an hour before, one by the tutor two hours before, and one nobody came to.
async fn a_week(app: &TestApp) -> Uuid {
    let lesson = app.company.lesson();
    let on = |day: i64| lesson.clone().at(lesson.starts_at + TimeDelta::days(day));
    app.company.completed(&on(0)).await;
    let mut left = Uuid::nil();
    for (day, lead_s, party) in [(1, 3600, "SISWA"), (2, 7200, "TUTOR")] {
        left = app.company.approved(&on(day)).await;
        app.company.clock.set(on(day).starts_at - TimeDelta::seconds(lead_s));
        app.company.done(left, AnyCommand::with("cancel", &json!({ "party": party })).because("berhalangan")).await;
    }
    let missed = app.company.approved(&on(3)).await;
    app.company.clock.set(on(3).starts_at);
    app.company.done(missed, AnyCommand::new("no_show_student").because("tidak datang")).await;
    left
}

/// Opening, debit, credit and closing of the accounts that are not empty.
fn figures(balance: &Value) -> Vec<(String, [i64; 4])> {
    let all = |row: &Value| ["opening_rp", "debit_rp", "credit_rp", "closing_rp"].map(|name| row[name].as_i64().unwrap());
    let rows = balance["accounts"].as_array().unwrap().iter().map(|row| (row["account"].as_str().unwrap().to_owned(), all(row)));
    let mut rows: Vec<_> = rows.filter(|(_, figures)| *figures != [0; 4]).collect();
    rows.push(("total".into(), all(&balance["total"])));
    rows
}

fn expected(rows: &[(&str, [i64; 4])]) -> Vec<(String, [i64; 4])> {
    rows.iter().map(|(account, figures)| ((*account).to_owned(), *figures)).collect()
}

async fn count(browser: &Browser, query: &str) -> i64 {
    browser.get(&format!("{ENTRIES}?{query}")).await.well()["total"].as_i64().unwrap()
}

both_databases! {
    async fn a_month_worked_out_by_hand_is_what_the_trial_balance_says_and_a_late_reversal_counts_to_the_next(app: TestApp) {
        let left = a_week(app).await;
        let (operator, finance) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("FINANCE").await);
        let wish = json!({ "sesi_id": left, "result": "DENDA", "final_rp": 20_000, "reason": "Disepakati" });
        assert_eq!(operator.post("/api/v1/overrides", &wish).await.well()["state"], "APPLIED");

        let november = finance.get(&format!("{BALANCE}?month=2026-11")).await.well();
        assert_eq!(figures(&november), expected(&[
            ("1100", [0, 375_000, 0, 375_000]),
            ("2100", [0, 65_000, 270_000, -205_000]),
            ("4100", [0, 0, 300_000, -300_000]),
            ("4200", [0, 45_000, 65_000, -20_000]),
            ("4300", [0, 0, 75_000, -75_000]),
            ("5100", [0, 225_000, 0, 225_000]),
            ("total", [0, 710_000, 710_000, 0]),
        ]));
        assert_eq!((&november["earnings_rp"], &november["locked"], &november["oldest"], &november["newest"]), (&json!(170_000), &json!(false), &json!("2026-11"), &json!("2026-11")));
        assert_eq!(finance.get(BALANCE).await.well()["month"], "2026-11", "the present month unless another is named");

        app.company.clock.set("2026-12-01T03:00:00Z".parse().unwrap());
        app.company.db.run("INSERT INTO period (month, state) VALUES (?,'LOCKED')", vec!["2026-11".into()]).await;
        let denda = denda::Entity::find().one(app.company.db.db.reader()).await.unwrap().unwrap().id;
        app.company.engine.execute(&Request::new("denda", Target::Existing(denda), AnyCommand::new("reverse"), Actor::system())).await.unwrap();
        // The session of November is over.
        let finance = app.signed_in_as("FINANCE").await;
        let again = finance.get(&format!("{BALANCE}?month=2026-11")).await.well();
        assert_eq!((figures(&again), &again["locked"]), (figures(&november), &json!(true)), "a locked month stays as it was");
        let december = finance.get(&format!("{BALANCE}?month=2026-12")).await.well();
        assert_eq!(figures(&december), expected(&[
            ("1100", [375_000, 0, 0, 375_000]),
            ("2100", [-205_000, 0, 20_000, -225_000]),
            ("4100", [-300_000, 0, 0, -300_000]),
            ("4200", [-20_000, 20_000, 0, 0]),
            ("4300", [-75_000, 0, 0, -75_000]),
            ("5100", [225_000, 0, 0, 225_000]),
            ("total", [0, 20_000, 20_000, 0]),
        ]));
        assert_eq!(december["earnings_rp"], -20_000);

        let entry = finance.get(&format!("{ENTRIES}?filter[month]=2026-12")).await.well()["items"][0].clone();
        assert_eq!((&entry["kind"], &entry["occurred_on"], &entry["posted_on"]), (&json!("tutor_denda_reversal"), &json!("2026-11-25"), &json!("2026-12-01")));
        assert_eq!((&entry["reverses"]["kind"], &entry["cause"]["workflow"], &entry["cause"]["id"]), (&json!("tutor_denda"), &json!("denda"), &json!(denda)));
        let origin = finance.get(&format!("{ENTRIES}/{}", entry["reverses"]["id"].as_str().unwrap())).await.well();
        assert_eq!((&origin["reversed_by"]["id"], &origin["reversed_by"]["posted_on"], &origin["amount_rp"]), (&entry["id"], &json!("2026-12-01"), &json!(20_000)));
        assert_eq!(app.company.faults().await, Vec::<String>::new());
        assert_eq!(check::report(&app.company.db.db).await.unwrap().faults, []);
        app.drain().await;
    }

    async fn entries_are_found_by_month_account_party_kind_and_words_page_after_page(app: TestApp) {
        a_week(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let siswa = finance.get("/api/v1/people/siswa").await.well()["items"][0]["code"].as_str().unwrap().to_lowercase();
        for (query, n) in [
            ("", 4),
            ("filter[month]=2026-11", 4),
            ("filter[month]=2026-12", 0),
            ("filter[account]=4300", 1),
            ("filter[account]=4300,4200", 2),
            ("filter[kind]=sesi_completed,tutor_denda", 2),
            (&format!("filter[party_id]={}", app.company.siswa_id), 3),
            (&format!("filter[party_id]={}", app.company.tutor_id), 4),
            (&format!("q={siswa}"), 3),
            ("q=nobody%25", 0),
        ] {
            assert_eq!(count(&finance, query).await, n, "{query}");
        }
        let (mut seen, mut cursor) = (vec![], String::new());
        for _ in 0..4 {
            let page = finance.get(&format!("{ENTRIES}?limit=1&cursor={cursor}")).await.well();
            seen.push(page["items"][0]["posted_on"].as_str().unwrap().to_owned());
            cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!((seen, cursor.as_str()), (["2026-11-26", "2026-11-25", "2026-11-24", "2026-11-23"].map(str::to_owned).to_vec(), ""));
        let lines = &finance.get(&format!("{ENTRIES}?filter[kind]=sesi_completed")).await.well()["items"][0]["lines"];
        let of = |line: usize| (lines[line]["account"].clone(), lines[line]["party"]["kind"].clone(), lines[line]["debit_rp"].clone(), lines[line]["credit_rp"].clone());
        assert_eq!((of(0), of(3)), ((json!("1100"), json!("siswa"), json!(150_000), json!(0)), (json!("2100"), json!("tutor"), json!(0), json!(90_000))));
        app.drain().await;
    }

    async fn a_workbook_holds_figures_and_formulas_and_who_took_it_out_is_recorded(app: TestApp) {
        a_week(app).await;
        let (finance, owner) = (app.signed_in_as("FINANCE").await, app.signed_in_as("OWNER").await);
        let sheet = async |address: String, name: &str| {
            let answer = finance.request(Method::GET, &address).send().await.unwrap();
            let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap();
            (book.worksheet_range(name).unwrap(), book.worksheet_formula(name).unwrap())
        };
        let (rows, formulas) = sheet(format!("{BALANCE}/export.xlsx?month=2026-11"), "trial-balance").await;
        assert_eq!((rows.height(), rows.get_value((17, 4)), formulas.get_value((17, 4)).map(String::as_str)), (18, Some(&Data::Float(645_000.0)), Some("SUM(E2:E17)")), "a heading, sixteen accounts, the sum");
        let (rows, _) = sheet(format!("{ENTRIES}/export.xlsx?filter[month]=2026-11"), "ledger").await;
        assert_eq!(rows.height(), 15, "a heading, four lines for each of three lessons, two of a denda");
        assert!(matches!(rows.get_value((1, 0)), Some(Data::DateTime(_))));
        let taken = owner.get("/api/v1/audit?filter[action]=data.export").await.well();
        assert_eq!((&taken["total"], &taken["items"][0]["actor"]["name"]), (&json!(2), &json!("FINANCE")));
        app.drain().await;
    }

    async fn only_those_who_may_read_the_books_see_them_and_what_is_no_month_is_refused(app: TestApp) {
        let (operator, auditor) = (app.signed_in_as("OPERATOR").await, app.signed_in_as("AUDITOR").await);
        for address in [BALANCE, ENTRIES, "/api/v1/ledger/entries/export.csv", "/api/v1/ledger/trial-balance/export.csv"] {
            assert_eq!(operator.get(address).await.problem(), "403 forbidden", "{address}");
        }
        assert_eq!(auditor.get(BALANCE).await.well()["total"]["debit_rp"], 0, "a month without entries");
        for (address, field) in [(format!("{BALANCE}?month=2026-13"), "month"), (format!("{ENTRIES}?filter[month]=11-2026"), "filter[month]")] {
            let fault = auditor.get(&address).await.body["fields"][0].clone();
            assert_eq!((&fault["field"], &fault["code"]), (&json!(field), &json!("not_month")));
        }
        assert_eq!(auditor.get(&format!("{ENTRIES}/{}", Uuid::from_u128(9))).await.problem(), "404 not_found");
    }
}
