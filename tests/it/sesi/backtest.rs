//! What a draft would have changed, asked on the command line (SPEC POL-7).

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::both_databases;
use tests::company::Company;
use tests::program::Home;

const HOUR: i64 = 3_600;
const EVER: [&str; 4] = ["--from", "2020-01-01", "--to", "2099-12-31"];

/// Tutors cancel one sesi each day, by these lead times.
async fn cancelled(company: &Company, lead_times_s: &[i64]) -> Vec<String> {
    let mut starts_at = company.lesson().starts_at;
    let mut codes = vec![];
    for lead_s in lead_times_s {
        starts_at += TimeDelta::days(1);
        let id = company.approved(&company.lesson().at(starts_at)).await;
        company.clock.set(starts_at - TimeDelta::seconds(*lead_s));
        codes.push(company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await.code);
    }
    codes
}

fn backtest(company: &Company, folder: &std::path::Path, (name, draft): (&str, &str), period: [&str; 4]) -> (bool, Value) {
    let path = folder.join(name);
    std::fs::write(&path, draft).unwrap();
    let mut words = vec!["policy", "backtest", "cancellation.tutor", "--draft", path.to_str().unwrap(), "--json"];
    words.extend(period);
    let done = Home::new(&company.db.url, folder).run(&words);
    (done.status.success(), serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}")))
}

fn brackets(pct_of_4_hours: i64) -> String {
    let row = |hours: i64, pct: i64| json!({ "threshold_hours": hours, "substitution_denda_pct": pct, "strike_added": 1 });
    let brackets = json!([row(1, 100), row(2, 50), row(4, pct_of_4_hours)]);
    json!({ "params": { "brackets": brackets, "denda_basis": "HONORARIUM", "base_penalty_enabled": true } }).to_string()
}

both_databases! {
    /// Honorarium 90.000: 4 h cost 25 %, in the draft 10 %.
    async fn a_draft_of_the_brackets_names_what_would_have_come_out_otherwise(company: Company) {
        let codes = cancelled(company, &[3 * HOUR, HOUR, 4 * HOUR, 5 * HOUR]).await;
        let folder = tempfile::tempdir().unwrap();
        let (well, said) = backtest(company, folder.path(), ("draft.json", &brackets(10)), EVER);
        assert!(well, "{said}");
        assert_eq!((&said["decisions"], &said["changed"], &said["failed"]), (&json!(4), &json!(2), &json!(0)));
        assert_eq!(said["delta_rp"], json!({ "denda_rp": -27_000, "honor_rp": 0 }));
        assert_eq!(said["delta"], json!({ "strikes": 0 }));
        let biggest: Vec<(&str, i64)> = said["biggest"].as_array().unwrap().iter().map(|one| (one["code"].as_str().unwrap(), one["moved_rp"].as_i64().unwrap())).collect();
        assert_eq!(biggest, [(codes[0].as_str(), 13_500), (codes[2].as_str(), 13_500)]);
        assert_eq!(said["biggest"][0]["draft"]["denda_pct"], 10);
    }

    async fn what_is_printed_says_whose_money_moves_and_a_count_that_stays_is_a_bare_zero(company: Company) {
        cancelled(company, &[3 * HOUR]).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("draft.json");
        std::fs::write(&path, brackets(10)).unwrap();
        let done = Home::new(&company.db.url, folder.path()).run(&["policy", "backtest", "cancellation.tutor", "--draft", path.to_str().unwrap(), EVER[0], EVER[1], EVER[2], EVER[3]]);
        let printed = String::from_utf8_lossy(&done.stdout).into_owned();
        let line = |word: &str| printed.lines().find(|line| line.trim().starts_with(word)).unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(line("strikes"), ["strikes", "0"], "{printed}");
        assert_eq!(line("tutor")[..2], ["tutor", "+Rp13.500"], "{printed}");
        assert_eq!(line("company")[..2], ["company", "-Rp13.500"], "{printed}");
    }

    async fn the_version_in_force_changes_nothing_and_a_day_outside_holds_nothing(company: Company) {
        cancelled(company, &[3 * HOUR, HOUR]).await;
        let folder = tempfile::tempdir().unwrap();
        let (_, same) = backtest(company, folder.path(), ("draft.json", "{}"), EVER);
        assert_eq!((&same["decisions"], &same["changed"], &same["delta_rp"]["denda_rp"]), (&json!(2), &json!(0), &json!(0)));
        let (_, none) = backtest(company, folder.path(), ("draft.json", &brackets(10)), ["--from", "2020-01-01", "--to", "2020-01-01"]);
        assert_eq!((&none["decisions"], &none["delta_rp"]), (&json!(0), &json!({})));
    }

    async fn a_draft_that_breaks_says_where_and_one_that_fails_names_the_sesi(company: Company) {
        let codes = cancelled(company, &[3 * HOUR]).await;
        let folder = tempfile::tempdir().unwrap();
        let (well, said) = backtest(company, folder.path(), ("draft.rhai", "fn decide(input, params) {\n    #{ a: }\n}"), EVER);
        assert!(!well && said["error"]["message"].as_str().unwrap().contains("line 2"), "{said}");
        let none = Home::new(&company.db.url, folder.path()).run(&["policy", "backtest", "cancellation.tutor", "--draft", "not-there.json", "--from", "2026-01-01", "--to", "2026-12-31"]);
        let complaint = String::from_utf8_lossy(&none.stderr).into_owned();
        assert!(!none.status.success() && complaint.contains("give --draft a script"), "{complaint}");
        let (well, said) = backtest(company, folder.path(), ("draft.json", "{\"parameters\": {}}"), EVER);
        assert!(!well && said["error"]["message"].as_str().unwrap().contains("parameters"), "{said}");
        let (well, said) = backtest(company, folder.path(), ("draft.rhai", "fn decide(input, params) { throw \"not yet\" }"), EVER);
        assert!(well, "{said}");
        assert_eq!((&said["failed"], &said["changed"], &said["failures"][0]["code"]), (&json!(1), &json!(0), &json!(codes[0])));
    }
}
