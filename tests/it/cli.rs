//! The command line as an operator uses it: the program as a process, what it prints and how it ends.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};
use tests::browser::Browser;
use tests::program::Home;

const PATIENCE: Duration = Duration::from_secs(60);

fn home(folder: &Path) -> Home {
    Home::new(&format!("sqlite://{}", folder.join("alur.db").display()), folder)
}

fn file(folder: &Path, name: &str, lines: &[&str]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn places(report: &Value, list: &str) -> Vec<(i64, String)> {
    let read = |one: &Value| (one["line"].as_i64().unwrap(), one["column"].as_str().unwrap_or_default().to_owned());
    report[list].as_array().unwrap().iter().map(read).collect()
}

const HEADER: &str = "code,name,phone,golongan,office,status";
const DEWI: &str = "TUT-000001,Dewi Lestari,0812-3456-7890,GOL_2,JKT,ACTIVE";

#[test]
fn an_import_is_tried_dry_written_once_and_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let path = file(folder.path(), "tutor.csv", &[HEADER, DEWI, "TUT-000002,Budi Santoso,+62 813 1111 2222,GOL_1,JKT,ACTIVE"]);
    let path = path.to_str().unwrap();
    let dry = home.run(&["import", "tutor", path, "--dry-run", "--json"]);
    assert!(dry.status.success(), "{dry:?}");
    assert_eq!((&report(&dry)["written"], &report(&dry)["created"]), (&Value::Bool(false), &2.into()));
    for (created, unchanged) in [(2, 0), (0, 2)] {
        let done = report(&home.run(&["import", "tutor", path, "--json"]));
        assert_eq!((&done["created"], &done["unchanged"]), (&created.into(), &unchanged.into()), "{done}");
    }
}

#[test]
fn each_bad_row_is_named_by_line_and_column_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let bad = ["TUT-000002,Budi,12,GOL_1,JKT,ACTIVE", "TUT-000001,Dewi Dua,0812-0000-1111,GOL_2,JKT,ACTIVE", "TUT-000004,,0812-0000-2222,GOL_9,XXX,ACTIVE"];
    let path = file(folder.path(), "tutor.csv", &[HEADER, DEWI, bad[0], bad[1], bad[2]]);
    let path = path.to_str().unwrap();
    let refused = home.run(&["import", "tutor", path, "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let said = report(&refused);
    let places = places(&said, "errors");
    for place in [(3, "phone"), (5, "name"), (5, "golongan"), (5, "office")] {
        assert!(places.contains(&(place.0, place.1.to_owned())), "{place:?} is not among {said}");
    }
    assert!(places.iter().any(|(line, _)| *line == 4), "the code given twice: {said}");
    assert_eq!(said["written"], false);
    let valid = report(&home.run(&["import", "tutor", path, "--only-valid", "--json"]));
    assert_eq!((&valid["written"], &valid["created"]), (&Value::Bool(true), &1.into()), "{valid}");
}

#[test]
fn a_file_with_other_columns_or_no_file_says_what_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let path = file(folder.path(), "tutor.csv", &["kode,nama", "1,Dewi"]);
    let refused = home.run(&["import", "tutor", path.to_str().unwrap(), "--json"]);
    assert!(!refused.status.success());
    let text = String::from_utf8_lossy(&[refused.stdout, refused.stderr].concat()).into_owned();
    for wanted in ["kode", "phone", "golongan"] {
        assert!(text.contains(wanted), "{wanted} is not named: {text}");
    }
    let missing = home.run(&["import", "tutor", "/nowhere/tutor.csv"]);
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("/nowhere/tutor.csv"));
    let kind = home.run(&["import", "dragon", "x.csv"]);
    assert!(String::from_utf8_lossy(&kind.stderr).contains("tutor_subject"), "the kinds are listed");
}

#[test]
fn a_policy_is_evaluated_with_output_trace_version_and_hash() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let input = r#"{"lead_time_s": 7200, "honorarium_rp": 90000, "tagihan_rp": 150000}"#;
    let answer = report(&home.run(&["policy", "eval", "cancellation.tutor", "--input", input, "--json"]));
    assert_eq!(answer["output"], serde_json::json!({ "denda_pct": 50, "denda_rp": 45_000, "strikes": 1, "honor_rp": 0 }));
    assert_eq!(answer["version"], 1);
    assert!(answer["sha256"].as_str().is_some_and(|hash| hash.len() == 64) && answer["trace"].as_array().is_some_and(|trace| trace.len() > 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_of_a_demo_is_sealed_exported_and_proved_without_its_database() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let demo = ["demo", "--siswa", "4", "--tutors", "2", "--months", "1"];
    let made = home.run(&demo);
    assert!(made.status.success(), "{made:?}");
    let browser = Browser::new(&home.url());
    let mut program = home.serve();
    program.ready(&browser).await;
    let began = Instant::now();
    while report(&home.run(&["audit", "verify", "--json"]))["sealing"]["unsealed"] != 0 {
        assert!(began.elapsed() < PATIENCE, "the audit is not sealed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    program.kill();
    let again = home.run(&demo);
    assert!(!again.status.success(), "a demo goes into an empty database only");

    let out = folder.path().join("audit.jsonl");
    let path = out.to_str().unwrap();
    assert!(home.run(&["audit", "export", "--out", path]).status.success());
    assert!(!home.run(&["audit", "export", "--out", path]).status.success(), "an export is never overwritten");
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = Home::new("sqlite:///nowhere/at-all.db", elsewhere.path());
    let proved = elsewhere.run(&["audit", "verify", "--file", path, "--json"]);
    assert!(proved.status.success(), "{proved:?}");
    let changed = std::fs::read_to_string(&out).unwrap().replacen("sesi.approve", "sesi.cancel", 1);
    std::fs::write(&out, changed).unwrap();
    assert_eq!(elsewhere.run(&["audit", "verify", "--file", path, "--json"]).status.code(), Some(1));
}
