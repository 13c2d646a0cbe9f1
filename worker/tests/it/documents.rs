//! The scan of what a document store holds.

use crate::lab::Lab;
use crate::on_both;
use engine::batch::Batch;
use engine::job;
use engine::plan::JobSpec;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;
use worker::documents::{DocumentStore, Key, LocalFolder};
use worker::jobs::Scanner;
use worker::{Deps, drain, handlers};

const PDF: &[u8] = b"%PDF-1.7\nhalo";

on_both!(an_uploaded_document_is_scanned, a_document_that_changed_in_its_store_becomes_a_dead_letter);

async fn upload(lab: &Lab, store: &dyn DocumentStore, max_attempts: i64) -> Uuid {
    let key = store.put(PDF.to_vec()).await.unwrap();
    let now = lab.engine.clock.now();
    let id = engine::id::new_id(now);
    let mut batch = Batch::default();
    batch.push(
        "INSERT INTO document (id, kind, name, content_type, size, sha256, storage_key, uploaded_by, uploaded_by_name, uploaded_at, scan_state) VALUES (?,'REPORT_PHOTO','a.pdf','application/pdf',?,?,?,?,'Ani',?,'PENDING')",
        vec![id.into(), (PDF.len() as i64).into(), key.sha256().into(), key.to_string().into(), Uuid::from_u128(1).into(), now.into()],
    );
    let spec = JobSpec { kind: "document_scan", key: id.to_string(), payload: json!({ "document_id": id }), max_attempts };
    let announced = job::enqueue(&spec, None, now, &mut batch);
    lab.engine.announcer.announce(&[announced], &mut batch);
    let tx = lab.engine.db.begin().await.unwrap();
    batch.run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn scan_state(lab: &Lab, id: Uuid) -> String {
    lab.rows("SELECT scan_state FROM document WHERE id = ?", vec![id.into()]).await[0].try_get("", "scan_state").unwrap()
}

async fn an_uploaded_document_is_scanned(lab: &Lab) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(LocalFolder::new(folder.path()));
    let grep = |text: &str| Scanner::Command { program: "sh".into(), args: vec!["-c".into(), format!("grep -q {text} && exit 1 || exit 0")] };
    for (scanner, expected) in [(Scanner::None, "SKIPPED"), (grep("EICAR"), "CLEAN"), (grep("halo"), "INFECTED")] {
        let id = upload(lab, store.as_ref(), 3).await;
        assert_eq!(scan_state(lab, id).await, "PENDING");
        let report = drain(&lab.engine, handlers(&Deps::without_mail(store.clone(), scanner))).await.unwrap();
        assert_eq!((report.jobs_done, scan_state(lab, id).await.as_str()), (1, expected));
    }
}

async fn a_document_that_changed_in_its_store_becomes_a_dead_letter(lab: &Lab) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(LocalFolder::new(folder.path()));
    let id = upload(lab, store.as_ref(), 1).await;
    std::fs::write(folder.path().join(Key::of(PDF).to_string()), b"%PDF-1.7\nhaha").unwrap();
    let report = drain(&lab.engine, handlers(&Deps::without_mail(store, Scanner::None))).await.unwrap();
    assert_eq!((report.jobs_dead, scan_state(lab, id).await.as_str()), (1, "PENDING"));
    let error: String = lab.rows("SELECT last_error FROM job", vec![]).await[0].try_get("", "last_error").unwrap();
    assert!(error.contains("SHA-256 differs"), "{error}");
}
