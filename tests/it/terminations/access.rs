//! Nobody who has left can sign in or stay signed in, from the commit of the decision on (SPEC HR-4).

use super::story::*;
use serde_json::json;
use tests::app::TestApp;
use tests::both_databases;

/// Ties the account of somebody with this role to the tutor.
async fn tie(app: &TestApp, role: &str) {
    let email = format!("{}@xprivate.education", role.to_lowercase());
    app.company.db.run("UPDATE user_account SET tutor_id = ? WHERE email = ?", vec![app.company.tutor_id.into(), email.into()]).await;
}

async fn account_of(app: &TestApp, email: &str) -> String {
    app.company.db.texts("SELECT account_state AS text FROM user_account WHERE email = ?", vec![email.into()]).await.remove(0)
}

both_databases! {
    async fn an_account_of_the_tutor_is_out_with_the_decision_and_stays_out(app: TestApp) {
        let (hr, theirs) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let unused = app.link("OPERATOR").await;
        tie(app, "OPERATOR").await;
        let at = app.company.now();
        let user = "(SELECT id FROM user_account WHERE email = 'operator@xprivate.education')";
        let reset = format!("INSERT INTO password_reset (id, user_id, token_hash, created_at, expires_at) SELECT ?, {user}, 'hash', ?, ?");
        app.company.db.run(&reset, vec![app.company.new_id().into(), at.into(), (at + chrono::TimeDelta::hours(1)).into()]).await;
        assert_eq!(theirs.get("/api/v1/session").await.status, 200);

        let id = decided(app, &hr).await;
        assert_eq!(theirs.get("/api/v1/session").await.problem(), "401 unauthenticated");
        assert_eq!(account_of(app, "operator@xprivate.education").await, "ARCHIVED");
        let token = unused.rsplit('/').next().unwrap().rsplit('=').next().unwrap().to_owned();
        let answer = app.nobody().post("/api/v1/session/link", &json!({ "token": token })).await;
        assert!(answer.status >= 400, "{answer:?}");
        assert_eq!(app.company.db.count("SELECT count(*) FROM password_reset WHERE voided_at IS NULL", vec![]).await, 0);
        let shown = shown(&hr, id).await;
        let evidence: Vec<String> = shown["checklist"][0]["evidence"].as_array().unwrap().iter().map(|one| format!("{} {}", one["name"].as_str().unwrap(), one["value"])).collect();
        assert_eq!(evidence, ["accounts_closed 1", "sessions_ended 1", "links_voided 1", "resets_voided 1", "identities_removed 0"]);
        let recorded = "SELECT count(*) FROM audit_record WHERE action IN ('tutor.terminate', 'user.archive', 'termination.decide')";
        assert_eq!(app.company.db.count(recorded, vec![]).await, 3);
        app.drain().await;
        sound(app).await;
    }

    async fn a_tutors_own_account_is_found_by_their_address_and_nobody_elses_is_touched(app: TestApp) {
        let (hr, operator) = (app.signed_in_as("HR").await, app.signed_in_as("OPERATOR").await);
        let at = app.company.now();
        app.company.db.run("UPDATE tutor SET email = 'Dewi@Example.com' WHERE id = ?", vec![app.company.tutor_id.into()]).await;
        for (email, kind) in [("dewi@example.com", "TUTOR"), ("dewi2@example.com", "TUTOR")] {
            let sql = "INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES (?,?,'Dewi',?,'ACTIVE',?)";
            let user = app.company.new_id();
            app.company.db.run(sql, vec![user.into(), email.into(), kind.into(), at.into()]).await;
            let sql = "INSERT INTO user_session (id, token_hash, csrf_token, user_id, created_at, last_seen_at, idle_expires_at, absolute_expires_at) VALUES (?,?,'c',?,?,?,?,?)";
            let until = at + chrono::TimeDelta::hours(8);
            app.company.db.run(sql, vec![app.company.new_id().into(), email.into(), user.into(), at.into(), at.into(), until.into(), until.into()]).await;
        }
        decided(app, &hr).await;
        assert_eq!(account_of(app, "dewi@example.com").await, "ARCHIVED");
        assert_eq!(account_of(app, "dewi2@example.com").await, "ACTIVE");
        let open = "SELECT token_hash AS text FROM user_session WHERE revoked_at IS NULL AND token_hash LIKE '%@%'";
        assert_eq!(app.company.db.texts(open, vec![]).await, ["dewi2@example.com"]);
        assert_eq!(operator.get("/api/v1/sesi").await.status, 200);
        app.drain().await;
    }

    async fn the_last_owner_is_not_locked_out_by_a_termination(app: TestApp) {
        let (hr, _owner) = (app.signed_in_as("HR").await, app.signed_in_as("OWNER").await);
        tie(app, "OWNER").await;
        app.company.db.run("UPDATE user_account SET account_state = 'SUSPENDED' WHERE email NOT IN ('owner@xprivate.education', 'hr@xprivate.education')", vec![]).await;
        assert_eq!(hr.post(TERMINATIONS, &wish(app)).await.problem(), "422 last_owner");
        assert_eq!(tutor_status(app).await, "ACTIVE");
    }
}
