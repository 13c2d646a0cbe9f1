//! A sesi over HTTP: one command, the same one again, many at once, and what is refused.

use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{command_path, send};
use uuid::Uuid;

fn id_of(outcome: &Value) -> Uuid {
    outcome["id"].as_str().unwrap().parse().unwrap()
}

both_databases! {
    async fn a_sesi_goes_from_request_to_settlement_and_explains_every_rupiah(app: TestApp) {
        let (company, admin) = (&app.company, app.signed_in_as("OWNER").await);
        let lesson = company.lesson().offline(0.01);
        let created = admin.post("/api/v1/sesi", &lesson.body()).await;
        assert_eq!(created.status, 201);
        let id = id_of(&created.body);
        admin.command(id, "approve", &json!({})).await.well();
        company.clock.set(lesson.starts_at);
        let admin = app.signed_in_as("OWNER").await;
        admin.command(id, "start", &json!({})).await.well();
        admin.command(id, "report", &Value::Object(company.report().body)).await.well();
        company.clock.set(lesson.ends_at());
        admin.command(id, "confirm", &json!({})).await.well();
        let shown = admin.post(&format!("{}/preview", command_path(id, "validate")), &json!({})).await.well();
        let done = admin.command(id, "validate", &json!({ "expected_outcome": shown["outcome"] })).await.well();
        assert_eq!((&done["state"], &done["amounts"]), (&json!("COMPLETED"), &shown["amounts"]));
        let sesi = admin.get(&format!("/api/v1/sesi/{id}")).await.well();
        assert_eq!((&sesi["settlement"]["siswa"]["amount_rp"], &sesi["settlement"]["siswa"]["status"]), (&json!(150_000), &json!("UNPAID")));
        let history = admin.get(&format!("/api/v1/workflows/sesi/{id}/history")).await.well();
        let commands: Vec<&str> = history["items"].as_array().unwrap().iter().map(|step| step["command"].as_str().unwrap()).collect();
        assert_eq!(commands, ["request", "approve", "start", "report", "confirm", "validate"]);
        let explained = admin.get(&format!("/api/v1/explain/sesi/{id}")).await.well();
        let amounts: Vec<_> = explained["amounts"].as_array().unwrap().iter().map(|amount| (amount["key"].as_str().unwrap(), amount["rp"].as_i64().unwrap())).collect();
        for expected in [("tagihan", 150_000), ("honorarium", 90_000), ("transport", 10_000)] {
            assert!(amounts.contains(&expected), "{amounts:?}");
        }
        app.drain().await;
        assert_eq!(company.faults().await, Vec::<String>::new());
    }

    async fn a_repeated_key_gets_the_first_answer_and_another_body_is_refused(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let (lesson, key) = (app.company.lesson(), Uuid::new_v4().to_string());
        let first = admin.post_keyed("/api/v1/sesi", &lesson.body(), &key).await.well();
        let again = admin.post_keyed("/api/v1/sesi", &lesson.body(), &key).await.well();
        assert_eq!((&again["id"], &again["repeated"]), (&first["id"], &json!(true)));
        let mut other = lesson.clone();
        other.duration_minutes = 60;
        assert_eq!(admin.post_keyed("/api/v1/sesi", &other.body(), &key).await.problem(), "409 idempotency_key_reused");
        let bare = admin.request(Method::POST, "/api/v1/sesi").header("X-CSRF-Token", &admin.csrf).json(&lesson.body());
        assert!(send(bare).await.problem().starts_with("4"));
        assert_eq!(app.company.db.count("SELECT count(*) FROM sesi", vec![]).await, 1);
    }

    async fn a_stale_revision_is_refused_with_the_present_one(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let id = app.company.requested(&app.company.lesson()).await;
        let approve = |revision: &str| {
            let request = admin.request(Method::POST, &command_path(id, "approve")).header("X-CSRF-Token", &admin.csrf);
            request.header("Idempotency-Key", Uuid::new_v4().to_string()).header("If-Match", revision).json(&json!({}))
        };
        let stale = send(approve("\"7\"")).await;
        assert_eq!((stale.problem().as_str(), &stale.body["params"]["revision"]), ("412 stale_revision", &json!(1)));
        assert!(send(approve("seven")).await.problem().starts_with("400"));
        send(approve("\"1\"")).await.well();
    }

    async fn what_the_business_refuses_is_told_with_fields_and_what_is_in_the_way(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let first = app.company.approved(&app.company.lesson()).await;
        let second = app.company.requested(&app.company.lesson()).await;
        let taken = admin.command(second, "approve", &json!({})).await;
        assert_eq!(taken.problem(), "422 slot_taken");
        assert_eq!(taken.body["blocking"][0]["id"], json!(first));
        let unreasoned = admin.command(second, "reject", &json!({})).await;
        assert_eq!((unreasoned.problem().as_str(), &unreasoned.body["fields"][0]["field"]), ("422 invalid", &json!("reason")));
        let early = admin.command(second, "validate", &json!({})).await;
        assert_eq!((early.problem().as_str(), &early.body["params"]["state"]), ("409 not_allowed", &json!("REQUESTED")));
        assert!(early.body["params"]["allowed"].as_array().unwrap().contains(&json!("approve")), "{early:?}");
    }

    async fn bulk_approve_answers_for_each_row(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let (good, taken) = (app.company.requested(&app.company.lesson()).await, app.company.requested(&app.company.lesson()).await);
        let unknown = Uuid::from_u128(4);
        let (path, key) = ("/api/v1/workflows/sesi/commands/approve/bulk", Uuid::new_v4().to_string());
        let answer = admin.post_keyed(path, &json!({ "ids": [good, taken, unknown], "body": {} }), &key).await.well();
        let rows: Vec<_> = answer["results"].as_array().unwrap().iter().map(|row| (row["ok"].as_bool().unwrap(), row["problem"]["code"].as_str().unwrap_or("-"))).collect();
        assert_eq!(rows, [(true, "-"), (false, "slot_taken"), (false, "not_found")]);
        let again = admin.post_keyed(path, &json!({ "ids": [good, taken, unknown], "body": {} }), &key).await.well();
        assert_eq!(again["results"][0]["outcome"]["repeated"], json!(true));
        let many: Vec<Uuid> = (0..201).map(Uuid::from_u128).collect();
        for ids in [json!([]), json!(many)] {
            assert_eq!(admin.post(path, &json!({ "ids": ids, "body": {} })).await.problem(), "422 invalid");
        }
    }

    async fn a_command_shown_as_allowed_is_and_the_others_say_why_not(app: TestApp) {
        let id = app.company.requested(&app.company.lesson()).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let instance = operator.get(&format!("/api/v1/workflows/sesi/{id}")).await.well();
        for command in instance["commands"].as_array().unwrap() {
            let name = command["name"].as_str().unwrap();
            let answer = operator.post(&format!("{}/preview", command_path(id, name)), &json!({ "no_such_field": 1 })).await;
            match command["why_not"]["code"].as_str() {
                None => assert_eq!((&command["allowed"], answer.status), (&json!(true), 400), "{name} {answer:?}"),
                Some("forbidden") => assert_eq!(answer.status, 403, "{name} {answer:?}"),
                Some(_) => assert_eq!(command["allowed"], json!(false), "{name}"),
            }
        }
    }
}
