//! One-time links, sessions and CSRF (AUTH-3, AUTH-4).

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{command_path, send};

const LINK: &str = "/api/v1/session/link";

both_databases! {
    async fn a_link_signs_in_once(app: TestApp) {
        let link = app.link("OWNER").await;
        let first = app.nobody().sign_in(&link).await;
        assert_eq!(first.get("/api/v1/session").await.status, 200);
        let token = link.split('#').nth(1).unwrap();
        assert_eq!(app.nobody().post(LINK, &json!({ "token": token })).await.problem(), "410 link_used");
    }

    async fn a_link_is_good_for_fifteen_minutes_and_not_a_second_longer(app: TestApp) {
        for (seconds, good) in [(15 * 60 - 1, true), (15 * 60 + 1, false)] {
            let link = app.link("OWNER").await;
            app.company.clock.advance(TimeDelta::seconds(seconds));
            let answer = app.nobody().post(LINK, &json!({ "token": link.split('#').nth(1).unwrap() })).await;
            assert_eq!(answer.status == 200, good, "{seconds}: {answer:?}");
            if !good {
                assert_eq!(answer.problem(), "410 link_expired");
            }
        }
    }

    async fn a_newer_link_ends_the_older_one_and_a_made_up_one_is_unknown(app: TestApp) {
        let (older, newer) = (app.link("OWNER").await, app.link("OWNER").await);
        let token = |link: &str| json!({ "token": link.split('#').nth(1).unwrap() });
        assert_eq!(app.nobody().post(LINK, &token(&older)).await.problem(), "410 link_expired");
        assert_eq!(app.nobody().post(LINK, &json!({ "token": "made-up" })).await.problem(), "404 link_unknown");
        app.nobody().post(LINK, &token(&newer)).await.well();
    }

    async fn of_many_who_use_one_link_at_once_one_is_signed_in(app: TestApp) {
        let link = app.link("OWNER").await;
        let token = link.split('#').nth(1).unwrap().to_owned();
        let tries = (0..8).map(|_| {
            let (browser, token) = (app.nobody(), token.clone());
            tokio::spawn(async move { browser.post(LINK, &json!({ "token": token })).await.status })
        });
        let statuses: Vec<u16> = futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }

    async fn every_change_needs_the_csrf_token(app: TestApp) {
        let browser = app.signed_in_as("OWNER").await;
        let id = app.company.requested(&app.company.lesson()).await;
        for csrf in ["", "wrong"] {
            let request = browser.request(Method::POST, &command_path(id, "approve")).header("X-CSRF-Token", csrf).header("Idempotency-Key", "k");
            assert_eq!(send(request.json(&json!({}))).await.problem(), "403 csrf");
        }
        assert_eq!(app.company.state(id).await, "REQUESTED");
    }

    async fn signing_out_ends_the_session_at_once_and_so_does_being_idle(app: TestApp) {
        let browser = app.signed_in_as("OWNER").await;
        let out = send(browser.request(Method::DELETE, "/api/v1/session").header("X-CSRF-Token", &browser.csrf)).await;
        assert_eq!(out.status, 204);
        assert_eq!(browser.get("/api/v1/session").await.problem(), "401 unauthenticated");
        let idle = app.signed_in_as("OWNER").await;
        app.company.clock.advance(TimeDelta::days(2));
        assert_eq!(idle.get("/api/v1/session").await.problem(), "401 unauthenticated");
    }
}
