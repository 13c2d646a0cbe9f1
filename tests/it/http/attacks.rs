//! What somebody with bad intentions tries at the door and inside: each comes to nothing (issue 3).

use super::password::{PASSWORD, asked, with_password};
use super::users::{call, delete, sign_in};
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, Response};
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Browser, send};
use tests::database::TestDb;

const SIGN_IN: &str = "/api/v1/session/password";
const RINA: &str = "rina@xprivate.education";
const HTML: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn cookie(response: &Response) -> String {
    response.headers()[SET_COOKIE].to_str().unwrap().to_owned()
}

/// A client without a cookie store: it sends what it is told to.
async fn sends(app: &TestApp, method: Method, path: &str, cookie: &str) -> Response {
    Client::new().request(method, format!("{}{path}", app.url)).header(COOKIE, cookie).send().await.unwrap()
}

async fn enter_with(app: &TestApp, cookie: &str) -> Response {
    let body = json!({ "email": RINA, "password": PASSWORD });
    Client::new().post(format!("{}{SIGN_IN}", app.url)).header(COOKIE, cookie).json(&body).send().await.unwrap()
}

fn value(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

async fn upload(browser: &Browser, name: &str) -> tests::browser::Answer {
    let form = Form::new().part("file", Part::bytes(PNG).file_name(name.to_owned()));
    let request = browser.request(Method::POST, "/api/v1/documents").header("X-CSRF-Token", &browser.csrf);
    send(request.multipart(form)).await
}

both_databases! {
    async fn the_csrf_token_of_another_session_opens_nothing(app: TestApp) {
        let (one, mut other) = (app.signed_in_as("OWNER").await, app.signed_in_as("OWNER").await);
        for csrf in [one.csrf.clone(), String::new()] {
            other.csrf = csrf;
            assert_eq!(call(&other, Method::PATCH, "/api/v1/me", Some(&json!({ "name": "Mallory" }))).await.problem(), "403 csrf");
        }
        assert_eq!(app.company.db.count("SELECT count(*) FROM user_account WHERE name = 'Mallory'", vec![]).await, 0);
        // Where no session has a token yet, the browser itself says who asks.
        for path in [SIGN_IN, "/api/v1/password/forgot", "/api/v1/password/reset", "/api/v1/session/link"] {
            let request = app.nobody().request(Method::POST, path).header("Sec-Fetch-Site", "cross-site").json(&json!({}));
            assert_eq!(send(request).await.problem(), "403 csrf", "{path}");
            // And a form of another site cannot send JSON.
            for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let form = app.nobody().request(Method::POST, path).header(CONTENT_TYPE, kind).body(r#"{"email":"a@b.id","password":"x","token":"x"}"#);
                assert_eq!(send(form).await.problem(), "415 unsupported_media_type", "{path} {kind}");
            }
        }
    }

    async fn a_session_laid_before_somebody_is_not_taken_over_by_signing_in(app: TestApp) {
        with_password(app, RINA).await;
        // A made-up one: another is given out.
        let made_up = format!("alur_session={}", "a".repeat(64));
        let given = cookie(&enter_with(app, &made_up).await);
        assert!(!given.contains(&made_up));
        assert_eq!(sends(app, Method::GET, "/api/v1/session", &made_up).await.status(), 401);
        // The attacker's own: it ends, and does not become Rina's.
        let laid = cookie(&enter_with(app, "").await).split(';').next().unwrap().to_owned();
        let given = cookie(&enter_with(app, &laid).await).split(';').next().unwrap().to_owned();
        assert_ne!(given, laid);
        assert_eq!(sends(app, Method::GET, "/api/v1/session", &laid).await.status(), 401);
        assert_eq!(sends(app, Method::GET, "/api/v1/session", &given).await.status(), 200);
    }

    async fn ids_of_others_open_nothing(app: TestApp) {
        let user = with_password(app, RINA).await;
        let (rina, owner) = (sign_in(app, RINA).await, app.signed_in_as("OWNER").await);
        let sessions = owner.get("/api/v1/me/sessions").await.well();
        let id = sessions["items"][0]["id"].as_str().unwrap();
        assert_eq!(delete(&rina, &format!("/api/v1/me/sessions/{id}")).await.problem(), "404 not_found");
        owner.get("/api/v1/session").await.well();
        // An id of one kind is none of another.
        let sesi = app.company.requested(&app.company.lesson()).await;
        let user_id = user.rsplit('/').next().unwrap();
        for path in [format!("/api/v1/users/{sesi}"), format!("/api/v1/sesi/{user_id}"), format!("/api/v1/documents/{sesi}"), format!("/api/v1/workflows/sesi/{user_id}")] {
            assert_eq!(owner.get(&path).await.problem(), "404 not_found", "{path}");
        }
        for path in ["/api/v1/users/1%20OR%201=1", "/api/v1/users/%00", "/api/v1/users/..%2f..%2fsession"] {
            assert_eq!(owner.get(path).await.problem(), "404 not_found", "{path}");
        }
    }

    async fn a_reset_token_is_no_session_and_a_session_token_no_reset(app: TestApp) {
        with_password(app, RINA).await;
        let token = asked(app, RINA).await;
        assert_eq!(sends(app, Method::GET, "/api/v1/session", &format!("alur_session={token}")).await.status(), 401);
        let link = app.nobody().post("/api/v1/session/link", &json!({ "token": token })).await;
        assert_eq!(link.problem(), "404 link_unknown");
        let given = cookie(&enter_with(app, "").await);
        let session = given.split(['=', ';']).nth(1).unwrap();
        let reset = app.nobody().post("/api/v1/password/reset", &json!({ "token": session, "password": "another password" })).await;
        assert_eq!(reset.problem(), "404 reset_unknown");
    }

    async fn a_forged_address_does_not_get_around_the_wait(app: TestApp) {
        let try_from = async |n: u32| {
            let body = json!({ "email": format!("user{n}@xprivate.education"), "password": PASSWORD });
            send(app.nobody().request(Method::POST, SIGN_IN).header("X-Forwarded-For", format!("10.0.0.{n}")).json(&body)).await.status
        };
        let mut statuses = vec![];
        for n in 0..22 {
            statuses.push(try_from(n).await);
        }
        assert_eq!((statuses[20], statuses[21]), (403, 429), "{statuses:?}");
    }

    async fn every_answer_is_kept_from_being_framed_sniffed_or_scripted(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        for path in ["/", "/sign-in", "/api/v1/session", "/api/v1/nothing", "/api/docs", "/healthz", "/assets/gone.js"] {
            let answer = owner.request(Method::GET, path).send().await.unwrap();
            let headers = answer.headers();
            let policy = value(headers, "content-security-policy");
            let of = |name: &str| policy.split(';').find(|part| part.trim().starts_with(name)).unwrap_or_default().trim().to_owned();
            assert_eq!((of("script-src").as_str(), of("frame-ancestors").as_str(), of("object-src").as_str()), ("script-src 'self'", "frame-ancestors 'none'", "object-src 'none'"), "{path}: {policy}");
            assert_eq!(value(headers, "x-content-type-options"), "nosniff", "{path}");
            assert_eq!(value(headers, "x-frame-options"), "DENY", "{path}");
            assert_eq!(value(headers, "referrer-policy"), "same-origin", "{path}");
            assert_eq!(value(headers, "strict-transport-security"), "", "{path}");
            if path.starts_with("/api/v1") {
                assert_eq!(value(headers, "cache-control"), "no-store", "{path}");
            }
            assert!(headers.get("access-control-allow-origin").is_none() && headers.get("server").is_none(), "{path}");
        }
    }

    async fn behind_https_cookies_travel_encrypted_only_and_browsers_are_told_to_stay(database: TestDb) {
        let app = TestApp::configured(database.clone(), |config| config.server.base_url = Some("https://alur.example".into())).await;
        let link = app.link("OWNER").await;
        let token = link.split('#').nth(1).unwrap();
        let answer = app.nobody().request(Method::POST, "/api/v1/session/link").json(&json!({ "token": token })).send().await.unwrap();
        let given = cookie(&answer);
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
            assert!(given.contains(part), "{given}");
        }
        assert!(!given.contains("Domain"), "{given}");
        assert_eq!(value(answer.headers(), "strict-transport-security"), "max-age=15552000");
    }

    async fn large_and_deep_bodies_are_refused_at_the_door(app: TestApp) {
        let large = vec![b' '; 3 * 1024 * 1024];
        for path in [SIGN_IN, "/api/v1/password/forgot", "/api/v1/password/reset", "/api/v1/session/link"] {
            assert_eq!(app.nobody().post_raw(path, "application/json", large.clone()).await.problem(), "413 too_large", "{path}");
            assert!(app.nobody().post_raw(path, "application/json", "[".repeat(100_000)).await.problem().starts_with('4'), "{path}");
        }
        let long = "x".repeat(500_000);
        let refused = app.nobody().post(SIGN_IN, &json!({ "email": format!("{long}@b.id"), "password": long })).await;
        assert_eq!(refused.problem(), "403 credentials_refused");
    }

    async fn a_path_in_a_documents_name_leads_nowhere(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        for name in ["../../../etc/passwd.png", "..\\..\\boot.png", "/etc/cron.d/x.png", "a/b.png", "x\".png", "a\r\nX: y.png"] {
            let answer = upload(&admin, name).await;
            let Some(id) = answer.body["id"].as_str().filter(|_| answer.status == 201) else {
                assert!((400..500).contains(&answer.status), "{name:?}: {answer:?}");
                continue;
            };
            let shown = admin.get(&format!("/api/v1/documents/{id}")).await.well();
            let content = admin.request(Method::GET, shown["url"].as_str().unwrap()).send().await.unwrap();
            assert_eq!(value(content.headers(), "content-disposition"), "inline", "{name:?}");
            assert!(content.headers().get("x").is_none(), "{name:?}");
        }
        let keys = app.company.db.texts("SELECT storage_key AS text FROM document", vec![]).await;
        assert!(keys.iter().all(|key| !key.contains("..") && !key.starts_with('/') && !key.contains('\\')), "{keys:?}");
        for path in ["/assets/../../Cargo.toml", "/..%2f..%2fCargo.toml", "/%2e%2e/%2e%2e/etc/passwd", "/....//etc/passwd"] {
            let text = admin.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
            assert!(!text.contains("[workspace") && !text.contains("root:"), "{path}");
        }
        app.drain().await;
    }

    async fn html_in_a_text_comes_back_as_the_text_it_is(app: TestApp) {
        let admin = app.signed_in_as("OWNER").await;
        let made = admin.post("/api/v1/users", &json!({ "email": "html@b.id", "name": HTML, "roles": [] })).await;
        assert_eq!((made.status, made.content_type.as_str(), &made.body["name"]), (201, "application/json", &json!(HTML)));
        let role = admin.post("/api/v1/roles", &json!({ "code": "HTML", "name": HTML, "permissions": [] })).await;
        assert_eq!(role.body["name"], HTML);
        let id = app.company.requested(&app.company.lesson()).await;
        admin.command(id, "reject", &json!({ "reason": HTML })).await.well();
        call(&admin, Method::PATCH, "/api/v1/me", Some(&json!({ "name": HTML }))).await.well();
        for path in ["/api/v1/users", "/api/v1/roles", "/api/v1/audit", &format!("/api/v1/workflows/sesi/{id}/history"), "/api/v1/session"] {
            let answer = admin.request(Method::GET, path).send().await.unwrap();
            assert_eq!(value(answer.headers(), "content-type"), "application/json", "{path}");
            assert!(answer.text().await.unwrap().contains("<img src=x"), "{path}");
        }
        // What is asked for is never written into a page either.
        for path in [format!("/sign-in?problem={HTML}"), format!("/api/v1/{HTML}"), format!("/api/v1/users?sort={HTML}")] {
            let text = admin.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
            assert!(!text.contains("onerror"), "{path}");
        }
        app.drain().await;
    }
}
