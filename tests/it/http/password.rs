//! Passwords: signing in, forgetting, choosing anew, changing; and whoever guesses has to wait (AUTH-2, AUTH-3, AUTH-8).

use super::users::{made, recorded, sign_in};
use crate::notification::smtp;
use api::auth::reset;
use chrono::TimeDelta;
use engine::db;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser, send};
use tests::database::{Fixture, TestDb};
use tests::smtp::MailServer;
use uuid::Uuid;

const SIGN_IN: &str = "/api/v1/session/password";
const FORGOT: &str = "/api/v1/password/forgot";
const RESET: &str = "/api/v1/password/reset";
const CHANGE: &str = "/api/v1/me/password";
const RINA: &str = "rina@xprivate.education";
pub const PASSWORD: &str = "kuda benar baterai";

/// Somebody with this address and a password, chosen by the way of the mail.
pub async fn with_password(app: &TestApp, email: &str) -> String {
    let owner = app.signed_in_as("OWNER").await;
    let user = made(&owner, email, &["HR"]).await;
    assert_eq!(choose(app, &asked(app, email).await, PASSWORD).await.status, 204);
    user
}

/// The token that a mail to this address would hold.
pub async fn asked(app: &TestApp, email: &str) -> String {
    assert_eq!(app.nobody().post(FORGOT, &json!({ "email": email })).await.status, 202);
    newest_token(app, email).await
}

async fn newest_token(app: &TestApp, email: &str) -> String {
    let sql = "SELECT r.id FROM password_reset r JOIN user_account u ON u.id = r.user_id WHERE u.email = ? ORDER BY r.id DESC LIMIT 1";
    let rows = app.company.db.rows(sql, vec![email.into()]).await;
    let id: Uuid = rows[0].try_get("", "id").unwrap();
    // The mail is asked for with it.
    let mails = app.company.db.count("SELECT count(*) FROM notification_log WHERE reference_id = ?", vec![id.into()]).await;
    assert_eq!(mails, 1);
    app.drain().await;
    reset::token(&app.app.reset_key, id)
}

async fn choose(app: &TestApp, token: &str, password: &str) -> Answer {
    app.nobody().post(RESET, &json!({ "token": token, "password": password })).await
}

async fn enter(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post(SIGN_IN, &json!({ "email": email, "password": password })).await
}

/// A browser that signed in with a password.
async fn signed_in(app: &TestApp, email: &str, password: &str) -> Browser {
    let mut browser = app.nobody();
    let session = enter(&browser, email, password).await.well();
    browser.csrf = session["csrf_token"].as_str().unwrap().to_owned();
    browser
}

fn fault(answer: &Answer) -> String {
    let fault = &answer.body["fields"][0];
    format!("{} {} {}", answer.problem(), fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// What was tried at the door, the oldest first.
pub async fn events(app: &TestApp) -> Vec<String> {
    app.company.db.texts("SELECT how || ' ' || outcome AS text FROM login_event ORDER BY id", vec![]).await
}

both_databases! {
    async fn a_forgotten_password_is_chosen_anew_by_a_mail_and_opens_the_door(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, RINA, &["HR"]).await;
        let earlier = sign_in(app, RINA).await;
        let token = asked(app, RINA).await;
        assert_eq!(choose(app, &token, PASSWORD).await.status, 204);
        assert_eq!(earlier.get("/api/v1/session").await.problem(), "401 unauthenticated");
        let rina = app.nobody();
        let session = enter(&rina, " Rina@XPrivate.Education ", PASSWORD).await.well();
        assert_eq!(session["user"]["email"], RINA);
        assert_eq!(rina.get("/api/v1/session").await.well()["user"]["roles"], json!(["HR"]));
        assert_eq!(recorded(&owner, "session.sign_in").await["after"]["by"], "password");
        assert_eq!(recorded(&owner, "user.password_reset").await["actor"]["name"], RINA);
        let stored = app.company.db.texts("SELECT hash AS text FROM password_credential", vec![]).await;
        assert!(stored[0].starts_with("$argon2id$") && !stored[0].contains(PASSWORD));
        assert_eq!(app.company.db.count("SELECT count(*) FROM password_reset WHERE token_hash = ?", vec![token.into()]).await, 0);
    }

    async fn a_reset_works_once_for_an_hour_and_a_newer_one_voids_it(app: TestApp) {
        with_password(app, RINA).await;
        let used = asked(app, RINA).await;
        assert_eq!(choose(app, &used, "another password 1").await.status, 204);
        assert_eq!(choose(app, &used, "another password 2").await.problem(), "410 reset_used");
        let (older, newer) = (asked(app, RINA).await, asked(app, RINA).await);
        assert_eq!(choose(app, &older, "another password 2").await.problem(), "410 reset_void");
        assert_eq!(choose(app, &newer, "another password 2").await.status, 204);
        for (seconds, status) in [(3599, 204), (3600, 410)] {
            // The free mails come back in the meantime.
            app.company.clock.advance(TimeDelta::hours(3));
            let token = asked(app, RINA).await;
            app.company.clock.advance(TimeDelta::seconds(seconds));
            assert_eq!(choose(app, &token, "another password 3").await.status, status, "{seconds}");
        }
        assert_eq!(choose(app, &"0".repeat(64), "another password 4").await.problem(), "404 reset_unknown");
        for token in ["", &"0".repeat(201)] {
            assert_eq!(fault(&choose(app, token, "another password 4").await), "422 invalid token required");
        }
    }

    async fn a_reset_touches_nobody_elses_password_or_sessions(app: TestApp) {
        with_password(app, RINA).await;
        with_password(app, "ani@xprivate.education").await;
        let before = app.company.db.texts("SELECT hash AS text FROM password_credential ORDER BY hash", vec![]).await;
        let ani = signed_in(app, "ani@xprivate.education", PASSWORD).await;
        let token = asked(app, RINA).await;
        assert_eq!(choose(app, &token, "another password 1").await.status, 204);
        let after = app.company.db.texts("SELECT hash AS text FROM password_credential ORDER BY hash", vec![]).await;
        assert_eq!(after.iter().filter(|hash| before.contains(hash)).count(), 1);
        ani.get("/api/v1/session").await.well();
        signed_in(app, "ani@xprivate.education", PASSWORD).await;
    }

    async fn of_many_who_use_one_reset_at_once_one_chooses(app: TestApp) {
        with_password(app, RINA).await;
        let token = asked(app, RINA).await;
        let tries = (0..4).map(|n| {
            let (browser, body) = (app.nobody(), json!({ "token": token, "password": format!("another password {n}") }));
            tokio::spawn(async move { browser.post(RESET, &body).await.status })
        });
        let statuses: Vec<u16> = futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    }

    async fn the_answer_does_not_tell_whether_an_address_exists(app: TestApp) {
        let user = with_password(app, RINA).await;
        let owner = app.signed_in_as("OWNER").await;
        let known = app.nobody().post(FORGOT, &json!({ "email": RINA })).await;
        let unknown = app.nobody().post(FORGOT, &json!({ "email": "nobody@xprivate.education" })).await;
        assert_eq!((known.status, &known.body, &known.content_type), (unknown.status, &unknown.body, &unknown.content_type));
        app.drain().await;
        let wrong = enter(&app.nobody(), RINA, "wrong wrong wrong").await;
        let nobody = enter(&app.nobody(), "nobody@xprivate.education", PASSWORD).await;
        let without = enter(&app.nobody(), "owner@xprivate.education", PASSWORD).await;
        owner.post(&format!("{user}/deactivate"), &json!({ "reason": "Cuti panjang" })).await.well();
        let suspended = enter(&app.nobody(), RINA, PASSWORD).await;
        for answer in [&wrong, &nobody, &without, &suspended] {
            assert_eq!(answer.problem(), "403 credentials_refused");
            assert_eq!((&answer.body["params"], &answer.body["detail"]), (&wrong.body["params"], &wrong.body["detail"]));
        }
        // Nor does anything a mail was asked for by lie about.
        assert_eq!(app.company.db.count("SELECT count(*) FROM password_reset r JOIN user_account u ON u.id = r.user_id WHERE u.email <> ?", vec![RINA.into()]).await, 0);
        assert_eq!(app.company.db.count("SELECT count(*) FROM sign_in_throttle WHERE key LIKE '%nobody%'", vec![]).await, 0);
    }

    async fn whoever_is_suspended_gets_no_mail_and_an_earlier_one_does_not_help(app: TestApp) {
        let user = with_password(app, RINA).await;
        let owner = app.signed_in_as("OWNER").await;
        let token = asked(app, RINA).await;
        owner.post(&format!("{user}/deactivate"), &json!({ "reason": "Cuti panjang" })).await.well();
        assert_eq!(choose(app, &token, "another password 1").await.problem(), "410 reset_void");
        let before = app.company.db.count("SELECT count(*) FROM password_reset", vec![]).await;
        assert_eq!(app.nobody().post(FORGOT, &json!({ "email": RINA })).await.status, 202);
        assert_eq!(app.company.db.count("SELECT count(*) FROM password_reset", vec![]).await, before);
    }

    async fn a_weak_password_is_refused_at_its_field_and_the_link_stays_good(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, RINA, &["HR"]).await;
        let token = asked(app, RINA).await;
        let long = "x".repeat(201);
        for (password, code) in [("short", "too_short"), (long.as_str(), "too_long"), ("RINA@xprivate.education", "like_account")] {
            assert_eq!(fault(&choose(app, &token, password).await), format!("422 invalid password {code}"));
        }
        assert_eq!(choose(app, &token, PASSWORD).await.status, 204);
    }

    async fn whoever_guesses_a_password_waits_longer_each_time_whether_the_account_exists_or_not(app: TestApp) {
        with_password(app, RINA).await;
        for email in [RINA, "nobody@xprivate.education"] {
            for _ in 0..6 {
                assert_eq!(enter(&app.nobody(), email, "wrong wrong wrong").await.problem(), "403 credentials_refused");
            }
            let blocked = send(app.nobody().request(Method::POST, SIGN_IN).json(&json!({ "email": email, "password": PASSWORD }))).await;
            assert_eq!((blocked.problem().as_str(), &blocked.body["params"]["retry_after_s"]), ("429 too_many_attempts", &json!(3)));
            app.company.clock.advance(TimeDelta::seconds(3));
            assert_eq!(enter(&app.nobody(), email, "wrong wrong wrong").await.problem(), "403 credentials_refused");
            let longer = enter(&app.nobody(), email, PASSWORD).await;
            assert_eq!((longer.problem().as_str(), &longer.body["params"]["retry_after_s"]), ("429 too_many_attempts", &json!(5)));
        }
        // What is right opens the door again, and earlier failures are forgotten.
        app.company.clock.advance(TimeDelta::seconds(5));
        signed_in(app, RINA, PASSWORD).await;
        assert_eq!(app.company.db.count("SELECT count(*) FROM sign_in_throttle WHERE key LIKE 'account:%'", vec![]).await, 1);
    }

    async fn guessing_many_accounts_from_one_place_or_many_times_at_once_does_not_help(app: TestApp) {
        with_password(app, RINA).await;
        let at_once = (0..12).map(|_| {
            let browser = app.nobody();
            tokio::spawn(async move { enter(&browser, RINA, "wrong wrong wrong").await.status })
        });
        let statuses: Vec<u16> = futures::future::join_all(at_once).await.into_iter().map(Result::unwrap).collect();
        assert_eq!((statuses.iter().filter(|status| **status == 403).count(), statuses.iter().filter(|status| **status == 429).count()), (6, 6), "{statuses:?}");
        let mut tried = 6;
        while enter(&app.nobody(), &format!("user{tried}@xprivate.education"), PASSWORD).await.status == 403 {
            tried += 1;
        }
        assert_eq!(tried, 21);
        // A wrong link counts as well, a good one does not help to go on.
        let link = app.nobody().post("/api/v1/session/link", &json!({ "token": "made-up" })).await;
        assert_eq!(link.problem(), "429 too_many_attempts");
    }

    async fn the_wait_holds_for_every_process_on_the_database(app: TestApp) {
        let other = app.another_process().await;
        for n in 0..6 {
            let browser = if n % 2 == 0 { app.nobody() } else { app.nobody().at(&other) };
            assert_eq!(enter(&browser, RINA, "wrong wrong wrong").await.status, 403);
        }
        for browser in [app.nobody(), app.nobody().at(&other)] {
            assert_eq!(enter(&browser, RINA, "wrong wrong wrong").await.status, 429);
        }
    }

    async fn the_answer_to_a_forgotten_password_does_not_know_whether_there_is_an_account(app: TestApp) {
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, RINA, &["HR"]).await;
        let suspended = made(&owner, "ani@xprivate.education", &["HR"]).await;
        owner.post(&format!("{suspended}/deactivate"), &json!({ "reason": "Cuti" })).await.well();
        let db = &app.company.db;
        // The account cannot be got hold of while somebody else has it (Postgres), and the mail cannot be asked for at all:
        // whatever answers has waited for neither.
        let mut held = None;
        if db.is_postgres() {
            let tx = app.app.engine.db.begin().await.unwrap();
            db::locked_row(&tx, "SELECT id FROM user_account WHERE email = ?", vec![RINA.into()]).await.unwrap();
            held = Some(tx);
        } else {
            db.run("CREATE TRIGGER no_reset BEFORE INSERT ON password_reset BEGIN SELECT RAISE(ABORT, 'out of order'); END", vec![]).await;
        }
        let mut answers = vec![];
        for email in [RINA, "ani@xprivate.education", "nobody@xprivate.education"] {
            let answer = app.nobody().request(Method::POST, FORGOT).json(&json!({ "email": email })).send().await.unwrap();
            let headers = answer.headers().iter().filter(|(name, _)| *name != "date" && *name != "x-request-id").map(|(name, value)| format!("{name}: {value:?}"));
            answers.push((answer.status().as_u16(), headers.collect::<Vec<_>>(), answer.text().await.unwrap()));
        }
        assert_eq!(answers[0].0, 202);
        assert_eq!((&answers[1], &answers[2]), (&answers[0], &answers[0]));
        assert_eq!(db.count("SELECT count(*) FROM password_reset", vec![]).await, 0, "the work is not done yet");
        let Some(held) = held else { return };
        held.rollback().await.unwrap();
        let began = std::time::Instant::now();
        while db.count("SELECT count(*) FROM password_reset", vec![]).await == 0 {
            assert!(began.elapsed() < std::time::Duration::from_secs(30), "the mail was never asked for");
            tokio::task::yield_now().await;
        }
        app.drain().await;
    }

    async fn mails_for_a_forgotten_password_are_few(app: TestApp) {
        let asks = async |email: &str| app.nobody().post(FORGOT, &json!({ "email": email })).await.status;
        let mut statuses = vec![];
        for email in [RINA, RINA, RINA, RINA, RINA, "ani@xprivate.education"] {
            statuses.push(asks(email).await);
        }
        assert_eq!(statuses, [202, 202, 202, 202, 429, 202]);
        for text in ["", "rina", "a@b.id\r\nBcc: c@d.id", "a@b.id\nBcc: c@d.id", "Rina <a@b.id>", "a@b.id,c@d.id"] {
            assert!(fault(&app.nobody().post(FORGOT, &json!({ "email": text })).await).starts_with("422 invalid email"), "{text:?}");
        }
    }

    async fn changing_the_password_asks_the_old_one_ends_other_sessions_and_renews_this_one(app: TestApp) {
        with_password(app, RINA).await;
        let (here, there) = (signed_in(app, RINA, PASSWORD).await, signed_in(app, RINA, PASSWORD).await);
        let token = asked(app, RINA).await;
        let wrong = here.post(CHANGE, &json!({ "current": "wrong wrong wrong", "new": "another password 1" })).await;
        assert_eq!(fault(&wrong), "422 invalid current wrong");
        assert_eq!(fault(&here.post(CHANGE, &json!({ "current": PASSWORD, "new": "short" })).await), "422 invalid new too_short");
        let before = app.company.db.texts("SELECT token_hash AS text FROM user_session WHERE revoked_at IS NULL ORDER BY id", vec![]).await;
        let session = here.post(CHANGE, &json!({ "current": PASSWORD, "new": "another password 1" })).await.well();
        assert_ne!(session["csrf_token"], json!(here.csrf));
        assert_eq!(there.get("/api/v1/session").await.problem(), "401 unauthenticated");
        assert_eq!(here.get("/api/v1/session").await.well()["csrf_token"], session["csrf_token"]);
        let after = app.company.db.texts("SELECT token_hash AS text FROM user_session WHERE revoked_at IS NULL", vec![]).await;
        assert!(after.iter().all(|hash| !before.contains(hash) || hash == &before[0]), "the session keeps its old token");
        assert_eq!(choose(app, &token, "another password 2").await.problem(), "410 reset_void");
        assert_eq!(enter(&app.nobody(), RINA, PASSWORD).await.problem(), "403 credentials_refused");
        signed_in(app, RINA, "another password 1").await;
        let owner = app.signed_in_as("OWNER").await;
        assert_eq!(recorded(&owner, "user.password_change").await["entity_type"], "user");
        assert_eq!(owner.post(CHANGE, &json!({ "current": PASSWORD, "new": "another password 1" })).await.problem(), "409 no_password");
    }

    async fn only_a_browser_that_is_to_remember_keeps_its_session_when_it_is_closed(app: TestApp) {
        with_password(app, RINA).await;
        for (remember, lives) in [(false, false), (true, true)] {
            let browser = app.nobody();
            let body = json!({ "email": RINA, "password": PASSWORD, "remember": remember });
            let answer = browser.request(Method::POST, SIGN_IN).json(&body).send().await.unwrap();
            let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && !cookie.contains("; Secure"), "{cookie}");
            assert_eq!(cookie.contains("Max-Age=2592000"), remember, "{cookie}");
            app.company.clock.advance(TimeDelta::days(5));
            assert_eq!(browser.get("/api/v1/session").await.status == 200, lives, "{remember}");
            app.company.clock.advance(TimeDelta::days(25));
            assert_eq!(browser.get("/api/v1/session").await.problem(), "401 unauthenticated");
        }
    }

    async fn what_was_tried_is_shown_to_its_owner_and_to_who_may_see_users(app: TestApp) {
        let user = with_password(app, RINA).await;
        enter(&app.nobody(), RINA, "wrong wrong wrong").await.problem();
        let rina = signed_in(app, RINA, PASSWORD).await;
        let own = rina.get("/api/v1/me/sign-ins").await.well();
        let outcomes: Vec<(&str, &str)> = own["events"].as_array().unwrap().iter().map(|event| (event["how"].as_str().unwrap(), event["outcome"].as_str().unwrap())).collect();
        assert_eq!(outcomes, [("PASSWORD", "signed_in"), ("PASSWORD", "credentials_refused")]);
        assert_eq!((&own["events"][0]["ip"], own["password_changed_at"].is_string(), &own["identities"]), (&json!("127.0.0.1"), true, &json!([])));
        assert_eq!(rina.get(&format!("{user}/sign-ins")).await.problem(), "403 forbidden");
        let owner = app.signed_in_as("OWNER").await;
        assert_eq!(owner.get(&format!("{user}/sign-ins")).await.well()["events"], own["events"]);
        assert_eq!(owner.get(&format!("/api/v1/users/{}/sign-ins", Uuid::from_u128(4))).await.problem(), "404 not_found");
        assert_eq!(owner.get("/api/v1/me/sign-ins").await.well()["password_changed_at"], Value::Null);
    }

    async fn the_mail_arrives_with_a_link_that_works(database: TestDb) {
        let server = MailServer::start();
        let smtp = smtp(server.port);
        let app = TestApp::configured(database.clone(), |config| config.smtp = smtp).await;
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, RINA, &["HR"]).await;
        assert_eq!(app.nobody().post(FORGOT, &json!({ "email": RINA })).await.status, 202);
        app.drain().await;
        let mail = server.only();
        assert_eq!(mail.to, [RINA]);
        let content = mail.content();
        let token = content.split(&format!("{}/reset#", app.url)).nth(1).and_then(|rest| rest.get(..64)).expect("a link");
        assert_eq!(choose(&app, token, PASSWORD).await.status, 204);
        signed_in(&app, RINA, PASSWORD).await;
        // Nothing that is kept of it would let anybody in.
        for sql in ["SELECT CAST(payload AS TEXT) AS text FROM job", "SELECT CAST(payload AS TEXT) AS text FROM workflow_history", "SELECT CAST(after AS TEXT) AS text FROM audit_record WHERE after IS NOT NULL"] {
            assert!(!app.company.db.texts(sql, vec![]).await.iter().any(|text| text.contains(token)), "{sql}");
        }
        app.end().await;
    }

    async fn a_session_that_sends_too_much_waits_and_others_do_not(database: TestDb) {
        let app = TestApp::configured(database.clone(), |config| config.server.requests_per_minute = 5).await;
        let (hasty, calm) = (app.signed_in_as("OWNER").await, app.signed_in_as("HR").await);
        for _ in 0..5 {
            hasty.get("/api/v1/session").await.well();
        }
        let blocked = hasty.get("/api/v1/session").await;
        assert_eq!((blocked.problem().as_str(), &blocked.body["params"]["retry_after_s"]), ("429 too_many_requests", &json!(13)));
        calm.get("/api/v1/session").await.well();
        app.company.clock.advance(TimeDelta::seconds(12));
        hasty.get("/api/v1/session").await.well();
    }
}
