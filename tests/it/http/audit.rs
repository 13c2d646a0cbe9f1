//! The audit as auditors use it: filtered, paged, all about one entity, and taken out (SPEC AUD-4).

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::seal::{self, Look};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Cursor;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::company::person;
use uuid::Uuid;

const AUDIT: &str = "/api/v1/audit";
/// As an address carries it.
const DAY: &str = "filter[from]=2026-11-23&filter[until]=2026-11-23";

fn rina() -> Actor {
    person(77, "Rina", &[])
}

/// Writes a record of a toy at an instant, by Rina.
async fn noted(app: &TestApp, at: DateTime<Utc>, verb: &str, change: (Value, Value), reason: Option<&str>) {
    let (before, after) = change;
    let record = Action {
        action: format!("toy.{verb}"),
        entity_type: "toy",
        entity_id: Uuid::from_u128(7),
        entity_code: Some("T-7"),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(before),
        after: Some(after),
        reason,
    };
    let mut batch = Batch::default();
    audit::record(record, &rina(), at, &mut batch);
    let tx = app.app.engine.db.begin().await.unwrap();
    batch.run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn listed(browser: &Browser, query: &str) -> Value {
    browser.get(&format!("{AUDIT}?{query}")).await.well()
}

fn actions(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect()
}

/// The rows of a sheet as texts of their kinds.
async fn workbook(browser: &Browser, query: &str) -> Xlsx<Cursor<Vec<u8>>> {
    let answer = browser.request(Method::GET, &format!("{AUDIT}/export.xlsx?{query}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"audit-2026"));
    open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap()
}

async fn csv(browser: &Browser, query: &str) -> String {
    let answer = browser.get(&format!("{AUDIT}/export.csv?{query}")).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/csv; charset=utf-8"));
    answer.body.as_str().unwrap().to_owned()
}

async fn seal_all(app: &TestApp) {
    seal::seal(&app.app.engine.db, app.company.clock.as_ref(), Look::Everywhere).await.unwrap();
}

both_databases! {
    async fn a_day_is_a_day_of_the_office(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        // Midnight in Jakarta is 17:00 in UTC, in Jayapura 15:00.
        for (verb, text) in [("before", "2026-11-22T16:59:59Z"), ("first", "2026-11-22T17:00:00Z"), ("last", "2026-11-23T16:59:59Z"), ("after", "2026-11-23T17:00:00Z")] {
            noted(app, at(text), verb, (json!({}), json!({})), None).await;
        }
        assert_eq!(actions(&listed(&auditor, DAY).await), ["toy.last", "toy.first"]);
        assert_eq!(actions(&listed(&auditor, &format!("{DAY}&sort=at")).await), ["toy.first", "toy.last"]);
        assert_eq!(actions(&listed(&auditor, &format!("{DAY}&filter[zone]=Asia/Jayapura")).await), ["toy.first", "toy.before"]);
        assert_eq!(actions(&listed(&auditor, "filter[from]=2026-11-23T00:00:00%2B07:00&filter[until]=2026-11-22T17:00:01Z").await), ["toy.first"]);
        for (query, field) in [("filter[zone]=Mars/Base", "filter[zone]"), ("filter[from]=yesterday", "filter[from]"), ("filter[actor_id]=x", "filter[actor_id]")] {
            let answer = auditor.get(&format!("{AUDIT}?{query}")).await;
            assert_eq!((answer.problem().as_str(), &answer.body["fields"][0]["field"]), ("422 invalid", &json!(field)));
        }
        assert_eq!(auditor.get(&format!("{AUDIT}?filter[colour]=red")).await.problem(), "400 malformed_query");
    }

    async fn every_filter_leaves_what_it_says(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        let id = app.company.approved(&app.company.lesson()).await;
        let code = app.company.sesi(id).await.code;
        noted(app, app.company.now(), "painted", (json!({}), json!({})), Some("Warna 100% lama")).await;
        for (query, expected) in [
            (format!("filter[entity]={code}"), vec!["sesi.approve", "sesi.request"]),
            (format!("filter[entity]={}", code.to_lowercase()), vec!["sesi.approve", "sesi.request"]),
            (format!("filter[entity]={id}&filter[action]=sesi.request"), vec!["sesi.request"]),
            ("filter[entity]=SES-9999-000001".into(), vec![]),
            ("filter[entity_type]=toy".into(), vec!["toy.painted"]),
            (format!("filter[actor_id]={}", rina().id), vec!["toy.painted"]),
            ("filter[action]=toy.painted,toy.sold".into(), vec!["toy.painted"]),
            ("q=100%25".into(), vec!["toy.painted"]),
            ("q=WARNA".into(), vec!["toy.painted"]),
            ("q=nothing-like-it".into(), vec![]),
        ] {
            let page = listed(&auditor, &query).await;
            assert_eq!((actions(&page), page["total"].as_i64().unwrap(), &page["more"]), (expected.clone(), expected.len() as i64, &json!(false)), "{query}");
            assert_eq!(page["searched_from"].is_string(), query.starts_with("q="), "{query}");
        }
        let page = listed(&auditor, "filter[entity]=auditor@xprivate.education").await;
        assert!(actions(&page).contains(&"session.sign_in") || !actions(&page).is_empty(), "an account is found by its address: {page}");
    }

    async fn changed_fields_are_told_with_the_way_to_them(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        let before = json!({ "state": "A", "place": { "lat": 1, "address": "Jl. Melati" }, "fee_rp": 1_000 });
        let after = json!({ "state": "A", "place": { "lat": 1, "address": "Jl. Mawar" }, "fee_rp": 2_000 });
        noted(app, app.company.now(), "moved", (before, after), None).await;
        let page = listed(&auditor, "filter[entity_type]=toy").await;
        let expected = json!([
            { "field": "fee_rp", "old": 1_000, "new": 2_000 },
            { "field": "place.address", "old": "Jl. Melati", "new": "Jl. Mawar" },
        ]);
        assert_eq!(page["items"][0]["changes"], expected);
        assert_eq!(page["items"][0]["seal"], Value::Null);
        seal_all(app).await;
        assert_eq!(listed(&auditor, "filter[entity_type]=toy").await["items"][0]["seal"], 1);
    }

    async fn pages_neither_repeat_nor_skip_while_records_are_added(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        for n in 0..10 {
            // Several at one instant: their ids decide.
            noted(app, app.company.now() + TimeDelta::seconds(n / 3), &format!("n{n}"), (json!({}), json!({})), None).await;
        }
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = listed(&auditor, &format!("filter[entity_type]=toy&limit=3{cursor}")).await;
            seen.extend(actions(&page).into_iter().map(str::to_owned));
            noted(app, app.company.now() + TimeDelta::hours(1), "new", (json!({}), json!({})), None).await;
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), unique.len()), (10, 10), "{seen:?}");
    }

    async fn what_may_be_chosen_is_listed_with_what_it_would_leave(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        for verb in ["painted", "painted", "sold"] {
            noted(app, app.company.now(), verb, (json!({}), json!({})), None).await;
        }
        let n = |list: &Value, key: &str, value: &str| list.as_array().unwrap().iter().find(|one| one[key] == value).map(|one| one["n"].as_i64().unwrap());
        let all = auditor.get(&format!("{AUDIT}/facets")).await.well();
        assert_eq!((n(&all["actions"], "code", "toy.painted"), n(&all["entity_types"], "code", "toy"), n(&all["actors"], "name", "Rina")), (Some(2), Some(3), Some(3)));
        let some = auditor.get(&format!("{AUDIT}/facets?filter[action]=toy.sold")).await.well();
        // Its own filter does not narrow a list of choices; the others do.
        assert_eq!((n(&some["actions"], "code", "toy.painted"), n(&some["actors"], "name", "Rina")), (Some(2), Some(1)));
        let none = auditor.get(&format!("{AUDIT}/facets?filter[until]=2020-01-01")).await.well();
        assert_eq!((n(&none["actions"], "code", "toy.painted"), n(&none["actors"], "name", "Rina")), (Some(0), Some(0)), "still there to choose");
    }

    async fn all_about_a_sesi_stands_on_one_page_in_the_order_of_time(app: TestApp) {
        let id = app.company.completed(&app.company.lesson()).await;
        app.drain().await;
        let auditor = app.signed_in_as("AUDITOR").await;
        let path = format!("{AUDIT}/entities/sesi/{id}");
        let page = auditor.get(&path).await.well();
        let code = app.company.sesi(id).await.code;
        assert_eq!((&page["code"], &page["state"], &page["type"]), (&json!(code), &json!("COMPLETED"), &json!("sesi")));
        let items = page["items"].as_array().unwrap();
        let times: Vec<DateTime<Utc>> = items.iter().map(|item| at(item["at"].as_str().unwrap())).collect();
        assert!(times.is_sorted(), "{times:?}");
        let of = |kind: &str| items.iter().filter(|item| item["what"]["kind"] == kind).collect::<Vec<_>>();
        let steps: Vec<&str> = of("step").iter().map(|item| item["what"]["command"].as_str().unwrap()).collect();
        assert_eq!(steps[..6], ["request", "approve", "start", "report", "confirm", "validate"]);
        for step in of("step") {
            assert_eq!(step["what"]["record"]["instance_seq"], step["seq"]);
        }
        let document = of("document");
        assert_eq!(document[0]["what"]["id"], json!(app.company.photo_id));
        let counted = async |table: &str| app.company.db.count(&format!("SELECT count(*) FROM {table} WHERE instance_id = ?"), vec![id.into()]).await as usize;
        for (kind, table) in [("entry", "journal_entry"), ("decision", "policy_decision"), ("timer", "timer"), ("job", "job"), ("task_opened", "task")] {
            assert!(!of(kind).is_empty() || counted(table).await == 0, "{kind}");
            assert_eq!(of(kind).len(), counted(table).await, "{kind}");
        }
        assert!(!of("entry").is_empty() && !of("decision").is_empty() && !of("task_closed").is_empty());
        let records = of("step").len();
        assert_eq!((&page["seal"]["records"], &page["seal"]["sealed"]), (&json!(records), &json!(0)));
        seal_all(app).await;
        let sealed = auditor.get(&path).await.well();
        assert_eq!((&sealed["seal"]["sealed"], &sealed["seal"]["last_seal"]), (&json!(records), &json!(1)));
        assert_eq!(auditor.get(&format!("{AUDIT}/entities/sesi/{}", Uuid::from_u128(4))).await.problem(), "404 not_found");
        assert_eq!(auditor.get(&format!("{AUDIT}/entities/dragon/{id}")).await.problem(), "404 not_found");
    }

    async fn all_about_an_account_and_about_something_gone_is_shown_too(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let user = owner.post("/api/v1/users", &json!({ "email": "rina@xprivate.education", "name": "Rina", "roles": ["HR"] })).await.body;
        let page = owner.get(&format!("{AUDIT}/entities/user/{}", user["id"].as_str().unwrap())).await.well();
        assert_eq!((&page["code"], &page["label"], &page["state"]), (&json!("rina@xprivate.education"), &json!("Rina"), &json!("ACTIVE")));
        assert_eq!(page["items"][0]["what"]["record"]["action"], "user.create");
        noted(app, app.company.now(), "sold", (json!({}), json!({})), None).await;
        let toy = owner.get(&format!("{AUDIT}/entities/toy/{}", Uuid::from_u128(7))).await.well();
        assert_eq!((&toy["code"], &toy["label"], toy["items"].as_array().unwrap().len()), (&json!("T-7"), &Value::Null, 1));
    }

    async fn a_csv_holds_one_line_per_changed_field_and_nothing_a_spreadsheet_would_run(app: TestApp) {
        app.company.clock.set(at("2026-11-24T00:00:00Z"));
        let auditor = app.signed_in_as("AUDITOR").await;
        let before = json!({ "fee_rp": 1_000, "note": "a" });
        let after = json!({ "fee_rp": -2_500, "note": "=HYPERLINK(\"http://x\";\"y\")" });
        noted(app, at("2026-11-23T02:00:00Z"), "priced", (before, after), Some("+62 menelepon; lalu\nbatal")).await;
        noted(app, at("2026-11-23T03:00:00Z"), "seen", (json!({}), json!({})), None).await;
        let text = csv(&auditor, DAY).await;
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("Waktu (Asia/Jakarta);Waktu UTC;Pelaku;"), "{}", lines[0]);
        assert!(lines[1].starts_with("2026-11-23 09:00:00+07:00;2026-11-23T02:00:00.000Z;Rina;;toy.priced;toy;T-7;fee_rp;1000;-2500;\"'+62 menelepon; lalu\nbatal\";"), "{}", lines[1]);
        assert!(lines[2].contains(";note;a;\"'=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\";"), "{}", lines[2]);
        assert!(lines[3].contains(";toy.seen;toy;T-7;;;;") && lines.len() == 5, "{lines:?}");
        let english = csv(&auditor, &format!("{DAY}&lang=en")).await;
        assert!(english.contains("Time (Asia/Jakarta);Time UTC;Actor;"));
    }

    async fn a_workbook_holds_the_same_with_real_dates_and_figures(app: TestApp) {
        app.company.clock.set(at("2026-11-24T00:00:00Z"));
        let auditor = app.signed_in_as("AUDITOR").await;
        noted(app, at("2026-11-23T02:00:00Z"), "priced", (json!({ "fee_rp": 1_000 }), json!({ "fee_rp": -2_500 })), Some("=1+1")).await;
        let mut book = workbook(&auditor, DAY).await;
        assert_eq!(book.sheet_names(), ["Audit", "Keterangan"]);
        let sheet = book.worksheet_range("Audit").unwrap();
        let rows: Vec<&[Data]> = sheet.rows().collect();
        assert_eq!((rows.len(), rows[0][0].to_string().as_str()), (2, "Waktu (Asia/Jakarta)"));
        let Data::DateTime(moment) = &rows[1][0] else { panic!("{:?}", rows[1][0]) };
        assert_eq!(moment.as_datetime().unwrap().to_string(), "2026-11-23 09:00:00");
        assert_eq!((&rows[1][8], &rows[1][9]), (&Data::Float(1_000.0), &Data::Float(-2_500.0)));
        assert_eq!(rows[1][10], Data::String("=1+1".into()), "a text, not a formula");
        assert!(book.worksheet_formula("Audit").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
        let about: Vec<String> = book.worksheet_range("Keterangan").unwrap().rows().map(|row| format!("{}={}", row[0], row[1])).collect();
        assert!(about.contains(&"Dibuat oleh=AUDITOR".into()) && about.contains(&"Jumlah catatan=1".into()) && about.contains(&"Saringan: from=2026-11-23".into()), "{about:?}");
    }

    async fn an_export_of_many_pages_is_whole_and_leaves_its_own_record_out(app: TestApp) {
        let auditor = app.signed_in_as("AUDITOR").await;
        let mut batch = Batch::default();
        for n in 0..1_203 {
            let record = Action {
                action: "toy.counted".into(), entity_type: "toy", entity_id: Uuid::from_u128(7), entity_code: None, instance_seq: None, on_behalf_of: None,
                before: None, after: Some(json!({ "n": n })), reason: None,
            };
            // Three share each instant, so that pages end between records of one instant.
            audit::record(record, &rina(), at("2026-11-20T02:00:00Z") + TimeDelta::seconds(n / 3), &mut batch);
            if n % 50 == 0 || n == 1_202 {
                let tx = app.app.engine.db.begin().await.unwrap();
                std::mem::take(&mut batch).run(&tx).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        app.company.clock.advance(TimeDelta::hours(1));
        let text = csv(&auditor, "").await;
        let counted: BTreeSet<&str> = text.split("\r\n").filter(|line| line.contains(";toy.counted;")).collect();
        assert_eq!(counted.len(), 1_203);
        assert!(!text.contains("audit.export"));
        let mut book = workbook(&auditor, "filter[entity_type]=toy").await;
        assert_eq!(book.worksheet_range("Audit").unwrap().rows().count(), 1_204);
        let owner = app.signed_in_as("OWNER").await;
        let page = listed(&owner, "filter[action]=audit.export").await;
        let after: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["after"]).collect();
        let formats: BTreeSet<&str> = after.iter().map(|after| after["format"].as_str().unwrap()).collect();
        assert_eq!(formats, BTreeSet::from(["csv", "xlsx"]), "{page}");
        let xlsx = after.iter().find(|after| after["format"] == "xlsx").unwrap();
        assert_eq!((&xlsx["records"], &xlsx["entity_type"]), (&json!(1_203), &json!("toy")));
        assert_eq!(page["items"][0]["actor"]["name"], "AUDITOR");
    }

    async fn what_was_about_somebody_erased_is_said_to_be_and_no_export_tells_it(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let user = owner.post("/api/v1/users", &json!({ "email": "rina@xprivate.education", "name": "Rina Puspita", "roles": ["HR"] })).await.body;
        let id: Uuid = user["id"].as_str().unwrap().parse().unwrap();
        let query = format!("filter[entity_id]={id}");
        let change = async |field: &str| {
            let page = listed(&owner, &query).await;
            let changes = page["items"][0]["changes"].as_array().unwrap().clone();
            changes.into_iter().find(|change| change["field"] == field).map(|change| change["new"].clone())
        };
        assert_eq!(change("name").await, Some(json!("Rina Puspita")));
        assert_eq!(actions(&listed(&owner, "q=puspita").await), ["user.create"], "found by name, though the name stands sealed");
        assert!(actions(&listed(&owner, "q=personal").await).is_empty(), "how a value is sealed is no text");
        app.company.clock.advance(TimeDelta::minutes(1));
        assert!(csv(&owner, &query).await.contains("Rina Puspita"));
        assert_eq!(app.company.db.run("UPDATE personal_key SET key = NULL, destroyed_at = ? WHERE owner_id = ?", vec![app.company.now().into(), id.into()]).await, 1);
        assert_eq!(change("name").await, Some(json!({ "$erased": true })));
        assert_eq!(change("state").await, Some(json!("ACTIVE")));
        let text = csv(&owner, &query).await;
        assert!(!text.contains("Puspita") && text.contains(";(dihapus);"), "{text}");
        // What was searched for may be a name, and is nowhere in the clear.
        csv(&owner, "q=Puspita").await;
        let stored = app.company.db.texts("SELECT CAST(after AS TEXT) AS text FROM audit_record WHERE action = 'audit.export'", vec![]).await;
        assert!(stored.len() == 3 && stored.iter().all(|after| !after.contains("Puspita")), "{stored:?}");
    }

    async fn only_owners_seniors_and_auditors_take_the_audit_out(app: TestApp) {
        for (role, may_read, may_export) in
            [("OWNER", true, true), ("SENIOR_ADMIN", true, true), ("AUDITOR", true, true), ("FINANCE", true, false), ("OPERATOR", false, false), ("HR", false, false)]
        {
            let browser = app.signed_in_as(role).await;
            assert_eq!((browser.may("audit.read"), browser.may("audit.export")), (may_read, may_export), "{role}");
            for (path, may) in [("facets", may_read), ("export.csv", may_export), ("export.xlsx", may_export)] {
                let answer = browser.get(&format!("{AUDIT}/{path}")).await;
                assert_eq!(answer.status, if may { 200 } else { 403 }, "{role} {path}");
            }
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'audit.export'", vec![]).await, 6);
    }
}
