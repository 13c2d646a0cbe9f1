//! What a PDF says and holds, read by poppler: a reader that is not ours.

use crate::postgres::is_root;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

const INSTALL: &str = "apt-get update && apt-get install -y poppler-utils";

/// Its text, laid out as on the page.
pub fn text(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("make a folder");
    let said = run(folder.path(), pdf, "pdftotext", &["-layout", "file.pdf", "-"]);
    String::from_utf8(said).expect("text in UTF-8")
}

/// The names of its fonts that are not embedded.
pub fn fonts_missing(pdf: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("make a folder");
    let table = String::from_utf8(run(folder.path(), pdf, "pdffonts", &["file.pdf"])).expect("text in UTF-8");
    let fonts = table.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>());
    // … encoding, embedded, subset, unicode, object and generation
    fonts.filter(|font| font.iter().rev().nth(4) != Some(&"yes")).map(|font| font.join(" ")).collect()
}

/// A file that lies inside it.
pub fn attached(pdf: &[u8], name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("make a folder");
    run(folder.path(), pdf, "pdfdetach", &["-savefile", name, "file.pdf"]);
    fs::read(folder.path().join(name)).expect("read what was attached")
}

fn run(folder: &Path, pdf: &[u8], tool: &str, arguments: &[&str]) -> Vec<u8> {
    static THERE: OnceLock<()> = OnceLock::new();
    THERE.get_or_init(install);
    fs::write(folder.join("file.pdf"), pdf).expect("write the PDF");
    let output = Command::new(tool).args(arguments).current_dir(folder).output().expect("run poppler");
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn install() {
    if Command::new("pdftotext").arg("-v").output().is_ok() {
        return;
    }
    assert!(is_root(), "the tests read PDFs with poppler: {INSTALL}");
    let done = Command::new("sh").args(["-c", INSTALL]).output().expect("run apt-get");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
