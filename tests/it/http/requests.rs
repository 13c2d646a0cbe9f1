//! Bad input: a clear problem each, and nothing changed.

use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::command_path;
use uuid::Uuid;

both_databases! {
    async fn malformed_requests_get_a_clear_answer(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        for (content_type, body, status) in [
            ("application/json", "{", 400),
            ("application/json", " ", 400),
            ("application/json", "null", 400),
            ("application/json", "[]", 400),
            ("application/json", "{\"starts_at\": NaN}", 400),
            ("application/json", "\u{feff}{}", 400),
            ("text/plain", "{}", 415),
        ] {
            let answer = admin.post_raw("/api/v1/sesi", content_type, body).await;
            assert!(answer.problem().starts_with(&status.to_string()), "{body:?}: {answer:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(admin.post_raw("/api/v1/sesi", "application/json", deep).await.problem().starts_with("400"));
        let not_utf8: Vec<u8> = vec![b'{', 0xff, b'}'];
        assert!(admin.post_raw("/api/v1/sesi", "application/json", not_utf8).await.problem().starts_with("400"));
        assert_eq!(app.company.db.count("SELECT count(*) FROM sesi", vec![]).await, 0);
    }

    async fn every_wrong_field_of_a_request_is_named(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let answer = admin.post("/api/v1/sesi", &json!({ "siswa_id": "x", "starts_at": "tomorrow", "duration_minutes": 14, "mode": "SPACE", "colour": "red" })).await;
        assert!(answer.problem().starts_with("4"), "{answer:?}");
        let fields: Vec<&str> = answer.body["fields"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
        for field in ["siswa_id", "tutor_id", "subject_id", "starts_at", "duration_minutes", "mode", "colour"] {
            assert!(fields.contains(&field), "{field}: {fields:?}");
        }
        let mut unknown = app.company.lesson();
        unknown.tutor_id = Uuid::from_u128(4);
        let answer = admin.post("/api/v1/sesi", &unknown.body()).await;
        assert_eq!((answer.problem().as_str(), &answer.body["fields"][0]["field"]), ("422 invalid", &json!("tutor_id")));
    }

    async fn what_does_not_exist_is_not_found(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let nowhere = Uuid::from_u128(4);
        for path in [
            format!("/api/v1/sesi/{nowhere}"),
            format!("/api/v1/workflows/sesi/{nowhere}"),
            format!("/api/v1/workflows/sesi/{nowhere}/history"),
            format!("/api/v1/workflows/nothing/{nowhere}"),
            format!("/api/v1/tasks/{nowhere}"),
            format!("/api/v1/documents/{nowhere}"),
            format!("/api/v1/explain/sesi/{nowhere}"),
            "/api/v1/policies/nothing/1".into(),
            "/api/v1/nothing".into(),
        ] {
            assert_eq!(admin.get(&path).await.problem(), "404 not_found", "{path}");
        }
        assert_eq!(admin.command(nowhere, "approve", &json!({})).await.problem(), "404 not_found");
        let id = app.company.requested(&app.company.lesson()).await;
        assert_eq!(admin.post(&command_path(id, "fly"), &json!({})).await.problem(), "404 not_found");
        assert!(admin.get("/api/v1/sesi/not-an-id").await.problem().starts_with("4"));
    }

    async fn lists_refuse_what_they_do_not_know_and_walk_every_page(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        for n in 0..7 {
            app.company.requested(&app.company.lesson().at(app.company.now() + chrono::TimeDelta::hours(n))).await;
        }
        for query in ["limit=0", "limit=201", "limit=x", "sort=colour", "filter[colour]=red", "cursor=broken", "filter[state]=%27%3B--"] {
            let answer = admin.get(&format!("/api/v1/sesi?{query}")).await;
            assert!(answer.status < 500, "{query}: {answer:?}");
            if answer.status != 200 {
                answer.problem();
            }
        }
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = admin.get(&format!("/api/v1/sesi?limit=3&sort=starts_at{cursor}")).await.well();
            assert_eq!(page["total"], 7);
            seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let all = app.company.db.texts("SELECT code AS text FROM sesi ORDER BY starts_at", vec![]).await;
        assert_eq!(seen, all);
    }
}
