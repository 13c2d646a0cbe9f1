//! Accounts of administrators: made, changed, suspended; and everybody's own sessions (USR-1, AUTH-3, AUTH-5).

use api::auth::{account, link};
use engine::actor::Actor;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};
use uuid::Uuid;

const USERS: &str = "/api/v1/users";

/// A request with the CSRF token and, if given, a body.
pub async fn call(browser: &Browser, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let request = browser.request(method, path).header("X-CSRF-Token", &browser.csrf);
    send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

pub async fn patch(browser: &Browser, path: &str, body: &Value) -> Answer {
    call(browser, Method::PATCH, path, Some(body)).await
}

pub async fn delete(browser: &Browser, path: &str) -> Answer {
    call(browser, Method::DELETE, path, None).await
}

/// Makes an account with these roles; answers its address in the API.
pub async fn made(admin: &Browser, email: &str, roles: &[&str]) -> String {
    let made = admin.post(USERS, &json!({ "email": email, "name": email, "roles": roles })).await;
    assert_eq!(made.status, 201, "{made:?}");
    format!("{USERS}/{}", made.body["id"].as_str().unwrap())
}

/// The holder of an account, signed in by a link.
pub async fn sign_in(app: &TestApp, email: &str) -> Browser {
    let account = account::by_email(app.app.engine.db.reader(), email).await.unwrap().expect("an active account");
    let link = link::create(&app.app, &account, &Actor::system()).await.unwrap();
    app.nobody().sign_in(&link).await
}

/// Somebody whose only role holds these permissions.
pub async fn somebody_with(app: &TestApp, owner: &Browser, permissions: &[&str]) -> Browser {
    owner.post("/api/v1/roles", &json!({ "code": "LIMITED", "name": "Terbatas", "permissions": permissions })).await.well();
    made(owner, "limited@xprivate.education", &["LIMITED"]).await;
    sign_in(app, "limited@xprivate.education").await
}

/// The newest audit record of an action.
pub async fn recorded(owner: &Browser, action: &str) -> Value {
    let page = owner.get(&format!("/api/v1/audit?filter[action]={action}&limit=1")).await.well();
    page["items"][0].clone()
}

async fn active_owners(app: &TestApp) -> i64 {
    let sql = "SELECT count(*) FROM user_account u JOIN user_role ur ON ur.user_id = u.id JOIN role r ON r.id = ur.role_id \
               WHERE r.code = 'OWNER' AND u.account_state = 'ACTIVE'";
    app.company.db.count(sql, vec![]).await
}

/// Makes writes to these tables slow on Postgres, so that requests sent at once do meet. SQLite has one writer.
pub async fn slow_down(app: &TestApp, tables: &[&str]) {
    let db = &app.company.db;
    if !db.is_postgres() {
        return;
    }
    let sleep = "BEGIN PERFORM pg_sleep(0.1); IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END";
    db.run(&format!("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ {sleep} $$"), vec![]).await;
    for table in tables {
        let on = format!("CREATE TRIGGER slow BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION slow()");
        db.run(&on, vec![]).await;
    }
}

both_databases! {
    async fn a_new_user_signs_in_with_the_rights_of_their_roles(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let answer = owner.post(USERS, &json!({ "email": " Rina@XPrivate.Education ", "name": " Rina ", "roles": ["HR", "AUDITOR"] })).await;
        assert_eq!(answer.status, 201);
        let made = answer.body;
        assert_eq!((&made["email"], &made["name"], &made["state"]), (&json!("rina@xprivate.education"), &json!("Rina"), &json!("ACTIVE")));
        assert_eq!((&made["roles"], &made["last_sign_in_at"], &made["sessions"]), (&json!(["AUDITOR", "HR"]), &Value::Null, &json!(0)));
        let rina = sign_in(app, "rina@xprivate.education").await;
        let path = format!("{USERS}/{}", made["id"].as_str().unwrap());
        let shown = rina.get(&path).await.well();
        assert_eq!((&shown["sessions"], &shown["permissions"]), (&json!(1), &json!(rina.permissions)));
        assert!(shown["last_sign_in_at"].is_string() && rina.may("user.read") && !rina.may("user.manage"));
        let record = recorded(&owner, "user.create").await;
        assert_eq!((&record["entity_type"], &record["entity_id"], &record["before"]), (&json!("user"), &made["id"], &Value::Null));
        assert_eq!(record["after"], json!({ "email": "rina@xprivate.education", "name": "Rina", "roles": ["AUDITOR", "HR"], "state": "ACTIVE" }));
    }

    async fn what_is_wrong_with_a_new_user_is_told_at_its_field(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        for (email, name, role, faults) in [
            ("OWNER@xprivate.education", "A", "HR", vec!["email taken"]),
            ("a@b.id\r\nBcc: c@d.id", "A", "HR", vec!["email malformed"]),
            ("a@b.id\n", "A", "HR", vec!["email malformed"]),
            ("a", "", "HR", vec!["email malformed", "name required"]),
            ("", "A\r\nB", "HR", vec!["email required", "name malformed"]),
            ("a@b.id", "A", "KING", vec!["roles unknown"]),
        ] {
            let answer = owner.post(USERS, &json!({ "email": email, "name": name, "roles": [role] })).await;
            assert_eq!(answer.problem(), "422 invalid");
            let fields = answer.body["fields"].as_array().unwrap().iter();
            let told: Vec<String> = fields.map(|fault| format!("{} {}", fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect();
            assert_eq!(told, faults, "{email:?}");
        }
        assert_eq!(owner.post(USERS, &json!({ "email": "a@b.id", "name": "A", "roles": [], "user_type": "TUTOR" })).await.problem(), "400 unknown_field");
        assert_eq!(owner.get(&format!("{USERS}/{}", Uuid::from_u128(4))).await.problem(), "404 not_found");
        assert_eq!(app.company.db.count("SELECT count(*) FROM user_account WHERE email <> 'owner@xprivate.education' AND email LIKE '%b.id%'", vec![]).await, 0);
    }

    async fn one_address_is_given_once_to_many_who_ask_at_once(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let body = json!({ "email": "one@b.id", "name": "One", "roles": ["HR"] });
        slow_down(app, &["user_account"]).await;
        let answers = futures::future::join_all((0..8).map(|_| owner.post(USERS, &body))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422, 422, 422, 422, 422, 422, 422], "{answers:?}");
    }

    async fn users_are_searched_filtered_sorted_and_paged(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        for (email, role) in [("ani@b.id", "HR"), ("budi@b.id", "FINANCE"), ("cici@b.id", "HR")] {
            made(&owner, email, &[role]).await;
        }
        sign_in(app, "cici@b.id").await;
        let dodi = made(&owner, "dodi-budi@b.id", &[]).await;
        owner.post(&format!("{dodi}/deactivate"), &json!({ "reason": "left" })).await.well();
        for (query, expected) in [
            ("sort=email", "ani@b.id budi@b.id cici@b.id dodi-budi@b.id owner@xprivate.education"),
            ("q=BUDI&sort=-email", "dodi-budi@b.id budi@b.id"),
            ("filter[role]=HR,OWNER&sort=email", "ani@b.id cici@b.id owner@xprivate.education"),
            ("filter[state]=SUSPENDED", "dodi-budi@b.id"),
            ("filter[role]=HR&sort=-last_sign_in_at", "cici@b.id ani@b.id"),
            ("filter[role]=KING", ""),
        ] {
            let page = owner.get(&format!("{USERS}?{query}")).await.well();
            let emails: Vec<&str> = page["items"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect();
            let expected: Vec<&str> = expected.split_whitespace().collect();
            assert_eq!((&emails, &page["total"]), (&expected, &json!(expected.len())), "{query}");
        }
        for key in ["name", "email", "last_sign_in_at", "created_at", "-last_sign_in_at", "-created_at"] {
            let (mut seen, mut cursor) = (vec![], String::new());
            loop {
                let page = owner.get(&format!("{USERS}?limit=2&sort={key}{cursor}")).await.well();
                seen.extend(page["items"].as_array().unwrap().iter().map(|user| user["id"].to_string()));
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (5, 5), "{key}");
        }
        assert_eq!(owner.get(&format!("{USERS}?sort=age")).await.problem(), "400 malformed_query");
    }

    async fn changed_roles_count_from_the_next_request_on_and_are_recorded(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = made(&owner, "ani@b.id", &["HR"]).await;
        let ani = sign_in(app, "ani@b.id").await;
        assert_eq!(ani.get("/api/v1/audit").await.problem(), "403 forbidden");
        let changed = patch(&owner, &path, &json!({ "name": "Ani", "roles": ["AUDITOR"] })).await.well();
        assert_eq!((&changed["name"], &changed["roles"]), (&json!("Ani"), &json!(["AUDITOR"])));
        ani.get("/api/v1/audit").await.well();
        let record = recorded(&owner, "user.edit").await;
        assert_eq!(record["before"], json!({ "name": "ani@b.id", "roles": ["HR"] }));
        assert_eq!((&record["after"], &record["entity_code"]), (&json!({ "name": "Ani", "roles": ["AUDITOR"] }), &json!("ani@b.id")));
        patch(&owner, &path, &json!({ "roles": [] })).await.well();
        assert_eq!(ani.get("/api/v1/audit").await.problem(), "403 forbidden");
        patch(&owner, &path, &json!({ "roles": [] })).await.well();
        patch(&owner, &path, &json!({})).await.well();
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'user.edit'", vec![]).await, 2);
    }

    async fn suspending_ends_every_session_and_link_at_once_and_for_good(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = made(&owner, "ani@b.id", &["HR"]).await;
        let (one, other) = (sign_in(app, "ani@b.id").await, sign_in(app, "ani@b.id").await);
        let account = account::by_email(app.app.engine.db.reader(), "ani@b.id").await.unwrap().unwrap();
        let link = link::create(&app.app, &account, &Actor::system()).await.unwrap();
        assert_eq!(owner.post(&format!("{path}/deactivate"), &json!({ "reason": " " })).await.problem(), "422 invalid");
        let suspended = owner.post(&format!("{path}/deactivate"), &json!({ "reason": "left" })).await.well();
        assert_eq!((&suspended["state"], &suspended["sessions"]), (&json!("SUSPENDED"), &json!(0)));
        let record = recorded(&owner, "user.deactivate").await;
        assert_eq!((&record["before"], &record["after"]), (&json!({ "state": "ACTIVE" }), &json!({ "state": "SUSPENDED" })));
        assert_eq!(record["reason"], "left");
        owner.post(&format!("{path}/deactivate"), &json!({ "reason": "again" })).await.well();
        assert_eq!(app.company.db.count("SELECT count(*) FROM audit_record WHERE action = 'user.deactivate'", vec![]).await, 1);
        let activated = owner.post(&format!("{path}/activate"), &json!({ "reason": "back" })).await.well();
        assert_eq!(activated["state"], "ACTIVE");
        for browser in [&one, &other] {
            assert_eq!(browser.get("/api/v1/session").await.problem(), "401 unauthenticated");
        }
        let token = json!({ "token": link.split('#').nth(1).unwrap() });
        assert_eq!(app.nobody().post("/api/v1/session/link", &token).await.problem(), "410 link_expired");
        sign_in(app, "ani@b.id").await.get("/api/v1/session").await.well();
    }

    async fn the_last_owner_stays(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let me = owner.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap().to_owned();
        let other = made(&owner, "second@b.id", &["OWNER"]).await;
        owner.post(&format!("{other}/deactivate"), &json!({ "reason": "away" })).await.well();
        let deactivate = owner.post(&format!("{USERS}/{me}/deactivate"), &json!({ "reason": "why not" })).await;
        assert_eq!(deactivate.problem(), "409 last_owner");
        assert_eq!(patch(&owner, &format!("{USERS}/{me}"), &json!({ "roles": ["HR"] })).await.problem(), "409 last_owner");
        owner.post(&format!("{other}/activate"), &json!({ "reason": "back" })).await.well();
        patch(&owner, &format!("{USERS}/{me}"), &json!({ "roles": ["HR"] })).await.well();
        assert_eq!(owner.get(USERS).await.problem(), "403 forbidden");
        assert_eq!(active_owners(app).await, 1);
    }

    /// Every owner suspends or demotes every owner, themselves too, all at once: one of them is left.
    async fn of_owners_who_put_each_other_out_at_once_one_is_left(app: TestApp) {
        let first = app.signed_in_as("OWNER").await;
        let mut paths = vec![format!("{USERS}/{}", first.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap())];
        let mut owners = vec![first.clone()];
        for number in 2..=6 {
            let email = format!("owner{number}@b.id");
            paths.push(made(&first, &email, &["OWNER"]).await);
            owners.push(sign_in(app, &email).await);
        }
        slow_down(app, &["user_account", "user_role"]).await;
        let tries = owners.iter().flat_map(|owner| paths.iter().enumerate().map(move |(number, path)| (owner.clone(), number, path.clone())));
        let tries = tries.map(|(owner, number, path)| {
            tokio::spawn(async move {
                match number % 2 {
                    0 => owner.post(&format!("{path}/deactivate"), &json!({ "reason": "out" })).await,
                    _ => patch(&owner, &path, &json!({ "roles": [] })).await,
                }
            })
        });
        let answers: Vec<Answer> = futures::future::join_all(tries.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(active_owners(app).await, 1, "{answers:?}");
        assert!(answers.iter().any(|answer| answer.code() == "last_owner"), "{answers:?}");
        let expected = |answer: &Answer| matches!((answer.status, answer.code()), (200, _) | (401, _) | (403, "forbidden") | (409, "last_owner"));
        assert!(answers.iter().all(expected), "{answers:?}");
    }

    async fn nobody_gives_themselves_or_others_what_they_do_not_hold(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let limited = somebody_with(app, &owner, &["user.read", "user.manage", "role.read", "role.manage"]).await;
        let me = limited.get("/api/v1/session").await.well()["user"]["id"].as_str().unwrap().to_owned();
        let second = made(&owner, "second@b.id", &["OWNER"]).await;
        owner.post(&format!("{second}/deactivate"), &json!({ "reason": "away" })).await.well();
        let answers = [
            limited.post(USERS, &json!({ "email": "new@b.id", "name": "N", "roles": ["OWNER"] })).await,
            limited.post(USERS, &json!({ "email": "new@b.id", "name": "N", "roles": ["LIMITED", "HR"] })).await,
            patch(&limited, &format!("{USERS}/{me}"), &json!({ "roles": ["LIMITED", "OWNER"] })).await,
            patch(&limited, &format!("{USERS}/{me}"), &json!({ "roles": ["AUDITOR"] })).await,
            limited.post(&format!("{second}/activate"), &json!({ "reason": "mine" })).await,
            limited.post("/api/v1/roles", &json!({ "code": "BACKDOOR", "name": "B", "permissions": ["sesi.approve"] })).await,
            patch(&limited, "/api/v1/roles/LIMITED", &json!({ "permissions": ["role.manage", "sesi.approve"] })).await,
        ];
        for answer in &answers {
            assert_eq!(answer.problem(), "403 beyond_own_rights");
        }
        assert_eq!(answers[5].body["params"]["missing"], json!(["sesi.approve"]));
        assert_eq!(limited.get("/api/v1/session").await.well()["permissions"], json!(limited.permissions));
        assert_eq!(app.company.db.count("SELECT count(*) FROM user_account WHERE email = 'new@b.id'", vec![]).await, 0);
        // Nor do they take what they do not hold, from whoever it is.
        assert_eq!(patch(&limited, &second, &json!({ "roles": [] })).await.problem(), "403 beyond_own_rights");
        let third = made(&owner, "third@b.id", &["OWNER"]).await;
        assert_eq!(limited.post(&format!("{third}/deactivate"), &json!({ "reason": "because" })).await.problem(), "403 beyond_own_rights");
        // What they do hold they may give, and what others hold beyond that stays untouched.
        limited.post(USERS, &json!({ "email": "new@b.id", "name": "N", "roles": ["LIMITED"] })).await.well();
        patch(&limited, &second, &json!({ "name": "Second", "roles": ["OWNER", "LIMITED"] })).await.well();
    }

    async fn onboarding_is_marked_by_hand_or_seen_from_the_account(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        let path = made(&owner, "ani@b.id", &[]).await;
        let steps = |user: &Value| -> Vec<(String, bool)> {
            let steps = user["onboarding"].as_array().unwrap().iter();
            steps.map(|step| (step["key"].as_str().unwrap().to_owned(), step["done"].as_bool().unwrap())).collect()
        };
        let all = |done: [bool; 3]| -> Vec<(String, bool)> {
            let seen = ["two_factor_google", "signed_in_once", "roles_assigned"].map(str::to_owned).into_iter().zip(done);
            // Nobody asked for a welcome mail.
            std::iter::once(("welcome_sent".to_owned(), false)).chain(seen).collect()
        };
        assert_eq!(steps(&owner.get(&path).await.well()), all([false, false, false]));
        let marked = patch(&owner, &path, &json!({ "onboarding": { "two_factor_google": true }, "roles": ["HR"] })).await.well();
        assert_eq!(steps(&marked), all([true, false, true]));
        assert_eq!(marked["onboarding"][1]["done_by_name"], "OWNER");
        assert!(marked["onboarding"][1]["done_at"].is_string());
        sign_in(app, "ani@b.id").await;
        assert_eq!(steps(&owner.get(&path).await.well()), all([true, true, true]));
        let unmarked = patch(&owner, &path, &json!({ "onboarding": { "two_factor_google": false } })).await.well();
        assert_eq!((steps(&unmarked), &unmarked["onboarding"][1]["done_by_name"]), (all([false, true, true]), &Value::Null));
        let record = recorded(&owner, "user.edit").await;
        assert_eq!((&record["before"], &record["after"]), (&json!({ "two_factor_google": true }), &json!({ "two_factor_google": false })));
    }

    async fn people_see_and_end_their_own_sessions_and_nobody_elses(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, "ani@b.id", &["HR"]).await;
        let (here, there, third) = (sign_in(app, "ani@b.id").await, sign_in(app, "ani@b.id").await, sign_in(app, "ani@b.id").await);
        let of = async |browser: &Browser| browser.get("/api/v1/me/sessions").await.well()["items"].as_array().unwrap().clone();
        let current = async |browser: &Browser| {
            let sessions = of(browser).await;
            let current: Vec<&Value> = sessions.iter().filter(|session| session["current"] == json!(true)).collect();
            assert_eq!(current.len(), 1);
            format!("/api/v1/me/sessions/{}", current[0]["id"].as_str().unwrap())
        };
        assert_eq!(of(&here).await.len(), 3);
        assert_eq!(delete(&here, &current(&owner).await).await.problem(), "404 not_found");
        let path = current(&there).await;
        assert_eq!(delete(&here, &path).await.status, 204);
        assert_eq!(there.get("/api/v1/session").await.problem(), "401 unauthenticated");
        assert_eq!(delete(&here, &path).await.problem(), "404 not_found");
        assert_eq!(here.post("/api/v1/me/sessions/revoke-others", &json!({})).await.well(), json!({ "revoked": 1 }));
        assert_eq!(third.get("/api/v1/session").await.problem(), "401 unauthenticated");
        assert_eq!(of(&here).await.len(), 1);
        owner.get("/api/v1/session").await.well();
        assert_eq!(recorded(&owner, "session.revoke_others").await["after"], json!({ "sessions_ended": 1 }));
        let text = of(&here).await[0].to_string();
        assert!(!text.contains(&here.csrf) && !text.contains("token"), "{text}");
    }

    async fn people_change_their_own_name(app: TestApp) {
        let browser = app.signed_in_as("OPERATOR").await;
        let session = patch(&browser, "/api/v1/me", &json!({ "name": " Sari " })).await.well();
        assert_eq!((&session["user"]["name"], &session["csrf_token"]), (&json!("Sari"), &json!(browser.csrf)));
        assert_eq!(browser.get("/api/v1/session").await.well()["user"]["name"], "Sari");
        assert_eq!(patch(&browser, "/api/v1/me", &json!({ "name": " " })).await.problem(), "422 invalid");
        assert_eq!(patch(&browser, "/api/v1/me", &json!({ "name": "S", "roles": ["OWNER"] })).await.problem(), "400 unknown_field");
        let owner = app.signed_in_as("OWNER").await;
        assert_eq!(recorded(&owner, "user.edit").await["after"], json!({ "name": "Sari" }));
    }
}
