//! Builds the web UI before it is embedded.
//!
//! `npm ci` runs when the lock is newer than what is installed, `npm run build` whenever a source changed.
//! `ADMIN_UI=skip` leaves it out, for lints and fast Rust tests. Without npm a debug build gets a
//! placeholder page; a release must not ship without its UI.

use std::path::Path;
use std::process::Command;

const UI: &str = "../admin-ui";
const SOURCES: [&str; 8] = ["src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "svelte.config.js", "precompress.ts"];
const PLACEHOLDER: &str = "<!doctype html><html lang=\"id\"><meta charset=\"utf-8\"><title>Alur</title><p>UI belum dibangun: jalankan <code>npm ci &amp;&amp; npm run build</code> di <code>admin-ui</code>.</p></html>\n";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=ADMIN_UI");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={UI}/{source}");
    }
    if std::env::var("ADMIN_UI").as_deref() == Ok("skip") {
        return placeholder();
    }
    match build() {
        Ok(()) => Ok(()),
        Err(fault) if std::env::var("PROFILE").as_deref() == Ok("release") => Err(format!("the web UI cannot be built: {fault}")),
        Err(fault) => {
            println!("cargo::warning=the web UI is not built: {}", fault.replace('\n', " "));
            placeholder()
        }
    }
}

fn build() -> Result<(), String> {
    let (lock, installed) = (Path::new(UI).join("package-lock.json"), Path::new(UI).join("node_modules/.package-lock.json"));
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    if changed(&installed).is_none_or(|installed| changed(&lock).is_some_and(|lock| lock > installed)) {
        npm(&["ci", "--no-audit", "--no-fund"])?;
    }
    npm(&["run", "build"])
}

fn npm(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("npm").args(arguments).current_dir(UI).output().map_err(|error| format!("npm cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("npm {} failed: {}{}", arguments.join(" "), String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Keeps the last build if there is one.
fn placeholder() -> Result<(), String> {
    let dist = Path::new(UI).join("dist");
    if dist.join("index.html").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&dist).and_then(|()| std::fs::write(dist.join("index.html"), PLACEHOLDER)).map_err(|error| format!("{}: {error}", dist.display()))
}
