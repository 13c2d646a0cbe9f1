//! `document_scan`: reads a stored document back, checks that it is intact, and has it scanned
//! (SPEC MD-4). Enqueued with every upload, payload `{"document_id"}`.

use crate::documents::Key;
use crate::jobs::{Deps, Done, Handler, Work};
use anyhow::{Context, ensure};
use async_trait::async_trait;
use engine::batch::Batch;
use engine::tag::Tag;
use engine::{db, tags};
use serde::Deserialize;
use serde_json::json;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use uuid::Uuid;

pub const KIND: &str = "document_scan";
/// How much of a scanner's complaint is kept, in bytes.
const COMPLAINT_LIMIT: usize = 500;

tags! {
    /// What is known about a document's harmlessness.
    pub enum ScanState { Pending => "PENDING", Clean => "CLEAN", Infected => "INFECTED", Skipped => "SKIPPED" }
}

/// The virus-scan hook: a program that reads the document on its standard input and ends with 0 for
/// clean, 1 for infected, anything else for *could not tell*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    None,
    Command { program: String, args: Vec<String> },
}

#[derive(Deserialize)]
struct Payload {
    document_id: Uuid,
}

pub(super) struct DocumentScan {
    deps: Deps,
}

impl DocumentScan {
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }
}

#[async_trait]
impl Handler for DocumentScan {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { document_id } = work.payload()?;
        let sql = "SELECT storage_key, sha256 FROM document WHERE id = ?";
        let row = db::row(work.engine.db.reader(), sql, vec![document_id.into()]).await?.context("no such document")?;
        let (storage_key, sha256): (String, String) = (row.try_get("", "storage_key")?, row.try_get("", "sha256")?);
        let key = Key::parse(&storage_key).with_context(|| format!("`{storage_key}` is no key of a document"))?;
        let bytes = self.deps.documents.get(&key).await?;
        ensure!(Key::of(&bytes).sha256() == sha256, "the stored bytes are not those that were uploaded: their SHA-256 differs");
        let state = self.deps.scanner.scan(&bytes).await?;
        let mut batch = Batch::default();
        let sql = "UPDATE document SET scan_state = ? WHERE id = ? AND scan_state = ?";
        batch.push(sql, vec![state.as_str().into(), document_id.into(), ScanState::Pending.as_str().into()]);
        Ok(Done::Effect { result: json!({ "scan_state": state }), batch })
    }
}

impl Scanner {
    async fn scan(&self, bytes: &[u8]) -> anyhow::Result<ScanState> {
        match self {
            Self::None => Ok(ScanState::Skipped),
            Self::Command { program, args } => run_scanner(program, args, bytes).await,
        }
    }
}

async fn run_scanner(program: &str, args: &[String], bytes: &[u8]) -> anyhow::Result<ScanState> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start the scanner `{program}`"))?;
    let mut stdin = child.stdin.take().context("the scanner has no standard input")?;
    let feed = async move {
        stdin.write_all(bytes).await?;
        stdin.shutdown().await
    };
    let (fed, output) = tokio::join!(feed, child.wait_with_output());
    let output = output?;
    match output.status.code() {
        // One that stops reading early may call the document infected, but not clean.
        Some(0) => {
            fed.context("the scanner did not read the whole document")?;
            Ok(ScanState::Clean)
        }
        Some(1) => Ok(ScanState::Infected),
        _ => {
            let complaint = String::from_utf8_lossy(&output.stderr[..output.stderr.len().min(COMPLAINT_LIMIT)]).into_owned();
            anyhow::bail!("the scanner ended with {}: {}", output.status, complaint.trim())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Scanner {
        Scanner::Command { program: "sh".into(), args: vec!["-c".into(), script.into()] }
    }

    #[tokio::test]
    async fn the_scanners_exit_code_decides() {
        assert_eq!(Scanner::None.scan(b"x").await.unwrap(), ScanState::Skipped);
        assert_eq!(shell("grep -q EICAR && exit 1 || exit 0").scan(b"harmless").await.unwrap(), ScanState::Clean);
        assert_eq!(shell("grep -q EICAR && exit 1 || exit 0").scan(b"..EICAR..").await.unwrap(), ScanState::Infected);
        let error = shell("cat > /dev/null; echo signatures are missing >&2; exit 2").scan(b"x").await.unwrap_err();
        assert!(error.to_string().contains("signatures are missing"), "{error}");
        assert!(Scanner::Command { program: "/nonexistent".into(), args: vec![] }.scan(b"x").await.is_err());
    }

    #[tokio::test]
    async fn a_scanner_that_did_not_read_everything_has_not_found_it_clean() {
        let large = vec![7; 4 << 20];
        assert!(shell("exec 0<&-; exit 0").scan(&large).await.is_err());
        assert_eq!(shell("head -c 10 > /dev/null; exit 1").scan(&large).await.unwrap(), ScanState::Infected);
    }
}
