//! Document stores, the local folder and a bucket alike, and the scan of what they hold.

use crate::lab::Lab;
use crate::on_both;
use engine::batch::Batch;
use engine::job;
use engine::plan::JobSpec;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;
use worker::documents::{DocumentStore, Key, LocalFolder, S3, S3Config, StoreError};
use worker::jobs::Scanner;
use worker::{Deps, drain, handlers};

const PDF: &[u8] = b"%PDF-1.7\nhalo";

/// An S3 server in this process, on a folder.
async fn bucket(folder: &Path) -> S3Config {
    std::fs::create_dir(folder.join("berkas")).unwrap();
    let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    builder.set_auth(s3s::auth::SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let io = hyper_util::rt::TokioIo::new(stream);
                hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new()).serve_connection(io, service).await
            });
        }
    });
    S3Config {
        endpoint,
        region: "ap-southeast-3".into(),
        bucket: "berkas".into(),
        access_key_id: "key".into(),
        secret_access_key: "secret".into(),
        path_style: true,
    }
}

async fn keeps_documents(store: &dyn DocumentStore) {
    let key = Key::of(PDF);
    assert!(!store.exists(&key).await.unwrap());
    assert!(matches!(store.get(&key).await, Err(StoreError::NotFound(missing)) if missing == key));
    assert_eq!(store.put(PDF.to_vec()).await.unwrap(), key);
    assert!(store.exists(&key).await.unwrap());
    assert_eq!(store.get(&key).await.unwrap(), PDF);
    assert_eq!(store.put(PDF.to_vec()).await.unwrap(), key, "storing the same bytes again is no error");
    let large: Vec<u8> = (0..worker::documents::MAX_BYTES).map(|n| (n % 251) as u8).collect();
    let key = store.put(large.clone()).await.unwrap();
    assert!(store.get(&key).await.unwrap() == large);
}

#[tokio::test]
async fn a_local_folder_keeps_documents() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("made/when/needed");
    keeps_documents(&LocalFolder::new(&root)).await;
    let key = Key::of(PDF);
    let names: Vec<String> = std::fs::read_dir(root.join(&key.sha256()[..2])).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, [key.sha256()], "no draft is left");
}

#[tokio::test]
async fn a_bucket_keeps_documents() {
    let folder = tempfile::tempdir().unwrap();
    keeps_documents(&S3::new(bucket(folder.path()).await)).await;
}

#[tokio::test]
async fn a_document_in_a_bucket_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = S3::new(bucket(folder.path()).await);
    let key = store.put(PDF.to_vec()).await.unwrap();
    let path = folder.path().join("berkas").join(key.to_string());
    std::fs::write(&path, b"somebody changed it").unwrap();
    store.put(PDF.to_vec()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody changed it");
}

#[tokio::test]
async fn a_bucket_that_refuses_us_is_a_failure_that_tells_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let config = S3Config { secret_access_key: "guessed".into(), ..bucket(folder.path()).await };
    assert!(!format!("{config:?}").contains("guessed"));
    let error = S3::new(config).get(&Key::of(PDF)).await.unwrap_err();
    assert!(matches!(error, StoreError::Bucket(_)), "{error}");
}

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
        let report = drain(&lab.engine, handlers(&Deps { documents: store.clone(), scanner })).await.unwrap();
        assert_eq!((report.jobs_done, scan_state(lab, id).await.as_str()), (1, expected));
    }
}

async fn a_document_that_changed_in_its_store_becomes_a_dead_letter(lab: &Lab) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(LocalFolder::new(folder.path()));
    let id = upload(lab, store.as_ref(), 1).await;
    std::fs::write(folder.path().join(Key::of(PDF).to_string()), b"%PDF-1.7\nhaha").unwrap();
    let report = drain(&lab.engine, handlers(&Deps { documents: store, scanner: Scanner::None })).await.unwrap();
    assert_eq!((report.jobs_dead, scan_state(lab, id).await.as_str()), (1, "PENDING"));
    let error: String = lab.rows("SELECT last_error FROM job", vec![]).await[0].try_get("", "last_error").unwrap();
    assert!(error.contains("SHA-256 differs"), "{error}");
}
