//! The rules of the house that no compiler checks, read from the source (DESIGN 3, I6, STYLE).

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 7] = ["api", "engine", "migrations", "policies", "tests", "worker", "workflows"];
/// Files are split before this many lines.
const MOST_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// Every Rust file below these folders, as `(path from the root, text)`.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let files = folders.iter().flat_map(|folder| rust_files(&root.join(folder)));
    files.map(|path| (path.strip_prefix(&root).unwrap().display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

/// The places where `wrong` says yes, as `file:line: text`.
fn lines(sources: &[(String, String)], wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let all = sources.iter().flat_map(|(path, text)| text.lines().enumerate().map(move |(number, line)| (path, number + 1, line)));
    all.filter(|(path, _, line)| wrong(path, line)).map(|(path, number, line)| format!("{path}:{number}: {}", line.trim())).collect()
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_engine_knows_no_business_word() {
    let words = ["sesi", "siswa", "tutor", "tagihan", "honorarium", "denda", "strike"];
    none(lines(&sources(&["engine/src"]), |_, line| {
        let line = line.to_lowercase();
        // `session` and `professional` are no Sesi: whole words only.
        line.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word))
    }));
}

#[test]
fn the_engine_knows_neither_http_nor_a_job_runtime() {
    none(lines(&sources(&["engine/src"]), |_, line| line.contains("apalis") || line.contains("axum")));
}

#[test]
fn only_the_runtime_of_the_worker_knows_apalis() {
    let crates = ["apalis::", "apalis_core::", "apalis_sqlite::", "apalis_postgres::"];
    let uses = |line: &str| crates.iter().any(|path| line.contains(path));
    let all = sources(&["api/src", "engine/src", "migrations/src", "policies/src", "worker/src", "workflows/src"]);
    none(lines(&all, |path, line| !path.starts_with("worker/src/runtime") && uses(line)));
}

#[test]
fn only_the_clock_reads_the_time() {
    let reads = ["Utc::now()", "Local::now()", "SystemTime::now()"];
    none(lines(&sources(&CRATES), |path, line| {
        path != "engine/src/clock.rs" && path != "tests/it/architecture.rs" && reads.iter().any(|read| line.contains(read))
    }));
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    none(lines(&sources(&CRATES), |path, line| {
        let line = line.trim_start();
        path != "tests/it/architecture.rs"
            && (line.starts_with("#[allow(")
                || line.starts_with("#![allow(")
                || (line.starts_with("#[expect(") && line.ends_with(")]") && !line.contains("reason")))
    }));
}

#[test]
fn no_test_is_ignored() {
    none(lines(&sources(&CRATES), |_, line| line.trim_start().starts_with("#[ignore")));
}

#[test]
fn modules_lie_beside_their_folder() {
    let modules: Vec<String> = sources(&CRATES).into_iter().map(|(path, _)| path).filter(|path| path.ends_with("/mod.rs")).collect();
    none(modules);
}

#[test]
fn names_say_what_a_file_holds() {
    let vague = ["utils", "helpers", "common", "misc", "manager", "service"];
    let named = |path: &String| Path::new(path).file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| vague.contains(&stem));
    none(sources(&CRATES).into_iter().map(|(path, _)| path).filter(named).collect());
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    none(sources(&CRATES).into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect());
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let long = sources(&CRATES).into_iter().filter(|(_, text)| text.lines().count() > MOST_LINES);
    none(long.map(|(path, text)| format!("{path}: {} lines", text.lines().count())).collect());
}

#[test]
fn crates_import_each_other_in_one_direction_only() {
    let may = |name: &str| -> &[&str] {
        match name {
            "api" => &["engine", "migrations", "policies", "worker", "workflows"],
            "worker" => &["engine", "workflows"],
            "workflows" => &["engine", "policies"],
            "engine" | "migrations" | "policies" => &[],
            _ => &CRATES,
        }
    };
    let mut wrong = vec![];
    for name in CRATES {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let (_, after) = manifest.split_once("[dependencies]").unwrap_or_default();
        let own = after.split("\n[").next().unwrap_or_default();
        for line in own.lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if CRATES.contains(&dependency) && !may(name).contains(&dependency) {
                wrong.push(format!("{name} imports {dependency}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_workflow_is_in_the_registry() {
    let registry = workflows::registry();
    let known: Vec<&str> = registry.definitions().map(|definition| definition.name).collect();
    for (path, text) in sources(&["workflows/src"]) {
        for part in text.split("impl Workflow for ").skip(1) {
            let name = part.split_once("const NAME: &'static str = \"").and_then(|(_, rest)| rest.split('"').next());
            assert!(name.is_some_and(|name| known.contains(&name)), "{path}: {name:?} has no line in workflows::registry()");
        }
    }
    assert!(known.is_sorted(), "the registry is alphabetical: {known:?}");
}
