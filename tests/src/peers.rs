//! The folder of the servers that tests talk to (`tests/peers`), with what they need from npm in it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder; its packages are installed once, also when several test processes ask at the same time.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let turn = File::open(folder.join("package-lock.json")).expect("open the lock file");
        turn.lock().expect("take turns");
        // npm writes this file last.
        if !folder.join("node_modules/.package-lock.json").exists() {
            let status = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status().expect("run npm: node is needed");
            assert!(status.success(), "npm ci in {} failed", folder.display());
        }
        folder
    })
}
