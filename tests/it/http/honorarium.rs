//! Honorarium over HTTP (SPEC FIN-3, REP-3, MON-3): what a month comes to for a tutor, why each line is what it is, the slip, and
//! who sees whose.

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::Lesson;
use tests::pdf;
use uuid::Uuid;

const HONORARIUM: &str = "/api/v1/honorarium";

fn path(id: Uuid) -> String {
    format!("{HONORARIUM}/{id}")
}

/// One sesi taught at the siswa's home, one that the siswa cancelled 90 minutes before, one that the tutor left two hours before.
async fn month(app: &TestApp) -> [Uuid; 3] {
    let company = &app.company;
    let lesson = company.lesson();
    let [cancelled, left] = [1, 2].map(|day| lesson.clone().at(lesson.starts_at + TimeDelta::days(day)));
    let taught = company.completed(&lesson.offline(0.1)).await;
    let second = company.approved(&cancelled).await;
    company.clock.set(cancelled.starts_at - TimeDelta::minutes(90));
    company.done(second, AnyCommand::with("cancel", &json!({ "party": "SISWA" })).because("sakit")).await;
    let third = company.approved(&left).await;
    company.clock.set(left.starts_at - TimeDelta::hours(2));
    company.done(third, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("berhalangan")).await;
    [taught, second, third]
}

/// Bills November; the Honorarium of a tutor.
async fn billed(app: &TestApp, tutor: Uuid) -> Uuid {
    app.drain().await;
    if app.company.db.count("SELECT count(*) FROM honorarium", vec![]).await == 0 {
        app.company.bill("2026-11").await;
    }
    app.company.db.rows("SELECT id FROM honorarium WHERE tutor_id = ?", vec![tutor.into()]).await[0].try_get("", "id").unwrap()
}

async fn slip_of(browser: &Browser, id: Uuid) -> Vec<u8> {
    let answer = browser.request(Method::GET, &format!("{}/pdf", path(id))).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "application/pdf"));
    answer.bytes().await.unwrap().to_vec()
}

/// Somebody with every permission there is, tied to a tutor or a siswa from now on.
async fn tied(app: &TestApp, column: &str, to: Uuid) -> Browser {
    let browser = app.signed_in_as("SENIOR_ADMIN").await;
    let sql = format!("UPDATE user_account SET {column} = ? WHERE email = 'senior_admin@xprivate.education'");
    app.company.db.run(&sql, vec![to.into()]).await;
    browser
}

/// Two tutors with a Honorarium each.
async fn two(app: &TestApp) -> [(Uuid, Uuid); 2] {
    let other = app.company.new_tutor("JKT").await;
    app.company.db.run("UPDATE tutor SET name = 'Xaverius Lain' WHERE id = ?", vec![other.into()]).await;
    let lesson = app.company.lesson();
    month(app).await;
    app.company.completed(&Lesson { tutor_id: other, ..lesson.clone() }.at(lesson.starts_at + TimeDelta::days(3))).await;
    let own = app.company.tutor_id;
    [(own, billed(app, own).await), (other, billed(app, other).await)]
}

both_databases! {
    async fn a_honorarium_says_of_every_line_what_it_is_for_and_why(app: TestApp) {
        let sesi = month(app).await;
        let id = billed(app, app.company.tutor_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        let shown = finance.get(&path(id)).await.well();
        assert_eq!([&shown["number"], &shown["status"], &shown["tutor"]["name"], &shown["run"]["code"]], ["HON-2026-11-00001", "ISSUED", "Dewi Lestari", "RUN-2026-11-01"]);
        assert_eq!([&shown["base_rp"], &shown["transport_rp"], &shown["denda_rp"], &shown["net_rp"], &shown["open_rp"]], [135_000, 10_000, 45_000, 100_000, 100_000]);
        let mut lines: Vec<Value> = shown["lines"].as_array().unwrap().iter()
            .map(|line| json!([line["kind"], line["sesi"]["id"], line["amount_rp"], line["pct"], line["of_rp"], line["lead_time_s"]])).collect();
        lines.sort_by_key(ToString::to_string);
        let expected = [
            json!(["CANCELLATION", sesi[1], 45_000, 50, 90_000, 5_400]),
            json!(["DENDA", sesi[2], -45_000, 50, 90_000, 7_200]),
            json!(["SESI", sesi[0], 90_000, null, null, null]),
            json!(["TRANSPORT", sesi[0], 10_000, null, null, null]),
        ];
        assert_eq!(lines, expected);
        let denda = shown["lines"].as_array().unwrap().iter().find(|line| line["kind"] == "DENDA").unwrap().clone();
        assert_eq!((&denda["refers"]["kind"], &denda["refers"]["code"]), (&json!("denda"), &json!("DND-2026-000001")));
        assert!(!shown.to_string().contains("150000"), "nothing of what the siswa pays");
    }

    async fn one_click_leads_from_a_line_to_price_rule_and_entry(app: TestApp) {
        month(app).await;
        let id = billed(app, app.company.tutor_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        let shown = finance.get(&path(id)).await.well();
        let mut told = vec![];
        for line in shown["lines"].as_array().unwrap() {
            let answer = finance.get(&format!("/api/v1/explain/honorarium/{id}/{}", line["number"])).await.well();
            let amount = answer["amounts"][0].clone();
            let kinds: Vec<&str> = amount["steps"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
            told.push(format!("{} {} {} {}", line["kind"].as_str().unwrap(), amount["key"].as_str().unwrap(), amount["rp"], kinds.join(" ")));
        }
        told.sort();
        assert_eq!(told, [
            "CANCELLATION tutor_honor 45000 policy entry",
            "DENDA denda 45000 policy entry",
            "SESI honorarium 90000 matrix policy approval entry",
            "TRANSPORT transport 10000 policy approval entry",
        ]);
        assert_eq!(finance.get(&format!("/api/v1/explain/honorarium/{id}/9")).await.problem(), "404 not_found");
    }

    async fn the_slip_is_read_on_paper_and_its_taking_is_recorded(app: TestApp) {
        month(app).await;
        let id = billed(app, app.company.tutor_id).await;
        let finance = app.signed_in_as("FINANCE").await;
        let bytes = slip_of(&finance, id).await;
        let text = pdf::text(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["Slip honorarium HON-2026-11-00001", "November 2026", "Dewi Lestari", "Rp135.000", "Rp10.000", "-Rp45.000", "Rp100.000", "Seratus ribu rupiah", "DND-2026-000001", "50% dari Rp90.000"] {
            assert!(text.contains(said), "{said} in {text}");
        }
        assert!(!text.contains("150.000"), "nothing of what the siswa pays: {text}");
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'honorarium.slip'", vec![]).await, 1);
        assert_eq!(slip_of(&finance, id).await, bytes, "the same day gives the same bytes");
    }

    async fn the_list_is_filtered_and_summed(app: TestApp) {
        let [(_, own), (other, others)] = two(app).await;
        let finance = app.signed_in_as("FINANCE").await;
        let list = async |query: &str| finance.get(&format!("{HONORARIUM}?{query}")).await.well();
        let all = list("").await;
        assert_eq!((all["total"].as_i64(), &all["sums"]["net_rp"], &all["sums"]["open_count"]), (Some(2), &json!(190_000), &json!(2)));
        assert_eq!(list(&format!("filter[tutor_id]={other}")).await["items"][0]["id"], json!(others));
        assert_eq!(list("q=dewi").await["items"][0]["id"], json!(own));
        assert_eq!(list("filter[month]=2026-10").await["total"], 0);
        app.company.db.run("UPDATE honorarium SET status = 'VOID' WHERE id = ?", vec![others.into()]).await;
        let left = list("").await;
        assert_eq!((&left["total"], &left["sums"]["net_rp"], &left["sums"]["open_rp"]), (&json!(2), &json!(100_000), &json!(100_000)), "what is void counts for nothing");
        assert_eq!(list("filter[status]=ISSUED").await["total"], 1);
        assert_eq!(finance.get(&format!("{HONORARIUM}?filter[colour]=red")).await.problem(), "400 malformed_query");
        assert_eq!(app.signed_in_as("OPERATOR").await.get(HONORARIUM).await.status, 403);
    }

    async fn an_account_of_a_tutor_sees_its_own_and_one_of_a_siswa_none(app: TestApp) {
        let [(tutor, own), (_, others)] = two(app).await;
        let browser = tied(app, "tutor_id", tutor).await;
        let list = browser.get(HONORARIUM).await.well();
        assert_eq!((&list["total"], &list["items"][0]["id"], &list["sums"]["net_rp"]), (&json!(1), &json!(own), &json!(100_000)), "sums are those of its own");
        assert_eq!(browser.get(&format!("{HONORARIUM}?q=Xaverius")).await.well()["total"], 0);
        assert_eq!(browser.get(&path(own)).await.status, 200);
        slip_of(&browser, own).await;
        for end in ["", "/pdf"] {
            assert_eq!(browser.get(&format!("{}{end}", path(others))).await.problem(), "404 not_found", "{end}");
        }
        let run: Uuid = app.company.db.rows("SELECT run_id FROM honorarium WHERE id = ?", vec![own.into()]).await[0].try_get("", "run_id").unwrap();
        assert_eq!(browser.get(&format!("{HONORARIUM}?filter[run_id]={run}")).await.well()["total"], 1, "no other way around");
        app.company.db.run("UPDATE user_account SET tutor_id = NULL, siswa_id = ? WHERE email = 'senior_admin@xprivate.education'", vec![app.company.siswa_id.into()]).await;
        assert_eq!(browser.get(HONORARIUM).await.well()["items"], json!([]));
        assert_eq!(browser.get(&path(own)).await.problem(), "404 not_found");
    }
}
