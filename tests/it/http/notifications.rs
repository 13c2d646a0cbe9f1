//! The send log, the texts of messages, and the welcome of a new account (NOT-1, NOT-2, USR-1).

use super::users::{patch, recorded, sign_in, somebody_with};
use crate::notification::Mailing;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::both_databases;
use tests::browser::Browser;
use uuid::Uuid;
use workflows::notification::Mail;

const LOG: &str = "/api/v1/notifications";
const WELCOME: &str = "/api/v1/templates/welcome_user/id";

async fn codes(browser: &Browser, query: &str) -> Vec<String> {
    let page = browser.get(&format!("{LOG}?{query}")).await.well();
    page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

fn step(shown: &Value, key: &str) -> Value {
    shown["onboarding"].as_array().unwrap().iter().find(|step| step["key"] == key).unwrap().clone()
}

both_databases! {
    async fn a_new_user_is_welcomed_when_whoever_makes_them_says_so(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        let body = |email: &str, welcome: bool| json!({ "email": email, "name": "Budi", "roles": ["HR"], "welcome": welcome });
        let silent = owner.post("/api/v1/users", &body("diam@xprivate.education", false)).await.well();
        assert_eq!(silent["welcome"], Value::Null);
        let made = owner.post("/api/v1/users", &body("budi@xprivate.education", true)).await.well();
        assert_eq!((&made["welcome"]["state"], &step(&made, "welcome_sent")["done"]), (&json!("QUEUED"), &json!(false)));
        mailing.drain().await;
        let sent = mailing.server().only();
        assert_eq!(sent.to, ["budi@xprivate.education"]);
        let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
        let shown = owner.get(&path).await.well();
        assert_eq!((&shown["welcome"]["state"], &step(&shown, "welcome_sent")["done"]), (&json!("SENT"), &json!(true)));

        // Once more, by hand: each request is a mail, and a repeated one is the same.
        let again = json!({ "template": "welcome_user", "recipient_kind": "USER", "recipient_id": made["id"] });
        let key = Uuid::new_v4().to_string();
        let first = owner.post_keyed(LOG, &again, &key).await.well();
        assert_eq!(owner.post_keyed(LOG, &again, &key).await.well()["id"], first["id"]);
        owner.post(LOG, &again).await.well();
        mailing.drain().await;
        assert_eq!(mailing.server().taken().len(), 3);
    }

    async fn whoever_may_not_send_mails_makes_no_account_with_one(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        let limited = somebody_with(&mailing.app, &owner, &["user.manage", "user.read"]).await;
        let answer = limited.post("/api/v1/users", &json!({ "email": "budi@b.id", "name": "Budi", "roles": [], "welcome": true })).await;
        assert_eq!((answer.problem().as_str(), &answer.body["params"]["permission"]), ("403 forbidden", &json!("notification.send")));
        assert_eq!(mailing.app.company.db.count("SELECT count(*) FROM user_account WHERE email = 'budi@b.id'", vec![]).await, 0);
        assert_eq!(mailing.app.company.db.count("SELECT count(*) FROM notification_log", vec![]).await, 0);
    }

    async fn the_log_tells_who_was_sent_what_and_how_it_went(mailing: Mailing) {
        mailing.server().behave("recipient_later");
        let late = mailing.request(&mailing.welcome()).await;
        mailing.drain().await;
        mailing.server().behave("well");
        mailing.after(TimeDelta::days(1)).await;
        let reset = mailing.request(&Mail::to_user("password_reset", mailing.rina, mailing.app.company.new_id())).await;
        mailing.server().behave("recipient_never");
        mailing.drain().await;

        let owner = mailing.app.signed_in_as("OWNER").await;
        let (first, second) = ("NOT-2026-000001", "NOT-2026-000002");
        assert_eq!(codes(&owner, "").await, [second, first]);
        for query in ["filter[state]=SENT", "filter[template]=welcome_user", "filter[until]=2026-11-21", "q=000001"] {
            assert_eq!(codes(&owner, query).await, [first], "{query}");
        }
        assert_eq!(codes(&owner, "filter[from]=2026-11-22&filter[state]=SENT,FAILED").await, [second]);
        assert_eq!(codes(&owner, &format!("filter[recipient_id]={}&q=RINA@", mailing.rina)).await.len(), 2);
        assert_eq!(codes(&owner, "filter[recipient_kind]=TUTOR").await.len(), 0);

        let shown = owner.get(&format!("{LOG}/{late}")).await.well();
        let steps: Vec<String> = shown["steps"].as_array().unwrap().iter().map(|step| format!("{} {}", step["command"].as_str().unwrap(), step["to_state"].as_str().unwrap())).collect();
        assert_eq!(steps, ["request QUEUED", "defer QUEUED", "try_again QUEUED", "begin SENDING", "deliver SENT"]);
        assert_eq!((&shown["steps"][1]["problem"], &shown["attempts"]), (&json!("deferred"), &json!(2)));
        assert_eq!(shown["letter"]["subject"], "Selamat datang di Alur, Rina Wijaya");

        // What would let somebody in is not shown, nor kept.
        let shown = owner.get(&format!("{LOG}/{reset}")).await.well();
        assert!(shown["letter"]["text"].as_str().unwrap().contains("/reset#…"), "{shown}");
        assert!(shown["problem_detail"].as_str().unwrap().contains("5.1.1") && !shown["problem_detail"].as_str().unwrap().contains('@'), "{shown}");
        let tasks = owner.get("/api/v1/tasks?filter[workflow]=notification").await.well();
        assert_eq!((&tasks["total"], &tasks["items"][0]["name"]), (&json!(1), &json!("failed")), "{tasks}");
        assert_eq!(owner.get(&format!("{LOG}/{}", Uuid::from_u128(4))).await.problem(), "404 not_found");
    }

    async fn a_text_is_edited_in_versions_and_the_next_mail_uses_the_newest(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        let text = owner.get(WELCOME).await.well();
        assert_eq!((&text["version"], &text["subject"], &text["body"]), (&json!(1), &text["default_subject"], &text["default_body"]));
        let edit = json!({ "subject": "Halo {{name}}", "body": "Silakan [masuk]({{sign_in_link}}).", "based_on": 1 });
        let saved = patch(&owner, WELCOME, &edit).await.well();
        assert_eq!((&saved["version"], saved["versions"].as_array().unwrap().len()), (&json!(2), 2));
        let record = recorded(&owner, "template.edit").await;
        assert_eq!((&record["entity_code"], &record["after"]["subject"]), (&json!("welcome_user/id"), &json!("Halo {{name}}")));

        let stale = patch(&owner, WELCOME, &edit).await;
        assert_eq!((stale.problem().as_str(), &stale.body["params"]["revision"]), ("412 stale_revision", &json!(2)));
        let unchanged = patch(&owner, WELCOME, &json!({ "subject": "Halo {{name}}", "body": "Silakan [masuk]({{sign_in_link}}).", "based_on": 2 })).await.well();
        assert_eq!(unchanged["version"], 2);

        mailing.request(&mailing.welcome()).await;
        mailing.drain().await;
        assert_eq!(mailing.server().only().header("subject"), "Halo Rina Wijaya");
        let old = mailing.app.company.db.try_run("UPDATE notification_template SET body = 'x'", vec![]).await.unwrap_err();
        assert!(old.contains("append_only:notification_template"), "{old}");
    }

    async fn of_two_who_edit_a_text_at_once_one_is_told(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        let edit = |word: &str| json!({ "subject": word, "body": word, "based_on": 1 });
        let (one, two) = (edit("satu"), edit("dua"));
        let (one, two) = tokio::join!(patch(&owner, WELCOME, &one), patch(&owner, WELCOME, &two));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(owner.get(WELCOME).await.well()["version"], 2);
    }

    async fn what_is_wrong_with_a_text_is_told_with_its_place(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        for (subject, body, faults) in [
            ("Halo {{nama}}", "Isi", vec!["subject unknown_placeholder 1:6 nama"]),
            ("Halo", "Satu\n\nDua {{name", vec!["body placeholder_open 3:5 {{"]),
            ("A\r\nBcc: x@y.id", "[x](javascript:x)", vec!["subject not_one_line 1:2 ", "body link_not_allowed 1:5 javascript:x"]),
            ("", " ", vec!["subject required 1:1 ", "body required 1:1 "]),
        ] {
            let draft = json!({ "subject": subject, "body": body });
            for answer in [owner.post(&format!("{WELCOME}/preview"), &draft).await, patch(&owner, WELCOME, &json!({ "subject": subject, "body": body, "based_on": 1 })).await] {
                assert_eq!(answer.problem(), "422 invalid");
                let told: Vec<String> = answer.body["fields"].as_array().unwrap().iter().map(|fault| {
                    let (field, code, params) = (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap(), &fault["params"]);
                    format!("{field} {code} {}:{} {}", params["line"], params["column"], params["text"].as_str().unwrap())
                }).collect();
                assert_eq!(told, faults);
            }
        }
        let long = json!({ "subject": "a".repeat(201), "body": "b".repeat(20_001), "based_on": 1 });
        assert_eq!(patch(&owner, WELCOME, &long).await.body["fields"].as_array().unwrap().len(), 2);
        assert_eq!(owner.get(WELCOME).await.well()["version"], 1);
        for path in ["/api/v1/templates/newsletter/id", "/api/v1/templates/welcome_user/fr"] {
            assert_eq!(owner.get(path).await.problem(), "404 not_found");
        }
    }

    async fn a_preview_shows_samples_harmlessly_and_a_test_goes_to_whoever_asks(mailing: Mailing) {
        let owner = mailing.app.signed_in_as("OWNER").await;
        let draft = json!({ "subject": "Halo {{name}}", "body": "<script>alert(1)</script> **{{name}}**\n\n[Masuk]({{sign_in_link}})" });
        let shown = owner.post(&format!("{WELCOME}/preview"), &draft).await.well();
        let html = shown["html"].as_str().unwrap();
        assert_eq!(shown["subject"], "Halo Rina Wijaya");
        assert!(html.contains("&lt;script&gt;") && html.contains("<strong>Rina Wijaya</strong>") && !html.contains("<script"), "{html}");
        for _ in 0..2 {
            owner.post(&format!("{WELCOME}/test"), &json!({})).await.well();
        }
        mailing.drain().await;
        let taken = mailing.server().taken();
        assert!(taken.len() == 2 && taken.iter().all(|mail| mail.to == ["owner@xprivate.education"] && mail.content().contains("Rina Wijaya")), "{taken:?}");
    }

    async fn texts_and_log_are_for_those_who_hold_them(mailing: Mailing) {
        for (role, reads, manages) in [("OPERATOR", false, false), ("HR", true, false), ("AUDITOR", true, false), ("SENIOR_ADMIN", true, true)] {
            let browser = mailing.app.signed_in_as(role).await;
            for path in [LOG, "/api/v1/templates", WELCOME] {
                assert_eq!(browser.get(path).await.status == 200, reads, "{role} {path}");
            }
            let edit = json!({ "subject": "Halo", "body": format!("Dari {role}"), "based_on": 1 });
            assert_eq!(patch(&browser, WELCOME, &edit).await.status == 200, manages, "{role}");
            assert_eq!(browser.post(&format!("{WELCOME}/test"), &json!({})).await.status == 201, manages, "{role}");
        }
        mailing.drain().await;
        let rina = sign_in(&mailing.app, "rina@xprivate.education").await;
        assert_eq!(rina.get(LOG).await.problem(), "403 forbidden");
    }
}
