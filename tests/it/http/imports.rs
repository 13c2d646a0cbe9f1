//! CSV files from a browser (MD-7): tried, mended, imported; and what comes out goes in again.

use super::users::{recorded, somebody_with};
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};

const ROWS: usize = 10_000;
/// How many rows lie between two bad ones: 37 are bad.
const STEP: usize = 270;

async fn import(browser: &Browser, kind: &str, query: &str, csv: impl Into<reqwest::Body>) -> Answer {
    browser.post_raw(&format!("/api/v1/imports/{kind}?{query}"), "text/csv", csv).await
}

fn is_bad(row: usize) -> bool {
    row.is_multiple_of(STEP) && row > 0
}

/// Ten thousand siswa; some without a phone that is one, some of a Tingkat that is none.
fn many_siswa() -> String {
    let mut csv = String::from("code;name;tingkat;segmentasi;office;parent_name;parent_phone;parent_relation\r\n");
    for row in 0..ROWS {
        let (tingkat, phone) = match (is_bad(row), row.is_multiple_of(2 * STEP)) {
            (true, true) => ("SD_55", format!("0812{row:07}")),
            (true, false) => ("SD_5", "tidak ada".into()),
            (false, _) => ("SD_5", format!("0812{row:07}")),
        };
        csv.push_str(&format!("SIS-9{row:05};Siswa {row};{tingkat};REGULER;JKT;\"Ibu\nSiswa {row}\";{phone};ibu\r\n"));
    }
    csv
}

/// The line a row of the file begins on: the header is one, and each row has two.
fn line(row: usize) -> usize {
    2 + 2 * row
}

fn errors(answer: &Value) -> Vec<(i64, &str, &str)> {
    let text = |error: &'_ Value, name: &str| error[name].as_i64().unwrap_or_default();
    let list = answer["errors"].as_array().unwrap();
    list.iter().map(|error| (text(error, "line"), error["column"].as_str().unwrap_or(""), error["code"].as_str().unwrap())).collect()
}

fn counts(answer: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "error_count"].map(|name| answer[name].as_i64().unwrap())
}

async fn download(browser: &Browser, path: &str) -> String {
    let response = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

both_databases! {
    async fn of_ten_thousand_rows_the_37_bad_ones_are_named_and_the_others_written(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let csv = many_siswa();
        let tried = import(&owner, "siswa", "dry_run=true&rows=true&file=siswa.csv", csv.clone()).await.well();
        assert_eq!((counts(&tried), &tried["written"]), ([9_963, 0, 0, 37], &json!(false)));
        let expected: Vec<(i64, &str, &str)> = (0..ROWS)
            .filter(|row| is_bad(*row))
            .map(|row| {
                let fault = if row.is_multiple_of(2 * STEP) { ("tingkat", "unknown_reference") } else { ("parent_phone", "phone_letters") };
                (i64::try_from(line(row)).unwrap(), fault.0, fault.1)
            })
            .collect();
        let told: Vec<(i64, &str)> = errors(&tried).iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(told, expected.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>());
        assert_eq!(tried["failed_lines"], json!(expected.iter().map(|(line, ..)| *line).collect::<Vec<_>>()));
        let reference = tried["errors"].as_array().unwrap().iter().find(|error| error["column"] == "tingkat").unwrap();
        assert_eq!(reference["params"]["nearest"], "SD_5");
        let rows = tried["sheet"]["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[270]["line"], &rows[270]["cells"][0]), (ROWS, &json!(line(270)), &json!("SIS-900270")));
        assert_eq!(app.company.db.count("SELECT count(*) FROM siswa WHERE code LIKE 'SIS-9%'", vec![]).await, 0);

        let refused = import(&owner, "siswa", "", csv.clone()).await.well();
        assert_eq!((&refused["written"], &refused["sheet"]), (&json!(false), &Value::Null));
        let done = import(&owner, "siswa", "only_valid=true&file=siswa.csv", csv.clone()).await.well();
        assert_eq!((counts(&done), &done["written"]), ([9_963, 0, 0, 37], &json!(true)));
        assert_eq!(app.company.db.count("SELECT count(*) FROM siswa WHERE code LIKE 'SIS-9%'", vec![]).await, 9_963);
        let record = recorded(&owner, "import.file").await;
        let after = &record["after"];
        assert_eq!((&after["what"], &after["file"], &after["created"], &after["left_out"]), (&json!("siswa"), &json!("siswa.csv"), &json!(9_963), &json!(37)));
        assert_eq!((&after["sha256"], &record["actor"]["name"]), (&done["sha256"], &json!("OWNER")));

        let again = import(&owner, "siswa", "only_valid=true", csv).await.well();
        assert_eq!(counts(&again), [0, 0, 9_963, 37]);
        let files = "SELECT count(*) FROM audit_record WHERE action = 'import.file'";
        assert_eq!(app.company.db.count(files, vec![]).await, 1, "what changes nothing leaves no record");
    }

    async fn a_file_that_cannot_be_read_is_refused_with_what_is_wrong(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let slots = "tutor,weekday,from,until\nTUT-1,Senin,13:00,14:00\n";
        let wrong = import(&owner, "siswa", "dry_run=true", slots).await;
        assert_eq!(wrong.problem(), "422 columns_wrong");
        let params = &wrong.body["params"];
        assert_eq!((&params["fits"], &params["unknown"][0], &params["missing"][0]), (&json!(["slot"]), &json!("tutor"), &json!("code")));
        assert_eq!(wrong.body["fields"][0]["field"], "file");
        for (csv, code) in [(b"".to_vec(), "422 file_empty"), (b"tutor,weekday,from,until\nA,\xe9,1,2".to_vec(), "422 not_utf8")] {
            assert_eq!(import(&owner, "slot", "dry_run=true", csv).await.problem(), code);
        }
        let many = format!("tutor,weekday,from,until\n{}", "A,1,07:00,08:00\n".repeat(100_001));
        assert_eq!(import(&owner, "slot", "dry_run=true", many).await.problem(), "422 too_many_rows");
        assert_eq!(import(&owner, "dragon", "", slots).await.problem(), "404 not_found");
        assert_eq!(import(&owner, "slot", "dryrun=true", slots).await.problem(), "400 malformed_query");
        // Last, for the server hangs up on whoever goes on sending; its answer may be lost with that.
        let large = owner.request(Method::POST, "/api/v1/imports/slot").header("X-CSRF-Token", &owner.csrf).body(vec![b'a'; 21 * 1024 * 1024]);
        match large.send().await {
            Ok(answer) => assert_eq!(answer.status(), 413),
            Err(error) => assert!(error.is_request(), "{error:?}"),
        }
    }

    async fn each_kind_needs_its_own_permission(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let browser = somebody_with(app, &owner, &["catalog.read", "siswa.manage"]).await;
        let kinds = browser.get("/api/v1/imports").await.well();
        let allowed: Vec<&Value> = kinds.as_array().unwrap().iter().filter(|kind| kind["allowed"] == true).map(|kind| &kind["kind"]).collect();
        assert_eq!(allowed, [&json!("siswa")]);
        for kind in kinds.as_array().unwrap() {
            let name = kind["kind"].as_str().unwrap();
            let template = download(&browser, &format!("/api/v1/imports/{name}/template.csv")).await;
            assert!(template.starts_with('\u{feff}') && template.contains(';'), "{template}");
            let answer = import(&browser, name, "dry_run=true", template).await;
            assert_eq!(answer.status == 403, name != "siswa", "{name}: {answer:?}");
        }
    }

    async fn what_comes_out_goes_in_again_and_changes_nothing(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let company = &app.company;
        import(&owner, "subject", "", "code,name,kategori,levels\nMANDARIN_X,\"=Bahasa; \"\"M\"\"\",BAHASA_ASING,HSK_1=HSK 1|HSK_2=HSK 2\n").await.well();
        let code = company.db.texts("SELECT code AS text FROM tutor", vec![]).await.remove(0);
        import(&owner, "slot", "", format!("tutor,weekday,from,until\n{code},Senin,07:30,24:00\n{code},7,09:00,10:00\n")).await.well();
        import(&owner, "tutor_subject", "", format!("tutor,subject,level\n{code},MANDARIN_X,HSK_2\n")).await.well();
        for (kind, path) in [("office", "offices"), ("subject", "subjects"), ("slot", "slots"), ("tutor_subject", "tutor-subjects")] {
            let csv = download(&owner, &format!("/api/v1/{path}/export.csv")).await;
            let answer = import(&owner, kind, "", csv.clone()).await.well();
            let [created, updated, unchanged, wrong] = counts(&answer);
            assert_eq!(([created, updated, wrong], unchanged), ([0, 0, 0], answer["rows"].as_i64().unwrap()), "{kind}: {answer}\n{csv}");
            assert!(unchanged > 0, "{kind}");
            assert_eq!(recorded(&owner, "data.export").await["after"]["what"], kind);
        }
        let names = company.db.texts("SELECT name AS text FROM subject WHERE code = 'MANDARIN_X'", vec![]).await;
        assert_eq!(names, ["=Bahasa; \"M\""], "the apostrophe against formulas is taken off again");
    }
}
