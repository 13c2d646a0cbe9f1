//! Document stores: the local folder and a bucket alike.

use std::io::{Read, Write};
use tests::bucket::Bucket;
use worker::documents::{DocumentStore, Key, LocalFolder, S3, S3Config, StoreError};

const PDF: &[u8] = b"%PDF-1.7\nhalo";

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
    for _ in 0..2 {
        store.remove(&key).await.unwrap();
        assert!(!store.exists(&key).await.unwrap(), "removing is for good, and bears repetition");
    }
    keeps_files(store, &large).await;
}

/// What is too large for memory goes in and out as a file, under the same key.
async fn keeps_files(store: &dyn DocumentStore, large: &[u8]) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&[large, b"more"].concat()).unwrap();
    let key = store.put_file(file.try_clone().unwrap()).await.unwrap();
    assert_eq!(key, Key::of(&[large, b"more"].concat()));
    assert_eq!(store.put_file(file).await.unwrap(), key);
    let mut read = vec![];
    store.get_file(&key).await.unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(Key::of(&read), key);
    let missing = Key::of(b"nothing");
    assert!(matches!(store.get_file(&missing).await, Err(StoreError::NotFound(key)) if key == missing));
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
    let bucket = Bucket::start().await;
    keeps_documents(&S3::new(bucket.config.clone())).await;
}

#[tokio::test]
async fn a_document_in_a_bucket_is_never_overwritten() {
    let bucket = Bucket::start().await;
    let store = S3::new(bucket.config.clone());
    let key = store.put(PDF.to_vec()).await.unwrap();
    let path = bucket.file(&key.to_string());
    std::fs::write(&path, b"somebody changed it").unwrap();
    store.put(PDF.to_vec()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody changed it");
}

#[tokio::test]
async fn a_bucket_that_refuses_us_is_a_failure_that_tells_no_secret() {
    let bucket = Bucket::start().await;
    let config = S3Config { secret_access_key: "guessed".into(), ..bucket.config.clone() };
    assert!(!format!("{config:?}").contains("guessed"));
    let error = S3::new(config).get(&Key::of(PDF)).await.unwrap_err();
    assert!(matches!(error, StoreError::Bucket(_)), "{error}");
}
