//! Every operation of the OpenAPI document and every command, as every seeded role and as nobody (I7).

use reqwest::Method;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, command_path, send};
use uuid::Uuid;

/// An operation of the document: method, path with everything filled in, who may call it.
struct Operation {
    method: Method,
    path: String,
    permission: String,
}

async fn operations(app: &TestApp, id: Uuid) -> Vec<Operation> {
    let document = app.nobody().get("/api/openapi.json").await.well();
    let mut operations = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let permission = operation["x-permission"].as_str().unwrap_or_else(|| panic!("{method} {path} names no permission")).to_owned();
            let path = path
                .replace("{id}", &id.to_string())
                .replace("{name}", "sesi")
                .replace("{workflow}", "sesi")
                .replace("{command}", "reject")
                .replace("{kind}", "pricing")
                .replace("{code}", "AUDITOR")
                .replace("{number}", "1")
                .replace("{locale}", "id")
                .replace("{role}", "KTP")
                .replace("{document}", &id.to_string())
                .replace("{shelf}", "tingkat")
                .replace("{key}", "sla.request_hours")
                .replace("{level}", &id.to_string())
                .replace("{month}", "2026-11")
                .replace("{siswa}", &id.to_string())
                .replace("{decision_id}", &id.to_string());
            assert!(!path.contains('{'), "teach this test to fill in {path}");
            operations.push(Operation { method: method.to_uppercase().parse().unwrap(), path, permission });
        }
    }
    assert!(operations.len() > 25, "{}", operations.len());
    operations
}

async fn status(browser: &Browser, operation: &Operation) -> (u16, String) {
    let request =
        browser.request(operation.method.clone(), &operation.path).header("X-CSRF-Token", &browser.csrf).header("Idempotency-Key", Uuid::new_v4().to_string());
    let request = if operation.method == Method::GET { request } else { request.json(&json!({})) };
    let answer = send(request).await;
    let code = answer.code().to_owned();
    (answer.status, code)
}

both_databases! {
    async fn nobody_gets_further_than_the_public_operations(app: TestApp) {
        let id = app.company.requested(&app.company.lesson()).await;
        let nobody = app.nobody();
        for operation in operations(app, id).await {
            let (status, code) = status(&nobody, &operation).await;
            let refused = (status, code.as_str()) == (401, "unauthenticated");
            assert_eq!(refused, operation.permission != "public", "{} {}: {status} {code}", operation.method, operation.path);
        }
        assert_eq!(app.company.state(id).await, "REQUESTED");
    }

    async fn every_role_gets_exactly_as_far_as_its_permissions(app: TestApp) {
        for (role, _) in api::auth::roles::seed() {
            let id = app.company.requested(&app.company.lesson()).await;
            let browser = app.signed_in_as(role).await;
            for operation in operations(app, id).await.iter().filter(|operation| operation.method != Method::DELETE) {
                let (status, code) = status(&browser, operation).await;
                assert_ne!(status, 401, "{role} {} {}", operation.method, operation.path);
                assert!(status < 500, "{role} {} {}: {status} {code}", operation.method, operation.path);
                if !["public", "signed-in"].contains(&operation.permission.as_str()) {
                    assert_eq!((status, code.as_str()) == (403, "forbidden"), !browser.may(&operation.permission), "{role} {} {}: {status} {code}", operation.method, operation.path);
                }
            }
        }
    }

    async fn every_role_runs_exactly_the_commands_it_holds(app: TestApp) {
        let id = app.company.requested(&app.company.lesson()).await;
        for (role, _) in api::auth::roles::seed() {
            let browser = app.signed_in_as(role).await;
            for command in &workflows::registry().definition("sesi").unwrap().commands {
                for path in [command_path(id, command.name), format!("{}/preview", command_path(id, command.name))] {
                    // A field nobody knows: whoever may run it is told so, and nothing happens.
                    let answer = browser.post(&path, &json!({ "no_such_field": 1 })).await;
                    let may = browser.may(command.permission.0);
                    assert_eq!(answer.status == 403, !may, "{role} {path}: {answer:?}");
                }
            }
        }
        assert_eq!(app.company.state(id).await, "REQUESTED");
    }

    async fn every_seeded_role_signs_in_with_the_permissions_of_the_seed(app: TestApp) {
        for (role, permissions) in api::auth::roles::seed() {
            let browser = app.signed_in_as(role).await;
            let session = browser.get("/api/v1/session").await.well();
            assert_eq!(session["user"]["roles"], json!([role]));
            assert_eq!(session["permissions"], Value::from(permissions));
        }
    }
}
