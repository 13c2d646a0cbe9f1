//! Signing in at a real OpenID Connect provider: who is let in, who is turned away and how, and what cannot be forged
//! on the way (AUTH-1).

use super::password::events;
use super::users::{made, recorded};
use chrono::TimeDelta;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::Browser;
use tests::database::TestDb;
use tests::identity::{Address, IdentityProvider, Visitor};

const LEAVE: &str = "/api/v1/session/oidc";
const CALLBACK: &str = "/api/v1/session/oidc/callback";
const DOMAIN: &str = "xprivate.education";
const RINA: &str = "rina@xprivate.education";

/// The program with a provider, an owner, and Rina, who has never signed in.
struct Scene {
    app: TestApp,
    owner: Browser,
    rina: String,
    _provider: IdentityProvider,
}

impl Scene {
    async fn on(database: &TestDb) -> Self {
        let address = Address::reserved();
        let app = TestApp::configured(database.clone(), |config| config.oidc = address.settings(Some(DOMAIN))).await;
        let provider = address.start(&app.url);
        let owner = app.signed_in_as("OWNER").await;
        let rina = made(&owner, RINA, &["HR"]).await;
        Self { app, owner, rina, _provider: provider }
    }

    fn visitor(&self) -> Visitor {
        Visitor::of(&self.app.url)
    }

    /// The newest audit record of a refusal.
    async fn refusal(&self) -> Value {
        recorded(&self.owner, "session.refused").await
    }

    async fn suspend_rina(&self) {
        self.owner.post(&format!("{}/deactivate", self.rina), &json!({ "reason": "Cuti panjang" })).await.well();
    }
}

/// What Google says of Rina.
fn rina() -> Value {
    json!({ "sub": "1001", "email": RINA, "email_verified": true, "hd": DOMAIN, "name": "Rina" })
}

/// The same with other values; null leaves one out.
fn rina_but(changes: &Value) -> Value {
    let mut claims = rina();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

async fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/api/v1/session").await.status() == 200
}

both_databases! {
    async fn whoever_the_provider_vouches_for_comes_in_and_is_known_by_subject_from_then_on(database: TestDb) {
        let scene = Scene::on(database).await;
        let ways = scene.app.nobody().get("/api/v1/session/ways").await.well();
        assert_eq!(ways, json!({ "oidc": { "name": "Penguji", "hosted_domain": DOMAIN } }));
        let visitor = scene.visitor();
        assert_eq!(visitor.signed_in_as(&format!("{LEAVE}?next=/sesi%3Fsort%3Dcode"), &rina()).await, "/sesi?sort=code");
        let session: Value = visitor.get("/api/v1/session").await.json().await.unwrap();
        assert_eq!((&session["user"]["email"], &session["user"]["roles"]), (&json!(RINA), &json!(["HR"])));
        assert_eq!(recorded(&scene.owner, "session.sign_in").await["after"]["by"], "oidc");
        assert_eq!(recorded(&scene.owner, "user.identity_link").await["entity_type"], "user");
        // Rina's address changes at the provider: the subject says who it is.
        let renamed = rina_but(&json!({ "email": "rina.w@xprivate.education" }));
        assert_eq!(scene.visitor().signed_in_as(LEAVE, &renamed).await, "/");
        let shown = scene.owner.get(&format!("{}/sign-ins", scene.rina)).await.well();
        assert_eq!((&shown["identities"][0]["provider"], shown["identities"].as_array().unwrap().len()), (&json!("Penguji"), 1));
        // Somebody else gets Rina's address there: nobody is let in by it.
        let visitor = scene.visitor();
        assert_eq!(visitor.signed_in_as(LEAVE, &rina_but(&json!({ "sub": "2002" }))).await, "/sign-in?problem=oidc_other_subject");
        assert!(!is_in(&visitor).await);
        assert_eq!(scene.refusal().await["after"]["code"], "oidc_other_subject");
    }

    async fn everybody_who_is_turned_away_is_told_why_and_leaves_an_event_and_an_audit_record(database: TestDb) {
        let scene = Scene::on(database).await;
        for (claims, code) in [
            (rina_but(&json!({ "hd": "gmail.com", "email": "rina@gmail.com" })), "oidc_other_domain"),
            (rina_but(&json!({ "hd": null })), "oidc_other_domain"),
            (rina_but(&json!({ "hd": "xprivate.education.evil.example" })), "oidc_other_domain"),
            (rina_but(&json!({ "email_verified": false })), "oidc_unverified"),
            (rina_but(&json!({ "email_verified": null })), "oidc_unverified"),
            (rina_but(&json!({ "email": null })), "oidc_unverified"),
            (rina_but(&json!({ "email": "nobody@xprivate.education" })), "oidc_unknown_user"),
        ] {
            let visitor = scene.visitor();
            assert_eq!(visitor.signed_in_as(&format!("{LEAVE}?next=/inbox"), &claims).await, format!("/sign-in?problem={code}&next=%2Finbox"));
            assert!(!is_in(&visitor).await, "{claims}");
            let record = scene.refusal().await;
            assert_eq!((&record["after"]["code"], &record["entity_type"]), (&json!(code), &json!("sign_in")), "{claims}");
            assert_eq!(events(&scene.app).await.last().unwrap(), &format!("OIDC {code}"));
            assert!(!record.to_string().contains("rina@gmail.com") && !record.to_string().contains("nobody@"), "{record}");
        }
        scene.suspend_rina().await;
        assert_eq!(scene.visitor().signed_in_as(LEAVE, &rina()).await, "/sign-in?problem=oidc_deactivated");
        assert_eq!(scene.refusal().await["entity_type"], "user");
        assert_eq!(scene.app.company.db.count("SELECT count(*) FROM user_identity", vec![]).await, 0);
    }

    async fn whoever_is_suspended_later_stays_outside(database: TestDb) {
        let scene = Scene::on(database).await;
        let visitor = scene.visitor();
        assert_eq!(visitor.signed_in_as(LEAVE, &rina()).await, "/");
        scene.suspend_rina().await;
        assert!(!is_in(&visitor).await);
        assert_eq!(visitor.signed_in_as(LEAVE, &rina()).await, "/sign-in?problem=oidc_deactivated");
        assert!(!is_in(&visitor).await);
    }

    async fn a_way_back_is_good_once_for_one_browser_and_for_ten_minutes(database: TestDb) {
        let scene = Scene::on(database).await;
        let (visitor, other) = (scene.visitor(), scene.visitor());
        let back = visitor.vouched_for(LEAVE, &rina()).await;
        assert_eq!(other.led(&back).await, "/sign-in?problem=oidc_lost", "another browser");
        assert_eq!(visitor.led(&back).await, "/");
        assert_eq!(visitor.led(&back).await, "/sign-in?problem=oidc_lost", "a second time");
        let slow = scene.visitor();
        let back = slow.vouched_for(LEAVE, &rina()).await;
        scene.app.company.clock.advance(TimeDelta::minutes(10));
        assert_eq!(slow.led(&back).await, "/sign-in?problem=oidc_expired");
        // Somebody lays their own way back before the browser of another: it does not know the state.
        let (victim, attacker) = (scene.visitor(), scene.visitor());
        let theirs = attacker.vouched_for(LEAVE, &rina()).await;
        victim.led(LEAVE).await;
        assert_eq!(victim.led(&theirs).await, "/sign-in?problem=oidc_lost");
        assert!(!is_in(&victim).await && !is_in(&slow).await && !is_in(&other).await);
        assert!(events(&scene.app).await.iter().filter(|event| *event == "OIDC oidc_lost").count() >= 3);
    }

    async fn a_code_of_somebody_else_is_of_no_use_in_another_way(database: TestDb) {
        let scene = Scene::on(database).await;
        let (victim, attacker) = (scene.visitor(), scene.visitor());
        let theirs = victim.vouched_for(LEAVE, &rina()).await;
        let code = theirs.split(['?', '&']).find(|part| part.starts_with("code=")).unwrap();
        let own = attacker.led(LEAVE).await;
        let state = own.split(['?', '&']).find(|part| part.starts_with("state=")).unwrap();
        assert_eq!(attacker.led(&format!("{CALLBACK}?{code}&{state}")).await, "/sign-in?problem=oidc_failed");
        assert!(!is_in(&attacker).await);
    }

    async fn coming_back_without_a_code_or_with_a_refusal_is_told(database: TestDb) {
        let scene = Scene::on(database).await;
        for (answer, code) in [("error=access_denied", "oidc_denied"), ("error=server_error", "oidc_failed"), ("", "oidc_failed"), ("code=made-up", "oidc_failed")] {
            let visitor = scene.visitor();
            let away = visitor.led(LEAVE).await;
            let state = away.split(['?', '&']).find(|part| part.starts_with("state=")).unwrap();
            assert_eq!(visitor.led(&format!("{CALLBACK}?{state}&{answer}")).await, format!("/sign-in?problem={code}"));
        }
        for query in ["", "?state=", "?state=made-up&code=x", "?state=%00&code=%ff", "?code=x&code=y"] {
            assert_eq!(scene.visitor().led(&format!("{CALLBACK}{query}")).await, "/sign-in?problem=oidc_lost", "{query}");
        }
    }

    async fn the_way_to_the_provider_asks_for_what_it_must_and_is_kept_from_scripts(database: TestDb) {
        let scene = Scene::on(database).await;
        let response = scene.visitor().get(&format!("{LEAVE}?again=true")).await;
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["alur_away=", "HttpOnly", "SameSite=Lax", "Path=/api/v1/session/oidc", "Max-Age=600"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let to = response.headers()["location"].to_str().unwrap();
        for part in ["response_type=code", "code_challenge_method=S256", "nonce=", "state=", "scope=openid+email+profile", "prompt=select_account", "hd=xprivate.education"] {
            assert!(to.contains(part), "{part}: {to}");
        }
        // Nothing in the database opens the way.
        let rows = scene.app.company.db.texts("SELECT state_hash AS text FROM oidc_attempt", vec![]).await;
        assert!(!to.contains(&rows[0]) && !cookie.contains(&rows[0]));
    }

    async fn a_session_is_a_new_one_after_signing_in_and_the_earlier_one_ends(database: TestDb) {
        let scene = Scene::on(database).await;
        let visitor = scene.visitor();
        assert_eq!(visitor.signed_in_as(LEAVE, &rina()).await, "/");
        let sql = "SELECT token_hash AS text FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE u.email = ? AND s.revoked_at IS NULL";
        let first = scene.app.company.db.texts(sql, vec![RINA.into()]).await;
        assert_eq!(visitor.signed_in_as(LEAVE, &rina()).await, "/");
        let second = scene.app.company.db.texts(sql, vec![RINA.into()]).await;
        assert!(first.len() == 1 && second.len() == 1 && first != second);
    }

    async fn no_way_back_leads_elsewhere(database: TestDb) {
        let scene = Scene::on(database).await;
        for next in ["//evil.example", "/%5Cevil.example", "%2F%2Fevil.example", "https:evil.example", "https://evil.example", "/%09/evil.example", "%5C%5Cevil.example", "javascript:alert(1)"] {
            let to = scene.visitor().signed_in_as(&format!("{LEAVE}?next={next}"), &rina()).await;
            assert_eq!(to, "/", "{next}");
        }
    }

    async fn without_the_provider_the_program_runs_and_finds_it_once_it_is_back(database: TestDb) {
        let address = Address::reserved();
        let app = TestApp::configured(database.clone(), |config| config.oidc = address.settings(None)).await;
        let owner = app.signed_in_as("OWNER").await;
        made(&owner, RINA, &["HR"]).await;
        assert_eq!(Visitor::of(&app.url).led(&format!("{LEAVE}?next=/sesi")).await, "/sign-in?problem=oidc_down&next=%2Fsesi");
        assert_eq!(recorded(&owner, "session.refused").await["after"]["code"], "oidc_down");
        let provider = address.start(&app.url);
        app.company.clock.advance(TimeDelta::seconds(5));
        let visitor = Visitor::of(&app.url);
        // Any domain may come in here, as long as there is an account.
        assert_eq!(visitor.signed_in_as(LEAVE, &rina_but(&json!({ "hd": null }))).await, "/");
        let back = Visitor::of(&app.url);
        let address = back.vouched_for(LEAVE, &rina()).await;
        drop(provider);
        assert_eq!(back.led(&address).await, "/sign-in?problem=oidc_down");
        owner.get("/api/v1/session").await.well();
    }

    async fn without_a_provider_in_the_settings_there_is_no_way_to_one(app: TestApp) {
        assert_eq!(app.nobody().get("/api/v1/session/ways").await.well(), json!({ "oidc": null }));
        assert_eq!(Visitor::of(&app.url).led(LEAVE).await, "/sign-in?problem=oidc_off");
        assert_eq!(Visitor::of(&app.url).led(&format!("{CALLBACK}?state=a&code=b")).await, "/sign-in?problem=oidc_lost");
    }
}
