//! Roles at run time: put together, changed, removed; and what each permission opens (AUTH-5).

use super::users::{delete, made, patch, recorded, sign_in, slow_down};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;

const ROLES: &str = "/api/v1/roles";

fn role<'a>(list: &'a Value, code: &str) -> &'a Value {
    list["items"].as_array().unwrap().iter().find(|role| role["code"] == code).unwrap_or(&Value::Null)
}

both_databases! {
    async fn a_role_is_made_changed_with_effect_at_the_next_request_and_removed(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let made_role = owner.post(ROLES, &json!({ "code": "SHIFT_2", "name": "Malam", "permissions": ["sesi.read"] })).await;
        assert_eq!((made_role.status, &made_role.body["members"], &made_role.body["permissions"]), (201, &json!(0), &json!(["sesi.read"])));
        let user = made(&owner, "ani@b.id", &["SHIFT_2"]).await;
        let ani = sign_in(app, "ani@b.id").await;
        ani.get("/api/v1/sesi").await.well();
        let path = format!("{ROLES}/SHIFT_2");
        let changed = patch(&owner, &path, &json!({ "permissions": ["job.read"] })).await.well();
        assert_eq!((&changed["name"], &changed["members"]), (&json!("Malam"), &json!(1)));
        assert_eq!(ani.get("/api/v1/sesi").await.problem(), "403 forbidden");
        ani.get("/api/v1/jobs").await.well();
        let record = recorded(&owner, "role.edit").await;
        assert_eq!((&record["before"], &record["after"]), (&json!({ "permissions": ["sesi.read"] }), &json!({ "permissions": ["job.read"] })));
        assert_eq!((&record["entity_type"], &record["entity_code"]), (&json!("role"), &json!("SHIFT_2")));
        let in_use = delete(&owner, &path).await;
        assert_eq!((in_use.problem().as_str(), &in_use.body["params"]["members"]), ("409 role_in_use", &json!(1)));
        patch(&owner, &user, &json!({ "roles": [] })).await.well();
        assert_eq!(delete(&owner, &path).await.status, 204);
        assert_eq!(delete(&owner, &path).await.problem(), "404 not_found");
        assert_eq!(role(&owner.get(ROLES).await.well(), "SHIFT_2"), &Value::Null);
        assert_eq!(recorded(&owner, "role.delete").await["before"], json!({ "name": "Malam", "permissions": ["job.read"] }));
    }

    async fn an_owner_keeps_every_permission(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = format!("{ROLES}/OWNER");
        for permissions in [json!([]), json!(["role.manage"])] {
            assert_eq!(patch(&owner, &path, &json!({ "permissions": permissions })).await.problem(), "422 owner_holds_all");
        }
        assert_eq!(delete(&owner, &path).await.problem(), "409 role_in_use");
        let all = role(&owner.get(ROLES).await.well(), "OWNER")["permissions"].clone();
        assert_eq!(all, json!(owner.permissions));
        let renamed = patch(&owner, &path, &json!({ "name": "Direksi", "permissions": all })).await.well();
        assert_eq!(renamed["name"], "Direksi");
    }

    async fn what_is_wrong_with_a_role_is_told_at_its_field(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        for (code, name, permission, faults) in [
            ("HR", "H", "sesi.read", vec!["code taken"]),
            ("hr", "", "sesi.fly", vec!["code malformed", "name required", "permissions unknown"]),
            ("A,B", "H", "*", vec!["code malformed", "permissions unknown"]),
        ] {
            let answer = owner.post(ROLES, &json!({ "code": code, "name": name, "permissions": [permission] })).await;
            assert_eq!(answer.problem(), "422 invalid");
            let fields = answer.body["fields"].as_array().unwrap().iter();
            let told: Vec<String> = fields.map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
            assert_eq!(told, faults, "{code}");
        }
        assert_eq!(patch(&owner, &format!("{ROLES}/HR"), &json!({ "permissions": ["sesi.fly"] })).await.problem(), "422 invalid");
        assert_eq!(patch(&owner, &format!("{ROLES}/KING"), &json!({})).await.problem(), "404 not_found");
    }

    async fn a_code_is_taken_once_by_many_who_ask_at_once(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let body = json!({ "code": "SHIFT_2", "name": "Malam", "permissions": ["sesi.read"] });
        slow_down(app, &["role"]).await;
        let answers = futures::future::join_all((0..6).map(|_| owner.post(ROLES, &body))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| [201, 422].contains(&answer.status)), "{answers:?}");
    }

    async fn a_role_that_was_removed_stays_removed_after_a_restart(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        assert_eq!(delete(&owner, &format!("{ROLES}/HR")).await.status, 204);
        api::app::migrate(&app.app.engine.db, app.company.clock.as_ref()).await.unwrap();
        let roles = owner.get(ROLES).await.well();
        assert_eq!((role(&roles, "HR"), &role(&roles, "AUDITOR")["members"]), (&Value::Null, &json!(0)));
    }

    async fn every_permission_says_what_it_opens(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let list = owner.get("/api/v1/permissions").await.well();
        let items = list["items"].as_array().unwrap();
        let codes: Vec<&str> = items.iter().map(|item| item["code"].as_str().unwrap()).collect();
        assert_eq!(codes, owner.permissions);
        let of = |code: &str| items.iter().find(|item| item["code"] == code).unwrap();
        assert_eq!(of("user.manage")["group"], "user");
        assert!(of("user.manage")["guards"].as_array().unwrap().contains(&json!("POST /api/v1/users")));
        assert!(of("sesi.approve")["guards"].as_array().unwrap().contains(&json!("sesi: approve")));
        assert_eq!(app.signed_in_as("HR").await.get("/api/v1/permissions").await.problem(), "403 forbidden");
    }
}
