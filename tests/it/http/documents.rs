//! Uploads: typed by content, limited in size, fetched by a short-lived link (MD-4).

use chrono::TimeDelta;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};
use tests::bucket::Bucket;
use tests::database::TestDb;

/// The smallest PNG there is: one pixel.
pub const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0,
    0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x56, 0xc7, 0x2f, 0x0d, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];
const MEGABYTE: usize = 1024 * 1024;

pub async fn upload(browser: &Browser, name: &str, bytes: Vec<u8>) -> Answer {
    let form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
    let request = browser.request(reqwest::Method::POST, "/api/v1/documents").header("X-CSRF-Token", &browser.csrf);
    send(request.multipart(form)).await
}

both_databases! {
    async fn a_picture_is_kept_and_fetched_by_its_link_until_that_expires(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let document = upload(&admin, "foto.png", PNG.to_vec()).await.well();
        assert_eq!((&document["content_type"], &document["size"]), (&json!("image/png"), &json!(PNG.len())));
        app.drain().await;
        let shown = admin.get(&format!("/api/v1/documents/{}", document["id"].as_str().unwrap())).await.well();
        let url = shown["url"].as_str().unwrap();
        let fetched = admin.request(reqwest::Method::GET, url).send().await.unwrap();
        assert_eq!((fetched.status().as_u16(), fetched.bytes().await.unwrap().as_ref()), (200, PNG));
        assert_ne!(admin.get(&url.replace("signature=", "signature=0")).await.status, 200);
        app.company.clock.advance(TimeDelta::minutes(5) + TimeDelta::seconds(1));
        assert_ne!(admin.get(url).await.status, 200);
    }

    async fn a_bucket_keeps_what_is_uploaded_and_gives_it_back_by_the_same_link(database: TestDb) {
        let bucket = Bucket::start().await;
        let app = TestApp::with(database.clone(), bucket.settings()).await;
        let admin = app.signed_in_as("OWNER").await;
        let document = upload(&admin, "foto.png", PNG.to_vec()).await.well();
        app.drain().await;
        let key = app.company.db.texts("SELECT storage_key AS text FROM document WHERE kind = 'UPLOAD'", vec![]).await.remove(0);
        assert_eq!(std::fs::read(bucket.file(&key)).unwrap(), PNG);
        let shown = admin.get(&format!("/api/v1/documents/{}", document["id"].as_str().unwrap())).await.well();
        let fetched = admin.request(reqwest::Method::GET, shown["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!((fetched.status().as_u16(), fetched.bytes().await.unwrap().as_ref()), (200, PNG));
        std::fs::remove_file(bucket.file(&key)).unwrap();
        let gone = admin.get(shown["url"].as_str().unwrap()).await;
        assert!(gone.status >= 400 && !gone.body.to_string().contains("secret"), "{gone:?}");
        assert_eq!(upload(&admin, "lagi.png", PNG.to_vec()).await.status / 100, 2);
        app.drain().await;
    }

    async fn what_is_not_a_picture_or_a_pdf_by_content_is_refused(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        for (name, bytes) in [("foto.png", b"<html><script>alert(1)</script>".to_vec()), ("foto.png", vec![]), ("a.exe", b"MZ\x90\x00".to_vec())] {
            let answer = upload(&admin, name, bytes).await;
            assert!((400..500).contains(&answer.status), "{answer:?}");
            answer.problem();
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM document WHERE name = 'a.exe'", vec![]).await, 0);
    }

    async fn an_upload_of_a_hundred_megabytes_is_refused_and_so_is_one_just_too_large(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        for size in [10 * MEGABYTE + 1, 100 * MEGABYTE] {
            let mut bytes = PNG.to_vec();
            bytes.resize(size, 0);
            let form = Form::new().part("file", Part::bytes(bytes).file_name("foto.png"));
            let request = admin.request(reqwest::Method::POST, "/api/v1/documents").header("X-CSRF-Token", &admin.csrf).multipart(form);
            // The server may hang up before it has read everything; what it must not do is keep it.
            if let Ok(answer) = request.send().await {
                assert_eq!(answer.status().as_u16(), 413, "{size}");
            }
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM document WHERE size > 1000", vec![]).await, 0);
        let large = vec![b' '; 3 * MEGABYTE];
        let answer = admin.post_raw("/api/v1/sesi", "application/json", large).await;
        assert_eq!(answer.status, 413, "{answer:?}");
    }
}
