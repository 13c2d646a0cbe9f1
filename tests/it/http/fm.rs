//! Force majeure (SPEC 8): claimed, reviewed twice by different people, to the second; what it holds and what it undoes.

mod deadlines;
mod evidence;
mod undoing;

use super::settings::{patch_seen, setting};
use chrono::TimeDelta;
use engine::plan::AnyCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::both_databases;
use tests::browser::{Answer, Browser};
use uuid::Uuid;

pub(super) const CLAIMS: &str = "/api/v1/fm-claims";

/// A sesi that its tutor has cancelled two hours before: a denda of 45.000 and a strike. The clock stands there.
pub(super) async fn penalised(app: &TestApp) -> Uuid {
    let lesson = app.company.lesson();
    let id = app.company.approved(&lesson).await;
    app.company.clock.set(lesson.starts_at - TimeDelta::hours(2));
    app.company.done(id, AnyCommand::with("cancel", &json!({ "party": "TUTOR" })).because("Sakit")).await;
    id
}

pub(super) fn wish(app: &TestApp, sesi: Uuid) -> Value {
    json!({ "sesi_id": sesi, "tutor_id": app.company.tutor_id, "category": "SAKIT", "story": "Demam tinggi, ada surat dokter" })
}

/// Filed by an operator right after the cancellation.
pub(super) async fn filed(app: &TestApp, sesi: Uuid) -> Uuid {
    let answer = app.signed_in_as("OPERATOR").await.post(CLAIMS, &wish(app, sesi)).await.well();
    answer["id"].as_str().unwrap().parse().unwrap()
}

pub(super) async fn decide(browser: &Browser, claim: Uuid, command: &str) -> Answer {
    browser.post(&path(claim, command), &json!({ "reason": format!("Alasan {command}") })).await
}

pub(super) fn path(claim: Uuid, command: &str) -> String {
    format!("/api/v1/workflows/fm_claim/{claim}/commands/{command}")
}

/// Rejected by the operator at once.
pub(super) async fn rejected(app: &TestApp, sesi: Uuid) -> Uuid {
    let claim = filed(app, sesi).await;
    decide(&app.signed_in_as("OPERATOR").await, claim, "reject").await.well();
    claim
}

/// Where the claim, its denda and its strike stand.
pub(super) async fn stands(app: &TestApp, claim: Uuid) -> String {
    let sql = "SELECT c.state || ' ' || COALESCE(d.status, '-') || ' ' || COALESCE(k.status, '-') AS text FROM fm_claim c \
               LEFT JOIN denda d ON d.id = c.denda_id LEFT JOIN strike k ON k.id = c.strike_id WHERE c.id = ?";
    app.company.db.texts(sql, vec![claim.into()]).await.remove(0)
}

/// What the books say the tutor was charged.
pub(super) async fn charged(app: &TestApp) -> i64 {
    app.company.db.count("SELECT -sum(amount_rp) FROM posting WHERE account = '4200'", vec![]).await
}

pub(super) async fn refusals(app: &TestApp, action: &str) -> i64 {
    app.company.db.count("SELECT count(*) FROM audit_record WHERE action = ?", vec![action.into()]).await
}

pub(super) async fn sound(app: &TestApp) {
    app.drain().await;
    assert_eq!(app.company.faults().await, Vec::<String>::new());
}

both_databases! {
    async fn a_pending_claim_holds_the_penalty_and_an_approval_undoes_it(app: TestApp) {
        let sesi = penalised(app).await;
        let operator = app.signed_in_as("OPERATOR").await;
        let claimable = operator.get(&format!("{CLAIMS}/claimable?sesi_id={sesi}")).await.well();
        let one = &claimable["items"][0];
        assert_eq!((&one["denda_rp"], &one["strike_points"], &one["refused"], &one["claim"]), (&json!(45_000), &json!(1), &Value::Null, &Value::Null));

        let shown = operator.post(&format!("{CLAIMS}/preview"), &wish(app, sesi)).await.well();
        let told = |nested: &Value| nested.as_array().unwrap().iter().map(|one| format!("{}.{} {}", one["workflow"].as_str().unwrap(), one["command"].as_str().unwrap(), one["to"].as_str().unwrap())).collect::<Vec<_>>();
        assert_eq!(told(&shown["nested"]), ["denda.hold HELD", "strike.hold HELD"]);
        let claim = filed(app, sesi).await;
        assert_eq!(stands(app, claim).await, "PENDING_L1 HELD HELD");
        assert_eq!(charged(app).await, 45_000, "what is held stays in the books");

        let hr = app.signed_in_as("HR").await;
        let shown = hr.post(&format!("{}/preview", path(claim, "approve")), &json!({ "reason": "Surat dokter sah" })).await.well();
        assert_eq!(told(&shown["nested"]), ["denda.reverse REVERSED", "strike.revoke_by_fm REVOKED"]);
        assert_eq!(shown["nested"][0]["entries"][0]["kind"], "tutor_denda_reversal");
        assert_eq!(stands(app, claim).await, "PENDING_L1 HELD HELD", "a preview changes nothing");
        let done = hr.post(&path(claim, "approve"), &json!({ "reason": "Surat dokter sah", "expected_outcome": shown["outcome"] })).await.well();
        assert_eq!(done["state"], "APPROVED");
        assert_eq!((stands(app, claim).await.as_str(), charged(app).await), ("APPROVED REVERSED REVOKED", 0));

        let view = hr.get(&format!("{CLAIMS}/{claim}")).await.well();
        assert_eq!((&view["first_review"]["by"]["name"], &view["first_review"]["reason"]), (&json!("HR"), &json!("Surat dokter sah")));
        assert_eq!((&view["denda"]["status"], view["denda"]["entries"].as_array().unwrap().len()), (&json!("REVERSED"), 2));
        let claimable = operator.get(&format!("{CLAIMS}/claimable?sesi_id={sesi}")).await.well();
        assert_eq!((&claimable["items"][0]["refused"], &claimable["items"][0]["claim_state"]), (&json!("already_claimed"), &json!("APPROVED")));
        sound(app).await;
    }

    async fn a_rejection_puts_the_penalty_back_and_is_final_when_nobody_appeals(app: TestApp) {
        let claim = rejected(app, penalised(app).await).await;
        let at = app.company.now();
        assert_eq!(stands(app, claim).await, "REJECTED APPLIED LIVE");
        app.company.clock.set(at + TimeDelta::days(14) + TimeDelta::seconds(59));
        app.drain().await;
        assert_eq!(stands(app, claim).await, "REJECTED APPLIED LIVE");
        app.company.clock.advance(TimeDelta::seconds(1));
        app.drain().await;
        assert_eq!(stands(app, claim).await, "FINAL FINAL LIVE");
        assert_eq!(charged(app).await, 45_000);
        let hr = app.signed_in_as("HR").await;
        assert_eq!(decide(&hr, claim, "appeal").await.code(), "not_allowed");
        assert_eq!(refusals(app, "fm_claim.appeal.refused").await, 1);
        sound(app).await;
    }

    async fn the_second_review_is_somebody_elses(app: TestApp) {
        let claim = filed(app, penalised(app).await).await;
        let (hr, senior) = (app.signed_in_as("HR").await, app.signed_in_as("SENIOR_ADMIN").await);
        decide(&hr, claim, "reject").await.well();
        decide(&app.signed_in_as("OPERATOR").await, claim, "appeal").await.well();
        assert_eq!(stands(app, claim).await, "PENDING_L2 APPLIED LIVE");
        for command in ["uphold", "overturn"] {
            assert_eq!(decide(&hr, claim, command).await.code(), "four_eyes");
            assert_eq!(hr.post(&format!("{}/preview", path(claim, command)), &json!({ "reason": "x" })).await.code(), "four_eyes");
        }
        assert_eq!(decide(&app.signed_in_as("OPERATOR").await, claim, "uphold").await.code(), "forbidden");
        let offered = hr.get(&format!("/api/v1/workflows/fm_claim/{claim}")).await.well();
        let overturn = offered["commands"].as_array().unwrap().iter().find(|one| one["name"] == "overturn").unwrap().clone();
        assert_eq!((&overturn["allowed"], &overturn["why_not"]["code"]), (&json!(false), &json!("four_eyes")), "told before the click");
        assert_eq!(decide(&senior, claim, "uphold").await.well()["state"], "UPHELD");
        assert_eq!((stands(app, claim).await.as_str(), charged(app).await), ("UPHELD FINAL LIVE", 45_000));
        sound(app).await;
    }

    async fn with_one_level_of_review_a_rejection_is_final(app: TestApp) {
        let sesi = penalised(app).await;
        let owner = app.signed_in_as("OWNER").await;
        let levels = setting(&owner, "force_majeure.approval_levels").await;
        assert_eq!(levels["in_use"], true);
        patch_seen(&owner, "/api/v1/settings/force_majeure.approval_levels", &levels["etag"], &json!({ "value": 1, "reason": "Uji" })).await.well();
        let claim = rejected(app, sesi).await;
        assert_eq!(stands(app, claim).await, "FINAL FINAL LIVE");
        assert_eq!(decide(&owner, claim, "appeal").await.code(), "not_allowed");
        sound(app).await;
    }

    async fn a_withdrawn_claim_leaves_the_penalty_and_the_time_there_was(app: TestApp) {
        let sesi = penalised(app).await;
        let (first, at) = (filed(app, sesi).await, app.company.now());
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!(operator.post(&path(first, "withdraw"), &json!({})).await.body["fields"][0]["field"], "reason");
        decide(&operator, first, "withdraw").await.well();
        assert_eq!(stands(app, first).await, "WITHDRAWN APPLIED LIVE");
        let until = "SELECT count(*) FROM denda WHERE sesi_id = ? AND contest_until = ?";
        assert_eq!(app.company.db.count(until, vec![sesi.into(), (at + TimeDelta::days(7)).into()]).await, 1);
        let again = filed(app, sesi).await;
        app.company.clock.set(at + TimeDelta::days(8));
        app.drain().await;
        assert_eq!(stands(app, again).await, "PENDING_L1 HELD HELD");
        decide(&app.signed_in_as("OPERATOR").await, again, "withdraw").await.well();
        assert_eq!(stands(app, again).await, "WITHDRAWN FINAL LIVE");
        sound(app).await;
    }

    async fn a_review_that_takes_too_long_is_marked_and_the_queue_says_so(app: TestApp) {
        let claim = filed(app, penalised(app).await).await;
        let figures = async |who: &Browser| who.get(&format!("{CLAIMS}/figures")).await.well();
        let late = async |who: &Browser| who.get(&format!("{CLAIMS}?filter[late]=true&sort=due_at")).await.well()["total"].clone();
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!((&figures(&operator).await["pending_l1"], &figures(&operator).await["late_l1"], late(&operator).await), (&json!(1), &json!(0), json!(0)));
        app.company.clock.advance(TimeDelta::hours(48));
        app.drain().await;
        let operator = app.signed_in_as("OPERATOR").await;
        assert_eq!((&figures(&operator).await["late_l1"], late(&operator).await), (&json!(1), json!(1)));
        decide(&operator, claim, "reject").await.well();
        decide(&operator, claim, "appeal").await.well();
        let now = figures(&operator).await;
        assert_eq!((&now["pending_l2"], &now["late_l2"], &now["pending_l1"]), (&json!(1), &json!(0), &json!(0)));
        app.company.clock.advance(TimeDelta::hours(48));
        app.drain().await;
        assert_eq!(figures(&app.signed_in_as("OPERATOR").await).await["late_l2"], 1);
        let row = &app.signed_in_as("AUDITOR").await.get(&format!("{CLAIMS}?filter[state]=PENDING_L2&q=fm-")).await.well()["items"][0];
        assert_eq!((&row["id"], &row["sla_flagged"], &row["denda_rp"]), (&json!(claim), &json!(true), &json!(45_000)));
        sound(app).await;
    }
}
